"""The tables that a release offers beside its RDF, in the order in which they are offered."""

from __future__ import annotations

from typing import Final

from allegata.model.columns import Column, Table, many, one

_ID = Column("id", (), "The IRI.")
_LABEL = one("label", "rdfs:label", "Its name, in English where there is one.")
_DATE = one("date", "dct:date", "The date, as exact as it is known.")
_SOURCES = many("sources", "dct:source", "IRIs of the sources of the record.")

#: Kinds of stance that speak against what they are taken on.
DISPUTES: Final = ("rebuts", "undercuts", "setsAside")

TABLES: Final = (
    Table(
        "who-says-what",
        "Who says what: a row for each assertion, in words, to be opened as it is",
        (
            _ID,
            one("statement", "alg:asserts/alg:statement", "What is said, in the curators' own words."),
            many("speakers", "alg:assertedBy/rdfs:label", "Who says it.", text=True),
            many("relayed_by", "alg:relayedBy/rdfs:label", "Who passes it on.", text=True),
            one("polarity", "alg:polarity/skos:prefLabel", "Affirms, denies, doubts or leaves open."),
            many(
                "modality",
                "alg:modality/skos:prefLabel",
                "In which mode: categorical, estimate, allegation and so on.",
                text=True,
            ),
            many("evidence", "alg:evidenceKind/skos:prefLabel", "Kinds of evidence named, or how it is missing.", text=True),
            one("document", "alg:statedIn/rdfs:label", "Where it stands."),
            many("sections", "alg:anchor/alg:section", "Number of the part of the document, for each passage.", each=True),
            many("paragraphs", "alg:anchor/alg:paragraph", "Number of the paragraph in it.", kind="integer", each=True),
            many("topics", "alg:asserts/alg:topic/skos:prefLabel", "Topics.", text=True),
            many(
                "disputed_by",
                "^alg:to/alg:from/alg:assertedBy/rdfs:label",
                "Speakers of the assertions that rebut, undercut or set aside this one.",
                text=True,
                stances=DISPUTES,
            ),
        ),
        of="assertions",
    ),
    Table(
        "claims",
        "Claims: propositions that somebody puts forward; expressed, never asserted",
        (
            _ID,
            one("statement", "alg:statement", "The proposition in the curators' own words."),
            many("topics", "alg:topic", "Topics."),
            many("about", "alg:about", "What it is about."),
            many("duty_bearers", "alg:dutyBearer", "Who bears the duty at issue."),
            many("affects", "alg:affects", "Whom it affects."),
            many("rights", "alg:concernsRight", "Rights that it concerns."),
            many("addressees", "alg:addressee", "To whom a recommendation is addressed."),
            many("places", "alg:place", "Where."),
            many("measures", "alg:quantity/alg:measure", "What its quantities measure."),
            many("values", "alg:quantity/schema:value", "Quantities given as one number.", kind="number"),
            many("minimums", "alg:quantity/schema:minValue", "Lower ends of quantities.", kind="number"),
            many("maximums", "alg:quantity/schema:maxValue", "Upper ends of quantities.", kind="number"),
            many("units", "alg:quantity/schema:unitText", "Units of the quantities.", text=True),
            many("part_of", "alg:partOfClaim", "Wider claims of which it is one part."),
            one("period_start", "dct:temporal/dcat:startDate", "Beginning of the time that it speaks of."),
            one("period_end", "dct:temporal/dcat:endDate", "End of the time that it speaks of."),
        ),
    ),
    Table(
        "assertions",
        "Assertions: who affirms, denies, doubts or leaves open which claim, where, on what kind of evidence",
        (
            _ID,
            one("claim", "alg:asserts", "The claim.", refers="claims"),
            one("polarity", "alg:polarity", "Affirms, denies, doubts or leaves open."),
            many("asserted_by", "alg:assertedBy", "The innermost speakers."),
            many("asserted_by_labels", "alg:assertedBy/rdfs:label", "Names of the innermost speakers.", text=True),
            many("relayed_by", "alg:relayedBy", "Who passes it on."),
            one("relay_manner", "alg:relayManner", "Whether the relayer adopts it, reports it or keeps it at a distance."),
            many("relays", "alg:relays", "The assertion, nearer to the speaker, from which it was taken over."),
            one("date", "dct:date", "When it was said, where that is known apart from the source."),
            one("stated_in", "alg:statedIn", "The source where it stands.", refers="sources"),
            many("modalities", "alg:modality", "In which mode: categorical, estimate, allegation and so on."),
            one("certainty", "alg:certainty", "The mark of certainty that the passage gives."),
            many("evidence_kinds", "alg:evidenceKind", "Kinds of evidence named, or how it is missing."),
            many("evidence_lines", "alg:evidenceLine", "Lines of evidence offered."),
            many("evidence_uses", "alg:evidenceUse", "How they are offered: rows of evidence_uses."),
            one("standard_of_proof", "alg:standardOfProof", "How sure its finding has to be by the standard that it states."),
            many("starts", "alg:anchor/oa:hasSelector/oa:start", "First code points of its passages.", kind="integer"),
            many(
                "ends", "alg:anchor/oa:hasSelector/oa:end", "Code points behind its passages, in the same order.", kind="integer"
            ),
            many("passage_sha256", "alg:anchor/spdx:checksum/spdx:checksumValue", "SHA-256 of its passages."),
            many("phrases", "alg:phrase", "Wording at issue, at most eight words.", text=True),
        ),
    ),
    Table(
        "stances",
        "Stances: attributed relations from an assertion to an assertion, a claim, a line of evidence or a source",
        (
            _ID,
            one("from", "alg:from", "The assertion that takes the stance.", refers="assertions"),
            one("to", "alg:to", "What the stance is taken on."),
            one("to_claim", "alg:to/alg:asserts", "The claim that an assertion it is taken on is about.", refers="claims"),
            one(
                "to_polarity",
                "alg:to/alg:polarity",
                "How that assertion puts the claim: who rebuts a denial speaks for the claim.",
            ),
            one(
                "stance",
                "alg:stance",
                "Supports, rebuts, undercuts, qualifies, corrects, retracts and so on: a concept of the scheme.",
            ),
            one("basis", "alg:basis", "Whether a source makes it or a curator infers it."),
            one("rationale", "alg:rationale", "Why a curator infers it."),
            many("attributed_to", "prov:wasAttributedTo", "Whose judgement it is."),
        ),
    ),
    Table(
        "actors",
        "Actors: persons, organizations, states and groups",
        (
            _ID,
            _LABEL,
            many("aliases", "skos:altLabel", "Other names.", text=True),
            many("classes", "rdf:type", "Its classes."),
            many("named_because", "alg:namedBecause", "Grounds for naming a person."),
        ),
    ),
    Table(
        "instruments",
        "Instruments: treaties, resolutions, statutes, declarations, policies",
        (
            _ID,
            _LABEL,
            many("classes", "rdf:type", "Its classes."),
            many("identifiers", "dct:identifier", "Symbols and numbers.", text=True),
            _DATE,
            many("adopted_by", "alg:adoptedBy", "Who adopted it."),
            _SOURCES,
        ),
    ),
    Table(
        "sources",
        "Sources: documents, datasets, bodies of testimony, imagery, speeches",
        (
            _ID,
            _LABEL,
            one("title", "dct:title", "Its title."),
            many("creators", "dct:creator", "Who made it."),
            one("issued", "dct:issued", "When it came out, as exact as it is known."),
            many("identifiers", "dct:identifier", "Symbols and numbers.", text=True),
            many("addresses", "schema:url", "Addresses given."),
            one("target_status", "alg:targetStatus", "Whether its text is held, named only, or lost."),
            many("referenced_by", "dct:isReferencedBy", "Sources that refer to it."),
            one("reference_number", "alg:referenceNumber", "Its number in a list of references.", kind="integer"),
            one("sha256", "spdx:checksum/spdx:checksumValue", "SHA-256 of the exact text used."),
        ),
    ),
    Table(
        "evidence_lines",
        "Lines of evidence: what an assertion offers, of which kind, resting on what",
        (
            _ID,
            _LABEL,
            many("evidence_kinds", "alg:evidenceKind", "Kinds of evidence."),
            many("rests_on", "alg:restsOn", "What it rests on."),
        ),
    ),
    Table(
        "evidence_uses",
        "Uses of evidence: which body of evidence an assertion offers, and which way",
        (
            _ID,
            one("evidence_line", "alg:usedLine", "The body of evidence.", refers="evidence_lines"),
            one("direction", "alg:direction", "For the claim, against it, or deciding nothing."),
        ),
    ),
    Table(
        "events",
        "Events",
        (
            _ID,
            _LABEL,
            one("start", "schema:startDate", "Its beginning, as exact as it is known."),
            one("end", "schema:endDate", "Its end, as exact as it is known."),
            many("places", "alg:place", "Where."),
            many("organizers", "schema:organizer", "Who held it."),
            _SOURCES,
        ),
    ),
    Table(
        "event_statements",
        "What sources say of events: when, where, who took part",
        (
            _ID,
            one("event", "alg:ofEvent", "The event.", refers="events"),
            one("start", "dct:temporal/dcat:startDate", "Its beginning by the source, as exact as it gives it."),
            one("end", "dct:temporal/dcat:endDate", "Its end by the source, as exact as it gives it."),
            many("places", "alg:place", "Where, by the source."),
            many("alleged_actors", "alg:allegedActor", "Who, by the source, brought it about or took part in it."),
            _SOURCES,
        ),
    ),
    Table(
        "commitments",
        "Commitments: a state, an instrument, an act, a date",
        (
            _ID,
            one("state", "alg:state", "The state.", refers="actors"),
            one("instrument", "alg:instrument", "The instrument.", refers="instruments"),
            one("act", "alg:act", "Signature, ratification, accession and so on."),
            _DATE,
            one("in_force_from", "alg:inForceFrom", "The day from which it has effect for the state."),
            one("in_force_by", "alg:inForceBy", "The clause from which that day was computed, where no source states it."),
            many("on_provisions", "alg:onProvision", "The provisions that it speaks of."),
            many("in_respect_of", "alg:inRespectOf", "The acts to which it answers."),
            _SOURCES,
        ),
    ),
    Table(
        "votes",
        "Decisions of bodies on resolutions: votes, and adoptions without one",
        (
            _ID,
            _LABEL,
            one("instrument", "alg:instrument", "The resolution.", refers="instruments"),
            _DATE,
            one("procedure", "alg:voteProcedure", "The way in which the body decided."),
            one("roll_call_complete", "alg:rollCallComplete", "Whether the position of each state is recorded.", kind="boolean"),
            one("yes", "alg:yesCount", "Votes in favour.", kind="integer"),
            one("no", "alg:noCount", "Votes against.", kind="integer"),
            one("abstentions", "alg:abstainCount", "Abstentions.", kind="integer"),
            _SOURCES,
        ),
    ),
    Table(
        "legal_conclusions",
        "Legal conclusions: what a rule concludes for a claim, a provision and a duty bearer",
        (
            _ID,
            one("claim", "alg:ofClaim", "The claim.", refers="claims"),
            one("provision", "alg:provision", "The provision."),
            one("instrument", "alg:provision/alg:provisionOf", "Its instrument.", refers="instruments"),
            one("state", "alg:state", "The duty bearer.", refers="actors"),
            one("conclusion", "alg:conclusion", "Applies, or would apply."),
            many("commitments", "alg:commitment", "The acts of consent on which it rests."),
            many("read_with", "alg:readWith", "Reservations, declarations and derogations to be read with it."),
            one("rule", "prov:wasGeneratedBy", "The rule that concludes it."),
        ),
    ),
    Table(
        "positions",
        "Positions: how a state voted",
        (
            _ID,
            one("vote", "alg:vote", "The vote.", refers="votes"),
            one("state", "alg:state", "The state.", refers="actors"),
            one("choice", "alg:choice", "Yes, no, abstain or absent."),
        ),
    ),
    Table(
        "provisions",
        "Provisions: articles and paragraphs of instruments",
        (
            _ID,
            _LABEL,
            one("instrument", "alg:provisionOf", "The instrument.", refers="instruments"),
            many("protects", "alg:protects", "Rights that it protects."),
            one("part_of", "dct:isPartOf", "The provision or instrument of which it is a part."),
        ),
    ),
    Table(
        "places",
        "Places",
        (
            _ID,
            _LABEL,
            many("aliases", "skos:altLabel", "Other names.", text=True),
            one("within", "schema:containedInPlace", "The place in which it lies."),
            many("points", "^alg:locates", "Where sources put it, one point a source; none where no source is read.", each=True),
            many("latitudes", "^alg:locates/schema:latitude", "Latitude of each (WGS 84).", kind="number", each=True),
            many("longitudes", "^alg:locates/schema:longitude", "Longitude of each.", kind="number", each=True),
        ),
    ),
    Table(
        "concepts",
        "Concepts: the values of topics, rights, kinds of evidence and the other schemes, with their definitions",
        (
            _ID,
            one("label", "skos:prefLabel", "Its name in English."),
            one("definition", "skos:definition", "What it is, in English."),
            one("scheme", "skos:inScheme", "The scheme in which it stands."),
            many("broader", "skos:broader", "Wider concepts."),
        ),
    ),
)

"""The tables that a release offers beside its RDF: which things are rows, and which statements are columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from allegata.model.kinds import KINDS


@dataclass(frozen=True)
class Column:
    """A column: its name, the path of properties that leads to its values, and what it says.

    `kind` is string, integer, number or boolean; `refers` names the table whose id a single value is.
    """

    name: str
    path: tuple[str, ...]
    says: str
    kind: str = "string"
    many: bool = False
    text: bool = False
    refers: str = ""

    @property
    def separator(self) -> str:
        """Return what stands between several values: IRIs and numbers hold no space, texts do."""
        return " | " if self.text else " "

    def order(self, value: str) -> tuple[float, str]:
        """Put numbers in the order of their values, everything else in that of code points."""
        number = self.read(value)
        return (float(number), value) if isinstance(number, int | float) else (0.0, value)

    def read(self, value: str) -> str | int | float | bool | None:
        """Read a lexical form as the column's kind; None where it is another kind of value."""
        try:
            if self.kind == "boolean":
                return value == "true"
            if self.kind == "integer":
                return int(value)
            return float(value) if self.kind == "number" else value
        except ValueError:
            return None


@dataclass(frozen=True)
class Table:
    """A table: the things of the kinds that name it."""

    name: str
    title: str
    columns: tuple[Column, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the classes of its things."""
        return tuple(kind.curie for kind in KINDS if kind.table == self.name)


def _one(name: str, path: str, says: str, **more: str | bool) -> Column:
    return Column(name, tuple(path.split("/")), says, **more)  # type: ignore[arg-type]


def _many(name: str, path: str, says: str, **more: str | bool) -> Column:
    return _one(name, path, says, many=True, **more)


_ID = Column("id", (), "The IRI.")
_LABEL = _one("label", "rdfs:label", "Its name, in English where there is one.")
_DATE = _one("date", "dct:date", "The date, as exact as it is known.")
_SOURCES = _many("sources", "dct:source", "IRIs of the sources of the record.")

TABLES: Final = (
    Table(
        "claims",
        "Claims: propositions that somebody puts forward; expressed, never asserted",
        (
            _ID,
            _one("statement", "alg:statement", "The proposition in the curators' own words."),
            _many("topics", "alg:topic", "Topics."),
            _many("about", "alg:about", "What it is about."),
            _many("duty_bearers", "alg:dutyBearer", "Who bears the duty at issue."),
            _many("affects", "alg:affects", "Whom it affects."),
            _many("rights", "alg:concernsRight", "Rights that it concerns."),
            _many("addressees", "alg:addressee", "To whom a recommendation is addressed."),
            _many("places", "alg:place", "Where."),
            _many("measures", "alg:quantity/alg:measure", "What its quantities measure."),
            _many("values", "alg:quantity/schema:value", "Quantities given as one number.", kind="number"),
            _many("minimums", "alg:quantity/schema:minValue", "Lower ends of quantities.", kind="number"),
            _many("maximums", "alg:quantity/schema:maxValue", "Upper ends of quantities.", kind="number"),
            _many("units", "alg:quantity/schema:unitText", "Units of the quantities.", text=True),
            _many("part_of", "alg:partOfClaim", "Wider claims of which it is one part."),
            _one("period_start", "dct:temporal/dcat:startDate", "Beginning of the time that it speaks of."),
            _one("period_end", "dct:temporal/dcat:endDate", "End of the time that it speaks of."),
        ),
    ),
    Table(
        "assertions",
        "Assertions: who affirms, denies, doubts or leaves open which claim, where, on what kind of evidence",
        (
            _ID,
            _one("claim", "alg:asserts", "The claim.", refers="claims"),
            _one("polarity", "alg:polarity", "Affirms, denies, doubts or leaves open."),
            _many("asserted_by", "alg:assertedBy", "The innermost speakers."),
            _many("asserted_by_labels", "alg:assertedBy/rdfs:label", "Names of the innermost speakers.", text=True),
            _many("relayed_by", "alg:relayedBy", "Who passes it on."),
            _one("relay_manner", "alg:relayManner", "Whether the relayer adopts it, reports it or keeps it at a distance."),
            _many("relays", "alg:relays", "The assertion, nearer to the speaker, from which it was taken over."),
            _one("date", "dct:date", "When it was said, where that is known apart from the source."),
            _one("stated_in", "alg:statedIn", "The source where it stands.", refers="sources"),
            _many("modalities", "alg:modality", "In which mode: categorical, estimate, allegation and so on."),
            _one("certainty", "alg:certainty", "The mark of certainty that the passage gives."),
            _many("evidence_kinds", "alg:evidenceKind", "Kinds of evidence named, or how it is missing."),
            _many("evidence_lines", "alg:evidenceLine", "Lines of evidence offered."),
            _many("evidence_uses", "alg:evidenceUse", "How they are offered: rows of evidence_uses."),
            _one("standard_of_proof", "alg:standardOfProof", "How sure its finding has to be by the standard that it states."),
            _many("starts", "alg:anchor/oa:hasSelector/oa:start", "First code points of its passages.", kind="integer"),
            _many(
                "ends", "alg:anchor/oa:hasSelector/oa:end", "Code points behind its passages, in the same order.", kind="integer"
            ),
            _many("passage_sha256", "alg:anchor/spdx:checksum/spdx:checksumValue", "SHA-256 of its passages."),
            _many("phrases", "alg:phrase", "Wording at issue, at most eight words.", text=True),
        ),
    ),
    Table(
        "stances",
        "Stances: attributed relations from an assertion to an assertion, a claim, a line of evidence or a source",
        (
            _ID,
            _one("from", "alg:from", "The assertion that takes the stance.", refers="assertions"),
            _one("to", "alg:to", "What the stance is taken on."),
            _one("to_claim", "alg:to/alg:asserts", "The claim that an assertion it is taken on is about.", refers="claims"),
            _one(
                "to_polarity",
                "alg:to/alg:polarity",
                "How that assertion puts the claim: who rebuts a denial speaks for the claim.",
            ),
            _one(
                "stance",
                "alg:stance",
                "Supports, rebuts, undercuts, qualifies, corrects, retracts and so on: a concept of the scheme.",
            ),
            _one("basis", "alg:basis", "Whether a source makes it or a curator infers it."),
            _one("rationale", "alg:rationale", "Why a curator infers it."),
            _many("attributed_to", "prov:wasAttributedTo", "Whose judgement it is."),
        ),
    ),
    Table(
        "actors",
        "Actors: persons, organizations, states and groups",
        (
            _ID,
            _LABEL,
            _many("aliases", "skos:altLabel", "Other names.", text=True),
            _many("classes", "rdf:type", "Its classes."),
            _many("named_because", "alg:namedBecause", "Grounds for naming a person."),
        ),
    ),
    Table(
        "instruments",
        "Instruments: treaties, resolutions, statutes, declarations, policies",
        (
            _ID,
            _LABEL,
            _many("classes", "rdf:type", "Its classes."),
            _many("identifiers", "dct:identifier", "Symbols and numbers.", text=True),
            _DATE,
            _many("adopted_by", "alg:adoptedBy", "Who adopted it."),
            _SOURCES,
        ),
    ),
    Table(
        "sources",
        "Sources: documents, datasets, bodies of testimony, imagery, speeches",
        (
            _ID,
            _LABEL,
            _one("title", "dct:title", "Its title."),
            _many("creators", "dct:creator", "Who made it."),
            _one("issued", "dct:issued", "When it came out, as exact as it is known."),
            _many("identifiers", "dct:identifier", "Symbols and numbers.", text=True),
            _many("addresses", "schema:url", "Addresses given."),
            _one("target_status", "alg:targetStatus", "Whether its text is held, named only, or lost."),
            _many("referenced_by", "dct:isReferencedBy", "Sources that refer to it."),
            _one("reference_number", "alg:referenceNumber", "Its number in a list of references.", kind="integer"),
            _one("sha256", "spdx:checksum/spdx:checksumValue", "SHA-256 of the exact text used."),
        ),
    ),
    Table(
        "evidence_lines",
        "Lines of evidence: what an assertion offers, of which kind, resting on what",
        (
            _ID,
            _LABEL,
            _many("evidence_kinds", "alg:evidenceKind", "Kinds of evidence."),
            _many("rests_on", "alg:restsOn", "What it rests on."),
        ),
    ),
    Table(
        "evidence_uses",
        "Uses of evidence: which body of evidence an assertion offers, and which way",
        (
            _ID,
            _one("evidence_line", "alg:usedLine", "The body of evidence.", refers="evidence_lines"),
            _one("direction", "alg:direction", "For the claim, against it, or deciding nothing."),
        ),
    ),
    Table(
        "events",
        "Events",
        (
            _ID,
            _LABEL,
            _one("start", "schema:startDate", "Its beginning, as exact as it is known."),
            _one("end", "schema:endDate", "Its end, as exact as it is known."),
            _many("places", "alg:place", "Where."),
            _many("organizers", "schema:organizer", "Who held it."),
            _SOURCES,
        ),
    ),
    Table(
        "event_statements",
        "What sources say of events: when, where, who took part",
        (
            _ID,
            _one("event", "alg:ofEvent", "The event.", refers="events"),
            _one("start", "dct:temporal/dcat:startDate", "Its beginning by the source, as exact as it gives it."),
            _one("end", "dct:temporal/dcat:endDate", "Its end by the source, as exact as it gives it."),
            _many("places", "alg:place", "Where, by the source."),
            _many("alleged_actors", "alg:allegedActor", "Who, by the source, brought it about or took part in it."),
            _SOURCES,
        ),
    ),
    Table(
        "commitments",
        "Commitments: a state, an instrument, an act, a date",
        (
            _ID,
            _one("state", "alg:state", "The state.", refers="actors"),
            _one("instrument", "alg:instrument", "The instrument.", refers="instruments"),
            _one("act", "alg:act", "Signature, ratification, accession and so on."),
            _DATE,
            _one("in_force_from", "alg:inForceFrom", "The day from which it has effect for the state."),
            _one("in_force_by", "alg:inForceBy", "The clause from which that day was computed, where no source states it."),
            _many("on_provisions", "alg:onProvision", "The provisions that it speaks of."),
            _many("in_respect_of", "alg:inRespectOf", "The acts to which it answers."),
            _SOURCES,
        ),
    ),
    Table(
        "votes",
        "Decisions of bodies on resolutions: votes, and adoptions without one",
        (
            _ID,
            _LABEL,
            _one("instrument", "alg:instrument", "The resolution.", refers="instruments"),
            _DATE,
            _one("procedure", "alg:voteProcedure", "The way in which the body decided."),
            _one("roll_call_complete", "alg:rollCallComplete", "Whether the position of each state is recorded.", kind="boolean"),
            _one("yes", "alg:yesCount", "Votes in favour.", kind="integer"),
            _one("no", "alg:noCount", "Votes against.", kind="integer"),
            _one("abstentions", "alg:abstainCount", "Abstentions.", kind="integer"),
            _SOURCES,
        ),
    ),
    Table(
        "legal_conclusions",
        "Legal conclusions: what a rule concludes for a claim, a provision and a duty bearer",
        (
            _ID,
            _one("claim", "alg:ofClaim", "The claim.", refers="claims"),
            _one("provision", "alg:provision", "The provision."),
            _one("instrument", "alg:provision/alg:provisionOf", "Its instrument.", refers="instruments"),
            _one("state", "alg:state", "The duty bearer.", refers="actors"),
            _one("conclusion", "alg:conclusion", "Applies, or would apply."),
            _many("commitments", "alg:commitment", "The acts of consent on which it rests."),
            _many("read_with", "alg:readWith", "Reservations, declarations and derogations to be read with it."),
            _one("rule", "prov:wasGeneratedBy", "The rule that concludes it."),
        ),
    ),
    Table(
        "positions",
        "Positions: how a state voted",
        (
            _ID,
            _one("vote", "alg:vote", "The vote.", refers="votes"),
            _one("state", "alg:state", "The state.", refers="actors"),
            _one("choice", "alg:choice", "Yes, no, abstain or absent."),
        ),
    ),
)

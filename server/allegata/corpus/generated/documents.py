"""Generates invented documents: what each puts forward on what evidence and where, and what it says to those before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from allegata.corpus.generated.record import RIGHTS, World
from allegata.corpus.generated.turtle import Draw, TurtleFile, checksum, concept, text, year

#: Documents in a file, claims that a document puts forward, and claims of others that it takes up.
DOCUMENTS_A_FILE, CLAIMS, TAKEN_UP = 12, 16, 8
#: So many documents count by one measure.
_SHARED: Final = 2
_LINES, _COUNTED, _PASSAGE = 4, 3, 180
_TOPICS: Final = (
    *("arbitraryDetention", "forcedLabour", "surveillance", "discrimination", "mediaControl", "freedomOfExpression"),
    *("freedomOfReligion", "freedomOfMovement", "refugees", "foodSecurity", "healthCare", "education", "economy", "poverty"),
    *("humanitarianAid", "children", "women", "sanctionsEffects", "diplomacy", "accountability", "testimonyReliability"),
)
_KINDS: Final = ("witnessTestimony", "unReport", "ngoReport", "officialStatement", "statistics", "pressReport", "expertOpinion")
_MODALITIES: Final = ("categorical", "categorical", "allegation", "causal", "evaluative", "position")
#: How an assertion of another document's claim stands to it → its side, and the stance that it takes.
_ANSWERS: Final = (("affirms", "supports"), ("affirms", "restates"), ("denies", "rebuts"), ("doubts", "undercuts"))


@dataclass(frozen=True)
class _Passage:
    """An assertion of a document by its place: which claim it is of, on which side, and what it answers, if anything."""

    place: int
    claim: str
    polarity: str
    modality: str
    stance: str = ""
    target: str = ""


def documents_file(world: World, number: int) -> tuple[str, TurtleFile]:
    """Return a file of documents with all that they say, and its path below data/."""
    file = TurtleFile(world.base, f"Invented documents {number * DOCUMENTS_A_FILE} and following.")
    for document in range(number * DOCUMENTS_A_FILE, (number + 1) * DOCUMENTS_A_FILE):
        _document(world, document, file)
    return f"documents/{number // 100:03}/{number:05}", file


def _document(world: World, number: int, file: TurtleFile) -> None:
    draw, source, issued = world.draw("document", number), f"source/document-{number}", 1995 + number % 30
    author = f"actor/body-{draw.below(world.bodies)}"
    file.say(
        source,
        *("a alg:Source", f"rdfs:label {text(f'Document {number}')}", f"dct:issued {year(issued)}"),
        *(f"dct:creator <{author}>", f"alg:targetStatus {concept('target-status', 'addressGiven')}"),
        f'schema:url "{world.base}documents/{number}"^^xsd:anyURI',
        *(f"alg:codePoints {(CLAIMS + TAKEN_UP) * _PASSAGE}", f"spdx:checksum <{source}/checksum>"),
    )
    file.say(*checksum(source, draw.digest()))
    if number % _SHARED == 0:
        _measure(number // _SHARED, file)
    for line in range(_LINES):
        file.say(
            f"evidence/document-{number}/{line}",
            *("a alg:EvidenceLine", f"rdfs:label {text(f'Evidence {line} of Document {number}')}"),
            *(f"alg:evidenceKind {concept('evidence-kind', draw.one(_KINDS))}", f"alg:restsOn <{source}>"),
            f"dct:description {text(f'What Document {number} rests on, part {line}; it is invented.')}",
        )
    for place in range(CLAIMS):
        counted = place < _COUNTED
        _claim(world, number, place, draw, file)
        modality = "estimate" if counted else draw.one(_MODALITIES)
        passage = _Passage(place, f"claim/document-{number}/{place}", "affirms", modality)
        _assertion(world, number, passage, author, draw, file)
    for place in range(CLAIMS, CLAIMS + (TAKEN_UP if number else 0)):
        other = f"document-{draw.below(number)}/{draw.below(CLAIMS)}"
        polarity, stance = draw.one(_ANSWERS)
        answer = _Passage(place, f"claim/{other}", polarity, "position", stance, f"assertion/{other}")
        _assertion(world, number, answer, author, draw, file)


def _measure(number: int, file: TurtleFile) -> None:
    scheme = concept("measure", "").replace("/>", ">")
    file.say(
        f"scheme/measure/count-{number}",
        *("a skos:Concept", f"skos:prefLabel {text(f'People counted in survey {number}')}"),
        f"skos:definition {text(f'How many people an invented survey, number {number}, was about.')}",
        *(f"skos:inScheme {scheme}", f"skos:topConceptOf {scheme}", f"rdfs:isDefinedBy {scheme}"),
    )


def _claim(world: World, number: int, place: int, draw: Draw, file: TurtleFile) -> None:
    name, state, when = f"claim/document-{number}/{place}", draw.below(world.states), 1980 + draw.below(40)
    pairs = ["a alg:Claim", f"alg:topic {concept('topic', draw.one(_TOPICS))}", f"alg:about <actor/state-{state}>"]
    if place < _COUNTED:
        words = f"In {when}, survey {number // _SHARED} was about a number of people in State {state}, by count {number}.{place}."
        pairs.append(f"alg:quantity <{name}/quantity>")
        file.say(
            f"{name}/quantity",
            *("a schema:QuantitativeValue", f"alg:measure <scheme/measure/count-{number // _SHARED}>"),
            *(f"schema:value {1000 + draw.below(900_000)}", f"alg:approximate {'true' if draw.chance(0.5) else 'false'}"),
        )
    else:
        words = f"In {when}, something held in State {state} that Document {number} tells of in passage {place}."
    if draw.chance(0.25):
        pairs += [f"alg:concernsRight {concept('right', draw.one(RIGHTS))}", f"alg:dutyBearer <actor/state-{state}>"]
    if draw.chance(0.4):
        pairs.append(f"alg:affects <actor/people-{state}>")
    if draw.chance(0.3):
        pairs.append(f"dct:temporal <{name}/period>")
        file.say(f"{name}/period", "a dct:PeriodOfTime", f"dcat:startDate {year(when)}")
    file.say(name, *pairs, f"alg:statement {text(words)}")


def _assertion(world: World, number: int, passage: _Passage, author: str, draw: Draw, file: TurtleFile) -> None:
    name, source, kind = f"assertion/document-{number}/{passage.place}", f"source/document-{number}", "notStated"
    speaker = f"actor/body-{draw.below(world.bodies)}" if draw.chance(0.3) else author
    pairs = [
        *("a alg:Assertion", f"alg:asserts <{passage.claim}>", f"alg:assertedBy <{speaker}>"),
        *(f"alg:polarity {concept('polarity', passage.polarity)}", f"alg:modality {concept('modality', passage.modality)}"),
        f"alg:protectionLevel {concept('protection-level', 'public')}",
    ]
    if speaker != author:
        pairs.append(f"alg:relayedBy <{author}>")
    if draw.chance(0.3):
        kind = draw.one(_KINDS)
        pairs.append(f"alg:evidenceUse <{name}/use>")
        file.say(
            f"{name}/use",
            *("a alg:EvidenceUse", f"alg:usedLine <evidence/document-{number}/{draw.below(_LINES)}>"),
            f"alg:direction {concept('direction', 'supports')}",
        )
    pairs += [f"alg:evidenceKind {concept('evidence-kind', kind)}", f"alg:anchor <{name}/anchor>"]
    file.say(name, *pairs)
    _anchor(f"{name}/anchor", source, passage.place * _PASSAGE, draw, file)
    if passage.stance:
        _stance(f"stance/document-{number}/{passage.place}", name, passage, speaker, draw, file)


def _anchor(name: str, source: str, start: int, draw: Draw, file: TurtleFile) -> None:
    position = f"{name}/position"
    file.say(
        name,
        *(
            "a oa:SpecificResource",
            f"oa:hasSource <{source}>",
            f"oa:hasSelector <{position}>",
            f"spdx:checksum <{name}/checksum>",
        ),
    )
    end = start + 40 + draw.below(_PASSAGE - 60)
    file.say(position, "a oa:TextPositionSelector", f"oa:start {start}", f"oa:end {end}")
    file.say(*checksum(name, draw.digest()))


def _stance(name: str, taken_by: str, passage: _Passage, speaker: str, draw: Draw, file: TurtleFile) -> None:
    inferred = draw.chance(0.5)
    pairs = [
        *("a alg:Stance", f"alg:from <{taken_by}>", f"alg:to <{passage.target}>"),
        *(f"alg:stance {concept('stance', passage.stance)}", f"alg:basis {concept('basis', _basis(inferred))}"),
        f"prov:wasAttributedTo <{'actor/curators' if inferred else speaker}>",
    ]
    if inferred:
        pairs.append(f"alg:rationale {text('Both speak of one claim; which side each takes is invented.')}")
    file.say(name, *pairs)


def _basis(inferred: bool) -> str:
    return "curatorInferred" if inferred else "explicit"

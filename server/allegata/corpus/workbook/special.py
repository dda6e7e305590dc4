"""Says what columns alone do not: where passages stand, how texts are known again, where concepts belong, how states voted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from rdflib import Literal, URIRef
from rdflib.term import Node

from allegata.corpus.anchor_statements import anchor_paths, describe_digest, describe_uses
from allegata.corpus.turtle_writer import Document
from allegata.corpus.workbook.names import Names
from allegata.corpus.workbook.passages import PHRASE_REMEDY, Texts, spans, wrong_phrase
from allegata.corpus.workbook.problems import Problems
from allegata.corpus.workbook.records import Record
from allegata.corpus.workbook.statements import Stated, concept, describe_record
from allegata.model.namespaces import SCHEMES, expand, slug

#: The direction in which lines are offered, by the column, and the usual one by the polarity.
DIRECTIONS: Final = {"lines for": "supports", "lines against": "disputes", "lines inconclusive": "inconclusive"}
USUAL: Final = {"affirms": "supports", "denies": "disputes", "doubts": "disputes"}
#: The columns with the states on each side of a vote.
CHOICES: Final = {"states yes": "yes", "states no": "no", "states abstaining": "abstain", "states absent": "absent"}


class Describer:
    """Describes the records of a workbook in documents of statements."""

    def __init__(self, names: Names, texts: Texts, problems: Problems):
        self.names, self.texts, self.problems = names, texts, problems
        self._further: Mapping[str, Callable[[Document, str, Record], Iterator[Stated]]] = {
            "Documents": self._document,
            "Concepts": self._concept,
            "Assertions": self._assertion,
            "Acts": self._act,
            "Votes": self._vote,
        }

    def describe(self, document: Document, record: Record) -> None:
        """Describe a record, and what goes with it."""
        here = record.iri.removeprefix(document.base_iri)
        further = self._further.get(record.sheet.name)
        document.describe(here, [])  # before what goes with it
        said = list(further(document, here, record)) if further else []
        classes = record.choice.classes if record.choice else ()
        describe_record(document, record.sheet, here, record.values, classes=classes, further=said)

    def _document(self, about: Document, here: str, record: Record) -> Iterator[Stated]:
        text = self.texts.of(record.iri)
        if text is not None:
            yield from text.fixity(about, here)
            describe_digest(about, f"{here}/digest", text.text)
        held = "textHeld" if text is not None else "addressGiven" if record.values.get("address") else "namedOnly"
        yield "alg:targetStatus", record.values.get("status") or concept("target-status", held)

    @staticmethod
    def _concept(_about: Document, here: str, record: Record) -> Iterator[Stated]:
        scheme = URIRef(SCHEMES + here.split("/")[1])
        yield "skos:inScheme", scheme
        yield "rdfs:isDefinedBy", scheme
        if not record.values.get("broader"):
            yield "skos:topConceptOf", scheme

    def _assertion(self, about: Document, here: str, record: Record) -> Iterator[Stated]:
        (source, *_) = record.values["document"]
        found = spans(record, str(source), self.texts, self.problems)
        text = self.texts.of(str(source)) if found else None
        anchors = anchor_paths(here, len(found))
        for anchor, (start, end) in zip(anchors, found, strict=False):
            if text is not None:
                text.describe_anchor(about, anchor, start, end)
        if text is not None:
            for phrase in record.values.get("phrase", ()):
                if wrong := wrong_phrase(text.text, found, str(phrase)):
                    self.problems.add(record.spot("phrase"), wrong, PHRASE_REMEDY)
            yield "alg:anchor", [about.thing(anchor) for anchor in anchors]
        else:
            yield "alg:statedIn", source
        uses = evidence_uses(here, record.values)
        describe_uses(about, here, uses)
        yield "alg:evidenceUse", [about.thing(path) for path in uses]

    def _act(self, _about: Document, _here: str, record: Record) -> Iterator[Stated]:
        if not record.values.get("name"):
            state, act, instrument = (self._called(record, column) for column in ("state", "act", "instrument"))
            yield "rdfs:label", Literal(f"{state}: {act}, {instrument}", lang=self.names.language)

    def _vote(self, about: Document, here: str, record: Record) -> Iterator[Stated]:
        resolution = self._called(record, "resolution")
        if not record.values.get("name"):
            yield "rdfs:label", Literal(f"{resolution}: {record.text('date')}", lang=self.names.language)
        for column, choice in CHOICES.items():
            for state in record.values.get(column, []):
                name = self.names.label(str(concept("choice", choice)))
                label = f"{self.names.label(str(state))}: {name}, {resolution}"
                about.describe(
                    f"position/{slug(here)}/{slug(str(state))}",
                    [
                        ("rdf:type", URIRef(expand("alg:Position"))),
                        ("rdfs:label", Literal(label, lang=self.names.language)),
                        ("alg:vote", about.thing(here)),
                        ("alg:state", state),
                        ("alg:choice", concept("choice", choice)),
                    ],
                )

    def _called(self, record: Record, column: str) -> str:
        return self.names.label(str(record.values[column][0])) if record.values.get(column) else ""


def evidence_uses(here: str, values: Mapping[str, Sequence[Node]]) -> dict[str, tuple[Node, Node]]:
    """Return the uses that an assertion makes of lines of evidence, by their paths: the line and the direction.

    What stands in `lines` is offered for what is said: for the claim that is affirmed, against the one that is denied or doubted.
    """
    polarity = slug(str(values["polarity"][0])) if values.get("polarity") else ""
    usual = {"lines": USUAL.get(polarity, "inconclusive")}
    return {
        f"{here}/evidence/{slug(str(line))}": (line, concept("direction", direction))
        for column, direction in (usual | DIRECTIONS).items()
        for line in values.get(column, ())
    }

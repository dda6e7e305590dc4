"""Takes over a curation sheet: YAML with claims, assertions and stances becomes Turtle, with offsets and digests computed.

A sheet quotes the passages of its document so that the program can find them; the corpus file that is made of it does not.
`docs/curating.md` describes the keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final

import rdflib
from rdflib import XSD, Literal
from rdflib.term import Node

from allegata.corpus.anchors import passage_digest
from allegata.corpus.extensions import Option, Values
from allegata.corpus.importers import CorpusFile, Importer
from allegata.corpus.passage_search import locate
from allegata.corpus.rdf import canonical_number
from allegata.corpus.repetition import REMEDY, repeated
from allegata.corpus.sheet_schema import SCHEMA_TEXT, Sheet, read_sheet
from allegata.corpus.text_files import read_source
from allegata.corpus.text_sections import TextSections
from allegata.corpus.turtle_writer import Document
from allegata.errors import AnchorError, SheetError
from allegata.model.namespaces import PREFIXES, SCHEMES

#: The datatype of a date by its length: a year, a month, a day.
_DATES: Final = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
_TRUE: Final = ("true", "yes")


def import_sheet(path: Path, sources: Path, base: str) -> CorpusFile:
    """Make a corpus file of a sheet; raise SheetError with line, record and key at fault.

    `sources` is the folder with the text of the document as `<document>.txt`; `base` is the corpus' base IRI.
    """
    return _Writer(read_sheet(path), sources, base).imported()


class _Writer:
    """Writes a sheet, which fits its schema, as Turtle."""

    def __init__(self, sheet: Sheet, sources: Path, base: str):
        self.sheet, self.sources, self.turtle = sheet, sources, Document(base)
        self.document: str = sheet.entries.get("document", "")
        self.language: str = sheet.entries.get("language", "en")
        self.sections = TextSections("")

    def imported(self) -> CorpusFile:
        entries = self.sheet.entries
        for slug, claim in entries.get("claims", {}).items():
            self._claim(slug, claim)
        assertions = entries.get("assertions", [])
        text = read_source(self.sources / f"{self.document}.txt") if assertions else ""
        self.sections = TextSections(text)
        self._check_own_words(text)
        for number, entry in enumerate(assertions):
            self._assertion(number, entry, text)
        for entry in entries.get("stances", []):
            self._stance(entry)
        folder, section = f"claims/{self.document}" if assertions else "stances", entries["section"]
        heading = " ".join(entries.get("title", f"{folder}: {section}").split())
        return CorpusFile(PurePosixPath(folder) / f"{section}.ttl", self.turtle.turtle(heading))

    def _check_own_words(self, text: str) -> None:
        """Raise SheetError with every statement and rationale that repeats words of the document."""
        entries = self.sheet.entries
        said = {("claims", slug, "statement"): claim["statement"] for slug, claim in entries.get("claims", {}).items()}
        said |= {("stances", n, "rationale"): entry.get("rationale", "") for n, entry in enumerate(entries.get("stances", []))}
        found = [
            f"{self.sheet.place(*steps)}it repeats {words!r}" for steps, value in said.items() if (words := repeated(value, text))
        ]
        if found:
            raise SheetError("\n".join(found), remedy=REMEDY)

    def _claim(self, slug: str, entry: Mapping[str, Any]) -> None:
        here = f"claim/{slug}"
        quantity, period = entry.get("quantity"), entry.get("period")
        self.turtle.describe(
            here,
            [
                ("rdf:type", _term("alg:Claim")),
                ("alg:statement", Literal(entry["statement"].strip(), lang=self.language)),
                ("alg:topic", self._concepts("topic", entry.get("topic"))),
                ("alg:about", self._about(entry.get("about"))),
                ("alg:concernsRight", self._concepts("right", entry.get("right"))),
                ("alg:dutyBearer", self._things("actor", entry.get("dutyBearer"))),
                ("alg:affects", self._things("actor", entry.get("affects"))),
                ("alg:addressee", self._things("actor", entry.get("addressee"))),
                ("alg:quantity", self.turtle.thing(f"{here}/quantity") if quantity else None),
                ("dct:temporal", self.turtle.thing(f"{here}/period") if period else None),
                ("alg:place", self._things("place", entry.get("place"))),
                ("alg:partOfClaim", self._things("claim", entry.get("partOf"))),
            ],
        )
        if quantity:
            self._quantity(f"{here}/quantity", quantity)
        if period:
            self._period(f"{here}/period", period)

    def _quantity(self, here: str, entry: Mapping[str, Any]) -> None:
        self.turtle.describe(
            here,
            [
                ("rdf:type", _term("schema:QuantitativeValue")),
                ("schema:value", _number(entry.get("value"))),
                ("schema:minValue", _number(entry.get("min"))),
                ("schema:maxValue", _number(entry.get("max"))),
                ("alg:approximate", Literal(entry.get("approximate") in _TRUE)),
                ("alg:intervalKind", self._concepts("interval-kind", entry.get("interval"))),
                ("alg:coverage", _number(entry.get("coverage"))),
                ("alg:estimationMethod", Literal(entry["method"].strip(), lang=self.language) if "method" in entry else None),
                ("schema:unitText", Literal(entry["unit"])),
                ("alg:measure", self._concepts("measure", entry["measure"])),
            ],
        )

    def _period(self, here: str, entry: Mapping[str, Any]) -> None:
        dates = [("dcat:startDate", _date(entry.get("start"))), ("dcat:endDate", _date(entry.get("end")))]
        self.turtle.describe(here, [("rdf:type", _term("dct:PeriodOfTime")), *dates])

    def _assertion(self, number: int, entry: Mapping[str, Any], text: str) -> None:
        here = f"assertion/{self.document}/{entry['id']}"
        passages = entry.get("passages") or [entry["passage"]]
        anchors = [f"{here}/anchor" if len(passages) == 1 else f"{here}/anchor-{n}" for n in range(1, len(passages) + 1)]
        phrase, uses = entry.get("phrase"), _uses(here, entry)
        self.turtle.describe(
            here,
            [
                ("rdf:type", _term("alg:Assertion")),
                ("alg:asserts", self.turtle.thing(f"claim/{entry['claim']}")),
                ("alg:assertedBy", self._things("actor", entry["by"])),
                ("alg:relayedBy", self._things("actor", entry.get("relayedBy"))),
                ("alg:relays", self._things(f"assertion/{self.document}", entry.get("relays"))),
                ("alg:relayManner", self._concepts("relay-manner", entry.get("relayManner"))),
                ("dct:date", _date(entry.get("date"))),
                ("alg:polarity", self._concepts("polarity", entry["polarity"])),
                ("alg:modality", self._concepts("modality", entry["modality"])),
                ("alg:certainty", self._concepts("certainty", entry.get("certainty"))),
                ("alg:evidenceKind", self._concepts("evidence-kind", entry["evidence"])),
                ("skos:note", Literal(entry["note"].strip(), lang=self.language) if "note" in entry else None),
                ("alg:standardOfProof", self._concepts("standard-of-proof", entry.get("standardOfProof"))),
                ("alg:evidenceUse", [self.turtle.thing(use) for use in uses]),
                ("alg:cites", self._things("source", entry.get("cites"))),
                ("alg:repliesTo", [self.turtle.thing(path) for path in _listed(entry.get("repliesTo"))]),
                ("alg:phrase", Literal(phrase, lang=self.language) if phrase else None),
                ("alg:protectionLevel", self._concepts("protection-level", "public")),
                ("alg:anchor", [self.turtle.thing(anchor) for anchor in anchors]),
            ],
        )
        for use, (line, direction) in uses.items():
            offered, way = self._things("evidence-line", line), self._concepts("direction", direction)
            self.turtle.describe(use, [("rdf:type", _term("alg:EvidenceUse")), ("alg:usedLine", offered), ("alg:direction", way)])
        for anchor, passage in zip(anchors, passages, strict=True):
            try:
                start, end = locate(text, passage, int(entry["nth"]) if "nth" in entry else None)
            except AnchorError as error:
                key = "passages" if "passages" in entry else "passage"
                raise SheetError(f"{self.sheet.place('assertions', number, key)}{error.message}", remedy=error.remedy) from None
            self._anchor(anchor, text[start:end], start, end)

    def _anchor(self, here: str, passage: str, start: int, end: int) -> None:
        about, spot = self.turtle, self.sections.at(start)
        about.describe(
            here,
            [
                ("rdf:type", _term("oa:SpecificResource")),
                ("oa:hasSource", about.thing(f"source/{self.document}")),
                ("oa:hasSelector", about.thing(f"{here}/position")),
                ("spdx:checksum", about.thing(f"{here}/digest")),
                ("alg:section", Literal(spot.section) if spot.section else None),
                ("alg:paragraph", Literal(spot.paragraph) if spot.paragraph else None),
            ],
        )
        position = [("oa:start", Literal(start)), ("oa:end", Literal(end))]
        about.describe(f"{here}/position", [("rdf:type", _term("oa:TextPositionSelector")), *position])
        about.describe(
            f"{here}/digest",
            [
                ("rdf:type", _term("spdx:Checksum")),
                ("spdx:algorithm", _term("spdx:checksumAlgorithm_sha256")),
                ("spdx:checksumValue", Literal(passage_digest(passage), datatype=XSD.hexBinary, normalize=False)),
            ],
        )

    def _stance(self, entry: Mapping[str, Any]) -> None:
        rationale = entry.get("rationale")
        self.turtle.describe(
            f"stance/{entry['id']}",
            [
                ("rdf:type", _term("alg:Stance")),
                ("alg:from", self.turtle.thing(entry["from"])),
                ("alg:to", self.turtle.thing(entry["to"])),
                ("alg:stance", self._concepts("stance", entry["stance"])),
                ("alg:basis", self._concepts("basis", entry["basis"])),
                ("alg:rationale", Literal(rationale.strip(), lang=self.language) if rationale else None),
                ("prov:wasAttributedTo", self._things("actor", entry["by"])),
            ],
        )

    def _concepts(self, scheme: str, names: str | Sequence[str] | None) -> list[Node]:
        return [_concept(f"{scheme}/{name}") for name in _listed(names)]

    def _things(self, kind: str, slugs: str | Sequence[str] | None) -> list[Node]:
        return [self.turtle.thing(f"{kind}/{slug}") for slug in _listed(slugs)]

    def _about(self, paths: str | Sequence[str] | None) -> list[Node]:
        """Read `kind/slug`; the kinds that are schemes (topic, right, evidence-kind …) lead to their concepts."""
        return [_concept(p) if p.split("/")[0] in _SCHEMES else self.turtle.thing(p) for p in _listed(paths)]


def _uses(here: str, entry: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the uses that an assertion makes of lines of evidence, by name: line and direction.

    `lines` are offered for what the assertion says: for the claim that it affirms, against the one that it denies or doubts.
    """
    usual = {"affirms": "supports", "denies": "disputes", "doubts": "disputes"}.get(entry["polarity"], "inconclusive")
    offered = {"lines": usual, "linesFor": "supports", "linesAgainst": "disputes", "linesInconclusive": "inconclusive"}
    lines = [(line, direction) for key, direction in offered.items() for line in _listed(entry.get(key))]
    return {f"{here}/evidence/{line}": (line, direction) for line, direction in lines}


_SCHEMES = ("topic", "right", "evidence-kind", "modality", "measure")


def _listed(value: str | Sequence[str] | None) -> Iterator[str]:
    if value:
        yield from [value] if isinstance(value, str) else value


def _concept(path: str) -> rdflib.URIRef:
    """Return a concept of the schemes, which come with the model and keep its base in every corpus."""
    return rdflib.URIRef(SCHEMES + path)


def _term(curie: str) -> rdflib.URIRef:
    prefix, _, local = curie.partition(":")
    return rdflib.URIRef(PREFIXES[prefix] + local)


def _number(text: str | None) -> Literal | None:
    if text is None:
        return None
    number = canonical_number(text)
    return Literal(number, datatype=XSD.decimal if "." in number else XSD.integer, normalize=False)


def _date(text: str | None) -> Literal | None:
    return Literal(text, datatype=_DATES[len(text)], normalize=False) if text else None


def _read(path: Path, base: str, values: Values) -> Iterator[CorpusFile]:
    yield import_sheet(path, Path(values["sources"][0]), base)


IMPORTER: Final = Importer(
    "Take over a curation sheet (YAML): offsets and digests are computed, the passages stay outside.",
    _read,
    (Option("sources", "Folder with the source texts, <slug>.txt.", required=True),),
    schema=SCHEMA_TEXT,
)

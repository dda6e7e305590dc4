"""Takes over a curation sheet: YAML with claims, assertions and stances becomes Turtle, with offsets and digests computed.

A sheet quotes the passages of its document so that the program can find them; the corpus file that is made of it does not.
`docs/curating.md` describes the keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final

import rdflib
import yaml
from rdflib import XSD, Literal
from rdflib.term import Node

from allegata.corpus.anchors import locate, passage_digest
from allegata.corpus.extensions import Option, Values
from allegata.corpus.importers import CorpusFile, Importer
from allegata.corpus.text_files import read_source
from allegata.corpus.text_files import read_text as read_file
from allegata.corpus.turtle_writer import Document
from allegata.errors import AnchorError, SheetError
from allegata.model.namespaces import PREFIXES, SCHEMES

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KEYS = {
    "sheet": {"document", "section", "title", "claims", "assertions", "stances"},
    "claim": {
        *("statement", "topic", "right", "about", "dutyBearer", "affects", "addressee", "quantity", "period", "place"),
    },
    "assertion": {
        *("id", "claim", "passage", "passages", "nth", "by", "relayedBy", "relays", "polarity", "modality", "evidence"),
        *("lines", "cites", "phrase"),
    },
    "stance": {"id", "from", "to", "stance", "basis", "rationale", "by"},
    "quantity": {"value", "min", "max", "approximate", "unit", "measure"},
    "period": {"start", "end"},
}
_DATES = (
    (re.compile(r"\d{4}$"), XSD.gYear),
    (re.compile(r"\d{4}-\d\d$"), XSD.gYearMonth),
    (re.compile(r"\d{4}-\d\d-\d\d$"), XSD.date),
)


def import_sheet(path: Path, sources: Path, base: str) -> CorpusFile:
    """Make a corpus file of a sheet; raise SheetError with the record at fault.

    `sources` is the folder with the text of the document as `<document>.txt`; `base` is the corpus' base IRI.
    """
    sheet = _load(path)
    return _Sheet(path, sheet, sources, base).imported()


def _load(path: Path) -> Mapping[str, Any]:
    try:
        sheet = yaml.safe_load(read_file(path))
    except yaml.YAMLError as error:
        raise SheetError(f"{path} is not YAML: {error}") from None
    if not isinstance(sheet, dict) or "section" not in sheet:
        raise SheetError(f"{path}: a sheet is a mapping with the keys document, section, claims and assertions.")
    return sheet


class _Sheet:
    """One sheet on its way to Turtle."""

    def __init__(self, path: Path, sheet: Mapping[str, Any], sources: Path, base: str):
        self.path, self.sheet, self.base = path, sheet, base
        self.document = self._name("document") if "document" in sheet else ""
        self.section = self._name("section")
        self.sources = sources
        self.turtle = Document(base)

    def _name(self, key: str) -> str:
        """Return a part of the name of the file; it leads out of no folder."""
        try:
            return _slug(self.sheet[key])
        except SheetError as error:
            raise SheetError(f"{self.path}: {key}: {error}") from None

    def imported(self) -> CorpusFile:
        self._known("sheet", self.sheet, "the sheet")
        claims = self.sheet.get("claims") or {}
        if not isinstance(claims, dict):
            raise SheetError(f"{self.path}: claims is no mapping of a name to each claim.")
        for slug, claim in claims.items():
            self._record(f"claim {slug}", self._claim, slug, claim)
        assertions, stances = self._list("assertions"), self._list("stances")
        if assertions:
            text = read_source(self.sources / f"{self.document}.txt")
            for entry in assertions:
                self._record(f"assertion {entry.get('id')}", self._assertion, entry, text)
        for entry in stances:
            self._record(f"stance {entry.get('id')}", self._stance, entry)
        folder = f"claims/{self.document}" if assertions else "stances"
        heading = self.sheet.get("title") or f"{folder}: {self.section}"
        return CorpusFile(PurePosixPath(folder) / f"{self.section}.ttl", self.turtle.turtle(str(heading)))

    def _list(self, key: str) -> list[Mapping[str, Any]]:
        entries = self.sheet.get(key) or []
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise SheetError(f"{self.path}: {key} is no list of mappings.")
        return entries

    def _record(self, name: str, make: Callable[..., None], *given: Any) -> None:
        try:
            make(*given)
        except (AnchorError, SheetError) as error:
            raise SheetError(f"{self.path}: {name}: {error}") from None
        except KeyError as error:
            raise SheetError(f"{self.path}: {name}: the key {error} is missing.") from None
        except (AttributeError, TypeError) as error:
            raise SheetError(f"{self.path}: {name}: a value is of another kind than it has to be: {error}.") from None

    def _known(self, kind: str, entry: Mapping[str, Any], name: str) -> None:
        unknown = sorted(set(entry) - KEYS[kind])
        if unknown:
            raise SheetError(f"{name} has unknown keys: {', '.join(unknown)}", remedy=f"Known: {', '.join(sorted(KEYS[kind]))}.")

    def _claim(self, slug: str, entry: Mapping[str, Any]) -> None:
        self._known("claim", entry, "it")
        here = f"claim/{_slug(slug)}"
        quantity, period = entry.get("quantity"), entry.get("period")
        self.turtle.describe(
            here,
            [
                ("rdf:type", _term("alg:Claim")),
                ("alg:statement", Literal(entry["statement"].strip(), lang="en")),
                ("alg:topic", self._concepts("topic", entry.get("topic"))),
                ("alg:about", self._about(entry.get("about"))),
                ("alg:concernsRight", self._concepts("right", entry.get("right"))),
                ("alg:dutyBearer", self._things("actor", entry.get("dutyBearer"))),
                ("alg:affects", self._things("actor", entry.get("affects"))),
                ("alg:addressee", self._things("actor", entry.get("addressee"))),
                ("alg:quantity", self.turtle.thing(f"{here}/quantity") if quantity else None),
                ("dct:temporal", self.turtle.thing(f"{here}/period") if period else None),
                ("alg:place", self._things("place", entry.get("place"))),
            ],
        )
        if quantity:
            self._quantity(f"{here}/quantity", quantity)
        if period:
            self._period(f"{here}/period", period)

    def _quantity(self, here: str, entry: Mapping[str, Any]) -> None:
        self._known("quantity", entry, "the quantity")
        self.turtle.describe(
            here,
            [
                ("rdf:type", _term("schema:QuantitativeValue")),
                ("schema:value", _number(entry.get("value"))),
                ("schema:minValue", _number(entry.get("min"))),
                ("schema:maxValue", _number(entry.get("max"))),
                ("alg:approximate", Literal(bool(entry.get("approximate", False)))),
                ("schema:unitText", Literal(entry["unit"])),
                ("alg:measure", self._concepts("measure", entry["measure"])),
            ],
        )

    def _period(self, here: str, entry: Mapping[str, Any]) -> None:
        self._known("period", entry, "the period")
        dates = [("dcat:startDate", _date(entry.get("start"))), ("dcat:endDate", _date(entry.get("end")))]
        self.turtle.describe(here, [("rdf:type", _term("dct:PeriodOfTime")), *dates])

    def _assertion(self, entry: Mapping[str, Any], text: str) -> None:
        self._known("assertion", entry, "it")
        here = f"assertion/{self.document}/{_slug(entry['id'])}"
        passages = entry.get("passages") or [entry["passage"]]
        anchors = [f"{here}/anchor" if len(passages) == 1 else f"{here}/anchor-{n}" for n in range(1, len(passages) + 1)]
        phrase = entry.get("phrase")
        self.turtle.describe(
            here,
            [
                ("rdf:type", _term("alg:Assertion")),
                ("alg:asserts", self.turtle.thing(f"claim/{entry['claim']}")),
                ("alg:assertedBy", self._things("actor", entry["by"])),
                ("alg:relayedBy", self._things("actor", entry.get("relayedBy"))),
                ("alg:relays", self._things(f"assertion/{self.document}", entry.get("relays"))),
                ("alg:polarity", self._concepts("polarity", entry["polarity"])),
                ("alg:modality", self._concepts("modality", entry["modality"])),
                ("alg:evidenceKind", self._concepts("evidence-kind", entry["evidence"])),
                ("alg:evidenceLine", self._things("evidence-line", entry.get("lines"))),
                ("alg:cites", self._things("source", entry.get("cites"))),
                ("alg:phrase", Literal(phrase, lang="en") if phrase else None),
                ("alg:protectionLevel", self._concepts("protection-level", "public")),
                ("alg:anchor", [self.turtle.thing(anchor) for anchor in anchors]),
            ],
        )
        for anchor, passage in zip(anchors, passages, strict=True):
            self._anchor(anchor, passage, *locate(text, passage, entry.get("nth")))

    def _anchor(self, here: str, passage: str, start: int, end: int) -> None:
        about = self.turtle
        about.describe(
            here,
            [
                ("rdf:type", _term("oa:SpecificResource")),
                ("oa:hasSource", about.thing(f"source/{self.document}")),
                ("oa:hasSelector", about.thing(f"{here}/position")),
                ("spdx:checksum", about.thing(f"{here}/digest")),
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
        self._known("stance", entry, "it")
        rationale = entry.get("rationale")
        self.turtle.describe(
            f"stance/{_slug(entry['id'])}",
            [
                ("rdf:type", _term("alg:Stance")),
                ("alg:from", self.turtle.thing(entry["from"])),
                ("alg:to", self.turtle.thing(entry["to"])),
                ("alg:stance", self._concepts("stance", entry["stance"])),
                ("alg:basis", self._concepts("basis", entry["basis"])),
                ("alg:rationale", Literal(rationale.strip(), lang="en") if rationale else None),
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


_SCHEMES = ("topic", "right", "evidence-kind", "modality", "measure")


def _listed(value: str | Sequence[str] | None) -> Iterator[str]:
    if value:
        yield from [value] if isinstance(value, str) else value


def _slug(value: object) -> str:
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        raise SheetError(f"{value!r} is not a slug", remedy="Use lower-case letters, digits and single hyphens.")
    return value


def _concept(path: str) -> rdflib.URIRef:
    """Return a concept of the schemes, which come with the model and keep its base in every corpus."""
    return rdflib.URIRef(SCHEMES + path)


def _term(curie: str) -> rdflib.URIRef:
    prefix, _, local = curie.partition(":")
    return rdflib.URIRef(PREFIXES[prefix] + local)


def _number(value: int | float | None) -> Literal | None:
    if value is None:
        return None
    return Literal(value) if isinstance(value, int) else Literal(str(value), datatype=XSD.decimal)


def _date(value: str | int | None) -> Literal | None:
    if value is None:
        return None
    for pattern, datatype in _DATES:
        if pattern.match(str(value)):
            return Literal(str(value), datatype=datatype, normalize=False)
    raise SheetError(f"{value!r} is not a date", remedy="Write 2004, 2004-06 or 2004-06-30.")


def _read(path: Path, base: str, values: Values) -> Iterator[CorpusFile]:
    yield import_sheet(path, Path(values["sources"][0]), base)


IMPORTER: Final = Importer(
    "Take over a curation sheet (YAML): offsets and digests are computed, the passages stay outside.",
    _read,
    (Option("sources", "Folder with the source texts, <slug>.txt.", required=True),),
)

"""Takes over a curation sheet: YAML with claims, assertions and stances becomes Turtle, with offsets and digests computed.

A sheet quotes the passages of its document so that the program can find them; the corpus file that is made of it does not.
`docs/curating.md` describes the keys, which are those of the columns of a workbook.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final

from rdflib import Literal, URIRef
from rdflib.term import Node

from allegata.corpus.anchor_statements import SourceText, anchor_paths, describe_uses
from allegata.corpus.extensions import Option, Values
from allegata.corpus.importers import CorpusFile, Importer
from allegata.corpus.passage_search import Span, locate
from allegata.corpus.repetition import REMEDY, repeated
from allegata.corpus.sheet_schema import SCHEMA_TEXT, Sheet, read_sheet
from allegata.corpus.text_files import read_source
from allegata.corpus.turtle_writer import Document
from allegata.corpus.workbook.columns import Column
from allegata.corpus.workbook.columns import sheet as columns_of
from allegata.corpus.workbook.names import CONCEPT, Names, read_names
from allegata.corpus.workbook.passages import PHRASE_REMEDY, wrong_phrase
from allegata.corpus.workbook.special import evidence_uses
from allegata.corpus.workbook.statements import concept, describe_record
from allegata.corpus.workbook.unresolved import unresolved
from allegata.corpus.workbook.values import READ
from allegata.errors import AnchorError, SheetError

#: The schemes whose concepts a path such as topic/education names.
_SCHEMES: Final = ("topic", "right", "evidence-kind", "modality", "measure")
#: What the records of a sheet are called in the sheet, in a workbook, and in addresses.
_RECORDS: Final = {"claims": "Claims", "assertions": "Assertions", "stances": "Stances"}


def import_sheet(path: Path, sources: Path, base: str, names: Names | None = None) -> CorpusFile:
    """Make a corpus file of a sheet; raise SheetError with line, record and key at fault.

    `sources` is the folder with the text of the document as `<document>.txt`; `base` is the corpus' base IRI. With the `names` of
    the corpus values are taken by label or code, and each that the corpus does not have is told with the nearest one.
    """
    return _Writer(read_sheet(path), sources, base, names).imported()


class _Writer:
    """Writes a sheet, which fits its schema, as Turtle."""

    def __init__(self, sheet: Sheet, sources: Path, base: str, names: Names | None):
        self.sheet, self.sources, self.turtle, self.names = sheet, sources, Document(base), names
        self.document: str = sheet.entries.get("document", "")
        self.language: str = sheet.entries.get("language", "en")
        self.source = self.turtle.thing(f"source/{self.document}")
        self.problems: list[str] = []

    def imported(self) -> CorpusFile:
        entries = self.sheet.entries
        assertions = entries.get("assertions", [])
        text = SourceText(self.source, read_source(self.sources / f"{self.document}.txt") if assertions else "")
        self._check_own_words(text.text)
        self._let_refer()
        for slug, claim in entries.get("claims", {}).items():
            flat = {**claim, **claim.get("quantity", {}), **claim.get("period", {})}
            describe_record(self.turtle, columns_of("Claims"), f"claim/{slug}", self._values("claims", slug, flat))
        for number, entry in enumerate(assertions):
            self._assertion(number, entry, text)
        for number, entry in enumerate(entries.get("stances", [])):
            describe_record(self.turtle, columns_of("Stances"), f"stance/{entry['id']}", self._values("stances", number, entry))
        if self.problems:
            raise SheetError("\n".join(dict.fromkeys(self.problems)))
        folder, section = f"claims/{self.document}" if assertions else "stances", entries["section"]
        heading = " ".join(entries.get("title", f"{folder}: {section}").split())
        return CorpusFile(PurePosixPath(folder) / f"{section}.ttl", self.turtle.turtle(heading))

    def _let_refer(self) -> None:
        """Let the records of the sheet be referred to in it."""
        entries = self.sheet.entries
        here = [f"claim/{slug}" for slug in entries.get("claims", {})]
        here += [f"assertion/{self.document}/{entry['id']}" for entry in entries.get("assertions", [])]
        for path in here if self.names else ():
            self.names.put(path.partition("/")[0], self.turtle.base_iri + path)  # type: ignore[union-attr]

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

    def _values(self, kind: str, record: str | int, entry: Mapping[str, Any]) -> dict[str, list[Node]]:
        """Return the terms of a record by the columns that its keys stand for."""
        return {
            column.name: [node for text in _listed(entry.get(column.key)) for node in self._nodes(column, text, (kind, record))]
            for column in columns_of(_RECORDS[kind]).columns
            if column.key in entry and column.kind not in ("id", "passage", "nth")
        }

    def _nodes(self, column: Column, text: str, record: tuple[str, str | int]) -> Iterator[Node]:
        if column.kind == "text":
            yield Literal(text.strip(), lang=self.language)
        elif column.kind in READ:
            yield READ[column.kind](text)
        elif self.names is None:
            yield concept(column.scheme, text) if column.scheme else self._thing(column, text)
        else:
            yield from self._found(self.names, column, text, record)

    def _thing(self, column: Column, text: str) -> URIRef:
        """Return what a slug or a path names; the kinds that are schemes (topic, right …) lead to concepts."""
        family = f"assertion/{self.document}" if column.of == ("assertion",) and "/" not in text else column.of[0]
        scheme, _, name = text.partition("/")
        if len(column.of) > 1 and scheme in _SCHEMES:
            return concept(scheme, name)
        return self.turtle.thing(text if len(column.of) > 1 or text.startswith("assertion/") else f"{family}/{text}")

    def _found(self, names: Names, column: Column, text: str, record: tuple[str, str | int]) -> Iterator[Node]:
        """Yield the one thing or concept of the corpus that a text names; what names none is told with the nearest."""
        families = [f"{CONCEPT}/{column.scheme}"] if column.scheme else list(column.of)
        own = str(self._thing(column, text)) if column.of else ""
        found = [own] if own in names.families else names.find(families, text)
        if len(found) == 1:
            yield URIRef(found[0])
            return
        wrong, remedy = unresolved(names, column, families, text, found, rows=False)
        self.problems.append(f"{self.sheet.place(*record, column.key)}{wrong}. {remedy}")

    def _assertion(self, number: int, entry: Mapping[str, Any], text: SourceText) -> None:
        here = f"assertion/{self.document}/{entry['id']}"
        passages = entry.get("passages") or [entry["passage"]]
        anchors, values = anchor_paths(here, len(passages)), self._values("assertions", number, entry)
        uses = evidence_uses(here, values)
        further = [
            ("alg:evidenceUse", [self.turtle.thing(use) for use in uses]),
            ("alg:anchor", [self.turtle.thing(anchor) for anchor in anchors]),
        ]
        describe_record(self.turtle, columns_of("Assertions"), here, values, further=further)
        describe_uses(self.turtle, here, uses)
        found = [self._span(number, entry, text.text, passage) for passage in passages]
        for anchor, span in zip(anchors, found, strict=True):
            text.describe_anchor(self.turtle, anchor, *span)
        if "phrase" in entry and (wrong := wrong_phrase(text.text, found, entry["phrase"])):
            self.problems.append(f"{self.sheet.place('assertions', number, 'phrase')}{wrong}. {PHRASE_REMEDY}")

    def _span(self, number: int, entry: Mapping[str, Any], text: str, passage: str) -> Span:
        try:
            return locate(text, passage, int(entry["nth"]) if "nth" in entry else None)
        except AnchorError as error:
            key = "passages" if "passages" in entry else "passage"
            raise SheetError(f"{self.sheet.place('assertions', number, key)}{error.message}", remedy=error.remedy) from None


def _listed(value: str | Sequence[str] | None) -> Iterable[str]:
    return () if not value else [value] if isinstance(value, str) else value


def _read(path: Path, base: str, values: Values) -> Iterator[CorpusFile]:
    sheet = read_sheet(path)  # before the corpus, which takes longer
    yield _Writer(sheet, Path(values["sources"][0]), base, read_names(Path(values["root"][0]))[0]).imported()


IMPORTER: Final = Importer(
    "Take over a curation sheet (YAML): offsets and digests are computed, the passages stay outside.",
    _read,
    (Option("sources", "Folder with the source texts, <slug>.txt.", required=True),),
    schema=SCHEMA_TEXT,
)

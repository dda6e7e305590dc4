"""Writes the workbook that a corpus was made of, again: nothing that stands in the files made of it is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from rdflib.term import Node

from allegata.corpus.passage_search import locate
from allegata.corpus.text_files import list_files, read_source
from allegata.corpus.workbook.cells import CONTROL, MOST_CHARACTERS, join_values
from allegata.corpus.workbook.columns import PASSAGES, SEPARATOR, SHEETS, sheet
from allegata.corpus.workbook.made_files import FOLDER, made_files
from allegata.corpus.workbook.names import Names, read_names
from allegata.corpus.workbook.special import CHOICES, DIRECTIONS, USUAL
from allegata.corpus.workbook.stated_rows import Cells, RowWriter, read_stated
from allegata.corpus.workbook.statements import concept
from allegata.corpus.workbook.workbook_file import write_workbook
from allegata.errors import AnchorError, UsageError
from allegata.model.labels import ENGLISH
from allegata.model.namespaces import expand, slug
from allegata.model.protection import FOLDER as RESTRICTED

#: Of what a passage must hold nothing, to be told from several in one cell.
_DIVIDING: Final = (PASSAGES, "\r")


def export_workbook(
    root: Path, out: Path, workbook: str = "", sources: Path | None = None, language: str = ENGLISH, *, everything: bool = False
) -> str:
    """Write a workbook of what a corpus holds, and return in words what was written.

    Of the files that were made of a workbook, by its name where there are several, or of `everything` that fits a sheet. Passages
    are looked up in the texts, `<id>.txt` in a folder; where a text is not there, the numbers of the characters stand there.
    """
    paths = [root / name for name in _files(root, workbook, everything=everything)]
    if not paths:
        remedy = "Import a workbook first, or give --everything to write all records of the corpus."
        raise UsageError(
            f"{root} holds nothing that was made of {f'the workbook {workbook}' if workbook else 'a workbook'}.", remedy=remedy
        )
    names, _ = read_names(root)
    writer = SheetRows(RowWriter(read_stated(paths), names, language), sources or root / "texts")
    rows = writer.rows()
    write_workbook(out, rows, names, language)
    left = writer.stated.left()
    return f"{sum(map(len, rows.values())):,} rows" + (f"; {left:,} statements that no column has are left out" if left else "")


def _files(root: Path, workbook: str, *, everything: bool) -> list[str]:
    if everything:
        found = [path for top in ("data", RESTRICTED) for path in list_files(root / top, ".ttl", below=True)]
        return [path.relative_to(root).as_posix() for path in found if path != root / "data" / "corpus.ttl"]
    folders = {path.name for top in ("data", RESTRICTED) for path in (root / top / FOLDER).glob("*") if path.is_dir()}
    known = {name: files for name in sorted(folders) if (files := made_files(root, name))}
    if not workbook and len(known) > 1:
        raise UsageError(
            f"The corpus was made of several workbooks: {', '.join(known)}.", remedy="Give --workbook with one of them."
        )
    return list(known.get(workbook or next(iter(known), ""), ()))


class SheetRows:
    """Makes the rows of all sheets."""

    def __init__(self, writer: RowWriter, sources: Path):
        self.writer, self.stated, self.sources = writer, writer.stated, sources
        self.names: Names = writer.names
        self._texts: dict[str, str | None] = {}
        self._special: Mapping[str, Callable[[str, Cells], None]] = {
            "Documents": self._document,
            "Concepts": self._concept,
            "Assertions": self._assertion,
            "Acts": self._act,
            "Votes": self._vote,
        }

    def rows(self) -> dict[str, list[Cells]]:
        """Return the rows by sheet."""
        found: dict[str, list[Cells]] = {}
        for item in SHEETS:
            for iri, choice in self.writer.things(item):
                cells = self.writer.cells(item, iri, choice)
                if special := self._special.get(item.name):
                    special(iri, cells)
                found.setdefault(item.name, []).append(cells)
        return found

    def _document(self, iri: str, cells: Cells) -> None:
        (status, *_) = [*self.stated.take_curie(iri, "alg:targetStatus"), None]
        held = self.stated.take_curie(iri, "alg:codePoints")
        self.stated.take_curie(iri, "dcat:byteSize")
        for digest in self.stated.take_curie(iri, "spdx:checksum"):
            self.stated.take_all(str(digest))
        usual = concept("target-status", "textHeld" if held else "addressGiven" if cells.get("address") else "namedOnly")
        if status is not None and status != usual:
            cells["status"] = self.writer.written(sheet("Documents").column("status"), status)

    def _concept(self, iri: str, _cells: Cells) -> None:
        for curie in ("skos:inScheme", "rdfs:isDefinedBy", "skos:topConceptOf"):
            self.stated.take_curie(iri, curie)

    def _assertion(self, iri: str, cells: Cells) -> None:
        columns = sheet("Assertions")
        anchors = [str(anchor) for anchor in self.stated.take_curie(iri, "alg:anchor")]
        source = next(
            iter(
                [
                    *self.stated.take_curie(iri, "alg:statedIn"),
                    *(s for a in anchors for s in self.stated.take_curie(a, "oa:hasSource")),
                ]
            ),
            None,
        )
        if source is not None:
            cells["document"] = self.writer.written(columns.column("document"), source)
        if anchors:
            cells |= self._passages(str(source), [self._span(anchor) for anchor in anchors])
        polarity = slug(str(next(iter(self.stated.take_curie(iri, "alg:polarity")), "")))
        usual = USUAL.get(polarity, "inconclusive")
        names = {direction: name for name, direction in DIRECTIONS.items()} | {usual: "lines"}
        lines: dict[str, list[Node]] = {}
        for use in map(str, self.stated.take_curie(iri, "alg:evidenceUse")):
            for direction in self.stated.take_curie(use, "alg:direction"):
                lines.setdefault(names[slug(str(direction))], []).extend(self.stated.take_curie(use, "alg:usedLine"))
            self.stated.take_all(use)
        cells |= {name: self.writer.listed(columns.column(name), found) for name, found in lines.items()}

    def _span(self, anchor: str) -> tuple[int, int]:
        """Return the first character of a passage and the one behind its last."""
        self.stated.take_all(anchor)
        ends = [0, 0]
        for selector in map(str, self.stated.values.get(anchor, {}).get(expand("oa:hasSelector"), [])):
            ends = [int(str(self.stated.take_curie(selector, curie)[0])) for curie in ("oa:start", "oa:end")]
            self.stated.take_all(selector)
        for digest in self.stated.values.get(anchor, {}).get(expand("spdx:checksum"), []):
            self.stated.take_all(str(digest))
        return ends[0], ends[1]

    def _passages(self, source: str, spans: list[tuple[int, int]]) -> Cells:
        """Return the cells that lead to passages again: their words where the text is there, and the numbers where it is not."""
        numbers = {
            "start": join_values([str(start) for start, _ in spans], SEPARATOR),
            "end": join_values([str(end) for _, end in spans], SEPARATOR),
        }
        text = self._text(source)
        found = [item for start, end in spans if text is not None and (item := _words(text, start, end))]
        if len(found) < len(spans):
            return numbers
        words = {"passage": join_values([words for words, _ in found], PASSAGES)}
        nth = [nth for _, nth in found]
        return words | ({"nth": join_values([str(number or 1) for number in nth], SEPARATOR)} if any(nth) else {})

    def _text(self, source: str) -> str | None:
        if source not in self._texts:
            path = self.sources / f"{slug(source)}.txt"
            self._texts[source] = read_source(path) if path.is_file() else None
        return self._texts[source]

    def _act(self, iri: str, cells: Cells) -> None:
        state, act, instrument = (self._called(iri, curie) for curie in ("alg:state", "alg:act", "alg:instrument"))
        if cells.get("name") == f"{state}: {act}, {instrument}":
            del cells["name"]

    def _vote(self, iri: str, cells: Cells) -> None:
        if cells.get("name") == f"{self._called(iri, 'alg:instrument')}: {cells.get('date')}":
            del cells["name"]
        columns = {concept("choice", choice): name for name, choice in CHOICES.items()}
        states: dict[str, list[Node]] = {}
        for position in [item for item in self.stated.values if item.startswith(f"{self.names.base}position/{slug(iri)}/")]:
            for choice in self.stated.take_curie(position, "alg:choice"):
                states.setdefault(columns[choice], []).extend(self.stated.take_curie(position, "alg:state"))  # type: ignore[index]
            self.stated.take_all(position)
        cells |= {name: self.writer.listed(sheet("Votes").column(name), found) for name, found in states.items()}

    def _called(self, iri: str, curie: str) -> str:
        return next((self.names.label(str(value)) for value in self.stated.take_curie(iri, curie)), "")


def _words(text: str, start: int, end: int) -> tuple[str, int | None] | None:
    """Return the words of a passage, and which one it is where it occurs several times; nothing where words do not lead there."""
    words = text[start:end]
    if len(words) > MOST_CHARACTERS // 4 or CONTROL.search(words) or any(sign in words for sign in _DIVIDING):
        return None
    try:
        for nth in (None, *range(1, text.count(words) + 1)):
            if _leads(text, words, nth) == (start, end):
                return words, nth
    except AnchorError:
        return None
    return None


def _leads(text: str, words: str, nth: int | None) -> tuple[int, int]:
    try:
        return locate(text, words.strip(), nth)
    except AnchorError:
        if nth is None:
            return -1, -1
        raise

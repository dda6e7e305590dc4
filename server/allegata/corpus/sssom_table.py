"""Reads tables in the format SSSOM/TSV (SSSOM 1.1): a metadata block, then rows; also as a spreadsheet saves them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from allegata.corpus.text_files import read_text
from allegata.corpus.yaml_text import Document, parse_yaml
from allegata.errors import CorpusSyntaxError, LinkError
from allegata.model.namespaces import PREFIXES

#: The prefixes that a table need not declare and may not change (SSSOM 1.1, section IRI prefixes).
BUILT_IN: Final = {
    **{prefix: PREFIXES[prefix] for prefix in ("owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd")},
    "linkml": "https://w3id.org/linkml/",
}
#: The slots that the metadata block may state for all rows at once, where no row has its own (SSSOM 1.1, Propagatable slots).
PROPAGATED: Final = ("mapping_date", "subject_type", "object_type")
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_VALUE: Final = re.compile(r"(?:[^|\\]|\\[|\\]|\\)+")
_ESCAPE: Final = re.compile(r"\\([|\\])")


@dataclass(frozen=True)
class Record:
    """A row of a table: the file and line where it begins, and its cells by column, the empty ones left out."""

    place: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """A table of mappings: its prefixes, and its rows; in the place of a row that cannot be read stands what is wrong."""

    prefixes: Mapping[str, str]
    records: tuple[Record | LinkError, ...]
    #: What the metadata block says of the whole, by slot.
    metadata: Mapping[str, object] = field(default_factory=dict)


def read_table(path: Path, required: tuple[str, ...]) -> Table:
    """Read a table; raise LinkError where its metadata or its columns cannot be used, CorpusSyntaxError for its encoding."""
    text = read_text(path)
    head, lines = _head(text)
    document = _metadata(path, "\n".join(lines))
    metadata = document.value if isinstance(document.value, dict) else {}
    prefixes = _prefixes(path, document)
    rows = _rows(path, text[head:], len(lines))
    columns = _columns(path, next(rows, None))
    missing = [name for name in required if name not in columns and not (name in PROPAGATED and metadata.get(name))]
    if missing:
        raise LinkError(f"{path}: the table has no column {', '.join(missing)}.")
    records = tuple(row if isinstance(row, LinkError) else _record(path, row, columns) for row in rows)
    return Table(prefixes, tuple(_propagated(records, metadata)), metadata)


def split_values(cell: str) -> list[str]:
    """Split a cell of several values at each | that no backslash precedes (SSSOM 1.1, Multi-valued slots)."""
    return [value for part in _VALUE.findall(cell) if (value := _ESCAPE.sub(r"\1", part).strip())]


def _head(text: str) -> tuple[int, list[str]]:
    """Return where the rows begin, and the lines of the metadata block without # and what a spreadsheet adds behind them."""
    at, lines = 0, []
    while text.startswith(("#", '"#'), at):
        match = _LINE.match(text, at)
        line = match.group().rstrip("\r\n\t ") if match else ""
        lines.append(line.removeprefix('"').removesuffix('"').replace('""', '"')[1:] if line.startswith('"') else line[1:])
        at = match.end() if match else len(text)
    return at, lines


def _metadata(path: Path, block: str) -> Document:
    """Parse the metadata block, or the file beside the table where the table has none (SSSOM 1.1, external metadata mode)."""
    beside = path.with_suffix(".yml")
    try:
        if not block and beside.is_file():
            return parse_yaml(read_text(beside), beside)
        return parse_yaml(block, path)
    except CorpusSyntaxError as error:
        raise LinkError(f"{error.message} (in the metadata of the table).", remedy=error.remedy) from None


def _prefixes(path: Path, document: Document) -> dict[str, str]:
    metadata = document.value if document.value is not None else {}
    declared = metadata.get("curie_map") or {} if isinstance(metadata, dict) else None
    if not isinstance(declared, dict):
        raise LinkError(f"{path}:{document.line(('curie_map',))}: the header has no curie_map of prefixes and addresses.")
    for prefix, address in declared.items():
        place = f"{path}:{document.line(('curie_map', prefix))}"
        if not isinstance(address, str):
            raise LinkError(f"{place}: the prefix {prefix} stands for no address.")
        if address != BUILT_IN.get(prefix, address):
            raise LinkError(f"{place}: the prefix {prefix} always stands for {BUILT_IN[prefix]}.", remedy="Take another prefix.")
    return {**BUILT_IN, **{prefix: str(address) for prefix, address in declared.items()}}


def _rows(path: Path, text: str, before: int) -> Iterator[tuple[int, list[str]] | LinkError]:
    """Yield the rows that are not empty with their first lines; stop where quotation marks do not match."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True)
    while True:
        line = before + reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            yield LinkError(f"{path}:{line}: a cell that begins with a quotation mark does not end with one, or is very long.")
            return
        if any(cells):
            yield line, cells


def _columns(path: Path, row: tuple[int, list[str]] | LinkError | None) -> list[str]:
    if row is None:
        return []
    if isinstance(row, LinkError):
        raise row
    twice = sorted({name for name in row[1] if name and row[1].count(name) > 1})
    if twice:
        raise LinkError(f"{path}:{row[0]}: the column {', '.join(twice)} stands twice.")
    return row[1]


def _record(path: Path, row: tuple[int, list[str]], columns: list[str]) -> Record | LinkError:
    line, cells = row
    if any(cells[len(columns) :]):
        return LinkError(f"{path}:{line}: the row has {len(cells)} cells, the table {len(columns)} columns.")
    return Record(f"{path}:{line}", {name: cell for name, cell in zip(columns, cells, strict=False) if name and cell})


def _propagated(records: tuple[Record | LinkError, ...], metadata: Mapping[str, object]) -> Iterator[Record | LinkError]:
    own = {name for record in records if isinstance(record, Record) for name in record.cells}
    common = {name: str(metadata[name]) for name in PROPAGATED if metadata.get(name) and name not in own}
    for record in records:
        yield record if isinstance(record, LinkError) else Record(record.place, {**common, **record.cells})

"""Reads files of others within bounds: JSON, JSON lines and CSV; what cannot be read is told with its place."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from allegata.corpus.intake.records import Record
from allegata.corpus.text_files import decode, read_regular
from allegata.corpus.workbook.cells import MOST_BYTES, MOST_ROWS, Row
from allegata.corpus.workbook.csv_reader import read_csv_file
from allegata.errors import SheetError, UsageError

Json = Any
#: How deep lists and objects of JSON may be nested.
_NESTED: Final = 100
#: A text, which may hold brackets and may not be closed, or a bracket.
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")


def text_of(path: Path) -> str:
    """Read a text file of at most 32 MiB; raise UsageError where it cannot be read, CorpusSyntaxError where it is not UTF-8."""
    try:
        return decode(read_regular(path, MOST_BYTES), path)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None


def parse_json(text: str, place: str, first: int = 1) -> Json:
    """Parse JSON (RFC 8259), numbers as they are written; raise SheetError with the line, counted from `first`."""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > _NESTED:
            raise SheetError(f"{place}: lists and objects are nested more than {_NESTED} deep.", remedy="Look for a bracket.")
    try:
        found = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
        if _HALF.search(text):  # RFC 8259, section 8.2: half of a surrogate pair can be written, but is no text
            json.dumps(found, ensure_ascii=False).encode()
        return found
    except UnicodeEncodeError:
        raise SheetError(f"{place}: a text has half of a surrogate pair.", remedy="Look for \\ud in it.") from None
    except json.JSONDecodeError as error:
        line = first + error.lineno - 1
        raise SheetError(f"{place}, line {line}: this is no JSON: {error.msg}.", remedy="Fetch the file again.") from None
    except RecursionError:
        raise SheetError(f"{place}: lists and objects are nested too deeply.", remedy="Look for a bracket.") from None


def read_json(path: Path) -> Json:
    """Read a file of JSON."""
    return parse_json(text_of(path), str(path))


def read_json_lines(path: Path) -> Iterator[tuple[str, Json]]:
    """Yield the values of a file with one JSON value a line, each with its place."""
    for number, line in enumerate(text_of(path).split("\n"), 1):
        if line.strip():
            yield f"{path}, line {number}", parse_json(line, str(path), number)


def members(value: Json, place: str, *names: str) -> list[Json]:
    """Return a list, or the list that an object has as one of some members; raise SheetError where it is neither."""
    if isinstance(value, dict):
        value = next((value[name] for name in names if isinstance(value.get(name), list)), [value])
    if not isinstance(value, list):
        raise SheetError(f"{place}: this is no list of records.", remedy="docs/formats.md says what the format looks like.")
    return value


def bounded(records: Iterator[Record], path: Path) -> Iterator[Record]:
    """Yield records up to the number that a workbook can hold."""
    for number, record in enumerate(records, 1):
        if number > MOST_ROWS:
            raise SheetError(f"{path}: there are more than {MOST_ROWS:,} records.", remedy="Divide the file.")
        yield record


def read_table(path: Path, kind: str = "row", separator: str = "") -> Iterator[Record]:
    """Yield the rows of a CSV file, whose first line names the columns; `separator` stands between several values of a cell.

    Raises SheetError with row and column for a name that stands twice or is missing, a row without one, a formula.
    """
    grid = read_csv_file(path)
    if not grid.rows or not grid.rows[0].cells:
        raise SheetError(f"{path}, row 1: there are no names of columns.", remedy="Write them into the first line.")
    names = {at: cell.text.strip() for at, cell in grid.rows[0].cells.items()}
    twice = sorted(name for name, number in Counter(names.values()).items() if number > 1)
    if twice:
        raise SheetError(f"{path}, row 1: the column {twice[0]} stands twice.", remedy="Give each column a name of its own.")
    for row in grid.rows[1:]:
        if fields := _fields(row, names, f"{path}, row {row.number}", separator):
            yield Record(f"{path}, row {row.number}", kind, fields)


def _fields(row: Row, names: Mapping[int, str], place: str, separator: str) -> dict[str, tuple[str, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    for at, cell in row.cells.items():
        if at not in names:
            raise SheetError(f"{place}: a cell stands behind the last column.", remedy="Name the column, or quote the cell.")
        if cell.fault:
            raise SheetError(f"{place}, {names[at]}: {cell.fault}.", remedy=cell.remedy)
        parts = cell.text.split(separator) if separator else [cell.text]
        if texts := tuple(part.strip() for part in parts if part.strip()):
            fields[names[at]] = texts
    return fields

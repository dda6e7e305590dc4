"""Reads a workbook that is kept as a folder of CSV files, whatever separates the cells: a comma, a semicolon or a tab."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from allegata.corpus.text_files import decode, list_files, read_regular, unreadable
from allegata.corpus.workbook.cells import (
    MOST_BYTES,
    MOST_CELLS,
    MOST_CHARACTERS,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Grid,
    Row,
    column_letters,
    text_of,
    unguarded,
)
from allegata.errors import CorpusSyntaxError, SheetError, UsageError

_SEPARATORS: Final = (",", ";", "\t")
#: What some spreadsheet programs write before all else to say what separates the cells.
_SAID: Final = "sep="
_FORMULA: Final = (
    "the cell holds a formula",
    "Write the value itself; a text that begins with = is written with an apostrophe before it.",
)
_UTF_8: Final = (
    "Save each of them as CSV in UTF-8: in Excel by the type “CSV UTF-8 (Comma delimited)”, "
    "in LibreOffice by the character set UTF-8."
)


def read_csv_folder(folder: Path) -> list[Grid]:
    """Read each CSV file of a folder as a sheet; raise SheetError with the file and row at fault."""
    paths = list_files(folder, ".csv")
    if not paths:
        raise UsageError(f"{folder} holds no CSV file.", remedy="Give the folder with documents.csv, claims.csv and so on.")
    budget = _Budget(folder)
    grids, wrong = [], []
    for path in paths:
        try:
            grids.append(_grid(path, budget))
        except CorpusSyntaxError as error:
            wrong.append(error.message)
    if wrong:
        raise SheetError("\n".join(wrong), remedy=_UTF_8)
    return grids


def read_csv_file(path: Path) -> Grid:
    """Read one CSV file as a sheet, within the bounds of a workbook; raise as for a folder."""
    return _grid(path, _Budget(path.parent))


class _Budget:
    """Counts the bytes and cells of all files of a folder, which are bounded together."""

    def __init__(self, folder: Path):
        self.folder, self.bytes, self.cells = folder, MOST_BYTES, MOST_CELLS

    def take_bytes(self, path: Path) -> bytes:
        try:
            data = read_regular(path, self.bytes)
        except OSError as error:
            raise unreadable(path, error) from None
        self.bytes -= len(data)
        return data

    def take_cells(self, count: int) -> None:
        self.cells -= count
        if self.cells < 0:
            raise SheetError(f"{self.folder}: there are more than {MOST_CELLS:,} cells.", remedy="Divide the workbook.")


def _grid(path: Path, budget: _Budget) -> Grid:
    text = decode(budget.take_bytes(path), path)
    if "\0" in text:
        raise CorpusSyntaxError(
            path, text.count("\n", 0, text.index("\0")) + 1, "there is a null character; save it as CSV in UTF-8"
        )
    separator, text = _separator(text)
    return Grid(path.stem, str(path), tuple(_rows(path, text, separator, budget)))


def _separator(text: str) -> tuple[str, str]:
    """Return what separates the cells, by the first line, and the text without the line that says it."""
    first, _, rest = text.partition("\n")
    said = first.rstrip("\r")
    if said.lower().startswith(_SAID) and len(said) == len(_SAID) + 1:
        return said[-1], rest
    return max(_SEPARATORS, key=lambda separator: (first.count(separator), -_SEPARATORS.index(separator))), text


def _rows(path: Path, text: str, separator: str, budget: _Budget) -> Iterator[Row]:
    usual = csv.field_size_limit(MOST_BYTES)  # for all readers of the process, so it is set back
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, values in enumerate(lines, 1):
            if number > MOST_ROWS:
                raise SheetError(f"{path}: there are more than {MOST_ROWS:,} rows.", remedy="Divide the workbook.")
            if len(values) > MOST_COLUMNS:
                raise SheetError(
                    f"{path}, row {number}: there are more than {MOST_COLUMNS} columns.", remedy="Leave the others out."
                )
            budget.take_cells(len(values))
            yield Row(number, {at: _cell(path, number, at, value) for at, value in enumerate(values) if value})
    except csv.Error as error:
        remedy = "Close each quotation mark; inside a cell write it twice."
        raise SheetError(f"{path}, row {number + 1}: this is no CSV ({error}).", remedy=remedy) from None
    finally:
        csv.field_size_limit(usual)


def _cell(path: Path, row: int, column: int, value: str) -> Cell:
    if len(value) > MOST_CHARACTERS:
        place = f"{path}, row {row}, column {column_letters(column)}"
        raise SheetError(
            f"{place}: the cell has {len(value):,} characters, and at most {MOST_CHARACTERS:,} are read.", remedy="Shorten it."
        )
    if value.startswith("="):
        return Cell(text_of(value), *_FORMULA)
    return Cell(text_of(unguarded(value)))

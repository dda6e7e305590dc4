"""Reads a workbook (Office Open XML): values as they are kept, dates as fine as they are shown, formulas never evaluated."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook

from allegata.corpus.workbook.cells import (
    MOST_CELLS,
    MOST_CHARACTERS,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Grid,
    Row,
    column_letters,
    text_of,
)
from allegata.corpus.workbook.xlsx_bounds import read_bounded, too_large
from allegata.errors import SheetError

#: What can go wrong in a library that reads a file which somebody else wrote.
_BROKEN: Final = (KeyError, ValueError, TypeError, IndexError, AttributeError, OverflowError, zipfile.BadZipFile, ParseError)
_FORMULA: Final = ("the cell holds a formula", "Copy the column and paste it as values.")


def read_xlsx(path: Path) -> list[Grid]:
    """Read the sheets of a workbook that people see; raise SheetError for what is none, or is too large or damaged."""
    data, merged = read_bounded(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl does not keep, such as drop-downs of newer kinds, is not read either
            book = load_workbook(BytesIO(data), read_only=True, keep_links=False)
            grids: list[Grid] = []
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    left = MOST_CELLS - sum(len(row.cells) for grid in grids for row in grid.rows)
                    grids.append(_grid(path, sheet, merged, book.epoch, left))
            return grids
    except _BROKEN as error:
        reason = " ".join(str(error).split())[:120]
        remedy = "Open it in a spreadsheet program and save it again."
        raise SheetError(f"{path} cannot be read as a workbook: {reason}.", remedy=remedy) from None


def _grid(path: Path, sheet: Any, merged: Mapping[str, tuple[str, ...]], epoch: datetime, left: int) -> Grid:
    sheet.reset_dimensions()  # a file may say of itself what it likes
    place = f"{path}, sheet {sheet.title}"
    part = str(sheet._worksheet_path).lstrip("/")
    return Grid(sheet.title, place, tuple(_rows(path, sheet, place, left)), merged.get(part, ()), epoch.date())


def _rows(path: Path, sheet: Any, place: str, left: int) -> Iterator[Row]:
    """Yield the rows with `left` cells at most, whatever rows and columns the library makes of the file."""
    for number, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS + 1), 1):
        if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise too_large(path)
        found = {at: _cell(cell, place, number, at) for at, cell in enumerate(cells) if cell.value is not None}
        left -= len(found)
        if left < 0:
            raise too_large(path)
        if found:
            yield Row(number, found)


def _cell(cell: Any, place: str, row: int, column: int) -> Cell:
    value = cell.value
    if cell.data_type == "f":
        return Cell(str(value), *_FORMULA)
    if cell.data_type == "e":
        return Cell(str(value), "the cell holds an error", "Mend it, or empty it.")
    if isinstance(value, time | timedelta):
        return Cell(str(value), "the cell holds a time of day", "Write it as text: give the column the format Text.")
    if isinstance(value, str) and len(value) > MOST_CHARACTERS:
        where = f"{place}, row {row}, column {column_letters(column)}"
        raise SheetError(
            f"{where}: the cell has {len(value):,} characters, and at most {MOST_CHARACTERS:,} are read.", remedy="Shorten it."
        )
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Cell(text_of(value, _format(cell, value)), number=float(value) if is_number else None)


def _format(cell: Any, value: object) -> str:
    return str(cell.number_format) if isinstance(value, date) else ""

"""Writes a workbook (Office Open XML) with drop-downs and help; every cell is text, so none is taken for a formula or a date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from allegata.corpus.workbook.cells import CONTROL
from allegata.corpus.workbook.columns import INTRODUCTION, Column
from allegata.corpus.workbook.names import Names
from allegata.corpus.workbook.sheets import Heading, Layout, offered, referred

#: The sheets beside those of records: how to go about it, and what drop-downs are made of.
HELP: Final = "Help"
LISTS: Final = "Lists"
#: The first row of records, and the last that has drop-downs.
FIRST, LAST = 3, 2000
_TEXT: Final = "@"
_FONT: Final = "Calibri"
_HEAD: Final = PatternFill("solid", fgColor="1F4E79")
_NEEDED: Final = PatternFill("solid", fgColor="8C2D04")
_BELOW: Final = PatternFill("solid", fgColor="F2F2F2")
_WIDE: Final = ("text", "passage")
#: The longest prompt that a cell can have, and the time of which files say that they were made: the same every time.
_PROMPT: Final = 250
_MADE: Final = datetime(2000, 1, 1)


def write_xlsx(target: Path, layouts: Sequence[Layout], names: Names, language: str) -> None:
    """Write a workbook; drop-downs offer the concepts of the model in a language, and the rows of other sheets."""
    book = Workbook()
    book.properties.created = book.properties.modified = _MADE
    _introduce(book.active, layouts)
    lists = _Lists(book.create_sheet(LISTS))
    for number, layout in enumerate(layouts):
        _write(book.create_sheet(layout.title, number + 1), layout, lists, names, language)
    book.move_sheet(LISTS, offset=len(layouts))
    lists.sheet.sheet_state = "hidden"
    book.save(target)


class _Lists:
    """The hidden sheet with what can be chosen, a column for each list."""

    def __init__(self, sheet: Any):
        self.sheet = sheet
        self._ranges: dict[tuple[str, ...], str] = {}

    def range(self, values: Sequence[str]) -> str:
        """Return where a list stands, as formulas name it; the list is written where it is new."""
        key = tuple(values)
        if key not in self._ranges:
            at = len(self._ranges) + 1
            for row, value in enumerate(values, 1):
                _put(self.sheet.cell(row, at), value)
            letter = get_column_letter(at)
            self._ranges[key] = f"'{LISTS}'!${letter}$1:${letter}${len(values)}"
        return self._ranges[key]


def _introduce(sheet: Any, layouts: Sequence[Layout]) -> None:
    sheet.title = HELP
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 120
    lines = [("", line) for line in INTRODUCTION] + [("", "")] + [(layout.title, layout.sheet.says) for layout in layouts]
    for row, (name, line) in enumerate(lines, 1):
        _put(sheet.cell(row, 1), name)
        _put(sheet.cell(row, 2), line)
        sheet.cell(row, 1).font, sheet.cell(row, 2).alignment = (
            Font(name=_FONT, bold=True),
            Alignment(wrap_text=True, vertical="top"),
        )


def _write(sheet: Any, layout: Layout, lists: _Lists, names: Names, language: str) -> None:
    for at, heading in enumerate(layout.headings, 1):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = 48 if heading.column.kind in _WIDE else 22
        sheet.column_dimensions[letter].number_format = _TEXT
        head, below = sheet.cell(1, at), sheet.cell(2, at)
        _put(head, heading.text)
        _put(below, layout.help[at - 1])
        head.font, head.fill = (
            Font(name=_FONT, bold=True, color="FFFFFF"),
            _NEEDED if heading.column.required and not heading.language else _HEAD,
        )
        below.font, below.fill, below.alignment = (
            Font(name=_FONT, italic=True, size=9),
            _BELOW,
            Alignment(wrap_text=True, vertical="top"),
        )
        sheet.add_data_validation(_validation(layout, heading, f"{letter}{FIRST}:{letter}{LAST}", lists, names, language))
    for row, values in enumerate(layout.rows, FIRST):
        for at, value in enumerate(values, 1):
            if value:
                _put(sheet.cell(row, at), value)
    sheet.row_dimensions[2].height = 90
    sheet.freeze_panes = "B3"


def _validation(layout: Layout, heading: Heading, cells: str, lists: _Lists, names: Names, language: str) -> DataValidation:
    """Return what a column offers; it forbids nothing, since a value may be written in any language, and several in a cell."""
    formula = _formula(layout, heading.column, lists, names, language)
    made = DataValidation(type="list" if formula else None, formula1=formula or None, allow_blank=True, showErrorMessage=False)
    made.promptTitle, made.prompt, made.showInputMessage = heading.text[:32], heading.column.says[:_PROMPT], True
    made.add(cells)
    return made


def _formula(layout: Layout, column: Column, lists: _Lists, names: Names, language: str) -> str:
    if values := offered(layout.sheet, column, names, language):
        return lists.range(values)
    other = referred(column)
    title = other and (other.ko if layout.title != layout.sheet.name else other.name)
    return f"'{title}'!$A${FIRST}:$A${LAST}" if title else ""


def _put(cell: Any, text: str) -> None:
    """Write a text as text: marked so that a program which opens it takes it for nothing else when it is edited."""
    cell.value = CONTROL.sub("\ufffd", text)
    cell.data_type = "s"
    cell.number_format = _TEXT
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))

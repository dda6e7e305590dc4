"""Reads the records of a workbook: to which sheet and column each cell belongs, and what is wrong with cells by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from rdflib.term import Node

from allegata.corpus.nearest import nearest
from allegata.corpus.workbook.cells import COMMENT, Cell, Grid, Row, column_letters, filled
from allegata.corpus.workbook.columns import (
    ASIDE,
    SHEETS,
    TODO,
    Choice,
    Column,
    Sheet,
    column_named,
    fold,
    is_language,
    sheet_named,
)
from allegata.corpus.workbook.problems import Problems, Spot, shown
from allegata.corpus.workbook.values import serial_day

#: How many names of columns make a row the one that names them, and below how many rows it is looked for.
_NAMES: Final = 2
_ABOVE: Final = 10
_TODO: Final = re.compile(rf"{TODO}\b")


@dataclass
class Record:
    """A row of a sheet: its number, the texts of its cells by column and language, and, once resolved, IRI and values."""

    sheet: Sheet
    row: int
    texts: dict[str, dict[str, str]]
    numbers: dict[str, float]
    epoch: date
    iri: str = ""
    values: dict[str, list[Node]] = field(default_factory=dict)
    choice: Choice | None = None
    is_restricted: bool = False
    #: The columns whose cells cannot be read on, which is told.
    faulty: frozenset[str] = frozenset()

    def text(self, column: str) -> str:
        """Return the text of a cell, without a language behind its header."""
        return self.texts.get(column, {}).get("", "")

    def spot(self, column: str = "") -> Spot:
        """Return where the record, or a cell of it, stands."""
        return Spot(self.sheet.name, self.row, column)

    def serial(self, column: str) -> str:
        """Return the day that a cell may mean, where it holds a number as spreadsheet programs keep days."""
        return serial_day(self.numbers[column], self.epoch) if column in self.numbers else ""


def read_records(grids: Iterable[Grid], problems: Problems) -> list[Record]:
    """Return the records of all sheets, in order; what is wrong with sheets, headers and cells goes to the problems."""
    found: list[Record] = []
    seen: dict[str, str] = {}
    is_one_unknown = False
    for grid in grids:
        name = fold(grid.name)
        if name in ASIDE or name.startswith(COMMENT):
            continue
        sheet = sheet_named(grid.name)
        if sheet is None:
            close = nearest(grid.name, [item.name for item in SHEETS])
            meant = f" It may be {close}." if close else ""
            remedy = f"Rename it, or begin its name with {COMMENT} so that it is left aside.{meant}"
            problems.add(Spot(), f"the sheet {shown(grid.name)} is none that is read", remedy, cause=("sheet", name))
            is_one_unknown = True
        elif sheet.name in seen:
            problems.add(Spot(sheet.name), f"the sheet is there twice, as {seen[sheet.name]} and {grid.name}", "Keep one.")
        else:
            seen[sheet.name] = grid.name
            found += _Reader(sheet, grid, problems).records()
    if is_one_unknown:
        problems.unread |= {sheet.family for sheet in SHEETS if sheet.name not in seen}
    return found


class _Reader:
    """Reads one sheet."""

    def __init__(self, sheet: Sheet, grid: Grid, problems: Problems):
        self.sheet, self.grid, self.problems = sheet, grid, problems
        self.columns: dict[int, tuple[Column, str]] = {}
        self.named: set[int] = set()
        #: The columns of which nothing is known, which is told: those that are missing, and all where cells are merged.
        self.absent: set[str] = set()

    def records(self) -> Iterator[Record]:
        rows = list(filled(self.grid.rows))
        if not rows or self._tell_of_rows_above(rows[0], rows[1:]):
            return
        head, *rows = rows
        for merged in self.grid.merged:
            remedy = "Take them apart, and fill in each of them."
            self._wrong(Spot(self.sheet.name), f"the cells {merged} are merged", remedy, merged)
            self.absent = {column.name for column in self.sheet.columns}
        self._read_head(head)
        if "id" in self.absent:
            self.problems.unread.add(self.sheet.family)
        for row in rows:
            yield self._record(row)

    def _tell_of_rows_above(self, head: Row, rows: Sequence[Row]) -> bool:
        """Tell of a title or the like above the names of columns; return whether there is any."""
        if self._names_columns(head):
            return False
        below = next((row for row in rows[:_ABOVE] if self._names_columns(row)), None)
        if below is None:
            return False
        first = next(cell.text for _, cell in sorted(head.cells.items()) if cell.text)
        wrong = f"{shown(first)} stands above the names of the columns, which are in row {below.number}"
        spot = Spot(self.sheet.name, head.number)
        self._wrong(spot, wrong, f"Take out the rows above row {below.number}: the names of the columns stand in row 1.", "above")
        self.problems.unread.add(self.sheet.family)
        return True

    def _names_columns(self, row: Row) -> bool:
        called = (cell.text.partition("@")[0].strip() for cell in row.cells.values())
        return sum(column_named(self.sheet, name) is not None for name in called) >= _NAMES

    def _wrong(self, spot: Spot, wrong: str, remedy: str, cause: object) -> None:
        self.problems.add(spot, wrong, remedy, cause=(self.sheet.name, spot.column, cause))

    def _read_head(self, head: Row) -> None:
        self.named = {at for at, cell in head.cells.items() if cell.text}
        for at, cell in sorted(head.cells.items()):
            if cell.text and not cell.text.startswith(COMMENT):
                self._read_heading(head.number, at, cell.text)
        there = {(column.name, language) for column, language in self.columns.values()}
        for column in self.sheet.columns:
            if column.required and not any(name == column.name for name, _ in there):
                self._wrong(Spot(self.sheet.name, head.number), f"the column {column.name} is missing", "Add it.", column.name)
                self.absent.add(column.name)

    def _read_heading(self, row: int, at: int, text: str) -> None:
        called, _, language = (part.strip() for part in text.partition("@"))
        column, spot = column_named(self.sheet, called), Spot(self.sheet.name, row, text[:40])
        taken = {(known.name, tag): column_letters(place) for place, (known, tag) in self.columns.items()}
        if column is None:
            close = nearest(called, [item.name for item in self.sheet.columns])
            meant = f"It may be {close}." if close else f"There is: {', '.join(item.name for item in self.sheet.columns)}."
            self._wrong(
                spot,
                f"the column {column_letters(at)} has a name that is not known",
                f"{meant} To leave it aside, begin it with {COMMENT}.",
                text,
            )
        elif language and column.kind != "text":
            self._wrong(spot, "its values have no language", f"Name it {column.name}.", text)
        elif language and not is_language(language.lower()):
            self._wrong(
                spot, f"{shown(language)} is no tag of a language", f"Write {column.name}@es, {column.name}@ar and so on.", text
            )
        elif (column.name, language.lower()) in taken:
            self._wrong(
                spot, f"the column is there twice, as {taken[column.name, language.lower()]} too", "Keep one of them.", text
            )
        else:
            self.columns[at] = column, language.lower()

    def _record(self, row: Row) -> Record:
        texts: dict[str, dict[str, str]] = {}
        numbers: dict[str, float] = {}
        faulty: set[str] = set()
        for at, cell in sorted(row.cells.items()):
            known = self.columns.get(at)
            if known is None:
                self._check_aside(row.number, at, cell)
            elif self._check(Spot(self.sheet.name, row.number, self._heading(known)), cell):
                texts.setdefault(known[0].name, {})[known[1]] = cell.text
                if cell.number is not None:
                    numbers[known[0].name] = cell.number
            elif cell.text:
                faulty.add(known[0].name)
        return Record(self.sheet, row.number, texts, numbers, self.grid.epoch, faulty=frozenset(faulty | self.absent))

    @staticmethod
    def _heading(known: tuple[Column, str]) -> str:
        return f"{known[0].name}@{known[1]}" if known[1] else known[0].name

    def _check_aside(self, row: int, at: int, cell: Cell) -> None:
        """Tell of what stands in a column that has no name at all; one whose name is not known is told once, in its head."""
        if cell.text and at not in self.named:
            spot = Spot(self.sheet.name, row, column_letters(at))
            wrong, cause = f"{shown(cell.text)} stands in a column without a name", (self.sheet.name, "aside")
            self.problems.add(spot, wrong, "Name the column in row 1, or empty it.", cause=cause)

    def _check(self, spot: Spot, cell: Cell) -> bool:
        """Return whether a cell holds a text that can be read on."""
        if cell.fault:
            self._wrong(spot, f"{cell.fault}, {shown(cell.text)}", cell.remedy, cell.fault)
        elif _TODO.match(cell.text):
            self._wrong(spot, f"it is still to be decided: {shown(cell.text)}", "Decide it, and write the value.", cell.text)
        else:
            return bool(cell.text)
        return False

"""Finds the one cause behind several problems of a workbook: an id that is gone, a column that holds the values of another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Final

from allegata.corpus.workbook.columns import Column, Sheet
from allegata.corpus.workbook.problems import Problems, shown
from allegata.corpus.workbook.records import Record

#: Of how many rows at least, and of how many kinds of wrong values, a column holds what is not meant for it.
_ROWS: Final = 4
_KINDS: Final = 3
#: The sheets without which other cells refer to nothing.
_NEEDED: Final = ("Documents", "Actors", "Claims", "Assertions")


class Causes:
    """Notes which cells name what there is not, and in the end leaves of the problems one for each cause."""

    def __init__(self, problems: Problems):
        self.problems = problems
        self._failed: dict[tuple[str, str], dict[int, list[tuple[Hashable, str]]]] = defaultdict(lambda: defaultdict(list))
        self._first: dict[tuple[str, str], tuple[Record, Column]] = {}
        #: By cause, of which families a cell names something that there is not.
        self._sought: dict[Hashable, set[str]] = defaultdict(set)
        self._bad_ids: Counter[str] = Counter()

    def tell(self, record: Record, column: Column, text: str, told: tuple[str, str], cause: Hashable) -> None:
        """Take in that a value is none of its column: what is wrong, and the remedy."""
        self.problems.add(record.spot(column.name), *told, cause=cause)
        place = record.sheet.name, column.name
        self._failed[place][record.row].append((cause, text))
        self._first.setdefault(place, (record, column))
        self._sought[cause].update(column.of)

    def bad_id(self, record: Record) -> None:
        """Take in that a row has an id by which it cannot be referred to."""
        self._bad_ids[record.sheet.family] += 1

    def gather(self, records: Sequence[Record]) -> None:
        """Leave out what follows from ids that are wrong, and tell columns as a whole that hold other values."""
        for family, count in self._bad_ids.items():
            sought = [cause for cause, families in self._sought.items() if family in families]
            if len(sought) <= count:
                self.problems.drop(sought)
        for (sheet, name), rows in self._failed.items():
            causes = {cause for found in rows.values() for cause, _ in found}
            filled = sum(name in record.texts for record in records if record.sheet.name == sheet)
            if len(rows) >= _ROWS and len(causes) >= _KINDS and 2 * len(rows) > filled:
                self.problems.drop(causes)
                record, column = self._first[sheet, name]
                wrong = f"{len(rows)} of {filled} values do not fit the column, such as {shown(rows[record.row][0][1])}"
                remedy = f"Look whether two columns have changed places. What belongs here: {column.says}"
                self.problems.add(record.spot(name), wrong, remedy, cause=("column", sheet, name))


def bare_sheets(sheets: Iterable[Sheet], records: Iterable[Record]) -> dict[str, Sheet]:
    """Return the sheets that others refer to and that have no rows, by the families of what would stand there."""
    there = {record.sheet.name for record in records}
    return {sheet.family: sheet for sheet in sheets if sheet.name in _NEEDED and sheet.name not in there}

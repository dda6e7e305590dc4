"""Gathers what is wrong with a workbook: each cause once, with every place where it shows, and what to do."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Final

from allegata.corpus.workbook.columns import SHEETS
from allegata.errors import SheetError

#: How many problems are told, and how many further rows of one of them.
_SHOWN: Final = 60
_MORE_ROWS: Final = 8
#: How much of a value is shown.
_LONGEST: Final = 60
_ORDER: Final = {sheet.name: at for at, sheet in enumerate(SHEETS)}


@dataclass(frozen=True, order=True)
class Spot:
    """A place in a workbook: the sheet, the row as spreadsheet programs count, the column; each may be left out."""

    sheet: str = ""
    row: int = 0
    column: str = ""

    def text(self) -> str:
        """Return the place in words."""
        parts = [self.sheet, f"row {self.row}" if self.row else "", f"column {self.column}" if self.column else ""]
        return ", ".join(part for part in parts if part)


@dataclass
class Problem:
    """What is wrong, where it shows first, in which further rows, and the remedy."""

    spot: Spot
    wrong: str
    remedy: str
    rows: list[int] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return the problem as a line for a terminal."""
        place = f"{self.spot.text()}: " if self.spot != Spot() else ""
        return f"{place}{self.wrong}.{self._also()} {self.remedy}".rstrip()

    def _also(self) -> str:
        """Return in which further rows, and in which other sheets, the same shows."""
        rows = sorted(set(self.rows) - {self.spot.row})
        more = f" and {len(rows) - _MORE_ROWS} more" if len(rows) > _MORE_ROWS else ""
        named = f"row{'s' if rows[1:] else ''} {', '.join(map(str, rows[:_MORE_ROWS]))}{more}" if rows else ""
        others = ", ".join(sorted(set(self.sheets), key=_ORDER.__getitem__))
        where = " and in ".join(part for part in (named, others) if part)
        return f" (Also in {where}.)" if where else ""


class Problems:
    """The problems of one workbook."""

    def __init__(self, name: str):
        self.name = name
        self._found: dict[Hashable, Problem] = {}
        #: The families of which things may stand in a sheet that could not be read: nothing is said of what refers to them.
        self.unread: set[str] = set()

    def __len__(self) -> int:
        return len(self._found)

    def add(self, spot: Spot, wrong: str, remedy: str = "", *, cause: Hashable = None) -> None:
        """Take in a problem; of those with one cause the first is told, with the rows of the others."""
        key = spot if cause is None else cause
        known = self._found.get(key)
        if known is None:
            self._found[key] = Problem(spot, wrong, remedy, [spot.row])
        elif cause is not None and spot.sheet == known.spot.sheet:
            known.rows.append(spot.row)
        elif spot.sheet:
            known.sheets.append(spot.sheet)

    def drop(self, causes: Iterable[Hashable]) -> None:
        """Leave out problems by their causes, which follow from another that is told."""
        for cause in causes:
            self._found.pop(cause, None)

    def lines(self) -> list[str]:
        """Return the problems in the order of the sheets, each as a line."""
        found = sorted(self._found.values(), key=lambda item: (_ORDER.get(item.spot.sheet, -1), item.spot))
        return [problem.line() for problem in found]

    def check(self) -> None:
        """Raise SheetError with all problems where there are any."""
        if not self._found:
            return
        lines = self.lines()
        more = [f"… and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
        count = f"{len(lines)} problems, nothing is written" if len(lines) > 1 else "one problem, nothing is written"
        raise SheetError("\n".join([f"{self.name}: {count}:", *lines[:_SHOWN], *more]))


def shown(text: str) -> str:
    """Return a value as a message shows it: in quotation marks, on one line, and not longer than needed."""
    plain = " ".join(text.split())
    return repr(plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…")

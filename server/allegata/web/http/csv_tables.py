"""Writes CSV (RFC 4180), on request with an apostrophe before each cell that a spreadsheet would take for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from allegata.budget import Budget
from allegata.model.formats import CSV, CSV_RESULTS, Choice, Format

#: The word for CSV that a spreadsheet takes as text.
SAFE_CSV: Final = "csv-safe"
_FORMULA: Final = re.compile(r"[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")


def safe_choice(word: str, offered: Sequence[Format]) -> Choice | None:
    """Return the choice of CSV that is safe for spreadsheets, where a word names it and CSV is offered."""
    found = next((item for item in offered if item in (CSV, CSV_RESULTS)), None) if word == SAFE_CSV else None
    return Choice(found, found.content_type, is_safe=True) if found else None


def write_table(rows: Iterable[Sequence[object]], choice: Choice) -> str:
    """Return rows as CSV; the first is the head."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([_safe("" if cell is None else str(cell)) for cell in row] if choice.is_safe else row for row in rows)
    return out.getvalue()


def guard(chunks: Iterable[bytes], most: int, budget: Budget) -> Iterator[bytes]:
    """Yield CSV that was written already with its cells made safe, within a budget; no cell has more characters than `most`."""
    csv.field_size_limit(max(csv.field_size_limit(), 2 * most))  # the answer bounds its cells; it may pass its limit by a row
    lines = io.TextIOWrapper(io.BufferedReader(_Reader(chunks)), "utf-8", newline="")
    try:
        for row in csv.reader(lines):
            budget.spend()
            out = io.StringIO(newline="")
            csv.writer(out).writerow([_safe(cell) for cell in row])
            yield out.getvalue().encode()
    finally:
        budget.end()


def _safe(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.match(cell) else cell


class _Reader(io.RawIOBase):
    """Chunks as a file."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        self._rest = self._rest or next(self._chunks, b"")
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

"""The cells of a workbook, wherever they were read: their text, where each stands, and what is wrong with it by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from allegata.corpus.workbook.columns import SEPARATOR

#: How large a workbook may be: its bytes, bytes and parts unpacked, sheets, rows and columns of one, cells, characters of one.
MOST_BYTES: Final = 32 << 20
MOST_UNPACKED: Final = 96 << 20
MOST_PARTS: Final = 1000
MOST_SHEETS: Final = 200
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 200
MOST_CELLS: Final = 500_000
MOST_CHARACTERS: Final = 32_767
#: What a spreadsheet program takes for the beginning of a formula, or shows as nothing (OWASP, CSV Injection).
_RISKY: Final = re.compile(r"'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")
#: How a row begins that is help for people and no record.
COMMENT: Final = "#"
#: Characters that XML cannot have (XML 1.0, section 2.2), which no spreadsheet keeps.
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Cell:
    """A cell: its text, and what is wrong with it whatever column it stands in; `number` where it was kept as one."""

    text: str
    fault: str = ""
    remedy: str = ""
    number: float | None = None


@dataclass(frozen=True)
class Row:
    """A row: its number as spreadsheet programs count, and its cells by the number of the column, from 0."""

    number: int
    cells: Mapping[int, Cell]


@dataclass(frozen=True)
class Grid:
    """A sheet as it was read: what it is called, where it is, its rows, what is merged in it, and the first day of its dates."""

    name: str
    place: str
    rows: tuple[Row, ...]
    merged: tuple[str, ...] = ()
    epoch: date = field(default=date(1899, 12, 30))


def text_of(value: object, form: str = "") -> str:
    """Return a value that a spreadsheet keeps as the text that stands for it; `form` is the number format of its cell.

    A date is as fine as its format shows it: 2020, 2020-05 or 2020-05-17.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return _date_text(value, form)
    if isinstance(value, float | int):
        return number_text(value)
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def number_text(value: float) -> str:
    """Return a number in digits, without an exponent, and without decimals where it is whole."""
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _date_text(value: date, form: str) -> str:
    shown = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", form.lower())
    year, rest = f"{value.year:04d}", value.strftime("-%m-%d")
    if "d" in shown or "m" not in shown:
        return year + ("" if "y" in shown and "d" not in shown else rest)
    return year + rest[:3]


def split_values(text: str, separator: str) -> list[str]:
    """Return the values of a cell; a backslash before the separator ; says that it belongs to the value."""
    if separator != SEPARATOR:
        return [part for piece in text.split(separator) if (part := piece.strip())]
    parts = re.split(r"(?<!\\);", text)
    return [part for piece in parts if (part := piece.replace(r"\;", SEPARATOR).strip())]


def join_values(values: Iterable[str], separator: str) -> str:
    """Write several values into a cell so that they are read again."""
    if separator != SEPARATOR:
        return f" {separator} ".join(values)
    return f"{SEPARATOR} ".join(value.replace(SEPARATOR, rf"\{SEPARATOR}") for value in values)


def guarded(text: str) -> str:
    """Return a text as a CSV file holds it, so that no spreadsheet program takes it for a formula (OWASP, CSV Injection)."""
    return f"'{text}" if _RISKY.match(text) else text


def unguarded(text: str) -> str:
    """Return the text that a cell of a CSV file stands for: without the apostrophe that keeps it from being a formula."""
    return text[1:] if _GUARDED.match(text) else text


def column_letters(number: int) -> str:
    """Return how spreadsheet programs call a column, counted from 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def filled(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows that hold something and are no help for people."""
    for row in rows:
        first = next((cell for _, cell in sorted(row.cells.items()) if cell.text or cell.fault), None)
        if first is not None and not first.text.startswith(COMMENT):
            yield row

"""Turns the text of a cell into the term that it stands for, by the kind of its column, and a term back into such a text."""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from collections.abc import Callable, Mapping
from datetime import MAXYEAR, MINYEAR, date, timedelta
from decimal import Decimal
from typing import Final

from rdflib import XSD, Literal, URIRef
from rdflib.term import Node

from allegata.corpus.rdf import canonical_number
from allegata.corpus.workbook.columns import fold, is_language

#: The datatype of a date by its length: a year, a month, a day.
DATES: Final = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
YES: Final = frozenset(("yes", "true", "1", "y", "x", "예", "네", "참", "sí", "si", "oui", "نعم"))
NO: Final = frozenset(("no", "false", "0", "n", "아니오", "아니요", "거짓", "non", "لا"))
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_WHOLE: Final = re.compile(r"[0-9]+")
_DATE: Final = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
#: A date with points, which stand between day, month and year; with strokes the order is not known.
_BACKWARDS: Final = re.compile(r"(?P<day>[0-9]{1,2})\.\s?(?P<month>[0-9]{1,2})\.\s?(?P<year>[0-9]{4})")
_MONTHS: Final = 12
_DURATION: Final = re.compile(r"P(?=[0-9T])([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?")
_ADDRESS: Final = re.compile(r"https?://[^/\s<>\"{}|\\^`]\S*")
_BAD_IRI: Final = re.compile(r"[\s<>\"{}|\\^`]")
#: How many digits a number that counts may have.
_DIGITS: Final = 18


class WrongValue(Exception):
    """A text is none of its kind; the message completes "… is not", the remedy is a sentence."""

    def __init__(self, wrong: str, remedy: str):
        super().__init__(wrong)
        self.wrong, self.remedy = wrong, remedy


def string(text: str) -> Node:
    """Return a text without a language."""
    return Literal(text)


def tag(text: str) -> Node:
    """Return the tag of a language (RFC 5646)."""
    if not is_language(text.lower()):
        raise WrongValue("is no tag of a language", "Write en, es, ar, ko, ti or another of two or three letters.")
    return Literal(text.lower())


def address(text: str) -> Node:
    """Return the address of a page (XML Schema 1.1 Part 2, section 3.3.17)."""
    if not _ADDRESS.fullmatch(text) or _BAD_IRI.search(text):
        raise WrongValue("is no web address", "Write it whole, beginning with https:// or http://.")
    return Literal(text, datatype=XSD.anyURI)


def iri(text: str) -> Node:
    """Return an IRI."""
    return URIRef(str(address(text)))


def date_or_part(text: str) -> Literal:
    """Return a year, a month or a day (XML Schema 1.1 Part 2, sections 3.3.9 to 3.3.11)."""
    if not is_date(text):
        raise _wrong_date(text)
    return Literal(text, datatype=DATES[len(text)], normalize=False)


def is_date(text: str) -> bool:
    """Return whether a text is a year, a month or a day of the calendar."""
    try:
        return bool(_DATE.fullmatch(text) and date.fromisoformat(text + "-01-01"[len(text) - 4 :]))
    except ValueError:
        return False


def _wrong_date(text: str) -> WrongValue:
    """Return what is wrong with a date, and how to write it: a day that the calendar lacks, or one with the year behind."""
    found = _BACKWARDS.fullmatch(text)
    parts = [found[name] for name in ("year", "month", "day")] if found else text.split("-") if _DATE.fullmatch(text) else []
    year, month, number = (*parts, "", "", "")[:3]
    remedy = "Write 2020, 2020-05 or 2020-05-17: year, month, day."
    if month and not 1 <= int(month) <= _MONTHS:
        return WrongValue(f"is no date: there is no month {int(month)}", remedy)
    if number and MINYEAR <= int(year) <= MAXYEAR and not 1 <= int(number) <= monthrange(int(year), int(month))[1]:
        return WrongValue(f"is no date: {month_name[int(month)]} {year} has no day {int(number)}", remedy)
    return WrongValue("is no date", f"Write {year}-{int(month):02}-{int(number):02}: year, month, day." if found else remedy)


def is_before(one: str, other: str, kind: str) -> bool:
    """Return whether a number is less than another, or a date before another, as far as both are known."""
    if kind != "date":
        return Decimal(one) < Decimal(other)
    known = min(len(one), len(other))
    return one[:known] < other[:known]


def day(text: str) -> Node:
    """Return a day."""
    if len(text) != 10:
        raise WrongValue("is no day", "Write it as 2020-05-17: year, month, day.")
    return date_or_part(text)


def duration(text: str) -> Node:
    """Return a span of time that is not negative (XML Schema 1.1 Part 2, section 3.3.6)."""
    if not _DURATION.fullmatch(text.upper()):
        raise WrongValue("is no span of time", "Write P3Y for three years, P6M, P10D, or PT0S for none.")
    return Literal(text.upper(), datatype=XSD.duration, normalize=False)


def number(text: str) -> Literal:
    """Return a number in its canonical form, whole or with decimals."""
    if not _NUMBER.fullmatch(text):
        plain = re.sub(r"(?<=[0-9])[ ,'\u00a0\u202f](?=[0-9]{3}\b)", "", text)
        hint = f"Write {plain}." if _NUMBER.fullmatch(plain) else "Write it in digits: 1200 or 0.5, without spaces and commas."
        raise WrongValue("is no number", hint)
    form = canonical_number(text.lstrip("+"))
    return Literal(form, datatype=XSD.decimal if "." in form else XSD.integer, normalize=False)


def whole(text: str) -> Literal:
    """Return a whole number that is not negative."""
    if not _WHOLE.fullmatch(text) or len(text) > _DIGITS:
        raise WrongValue("is no whole number", "Write it in digits: 0, 1, 2 and so on.")
    return number(text)


def share(text: str) -> Node:
    """Return a share between 0 and 1."""
    form = number(text)
    if not re.fullmatch(r"0\.[0-9]+", str(form)):
        raise WrongValue("is no share between 0 and 1", "Write 0.95 for 95 percent.")
    return form


def flag(text: str) -> Node:
    """Return yes or no."""
    if fold(text) not in YES | NO:
        raise WrongValue("is neither yes nor no", "Write yes or no.")
    return Literal(fold(text) in YES)


#: How a value is read, by the kind of its column, where that takes the text alone.
READ: Final[Mapping[str, Callable[[str], Node]]] = {
    "string": string,
    "tag": tag,
    "address": address,
    "iri": iri,
    "date": date_or_part,
    "day": day,
    "duration": duration,
    "number": number,
    "whole": whole,
    "share": share,
    "flag": flag,
    "nth": whole,
    "start": whole,
    "end": whole,
}


def serial_day(value: float, epoch: date) -> str:
    """Return the day that a spreadsheet program keeps as a number, or nothing where it is none of the last two centuries."""
    in_reach = 3653 <= value <= 80_000 and value == int(value)
    return (epoch + timedelta(days=int(value))).isoformat() if in_reach else ""


def written(node: Node) -> str:
    """Return a term as a cell has it: yes and no for truth values, everything else as it stands."""
    if isinstance(node, Literal) and node.datatype == XSD.boolean:
        return "yes" if str(node) in ("true", "1") else "no"
    return str(node)

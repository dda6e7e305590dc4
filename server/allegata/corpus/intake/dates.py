"""Reads dates as people and programs of other formats write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

_ISO: Final = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2})(?:[T ].*)?)?)?")
_NAMED: Final = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})|([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})")
_WIKIDATA: Final = re.compile(r"\+(\d{4})-(\d\d)-(\d\d)T00:00:00Z")
_SECONDS: Final = re.compile(r"-?\d{9,11}")
_EPOCH: Final = datetime(1970, 1, 1)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def iso_date(text: str) -> str:
    """Return a date as a year, a month or a day of ISO 8601, or nothing where it is none that can be read in one way alone.

    Read are 2020, 2020-05, 2020-05-17 and 2020/05/17 with or without a time, 17 May 2020, May 17, 2020, the points in time of
    Wikidata, and seconds since 1970. A date such as 05/06/2020 is none: whether it is of May or of June is not said.
    """
    text = text.strip()
    if found := _WIKIDATA.fullmatch(text):
        return "-".join(part for part in found.groups() if part != "00")
    if found := _ISO.fullmatch(text):
        return _checked(found[1], found[2], found[3])
    if found := _NAMED.fullmatch(text):
        day, month, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
        name = month[:3].lower()
        return _checked(year, str(_MONTHS.index(name) + 1), day) if name in _MONTHS else ""
    return (_EPOCH + timedelta(seconds=int(text))).date().isoformat() if _SECONDS.fullmatch(text) else ""


def _checked(year: str, month: str | None, day: str | None) -> str:
    try:
        whole = date(int(year), int(month or 1), int(day or 1)).isoformat()
    except ValueError:
        return ""
    return whole[: 10 if day else 7 if month else 4]

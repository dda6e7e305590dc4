"""Knows languages by the IRIs with which datasets name them: their tag for texts, and their English name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_CODE: Final = re.compile(r"[a-z]{2,3}")
#: Where a language has several codes of three letters, the one of ISO 639-2/T, which the EU's authority list has.
_TERMINOLOGIC: Final = frozenset(
    "aka ara aym aze bod ces cre cym deu dzo ell est eus fas fra ful grn guj hrv hye iku ipk isl kat kau kom kon kur lav mkd mlg "
    "mon mri msa mya nep nld oji ori orm pus que ron san slk sqi srd srp swa uzb yid zha zho".split()
)
_AUTHORITY: Final = "http://publications.europa.eu/resource/authority/language/"


@dataclass(frozen=True)
class Language:
    """A language: its IRI, its tag (BCP 47), and its English name, each empty where it is not known."""

    iri: str
    tag: str = ""
    name: str = ""


@lru_cache(1024)
def language_of(iri: str) -> Language:
    """Return the language that an IRI names by ending in a code of ISO 639: of the EU's authority list, LOC or Lexvo."""
    from babel import Locale  # loaded where a language is looked up: most commands look up none
    from babel.core import get_global

    code = iri.rpartition("/")[2].lower()
    tag = get_global("language_aliases").get(code, code) if _CODE.fullmatch(code) else ""
    name = Locale("en").languages.get(tag, "")
    return Language(iri, tag if name else "", name)


def language_iri(tag: str) -> str:
    """Return how the EU's authority list names the language of a tag (BCP 47), by its code of ISO 639 of three letters."""
    from babel.core import get_global

    own = tag.partition("-")[0].lower()
    known = [code for code, alias in get_global("language_aliases").items() if alias == own and len(code) == 3]
    code = min(known, key=lambda name: (name not in _TERMINOLOGIC, name), default=own)
    return f"{_AUTHORITY}{code.upper()}"

"""Knows languages by the IRIs with which datasets name them: their tag for texts, and their English name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

_CODE: Final = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True)
class Language:
    """A language: its IRI, its tag (BCP 47), and its English name, each empty where it is not known."""

    iri: str
    tag: str = ""
    name: str = ""


@cache
def language_of(iri: str) -> Language:
    """Return the language that an IRI names by ending in a code of ISO 639: of the EU's authority list, LOC or Lexvo."""
    from babel import Locale  # loaded where a language is looked up: most commands look up none
    from babel.core import get_global

    code = iri.rpartition("/")[2].lower()
    tag = get_global("language_aliases").get(code, code) if _CODE.fullmatch(code) else ""
    name = Locale("en").languages.get(tag, "")
    return Language(iri, tag if name else "", name)

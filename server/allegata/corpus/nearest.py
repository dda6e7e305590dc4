"""Finds what somebody may have meant: of known names the one that is nearest to a word by its letters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rapidfuzz import fuzz, process

#: How alike two names have to be, of 100, for the one to be offered in the place of the other.
_LEAST: Final = 70
#: Characters of a word that are compared; what is longer is no name.
_LONGEST: Final = 200


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known name that is nearest to a word, case aside, or nothing where none is near."""
    names = list(known)
    if not word or len(word) > _LONGEST:
        return ""
    found = process.extractOne(word.casefold(), [name.casefold() for name in names], scorer=fuzz.ratio, score_cutoff=_LEAST)
    return names[found[2]] if found else ""

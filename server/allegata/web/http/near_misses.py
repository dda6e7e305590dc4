"""Offers what an address that leads nowhere may have meant: its words, and what the search finds for them."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

from flask import request

from allegata.domain.search import SearchHit, SearchResults
from allegata.errors import AllegataError
from allegata.web.state import state

#: Hits that an error page offers, and characters of the words that it looks for.
OFFERED: Final = 5
_LONGEST: Final = 80
_NOTHING: Final = SearchResults(0, (), (), ())
_SUFFIX: Final = re.compile(r"\.[a-z0-9]{1,6}$")
_BETWEEN: Final = re.compile(r"[^\w']+|_|(?<=[a-z])(?=[A-Z])")


def asked_words() -> str:
    """Return the words of the address: the last part of its path and what stands behind the question mark."""
    given = [value for name, value in request.args.items(multi=True) if name != "lang" and len(value) <= _LONGEST]
    parts = [_SUFFIX.sub("", request.path.rstrip("/").rpartition("/")[2]), *(value.rpartition("/")[2] for value in given)]
    words = [word for part in parts[1:] or parts for word in _BETWEEN.split(part) if word]
    return " ".join(words)[:_LONGEST]


def near_misses(words: str) -> tuple[SearchHit, ...]:
    """Return the first things that the search finds for words, or takes them for; an error page never fails over it."""
    found = _hits(words)
    return found.hits or next((hits for other in found.suggestions[:2] if (hits := _hits(other).hits)), ())


def _hits(words: str) -> SearchResults:
    with suppress(AllegataError):
        return state().dataset.search(words, {}, limit=OFFERED) if words else _NOTHING
    return _NOTHING

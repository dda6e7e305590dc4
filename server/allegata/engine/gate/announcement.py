"""Finds the departures from SPARQL that stay in the answer to a query, for the header of the answer."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from allegata.engine.gate.rewriting import WANTED, rewrite

#: Characters of a query up to which the process that serves looks for departures itself: a longer one takes it too much time.
READ_AHEAD: Final = 4_000


@lru_cache(maxsize=256)
def departures(text: str) -> tuple[str, ...]:
    """Return the names of the departures that stay in the answer to a query; `unread` where it is too long to be looked through.

    The worker reads whatever the gate lets through, under its limit of time, and names them in the head of the answer.
    """
    if len(text) > READ_AHEAD and WANTED.search(text):
        return ("unread",)
    return rewrite(text).departures

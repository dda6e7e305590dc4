"""Finds the departures from SPARQL that stay in the answer to a query, for the header of the answer."""

from __future__ import annotations

from typing import Final

from allegata.engine.gate.plainness import is_plain
from allegata.engine.gate.shapes import rewrite_by_shape

#: Characters of a query up to which the process that serves looks for departures itself: a longer one takes it too much time.
READ_AHEAD: Final = 4_000


def departures(text: str) -> tuple[str, ...]:
    """Return the names of the departures that stay in the answer to a query; `unread` where it is too long to be looked through.

    The worker reads whatever the gate lets through, under its limit of time, and names them in the head of the answer.
    """
    if len(text) > READ_AHEAD and not is_plain(text):
        return ("unread",)
    return rewrite_by_shape(text).departures

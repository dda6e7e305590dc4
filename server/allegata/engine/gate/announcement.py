"""Finds the departures from SPARQL that stay in the answer to a query, for the header of the answer."""

from __future__ import annotations

from allegata.engine.gate.known_shapes import READ_AHEAD
from allegata.engine.gate.plainness import is_plain
from allegata.engine.gate.shapes import MOST_AHEAD, rewrite_by_shape, rewritten_ahead
from allegata.engine.query import Inspected
from allegata.errors import BadRequest


def announced(seen: Inspected) -> tuple[str, ...]:
    """Return what `departures` does of a query that the gate let through."""
    return () if seen.is_plain else departures(seen.text)


def departures(text: str) -> tuple[str, ...]:
    """Return the names of the departures that stay in the answer to a query; `unread` where that would take too long.

    The worker reads whatever the gate lets through, under its limit of time, and names them in the head of the answer.
    """
    if len(text) > READ_AHEAD and not is_plain(text):
        return ("unread",)
    try:
        return (rewritten_ahead(text) or rewrite_by_shape(text, most=MOST_AHEAD)).departures
    except BadRequest:
        return ("unread",)

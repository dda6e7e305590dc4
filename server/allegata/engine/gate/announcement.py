"""Finds the departures from SPARQL that stay in the answer to a query, for the header of the answer."""

from __future__ import annotations

from allegata.engine.gate.plainness import is_plain
from allegata.engine.gate.shapes import READ_AHEAD, rewrite_by_shape, rewritten_ahead
from allegata.engine.query import Inspected


def announced(seen: Inspected) -> tuple[str, ...]:
    """Return what `departures` does of a query that the gate let through."""
    return () if seen.is_plain else departures(seen.text)


def departures(text: str) -> tuple[str, ...]:
    """Return the names of the departures that stay in the answer to a query; `unread` where it is too long to be looked through.

    The worker reads whatever the gate lets through, under its limit of time, and names them in the head of the answer.
    """
    if len(text) > READ_AHEAD and not is_plain(text):
        return ("unread",)
    return (rewritten_ahead(text) or rewrite_by_shape(text)).departures

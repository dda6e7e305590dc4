"""Bounds what a query grows to as it is rewritten: what is written more than once, inside of what is, grows with each level."""

from __future__ import annotations

from typing import Final

from allegata.errors import BadRequest

#: Characters that a rewritten query, and each part of it, has at most.
LARGEST: Final = 1 << 22


def check_growth(length: int, most: int = LARGEST) -> None:
    """Raise BadRequest where a text would be too long to be put to the engine."""
    if length > most:
        raise BadRequest(
            "The query grows too long as it is written for the engine, which does not count or follow paths by the standard.",
            remedy="Count variables in place of expressions, and write fewer steps with ? or * one after another.",
        )

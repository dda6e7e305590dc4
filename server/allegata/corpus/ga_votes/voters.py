"""Finds the state behind a name and code of the table; rows of the table that stand for another state are a list beside this."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import resources
from typing import Final

from allegata.corpus.ga_votes.roll_calls import Ballot, RollCall
from allegata.corpus.library.library import Library
from allegata.corpus.library.states import State

#: Code of the table, first and last day, and the state whose votes stand under it in between.
_HELD: Final = "held-by.csv"


@dataclass(frozen=True)
class _Held:
    code: str
    first: str
    last: str
    state: str


class Voters:
    """The states of a table of votes."""

    def __init__(self, library: Library):
        self._library = library
        self._known: dict[tuple[str, str], State] = {}
        lines = resources.files(__package__).joinpath(_HELD).read_text("utf-8").splitlines()
        self._held = [_Held(row["code"], row["from"], row["until"] or "9999", row["state"]) for row in csv.DictReader(lines)]

    def state(self, item: RollCall, ballot: Ballot) -> State:
        """Return the state that a row of the table is of; raise UsageError where the library has none of the name."""
        day = item.date.isoformat()
        other = next((row.state for row in self._held if row.code == ballot.code and row.first <= day <= row.last), "")
        key = (other or ballot.code, ballot.country)
        if key not in self._known:
            self._known[key] = self._library.state(key[0] or ballot.country)
        return self._known[key]

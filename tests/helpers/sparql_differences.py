"""Explains where the engine and Jena may differ: by an experiment that takes away a fault of Jena, or by what their solutions show.

An experiment puts the query to Jena so that one of its known faults cannot show (`jena_faults`), or to the engine by which Jena
checks its own. What is then the same was a matter of that fault alone; what is not stays a difference without explanation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import solutions
from allegata.engine.gate.announcement import departures
from jena_faults import FAULTS, OPEN, mended

_EXTREME: Final = re.compile(r"\((?:MIN|MAX)\(.*? AS \?(v\d+)\)")
_JOINED: Final = re.compile(r"GROUP_CONCAT\(DISTINCT .*? AS \?(v\d+)\)")
_ZERO: Final = (f"{solutions.XSD}integer", "0")
_NUMERIC: Final = frozenset(("integer", "decimal", "double", "float"))
_ANNOUNCED: Final = "distinct-alternatives"

_OF_SOLUTIONS: Final = ("extreme-of-kinds", "empty-concat")

Rows = Counter[solutions.Row]


@dataclass
class Difference:
    """A query that two engines answer differently, as it is put to each, and in what; `rows` are the solutions, where there are."""

    text: str
    put: str
    ours: str
    theirs: str
    rows: tuple[Rows, Rows] | None = None

    @property
    def refused(self) -> tuple[bool, bool]:
        """Return which of the two refuses the query."""
        return self.ours.startswith("refused"), self.theirs.startswith("refused")


def explain(found: Difference, again: Callable[[str, str, bool], Difference | None]) -> str | None:
    """Return the name of the explanation that holds for a difference.

    `again` compares once more, on a query that is put to the engine and to Jena another way; the truth says whether Jena's reference
    engine is asked.
    """
    known = _by_solutions(found)
    if known:
        return known
    for name, text, put, reference in _experiments(found):
        left = again(text, put, reference)
        if left is None or (name == "several" and _by_solutions(left) in _OF_SOLUTIONS):
            return name
    return None


def _experiments(found: Difference) -> Iterator[tuple[str, str, str, bool]]:
    """Yield names of faults of Jena with the query that takes each away: its optimiser, one by one, then all."""
    yield "jena-optimises", found.text, found.put, True
    plain = mended(found.put, ())
    for name in OPEN:
        put = mended(found.put, (name,))
        if put != plain:
            yield name, mended(found.text, (name,)), put, False
    faults = [name for name in FAULTS if name != _ANNOUNCED or departures(found.text) == ("path-duplicates",)]
    for name in faults:
        put = mended(found.put, (name,))
        if put != plain:
            yield name, found.text, put, False
    for reference in (False, True):
        yield "several", found.text, mended(found.put, faults), reference
        yield "several", mended(found.text, OPEN), mended(found.put, (*faults, *OPEN)), reference


def _by_solutions(found: Difference) -> str | None:
    if found.refused[1] and "org.apache.jena" in found.theirs and "QueryParseException" not in found.theirs:
        return "jena-breaks"
    if found.rows is None:
        return None
    if _extremes_without_order(found.text, *found.rows):
        return "extreme-of-kinds"
    return "empty-concat" if _nothing_joined(found.text, *found.rows) else None


def _extremes_without_order(text: str, ours: Rows, theirs: Rows) -> bool:
    """Return whether answers differ only in which of two literals is first that no operator compares (section 15.1)."""
    names = set(_EXTREME.findall(text))
    keyed = [
        {tuple(item for item in row if item[0] not in names): (dict(row), times) for row, times in rows.items()}
        for rows in (ours, theirs)
    ]
    if (
        not names
        or keyed[0].keys() != keyed[1].keys()
        or any(len(rows) != len(by_key) for rows, by_key in zip((ours, theirs), keyed, strict=True))
    ):
        return False
    pairs = [(*keyed[0][key], *keyed[1][key]) for key in keyed[0]]
    if any(times != other_times for _, times, _, other_times in pairs):
        return False
    values = [(row.get(name), other.get(name)) for row, _, other, _ in pairs for name in names]
    return all(one == other or (one and other and _unordered(one, other)) for one, other in values)


def _unordered(one: solutions.Value, other: solutions.Value) -> bool:
    """Return whether no operator of section 17.3 compares two literals."""
    kinds = [value[0].rpartition("#")[2] for value in (one, other)]
    if {"iri", "bnode"} & set(kinds):
        return False
    if set(kinds) <= _NUMERIC:
        return "x" in (one[1], other[1]) or "nan" in (one[1], other[1])
    if kinds[0] == kinds[1]:
        return kinds[0] not in ("string", "boolean", "date", "dateTime") or "x" in (one[1], other[1])
    return True


def _nothing_joined(text: str, ours: Rows, theirs: Rows) -> bool:
    """Return whether Jena only lacks the length of what joins no distinct value, which is the empty string (section 18.5.1.7)."""
    names = set(_JOINED.findall(text))
    less: Rows = Counter()
    for row, times in ours.items():
        less[tuple(item for item in row if item[0] not in names or item[1] != _ZERO)] += times
    return bool(names) and less == theirs

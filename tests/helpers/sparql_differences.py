"""Explains where the engine and Jena may differ: each rule has its reason, and holds for the smallest query that shows it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Final

from allegata.engine.gate.announcement import departures

#: Faults of Jena 4.5 where rdflib answers as the engine does: name, reason, and what stands in the smallest query.
JENA: Final = (
    ("decimal-zero", "the decimal 0.0 counts as true", r"xsd:decimal\("),
    ("literal-predicate", "a variable in the place of a predicate that is bound to a literal", r"[?:]\w+ (\?\w+) "),
    ("ill-typed-match", "an ill-typed literal in a pattern finds those of other types", r'"x"\^\^xsd:'),
)
#: Section 18.4: between two variables a path of length zero is at nodes of the graph alone; Jena takes any term that it has bound.
_ZERO_LENGTH: Final = re.compile(r"\?\w+ \S*\)[?*]\S* \?\w+")
#: Section 17.2.2: the truth of an ill-typed number or truth is false; Jena takes it for an error.
_ILL_TYPED: Final = re.compile(r"\"x\"\^\^xsd:|XMLSchema#\w+', 'x'")
_TRUTH: Final = re.compile(r"&&|\|\||!|IF\(|FILTER\(\?|HAVING")
#: Section 17.5: a year is no number, and cannot be cast to one.
_CAST_OF_YEAR: Final = re.compile(r"xsd:(integer|decimal|double|float)\(.*gYear")
_EXTREME: Final = re.compile(r"\((MIN|MAX)\(.*? AS (\?v\d+)\)")
_NUMERIC: Final = frozenset(("integer", "decimal", "double", "float"))


def _breaks(_text: str, _ours: str, theirs: str) -> bool:
    return theirs.startswith("refused: org.apache.jena") and "QueryParseException" not in theirs


def _zero_length(text: str, ours: str, _theirs: str) -> bool:
    return bool(_ZERO_LENGTH.search(text)) and "VALUES" in text and (ours.startswith("0 alone") or "('False',)" in ours)


def _ill_typed(text: str, ours: str, _theirs: str) -> bool:
    return bool(_ILL_TYPED.search(text + ours) and _TRUTH.search(text))


def _decimal_zero(text: str, _ours: str, _theirs: str) -> bool:
    return "xsd:decimal(" in text and bool(_TRUTH.search(text))


def _cast_of_year(text: str, _ours: str, _theirs: str) -> bool:
    return bool(_CAST_OF_YEAR.search(text))


def _if_of_no_truth(text: str, _ours: str, _theirs: str) -> bool:
    return bool(re.search(r"\bIF\([:?]", text))


def _announced(text: str, _ours: str, _theirs: str) -> bool:
    return bool(departures(f"BASE <urn:base:/> {text}"))


def explain(text: str, ours: str, theirs: str, agrees: Callable[[], bool]) -> str | None:
    """Return the name of the explanation that holds for a difference; `agrees` says whether rdflib is with the engine."""
    rules = {
        "jena-breaks": _breaks,
        "extreme-of-kinds": _extremes_without_order,
        "zero-length-outside": _zero_length,
        "ill-typed-truth": _ill_typed,
        "decimal-zero": _decimal_zero,
        "cast-of-year": _cast_of_year,
        "empty-concat": _nothing_joined,
        "if-of-no-truth": _if_of_no_truth,
        "announced": _announced,
    }
    found = next((name for name, holds in rules.items() if holds(text, ours, theirs)), None)
    if found is None and agrees():
        return next((name for name, _, pattern in JENA if re.search(pattern, text)), None)
    return found


def _extremes_without_order(text: str, ours: str, theirs: str) -> bool:
    """Return whether answers differ only in which of two literals is first that no operator compares (section 15.1)."""
    names = {name.removeprefix("?") for _, name in _EXTREME.findall(text)}
    pairs = [_rows(ours), _rows(theirs)]
    if not names or not pairs[0] or len(pairs[0]) != len(pairs[1]):
        return False
    keyed = [{str(sorted((k, v) for k, v in row.items() if k not in names)): row for row in rows} for rows in pairs]
    if keyed[0].keys() != keyed[1].keys():
        return False
    values = [(row.get(name), keyed[1][key].get(name)) for key, row in keyed[0].items() for name in names]
    return all(one == other or (one and other and _unordered(one, other)) for one, other in values)


def _nothing_joined(text: str, ours: str, theirs: str) -> bool:
    """Return whether Jena only lacks the length of what joins no distinct value, which is the empty string (section 18.5.1.7)."""
    names = set(re.findall(r"GROUP_CONCAT\(DISTINCT .*? AS \?(v\d+)\)", text))
    rows = [{k: v for k, v in row.items() if k not in names or v[1] != "0"} for row in _rows(ours)]
    return bool(names and rows) and sorted(map(str, rows)) == sorted(map(str, _rows(theirs)))


def _unordered(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    kinds = [value[0].rpartition("#")[2] for value in (one, other)]
    if {"iri", "bnode"} & set(kinds):
        return False
    if kinds[0] == kinds[1]:
        return kinds[0] not in ("string", "boolean", "date", "dateTime", *_NUMERIC) or "x" in (one[1], other[1])
    return not (set(kinds) <= _NUMERIC) or "x" in (one[1], other[1])


def _rows(shown: str) -> list[dict[str, tuple[str, ...]]]:
    found = re.findall(r"\d+x (\{.*?\})(?:; |$)", shown)
    return [ast.literal_eval(row) for row in found]

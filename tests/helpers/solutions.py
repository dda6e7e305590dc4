"""Compares answers of engines: solutions as multisets of values, and their order by what SPARQL says of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_INTEGERS: Final = frozenset(("integer", "int", "long", "nonNegativeInteger", "negativeInteger"))

Value = tuple[str, ...]
Row = tuple[tuple[str, Value], ...]


def read(body: bytes) -> tuple[Counter[Row], list[dict[str, Value]]]:
    """Return the solutions of SPARQL Results JSON, counted and in their order; a truth is one solution."""
    document = json.loads(body)
    if "boolean" in document:
        return Counter({(("ask", (str(document["boolean"]),)),): 1}), []
    rows = [{name: value(term) for name, term in row.items()} for row in document["results"]["bindings"]]
    return Counter(tuple(sorted(row.items())) for row in rows), rows


def value(term: Mapping[str, Any]) -> Value:
    """Return a term by what it says, whatever way it is written: numbers by value and kind (SPARQL 1.1 Query, section 17.1)."""
    if term["type"] == "uri":
        return ("iri", term["value"])
    if term["type"] == "bnode":
        return ("bnode",)
    if "xml:lang" in term:
        return ("lang", term["value"], term["xml:lang"].lower())
    kind, text = term.get("datatype", f"{XSD}string"), term["value"]
    return (kind, _plain(kind.removeprefix(XSD), text))


def _plain(kind: str, text: str) -> str:
    try:
        if kind in _INTEGERS:
            return str(int(text))
        if kind == "decimal":
            return str(round(Decimal(text), 12).normalize() + 0)
        if kind in ("double", "float"):
            return f"{float(text) + 0:.6g}"
    except (ValueError, InvalidOperation):
        return text
    return {"0": "false", "1": "true"}.get(text, text) if kind == "boolean" else text


def misplaced(values: Sequence[Value | None], descending: bool) -> tuple[Value | None, Value | None] | None:
    """Return two values that stand in the wrong order by SPARQL 1.1 Query, section 15.1; None where there are none."""
    ordered = list(reversed(values)) if descending else list(values)
    for place, later in enumerate(ordered):
        for earlier in ordered[:place]:
            if _less(later, earlier):
                return earlier, later
    return None


def _less(one: Value | None, other: Value | None) -> bool:
    """Return whether the standard places one value before the other: by kind, then IRIs by text and literals by `<`."""
    kinds = _kind(one), _kind(other)
    if kinds[0] != kinds[1] or one is None or other is None:
        return kinds[0] < kinds[1]
    if one[0] == "iri":
        return one[1] < other[1]
    numbers = _number(one), _number(other)
    if numbers[0] is not None and numbers[1] is not None:
        return numbers[0] < numbers[1]
    same = one[0] == other[0] and one[0] in (f"{XSD}string", f"{XSD}boolean", f"{XSD}date", f"{XSD}dateTime")
    return same and one[1] < other[1]


def _kind(term: Value | None) -> int:
    return 0 if term is None else {"bnode": 1, "iri": 2}.get(term[0], 3)


def _number(term: Value) -> float | None:
    if term[0].removeprefix(XSD) in (*_INTEGERS, "decimal", "double", "float"):
        try:
            return float(term[1])
        except ValueError:
            return None
    return None

"""Functions that the rewriting of a query calls, where the engine's own depart from SPARQL 1.1 Query."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple

from allegata.engine.gate.comparisons import AT_MOST, LESS
from allegata.engine.gate.rewriting import CONCAT, KIND, MAXIMUM, MINIMUM, TRUTH

Term = NamedNode | BlankNode | Literal | Triple
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_STRING: Final = (f"{_XSD}string", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString")
#: How numbers without exponents are written (XML Schema Part 2, sections 3.3.3 and 3.4.13); others are ill-typed.
_DECIMAL: Final = {f"{_XSD}integer": re.compile(r"[+-]?\d+"), f"{_XSD}decimal": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")}
_FLOAT: Final = frozenset((f"{_XSD}double", f"{_XSD}float"))
_BOOLEAN: Final = f"{_XSD}boolean"


class Aggregate(Protocol):
    """A set function on the values of one group (section 11)."""

    def accumulate(self, element: Any) -> None:
        """Take the next value."""

    def finish(self) -> Any:
        """Return what the function gives for the group; None for an error."""


def functions(names: Iterable[str]) -> dict[str, Any]:
    """Return the arguments by which the engine is given the functions of these names."""
    plain = {NamedNode(name): function for name, function in _FUNCTIONS.items() if name in names}
    aggregates = {NamedNode(name): _aggregate(name) for name in names if name not in _FUNCTIONS}
    found: dict[str, Any] = {}
    if plain:
        found["custom_functions"] = plain
    if aggregates:
        found["custom_aggregate_functions"] = aggregates
    return found


def number(term: Term) -> Decimal | float | None:
    """Return the value of a number; None for anything else, also for what is ill-typed."""
    if not isinstance(term, Literal):
        return None
    kind = term.datatype.value
    try:
        if kind in _DECIMAL:
            return Decimal(term.value) if _DECIMAL[kind].fullmatch(term.value) else None
        return float(term.value) if kind in _FLOAT else None
    except (ValueError, InvalidOperation):
        return None


def kind(term: Term) -> Literal:
    """Return the kind by which terms are sorted before their values (section 15.1); numbers are one kind."""
    if isinstance(term, BlankNode):
        return Literal("1")
    if isinstance(term, NamedNode):
        return Literal("2")
    if isinstance(term, Triple):
        return Literal("5")
    return Literal("3") if number(term) is not None else Literal(f"4{term.datatype.value}")


def truth(term: Term) -> Literal | None:
    """Return the effective boolean value of a term; None for an error (section 17.2.2)."""
    if not isinstance(term, Literal):
        return None
    name = term.datatype.value
    if name in _STRING:
        return Literal(bool(term.value))
    if name == _BOOLEAN:
        return Literal(term.value in ("true", "1"))
    if name in _DECIMAL or name in _FLOAT:
        value = number(term)
        return Literal(value is not None and value == value and value != 0)
    return None


def less(one: Term, other: Term) -> Literal | None:
    """Return whether the first of two truths is less than the other, which NaN never is (section 17.3); None for other terms."""
    if _is_nan(one, other):
        return Literal(False)
    pair = _truths(one, other)
    return Literal(pair == ["false", "true"]) if pair else None


def at_most(one: Term, other: Term) -> Literal | None:
    """Return whether the first of two truths is at most the other, which NaN never is (section 17.3); None for other terms."""
    if _is_nan(one, other):
        return Literal(False)
    pair = _truths(one, other)
    return Literal(pair != ["true", "false"]) if pair else None


def _is_nan(*terms: Term) -> bool:
    values = [number(term) for term in terms]
    return None not in values and any(value != value for value in values)


def _truths(*terms: Term) -> list[str]:
    values = [term.value for term in terms if isinstance(term, Literal) and term.datatype.value == _BOOLEAN]
    return values if len(values) == 2 and set(values) <= {"true", "false"} else []


_FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {KIND: kind, TRUTH: truth, LESS: less, AT_MOST: at_most}


def _aggregate(name: str) -> Callable[[], Aggregate]:
    if name in (MINIMUM, MAXIMUM):
        return lambda: _Extreme(largest=name == MAXIMUM)
    separator = unquoted(bytes.fromhex(name.removeprefix(CONCAT)).decode())
    return lambda: _Joined(separator)


class _Extreme:
    """MIN or MAX by the order of ORDER BY (sections 18.5.1.5 and 18.5.1.6): first the kind, then the value."""

    def __init__(self, *, largest: bool) -> None:
        self._largest = largest
        self._kind: str | None = None
        self._values: dict[Term, None] = {}

    def accumulate(self, element: Term) -> None:
        """Keep the values of the first or last kind so far."""
        own = kind(element).value
        if self._kind is None or (own > self._kind if self._largest else own < self._kind):
            self._kind, self._values = own, {}
        if own == self._kind:
            self._values[element] = None
            if len(self._values) > 100:
                self._values = {self._first(): None}

    def finish(self) -> Term | None:
        """Return the first or last value."""
        return self._first() if self._values else None

    def _first(self) -> Term:
        """Let the engine compare values of one kind, which it does as the standard has it."""
        if len(self._values) == 1:
            return next(iter(self._values))
        if self._kind in ("1", "5"):  # nodes without name and triple terms have no order in SPARQL 1.1
            return min(self._values, key=str)
        order = "DESC(?v)" if self._largest else "?v"
        values = " ".join(map(str, self._values))
        found: Any = Store().query(f"SELECT ?v {{ VALUES ?v {{ {values} }} }} ORDER BY {order} LIMIT 1")
        first: Term = next(iter(found))["v"]
        return first


class _Joined:
    """GROUP_CONCAT of distinct values (section 18.5.1.7), whatever kind they are."""

    def __init__(self, separator: str) -> None:
        self._separator = separator
        self._values: dict[Term, None] = {}

    def accumulate(self, element: Term) -> None:
        """Keep a value once."""
        self._values[element] = None

    def finish(self) -> Literal | None:
        """Return the joined text; None where a value has no text."""
        if any(not isinstance(value, NamedNode | Literal) for value in self._values):
            return None
        return Literal(self._separator.join(value.value for value in self._values if not isinstance(value, Triple)))


def unquoted(string: str) -> str:
    """Return the text of a string of SPARQL (section 19.8, rules 156 to 160), whose escapes are Python's, too."""
    return str(ast.literal_eval(string))

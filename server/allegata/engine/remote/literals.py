"""The normal form of terms: what an engine gives back, as the release's own engine would give it (`docs/engines.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Store

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
#: Types whose literals the release's own engine keeps by value.
_BY_VALUE: Final = frozenset(
    _XSD + name
    for name in "boolean decimal double float integer byte short int long unsignedByte unsignedShort unsignedInt unsignedLong"
    " nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger dateTime date time duration dayTimeDuration"
    " yearMonthDuration gYear gYearMonth gMonth gMonthDay gDay".split()
)


def normal(term: Any, graphs: Mapping[str, str]) -> Any:
    """Return a term of an answer in normal form; `graphs` has the names of the release by those of the engine."""
    if isinstance(term, NamedNode):
        plain = graphs.get(term.value)
        return term if plain is None else NamedNode(plain)
    if isinstance(term, Literal) and term.datatype.value in _BY_VALUE:
        return _by_value(term)
    return term


@lru_cache(maxsize=16_384)
def _by_value(literal: Literal) -> Literal:
    """Return a literal in the form that the engine of the release gives its value."""
    found: Any = Store().query(f"SELECT ?v {{ VALUES ?v {{ {literal} }} }}")
    value: Literal = next(iter(found))["v"]
    return value

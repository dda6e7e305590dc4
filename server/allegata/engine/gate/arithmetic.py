"""Writes counts and quotients so that the engine gives what SPARQL 1.1 Query has, where it has an error."""

from __future__ import annotations

from typing import Final

from allegata.engine.gate.expressions import inner
from allegata.engine.gate.tree import Tree

_ERROR: Final = "<urn:allegata:error>"


def count(value: str, distinct: bool) -> str:
    """Count what is no error (section 18.5.1.2): the engine gives nothing at all where an expression fails once."""
    if not distinct:
        return f" SUM(COALESCE(IF(sameTerm({value}, {value}), 1, 0), 0))"
    failed = f"COALESCE(MAX(COALESCE(IF(sameTerm({value}, {value}), 0, 1), 1)), 0)"
    return f" (COUNT(DISTINCT COALESCE({value}, {_ERROR})) - {failed})"


def divides(product: Tree) -> bool:
    """Return whether a product has a quotient that can be of zero by a decimal that is no whole number."""
    if "/" not in product.words():
        return False
    first, *others = (child for child in product.children if child.rule)
    whole = all(inner(other).token.kind == "number" and inner(other).token.text.isdigit() for other in others)
    constant = len(others) == 1 and inner(first).token.kind == "number" and inner(first).token.text.strip("0.") != ""
    return not (whole or constant)


def quotient(product: Tree) -> str:
    """Divide zero by any number that is not zero (section 17.3): the engine fails on 0 / 1.5, which is the decimal 0."""
    first, *others = product.children
    text = first.text
    for sign, factor in zip(others[::2], others[1::2], strict=True):
        if sign.word == "*":
            text = f"{text} * {factor.text}"
        else:
            text = f" COALESCE({text} / {factor.text}, IF({text} = 0 && {factor.text} != 0, {text} * {factor.text}, 1 / 0))"
    return text

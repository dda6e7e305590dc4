"""Writes comparisons by < and > so that truths and NaN are compared as SPARQL 1.1 Query has it (section 17.3).

The engine takes both for errors, but for NaN beside NaN, which it has as equal; by XPath's operators NaN is neither above nor
below anything, nor equal to itself. `A <= B` is `A < B || A = B` by the standard's own table of operators.
"""

from __future__ import annotations

from typing import Final

from allegata.engine.gate.expressions import inner, may_be_nan, may_be_number, may_be_truth
from allegata.engine.gate.tree import Tree

#: The functions that workers give to the engine, see `functions`.
LESS, AT_MOST = (f"urn:allegata:{name}" for name in ("less", "at-most"))
_SIGNS: Final = frozenset(("<", ">", "<=", ">="))


def is_lost(relation: Tree) -> bool:
    """Return whether the engine may have no answer to a comparison that has one."""
    if len(relation.children) != 3 or relation.children[1].word not in _SIGNS:
        return False
    sides = relation.children[::2]
    return all(map(may_be_truth, sides)) or (all(map(may_be_number, sides)) and any(map(may_be_nan, sides)))


def parts(relation: Tree) -> tuple[str, str, str]:
    """Return what the engine can compare, the function for what it cannot, and the arguments of that."""
    one, sign, other = relation.children
    plain = one.text + sign.text + other.text
    if "=" in sign.word and may_be_nan(one) and may_be_nan(other):
        plain = f"{one.text} {sign.word[0]} {other.text} || {one.text} = {other.text}"
    sides = (other.text, one.text) if sign.word[0] == ">" else (one.text, other.text)
    return plain, AT_MOST if "=" in sign.word else LESS, ", ".join(sides)


def kind_of(value: Tree) -> str:
    """Return an expression for the kind by which the terms of a variable are sorted (section 15.1); empty for other expressions.

    It gives what `functions.kind` gives, by the engine's own functions, which take a fraction of the time for each solution.
    """
    found = inner(value).token
    if found.kind != "variable":
        return ""
    literal = f'IF(isNUMERIC({found.text}), "3", CONCAT("4", STR(DATATYPE({found.text}))))'
    return f'COALESCE({literal}, IF(isBLANK({found.text}), "1", IF(isIRI({found.text}), "2", "5")))'

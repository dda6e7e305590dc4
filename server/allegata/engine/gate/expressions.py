"""Finds what an expression of a query comes down to, and of which kinds its values can be."""

from __future__ import annotations

from typing import Final

from allegata.engine.gate.tree import Tree

# Functions whose value is a truth, a number or a simple string whenever it is none of an error.
_TRUE_OR_FALSE: Final = frozenset(
    """BOUND REGEX CONTAINS STRSTARTS STRENDS ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC SAMETERM LANGMATCHES ISTRIPLE HASLANG
    HASLANGDIR STR LANG STRLEN ENCODE_FOR_URI MD5 SHA1 SHA256 SHA384 SHA512 ABS CEIL FLOOR ROUND YEAR MONTH DAY HOURS MINUTES
    SECONDS TZ STRUUID RAND COUNT SUM AVG""".split()
)
_OF_ONE_KIND: Final = frozenset(
    "COUNT SUM AVG STR LANG STRLEN YEAR MONTH DAY HOURS MINUTES SECONDS ABS RAND MD5 SHA1 SHA256".split()
)

_NEVER_TRUTH: Final = frozenset(
    """STR LANG DATATYPE IRI URI STRLEN SUBSTR UCASE LCASE ENCODE_FOR_URI CONCAT STRBEFORE STRAFTER REPLACE ABS CEIL FLOOR ROUND
    RAND NOW YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ MD5 SHA1 SHA256 SHA384 SHA512 UUID STRUUID COUNT SUM AVG
    GROUP_CONCAT""".split()
)
_NEVER_NUMBER: Final = frozenset(
    """BOUND REGEX CONTAINS STRSTARTS STRENDS ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC SAMETERM LANGMATCHES ISTRIPLE HASLANG
    HASLANGDIR STR LANG LANGDIR DATATYPE IRI URI BNODE SUBSTR UCASE LCASE ENCODE_FOR_URI CONCAT STRBEFORE STRAFTER REPLACE NOW
    TIMEZONE TZ MD5 SHA1 SHA256 SHA384 SHA512 UUID STRUUID GROUP_CONCAT STRLANG STRLANGDIR TRIPLE SUBJECT PREDICATE ISTRIPLE NOT
    EXISTS""".split()
)
_PASSES_NAN_ON: Final = frozenset("IF COALESCE MIN MAX SUM AVG SAMPLE ABS CEIL FLOOR ROUND STRDT OBJECT".split())


def inner(value: Tree) -> Tree:
    """Return what an expression comes down to, without what only passes it on and without parentheses."""
    while True:
        if len(value.children) == 1:
            value = value.children[0]
        elif len(value.children) == 3 and value.children[0].word == "(" and value.children[1].rule == "Expression":
            value = value.children[1]
        else:
            return value


def is_truth(value: Tree) -> bool:
    """Return whether the engine takes the effective boolean value of an expression as the standard has it."""
    found = inner(value)
    if found.rule == "BuiltIn":
        return found.children[0].word in _TRUE_OR_FALSE or found.child("Group") is not None
    if found.rule == "Factor":
        return found.children[0].word in ("!", "+", "-")
    if found.token.kind in ("word", "number", "string"):
        return True
    return found.rule in ("Expression", "And", "Relation", "Sum", "Product")


def may_be_truth(value: Tree) -> bool:
    """Return whether a value of an expression can be true or false, as far as its form says."""
    found = inner(value)
    if found.rule == "BuiltIn":
        return found.children[0].word not in _NEVER_TRUTH
    if found.rule in ("Sum", "Product"):
        return False
    if found.rule == "Factor":
        return found.children[0].word not in ("+", "-")
    if found.rule == "Constant":
        return "boolean" in found.text
    return found.token.kind not in ("number", "string")


def may_be_number(value: Tree) -> bool:
    """Return whether a value of an expression can be a number, as far as its form says."""
    found = inner(value)
    if found.rule == "BuiltIn":
        return found.children[0].word not in _NEVER_NUMBER
    if found.rule == "Constant":
        return len(found.children) > 2
    if found.rule == "Factor":
        return found.children[0].word != "!"
    return found.rule in ("Sum", "Product") or found.token.kind in ("number", "variable")


def may_be_nan(value: Tree) -> bool:
    """Return whether a value of an expression can be NaN, as far as its form says."""
    found = inner(value)
    if found.rule == "BuiltIn":
        return found.children[0].word in _PASSES_NAN_ON
    if found.rule == "Constant":
        return "NaN" in found.text
    if found.rule == "Factor" and found.children[0].word in ("+", "-"):
        return may_be_nan(found.children[1])
    return may_be_number(found) and found.token.kind != "number"


def is_of_one_kind(value: Tree) -> bool:
    """Return whether all values of an expression are numbers, or all are strings."""
    found = inner(value)
    return found.rule == "BuiltIn" and found.children[0].word in _OF_ONE_KIND


def counts_all(part: Tree) -> bool:
    """Return whether a part is the argument of COUNT(DISTINCT *)."""
    return part.rule == "Arguments" and {"DISTINCT", "*"} <= set(part.words())

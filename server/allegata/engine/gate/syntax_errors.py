"""Finds where a query that does not parse goes wrong: the engine's own positions lie up to a keyword's length behind it."""

from __future__ import annotations

import re
from typing import Final

from allegata.engine.gate.grammar import Part, first, rules
from allegata.engine.gate.tokens import fail, place, tokens, visible
from allegata.engine.gate.tree import END, terminal, unfold, with_end
from allegata.errors import QuerySyntaxError

_PLACE: Final = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
# What the engine says beside lists of tokens, and how it is put here.
_REASONS: Final = {
    "Duplicated variable name in SELECT": "SELECT names a variable twice",
    "The SELECT overrides an existing variable": "SELECT gives a value to a variable that has one already",
    "The SELECT contains a variable that is unbound": "SELECT names a variable that no group has a value of",
    "SELECT * is not authorized with GROUP BY": "SELECT * cannot stand with GROUP BY",
    "language tag parsing failed": "This is no language tag",
    "IRI parsing failed": "This is no IRI",
    "should be a non negative integer": "This number is too large",
    "the only base directions allowed": "A base direction is ltr or rtl",
}
_UNKNOWN: Final = "Something at or before this place breaks a rule of SPARQL"
_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:")
_KINDS: Final = {
    "variable": "a variable",
    "iri": "an IRI",
    "pname": "a prefixed name",
    "string": "a string",
    "number": "a number",
    "blank": "a blank node",
    "tag": "a language tag",
    "function": "a function",
    "end": "the end of the query",
}
_MANY: Final = 8


def syntax_error(text: str, message: str, base_iri: str | None = None) -> QuerySyntaxError:
    """Make the error for a query text from its grammar, from its names, or, failing those, from the engine's message."""
    try:
        check(text, base_iri)
    except QuerySyntaxError as error:
        return error
    found = _PLACE.match(message)
    line, column = (int(found.group(1)), int(found.group(2))) if found else (1, 1)
    reason = next((ours for theirs, ours in _REASONS.items() if theirs in message), _UNKNOWN)
    near = place(text, line, column)
    return QuerySyntaxError(f"Line {line}, column {column}: {reason}: {visible(near)}", line=line, column=column, near=near)


def check(text: str, base_iri: str | None = None) -> None:
    """Raise QuerySyntaxError where a query does not parse by its grammar and its names."""
    _check_grammar(text)
    _check_names(text, base_iri is not None)


def _check_grammar(text: str) -> None:
    """Raise QuerySyntaxError at the first token behind which no query can go on."""
    stack: list[Part] = [rules()["Query"]]
    for token in with_end(tokens(text)):
        expected: set[str] = set()
        while stack:
            part = stack.pop()
            expected |= first(part) - {""}
            taken = terminal(token) in first(part)
            if part.kind == "terminal" and taken:
                break
            if taken:
                stack.extend(unfold(part, terminal(token)))
            elif "" not in first(part):
                fail(text, token.at if token.at >= 0 else len(text), _unexpected(expected))
        else:
            if token is not END:
                fail(text, token.at, _unexpected(expected | {"end"}))


def _unexpected(expected: set[str]) -> str:
    names = sorted({_KINDS.get(name, name) for name in expected}, key=lambda name: (not name.startswith("a"), name))
    listed = ", ".join(names[:_MANY]) + (" …" if len(names) > _MANY else "")
    return f"Expected {listed} instead of"


def _check_names(text: str, has_base: bool) -> None:
    """Raise QuerySyntaxError at the first name whose prefix is not declared, or IRI that has nothing to be relative to."""
    declared: set[str] = set()
    last = END
    for token in tokens(text):
        prefix = token.text.partition(":")[0]
        has_base = has_base or last.keyword == "BASE"
        if last.keyword == "PREFIX":
            declared.add(prefix)
        elif token.kind == "pname" and prefix not in declared:
            fail(text, token.at, f"The prefix {prefix}: is not declared")
        elif token.kind == "iri" and not has_base and not _ABSOLUTE.match(token.text):
            fail(text, token.at, "This IRI is relative, and the query has no BASE")
        last = token

"""Tells the shape of a query, by which the gate knows it again: all that it looks at but which IRI and string stands where."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from allegata.engine.gate.tokens import COMMENT, IRI, STRING, VARIABLE

#: Characters of a query up to which its shape is remembered, and up to which the process that serves rewrites it itself: a longer
#: one takes it too much time.
READ_AHEAD: Final = 4_000
#: Names of prefixes, which stay as they are: what a prefixed name stands for is looked at, too.
_PROLOGUE: Final = re.compile(r"(?:\s*PREFIX[ \t]+[A-Za-z]\w*+:[ \t]*<https?://[^<>\"{}|^`\\\x00-\x20]*+>)*+\s*", re.IGNORECASE)
_PARTS: Final = re.compile(f"(?P<comment>{COMMENT})|(?P<string>{STRING})|(?P<iri>{IRI})", re.DOTALL)
#: What no such query has beside its variables: a graph that is named in a clause, another server, a base.
_LOOKED_AT: Final = re.compile("FROM|NAMED|SERVICE|BASE|PREFIX", re.IGNORECASE)
_VARIABLE: Final = re.compile(VARIABLE)
_STRING, _IRI = '"~"', "<http://x>"


class KnownShape(NamedTuple):
    """A query with one string in the place of each string and one IRI in that of each, its prologue, and its longest string."""

    text: str
    prologue: str
    longest: int


def end_of_prologue(text: str) -> int:
    """Return where the names of prefixes end with which a query begins, as far as they are written in the usual way."""
    found = _PROLOGUE.match(text)
    return found.end() if found else 0


def shape_of(text: str) -> KnownShape | None:
    """Return the shape of a query; None for one that the gate has to read, since it may look at what a shape does not have.

    `longest` is a number of characters. No token but strings, IRIs and comments has a quote, a hash or
    a bracket of an IRI in it, and those are found in the same places by one search for all as token by token (SPARQL 1.2
    Query, section 19.8): a quote that begins no whole string stays in the text, which then has no shape.
    """
    if len(text) > READ_AHEAD or "\\" in text:  # an escape can be read in two ways
        return None
    begins = end_of_prologue(text)
    longest = 0

    def stand_in(part: re.Match[str]) -> str:
        nonlocal longest
        if part.lastgroup == "comment":
            return "\n"
        if part.lastgroup == "iri":
            return _IRI if part.group().startswith(("<http://", "<https://")) else part.group()
        longest = max(longest, len(part.group()))
        return _STRING

    shape = _PARTS.sub(stand_in, text[begins:])
    if _LOOKED_AT.search(_VARIABLE.sub("", shape)) or "'" in shape or shape.replace(_STRING, "").count('"'):
        return None
    return KnownShape(text[:begins] + shape, text[:begins], longest)

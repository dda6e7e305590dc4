"""Rewrites queries of one shape once: most that a service gets differ in the things that they name, and in nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from allegata.engine.gate.rewriting import Rewritten, rewrite
from allegata.engine.gate.tokens import CONTENT

_MARK: Final = "<urn:allegata:name:"
_STANDING_IN: Final = re.compile(rf"{_MARK}(\d+)~*>")
_GRAPH: Final = re.compile("GRAPH", re.IGNORECASE)
#: What follows the IRI of a function; what precedes one of a datatype, or cannot be told from that.
_CALLED: Final = re.compile(r"\s*[(#]")
_TYPED: Final = re.compile(r"(?:\^\^|^|#[^\r\n]*)\s*\Z")
_NEAR: Final = 8
#: Characters of a query up to which its shape is kept.
_LONGEST: Final = 4_000


def rewrite_by_shape(text: str, graphs: Callable[[], Sequence[str]] | None = None) -> Rewritten:
    """Return what `rewrite` does; from memory, where only other things were named in the place of these.

    Nothing that the rewriting does depends on an IRI but by its length, or where it is that of a datatype or a function: those
    stay as they are, and a query that names graphs is always read.
    """
    if len(text) > _LONGEST or _MARK in text or _GRAPH.search(text):
        return rewrite(text, graphs)
    names: dict[str, str] = {}
    found = _rewritten(CONTENT.sub(lambda match: _stand_in(match, names), text))
    things = list(names)
    return replace(found, text=_STANDING_IN.sub(lambda match: things[int(match[1])], found.text))


@lru_cache(1024)
def _rewritten(shape: str) -> Rewritten:
    return rewrite(shape)


def _stand_in(match: re.Match[str], names: dict[str, str]) -> str:
    """Return what stands for a part of a query: a space for a comment, for an IRI one as long that says which it is."""
    part, whole = match.group(), match.string
    if match.lastgroup == "space":
        return "\n" if part[0] == "#" else part
    before = whole[max(0, match.start() - _NEAR) : match.start()]
    if match.lastgroup != "iri" or _CALLED.match(whole, match.end()) or _TYPED.search(before):
        return part
    if part not in names:
        names[part] = f"{_MARK}{len(names)}>"
        names[part] = names[part][:-1] + "~" * (len(part) - len(names[part])) + ">"
    return names[part] if len(names[part]) == len(part) else part

"""Rewrites queries of one shape once: most that a service gets differ in what they name and say, and in nothing else."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import Final

from allegata.engine.gate.growth import LARGEST
from allegata.engine.gate.known_shapes import READ_AHEAD, end_of_prologue
from allegata.engine.gate.named_graphs import Graphs
from allegata.engine.gate.rewriting import Rewritten, rewrite
from allegata.engine.gate.tokens import CONTENT
from allegata.errors import BadRequest

_NAME, _TEXT, _NUMBER = "urn:allegata:name:", "~", "99990000"
_STANDING_IN: Final = re.compile(rf"<{_NAME}(?P<name>\d+)~*>|\"{_TEXT}(?P<text>\d+)~*\"|{_NUMBER}(?P<number>\d{{4}})")
_TAKEN: Final = re.compile(f'{_NAME}|"{_TEXT}|{_NUMBER}')
#: What is read with the names of graphs, and what makes a name of a string.
_READ: Final = re.compile("GRAPH|CONCAT", re.IGNORECASE)
_SLICE: Final = re.compile(r"(?<![\w?$:.\-])((?:LIMIT|OFFSET)\s+)(\d{1,12})(?![\w.])", re.IGNORECASE)
#: What follows the IRI of a function or a string with a type or language; what precedes the IRI of a type, or may do so.
_GOES_ON: Final = re.compile(r"\s*[(#^@]")
_TYPED: Final = re.compile(r"(?:\^\^|^|#[^\r\n]*)\s*\Z")
_NEAR: Final = 8
#: Characters that a query grows to at most where it is kept, or is read by that process: nobody ends it for what it takes.
MOST_AHEAD: Final = 16_000


def rewrite_by_shape(text: str, graphs: Graphs | None = None, most: int = LARGEST) -> Rewritten:
    """Return what `rewrite` does; from memory, where only other things were named and other strings stood in the place of these.

    Nothing that the rewriting does depends on an IRI or a string but by its length, or where it has to do with a type, a
    language or a function: those stay as they are. A query that names graphs or joins strings is always read. Raises
    BadRequest where it would have more characters than `most`.
    """
    if len(text) > READ_AHEAD or _TAKEN.search(text) or _READ.search(text):
        return rewrite(text, graphs, most=most)
    parts: dict[str, str] = {}
    begins = end_of_prologue(text)
    shape = text[:begins] + CONTENT.sub(lambda match: _stand_in(match, parts), text[begins:])
    try:
        found = _rewritten(_SLICE.sub(lambda match: match[1] + _put(parts, match[2], _NUMBER + "{:04}"), shape))
    except BadRequest:  # what grows is not kept
        return rewrite(text, graphs, most=most)
    kept = list(parts)
    return replace(found, text=_STANDING_IN.sub(lambda match: kept[int(match[match.lastgroup or 0])], found.text))


@lru_cache(256)
def rewritten_ahead(text: str) -> Rewritten | None:
    """Return what `rewrite_by_shape` does; None for a query that a worker reads: one that is long or grows, or names graphs."""
    if len(text) > READ_AHEAD or _READ.search(text):
        return None
    with suppress(BadRequest):
        return rewrite_by_shape(text, most=MOST_AHEAD)
    return None


@lru_cache(1024)
def _rewritten(shape: str) -> Rewritten:
    return rewrite(shape, most=MOST_AHEAD)


def _stand_in(match: re.Match[str], parts: dict[str, str]) -> str:
    """Return what stands for a part of a query: a line for a comment, for an IRI or a string one as long, by its number."""
    part, kind = match.group(), match.lastgroup
    if kind == "comment":
        return "\n"
    before = match.string[max(0, match.start() - _NEAR) : match.start()]
    if _GOES_ON.match(match.string, match.end()) or (kind == "iri" and _TYPED.search(before)):
        return part
    return _put(parts, part, f"<{_NAME}{{}}>" if kind == "iri" else f'"{_TEXT}{{}}"', len(part))


def _put(parts: dict[str, str], part: str, form: str, length: int = 0) -> str:
    """Keep a part and return what stands for it; where that would be longer, the part stands for itself."""
    if part not in parts:
        made = form.format(len(parts))
        parts[part] = made if not length else made[:-1] + "~" * (length - len(made)) + made[-1]
    return part if length and len(parts[part]) > length else parts[part]

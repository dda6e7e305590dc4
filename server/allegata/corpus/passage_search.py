"""Finds a passage in a text: as it stands, else written in another way, else says what differs where, or what is nearest."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from allegata.corpus.nearest import marked_differences, nearest_part
from allegata.errors import AnchorError

Span = tuple[int, int]
_SHOWN: Final = 60
#: Scripts whose lines break within words (Unicode Standard Annex 14), by how the names of their letters begin.
_BROKEN: Final = ("HANGUL", "CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO ", "KHMER", "MYANMAR")
#: What stands for a hyphen within a word while a text is put in a form for comparing; no text has it.
_JOINT: Final = "\ue000"
#: Signs that are typed in one way and printed in another.
_ALIKE: Final = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u0060\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
}


@dataclass(frozen=True)
class _Folded:
    """A text in a form for comparing, and from which character of the text each of its characters comes."""

    text: str
    origins: tuple[int, ...]

    def spans(self, part: str) -> Iterator[Span]:
        """Yield where a part in the same form begins and ends in the text itself."""
        for at in _occurrences(self.text, part):
            yield self.origins[at], self.origins[at + len(part) - 1] + 1


def locate(text: str, passage: str, nth: int | None = None, name: str = "") -> Span:
    """Find a passage in a text and give its offsets; raise AnchorError where it is not there or not unique.

    Where it does not stand so in the text, any white space counts as a space and letters count alike composed or not; where it
    does not stand so either, quotation marks, dashes, ligatures and other compatible forms count alike (Unicode Standard Annex
    15), and hyphens within words, those of line breaks too, invisible signs, and spaces in scripts whose lines break within
    words count as nothing. Case and accents count. The offsets are those of what the text has. With `nth`, counted from 1, one
    of several is taken. `name` is what a message calls the text.
    """
    spans = occurrences(text, passage)
    if not spans:
        where = f"the text {name}".rstrip()
        raise AnchorError(f"the passage {_shown(passage)} is not in {where}{_difference(text, passage)}")
    if nth is None and len(spans) > 1:
        raise AnchorError(f"the passage {_shown(passage)} occurs {len(spans)} times", remedy="Lengthen it or give nth.")
    if nth is not None and not 1 <= nth <= len(spans):
        times = "once" if len(spans) == 1 else f"{len(spans)} times"
        remedy = "Leave nth out." if len(spans) == 1 else f"Give nth from 1 to {len(spans)}."
        raise AnchorError(f"the passage {_shown(passage)} occurs {times}, and nth is {nth}", remedy=remedy, nth=nth)
    return spans[(nth or 1) - 1]


def occurrences(text: str, passage: str) -> list[Span]:
    """Return where a passage stands in a text, as `locate` compares: as it is written, else written in another way."""
    spans = [(at, at + len(passage)) for at in _occurrences(text, passage)]
    return spans or list(_equivalent(text, passage, _canonical)) or list(_equivalent(text, passage, _alike))


def nearest(text: str, passage: str) -> str:
    """Return in words what of a text is nearest to a passage that is not in it, or nothing."""
    return _difference(text, passage).lstrip(". ")


def _occurrences(text: str, part: str) -> Iterator[int]:
    at = text.find(part) if part else -1
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _equivalent(text: str, passage: str, form: Callable[[str], str]) -> Iterator[Span]:
    wanted = _fold(passage.strip(), form).text
    for start, end in _fold(text, form).spans(wanted):
        # A letter whose accent the passage has not is another letter.
        accented = end < len(text) and unicodedata.combining(text[end])
        if not accented and _fold(text[start:end], form).text == wanted:
            yield start, end


@lru_cache(8)
def _fold(text: str, form: Callable[[str], str]) -> _Folded:
    """Put a text in a form for comparing: white space as single spaces, the rest character by character."""
    made: list[str] = []
    origins: list[int] = []
    for at, char in enumerate(text):
        space = "" if made and made[-1] in (" ", _JOINT) else " "
        pieces = space if char.isspace() else form(char)
        if form is not _canonical and made:
            if pieces == "-" and made[-1].isalnum():
                pieces = _JOINT
            elif made[-1] == " " and len(made) > 1 and _breaks(made[-2]) and _breaks(pieces[:1]):
                made[-1] = _JOINT
        made.extend(pieces)
        origins.extend([at] * len(pieces))
    kept = [at for at, char in enumerate(made) if char != _JOINT]
    return _Folded("".join(made[at] for at in kept), tuple(origins[at] for at in kept))


def _canonical(char: str) -> str:
    return char if char < "\x80" else unicodedata.normalize("NFD", char)


def _breaks(char: str) -> bool:
    """Return whether a letter is of a script whose lines break within words, so that a space there tells nothing."""
    return (
        unicodedata.name(char, "").startswith(("HANGUL", "CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO ", "KHMER", "MYANMAR"))
        if char > "\u0e00"
        else False
    )


def _alike(char: str) -> str:
    """Return a character without what is a matter of type: kinds of quotation marks and dashes, ligatures, invisible signs."""
    plain = unicodedata.normalize("NFKD", _ALIKE.get(char, char))
    return "".join(piece for piece in plain if unicodedata.category(piece) != "Cf")


def _loose(char: str) -> str:
    """Return a character without what is often lost besides: case and accents."""
    return "".join(piece for piece in _alike(char).casefold() if unicodedata.category(piece) != "Mn")


def _difference(text: str, passage: str) -> str:
    """Return what the text has in the place of a passage, and where; nothing where it has nothing like it."""
    wanted = passage.strip()
    for start, end in _fold(text, _loose).spans(_fold(wanted, _loose).text):
        return _first_difference(text, start, _fold(text[start:end], _alike), _fold(wanted, _alike).text)
    folded = _fold(text, _alike)
    found = nearest_part(folded.text, _fold(wanted, _alike).text)
    if found is None:
        return ""
    start, end = folded.origins[found.start], folded.origins[found.end - 1] + 1
    marked = marked_differences(folded.text[found.start : found.end], _fold(wanted, _alike).text)
    return f". The nearest, at characters {start}-{end}, differs in what stands in brackets, [text|passage]: {marked}"


def _first_difference(text: str, start: int, found: _Folded, wanted: str) -> str:
    at = next((n for n, (a, b) in enumerate(zip(found.text, wanted, strict=False)) if a != b), min(len(found.text), len(wanted)))
    there = _sign(found.text[at]) if at < len(found.text) else "nothing more"
    here = _sign(wanted[at]) if at < len(wanted) else "nothing more"
    place = start + (found.origins[at] if at < len(found.origins) else len(found.origins))
    return f" as it is written there: at character {place} the text has {there} where the passage has {here}"


def _sign(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"


def _shown(passage: str) -> str:
    return repr(passage[:_SHOWN])

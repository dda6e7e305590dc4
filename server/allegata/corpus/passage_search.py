"""Finds a passage in a text: as it stands, else alike but for white space and composed letters, else says what differs where."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from allegata.errors import AnchorError

Span = tuple[int, int]
_SHOWN: Final = 60
_AROUND: Final = 20
#: A beginning of a passage that is shorter than this is found anywhere and tells nothing.
_LEAST: Final = 8
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


def locate(text: str, passage: str, nth: int | None = None) -> Span:
    """Find a passage in a text and give its offsets; raise AnchorError where it is not there or not unique.

    Where it does not stand so in the text, any white space counts as a space and letters count alike composed or not (Unicode
    Standard Annex 15); the offsets are those of what the text has. With `nth`, counted from 1, one of several is taken.
    """
    spans = [(at, at + len(passage)) for at in _occurrences(text, passage)] or list(_equivalent(text, passage))
    if not spans:
        raise AnchorError(f"the passage {_shown(passage)} is not in the text{_difference(text, passage)}")
    if nth is None and len(spans) > 1:
        raise AnchorError(f"the passage {_shown(passage)} occurs {len(spans)} times", remedy="Lengthen it or give nth.")
    if nth is not None and not 1 <= nth <= len(spans):
        raise AnchorError(f"the passage {_shown(passage)} occurs {len(spans)} times, not {nth}")
    return spans[(nth or 1) - 1]


def _occurrences(text: str, part: str) -> Iterator[int]:
    at = text.find(part) if part else -1
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _equivalent(text: str, passage: str) -> Iterator[Span]:
    wanted = _fold(passage.strip(), _canonical).text
    for start, end in _fold(text, _canonical).spans(wanted):
        # A letter whose accent the passage has not is another letter.
        accented = end < len(text) and unicodedata.combining(text[end])
        if not accented and _fold(text[start:end], _canonical).text == wanted:
            yield start, end


@lru_cache(8)
def _fold(text: str, form: Callable[[str], str]) -> _Folded:
    """Put a text in a form for comparing: white space as single spaces, the rest character by character."""
    made: list[str] = []
    origins: list[int] = []
    for at, char in enumerate(text):
        space = "" if made and made[-1] == " " else " "
        pieces = space if char.isspace() else form(char)
        made.extend(pieces)
        origins.extend([at] * len(pieces))
    return _Folded("".join(made), tuple(origins))


def _canonical(char: str) -> str:
    return char if char < "\x80" else unicodedata.normalize("NFD", char)


def _loose(char: str) -> str:
    """Return a character without what is often lost: case, kinds of quotation marks and dashes, ligatures, invisible signs."""
    plain = unicodedata.normalize("NFKD", _ALIKE.get(char, char)).casefold()
    return "".join(piece for piece in plain if unicodedata.category(piece) not in ("Cf", "Mn"))


def _difference(text: str, passage: str) -> str:
    """Return what the text has in the place of a passage, and where; nothing where it has nothing like it."""
    wanted = passage.strip()
    for start, end in _fold(text, _loose).spans(_fold(wanted, _loose).text):
        return _first_difference(text, start, _fold(text[start:end], _canonical), _fold(wanted, _canonical).text)
    return _beginning(text, _fold(wanted, _canonical).text)


def _first_difference(text: str, start: int, found: _Folded, wanted: str) -> str:
    at = next((n for n, (a, b) in enumerate(zip(found.text, wanted, strict=False)) if a != b), min(len(found.text), len(wanted)))
    there = _sign(found.text[at]) if at < len(found.text) else "nothing more"
    here = _sign(wanted[at]) if at < len(wanted) else "nothing more"
    place = start + (found.origins[at] if at < len(found.origins) else len(found.origins))
    return f" as it is written there: at character {place} the text has {there} where the passage has {here}"


def _beginning(text: str, wanted: str) -> str:
    """Return how far a passage agrees with the text, where it does for a while."""
    folded = _fold(text, _canonical)
    least, most = 0, len(wanted)
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if wanted[:middle] in folded.text else (least, middle - 1)
    if least < _LEAST:
        return ""
    at = folded.text.find(wanted[:least]) + least
    there, here = folded.text[at : at + _AROUND], wanted[least : least + _AROUND]
    place = folded.origins[at] if at < len(folded.origins) else len(text)
    return f" in full: at character {place} the text has {there!r} where the passage has {here!r}"


def _sign(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"


def _shown(passage: str) -> str:
    return repr(passage[:_SHOWN])

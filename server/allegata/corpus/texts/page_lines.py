"""Reads the lines of a page of a PDF from where its letters stand; scripts from right to left come in the order of reading."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import pypdfium2
from pypdfium2 import raw

from allegata.corpus.texts.document_text import UNKNOWN

_RIGHT: Final = ("R", "AL")
#: What keeps its own order from left to right inside a line of the other direction (Unicode Standard Annex 9): letters, numbers.
_LEFT: Final = ("L", "EN", "AN")
#: Signs that belong to a number between two figures of it.
_INSIDE: Final = ("ES", "CS", "ET")
#: How much of its height a line shares with another that stands beside it, and a gap that is no space.
#: Controls that are kept: line ends, and what PDFium puts for a hyphen of a break.
_KEPT: Final = "\r\n\t\x02\ufffe"
_SHARED, _NO_SPACE = 0.5, 0.12


@dataclass(frozen=True)
class Letter:
    """A character on a page with its box and the line that it stands on, in points."""

    char: str
    base: float
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class Line:
    """A line of a page: its text, what it stands on in points from the bottom of the page, and how high it is."""

    text: str
    base: float
    height: float


def page_lines(page: pypdfium2.PdfTextPage) -> list[Line]:
    """Return the lines of a page that hold something, each in the order in which it is read.

    A sign for which the document has no letter is U+FFFD.
    """
    lines = [list(group) for is_end, group in groupby(_letters(page), lambda item: item.char in "\r\n") if not is_end]
    found: list[Line] = []
    for parts in _beside(lines):
        low, high = _height([letter for part in parts for letter in part])
        if text := _read(parts).strip():
            found.append(Line(text, next(letter.base for letter in parts[0] if not letter.char.isspace()), round(high - low)))
    return found


def has_right_to_left(text: str) -> bool:
    """Return whether a text has any letter of a script that is written from right to left."""
    return any(unicodedata.bidirectional(char) in _RIGHT for char in text if char > "\u0590")


def _letters(page: pypdfium2.PdfTextPage) -> Iterator[Letter]:
    along, up = ctypes.c_double(), ctypes.c_double()
    for at in range(page.count_chars()):
        raw.FPDFText_GetCharOrigin(page, at, along, up)
        yield Letter(_readable(chr(raw.FPDFText_GetUnicode(page, at))), up.value, *page.get_charbox(at, loose=True))


def _readable(char: str) -> str:
    return UNKNOWN if unicodedata.category(char) in ("Cc", "Cn", "Cs", "Co") and char not in _KEPT else char


def _beside(lines: Sequence[list[Letter]]) -> Iterator[list[list[Letter]]]:
    """Yield lines, those that are parts of one line of the page together."""
    together: list[list[Letter]] = []
    for line in lines:
        if together and not _is_beside(together[-1], line):
            yield together
            together = []
        together.append(line)
    if together:
        yield together


def _is_beside(one: Sequence[Letter], other: Sequence[Letter]) -> bool:
    (low, high), (low_too, high_too) = _height(one), _height(other)
    shared = min(high, high_too) - max(low, low_too)
    return shared > _SHARED * min(high - low, high_too - low_too) and has_right_to_left(_text(one) + _text(other))


def _height(line: Sequence[Letter]) -> tuple[float, float]:
    marks = [item for item in line if not item.char.isspace()] or list(line)
    return min(item.bottom for item in marks), max(item.top for item in marks)


def _read(parts: Sequence[list[Letter]]) -> str:
    if not any(has_right_to_left(_text(part)) for part in parts):
        return " ".join(map(_text, parts))
    ordered = sorted(parts, key=lambda part: -max(item.right for item in part))
    text = ""
    for at, part in enumerate(ordered):
        text += (" " if at and _is_apart(ordered[at - 1], part) else "") + _words(part)
    return text


def _is_apart(right: Sequence[Letter], left: Sequence[Letter]) -> bool:
    low, high = _height(right)
    gap = min(item.left for item in right if not item.char.isspace()) - max(
        item.right for item in left if not item.char.isspace()
    )
    return gap > _NO_SPACE * (high - low)


def _words(line: Sequence[Letter]) -> str:
    """Return a line word by word, which PDFium has in order; the letters of a word are put into it."""
    words = [list(group) for is_space, group in groupby(line, lambda item: item.char.isspace()) if not is_space]
    return " ".join(_word(word) for word in words)


def _word(word: Sequence[Letter]) -> str:
    if any(unicodedata.bidirectional(letter.char) == "L" for letter in word):
        return _text(word)
    # What shares a box is one glyph, a ligature for instance, and keeps its order.
    glyphs = [list(group) for _, group in groupby(word, lambda item: (item.left, item.right))]
    glyphs.sort(key=lambda glyph: -(glyph[0].left + glyph[0].right))
    return "".join(reversed(_left_to_right_kept([letter for glyph in glyphs for letter in _text(glyph)][::-1])))


def _left_to_right_kept(visual: list[str]) -> list[str]:
    """Return a word as it stands from left to right, its numbers and foreign letters turned, so that it can be turned whole."""
    turned: list[str] = []
    run: list[str] = []
    for at, char in enumerate(visual):
        kind = unicodedata.bidirectional(char)
        following = unicodedata.bidirectional(visual[at + 1]) if at + 1 < len(visual) else ""
        if kind in _LEFT or (run and kind in _INSIDE and following in _LEFT):
            run.append(char)
        else:
            turned += [*reversed(run), char]
            run = []
    return turned + list(reversed(run))


def _text(letters: Sequence[Letter]) -> str:
    return "".join(letter.char for letter in letters)

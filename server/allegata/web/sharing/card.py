"""Draws the picture that stands beside a link to a claim or comparison: its words, who speaks, and where they are from."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from allegata.budget import Lane, look
from allegata.web.sharing.png import png

#: What services that show links ask for.
WIDTH, HEIGHT = 1200, 630
_INK: Final = (0x1D, 0x23, 0x27)
_MARGIN: Final = 80
#: Grey → shade, of which there are sixteen.
_SHADES: Final = bytes(grey >> 4 for grey in range(256))
_BLACK, _QUIET, _FAINT, _WHITE = 0, 96, 208, 255
#: Sizes of the words, the first in which they fit; and the height that they have.
_SIZES: Final = (60, 52, 45, 39)
_ROOM: Final = 300
_LINE: Final = 1.32
#: More letters than any line has room for, and than the words at their smallest.
_MOST: Final = 400
_FONT: Final = Path(__file__).parent / "font" / "NotoSansKR.otf"
#: What no font has a letter for.
_NO_LETTER: Final = "\U0010ffff"
#: One picture is drawn at a time: a face of FreeType serves one thread, and a crowd waits instead of taking the processors.
_drawing = Lock()
#: Requests that may have or wait for that turn, in all and of one client: each holds a thread.
_LANE: Final = Lane(16, 4, "picture")


@dataclass(frozen=True)
class Card:
    """What the picture says: the kind of thing, its words, lines with a head each, and at the foot who publishes it."""

    kind: str
    title: str
    lines: tuple[tuple[str, str], ...]
    brand: str
    note: str


@lru_cache(1 << 13)
def is_drawn(letter: str) -> bool:
    """Return whether the font has a letter."""
    return letter == " " or bytes(_face(28).getmask(letter)) != bytes(_face(28).getmask(_NO_LETTER))


def draw(card: Card, client: str = "") -> bytes:
    """Return the picture as a PNG; words in a script that the font does not have are left out.

    Raises TooManyRequests or Busy where too many have pictures drawn. It is work within the budget of the request: whoever had
    many drawn lately rests before and after, and never while others wait for their turn.
    """
    look()
    image = Image.new("L", (WIDTH, HEIGHT), _WHITE)
    with _LANE.place(client), _drawing:
        pen = ImageDraw.Draw(image)
        pen.rectangle((0, 0, 15, HEIGHT), fill=_BLACK)
        _write(pen, 60, 28, card.kind, _QUIET)
        bottom = _title(pen, card.title)
        for number, (head, words) in enumerate(card.lines):
            _entry(pen, bottom + 28 + number * 46, head, words)
        pen.line((_MARGIN, HEIGHT - 96, WIDTH - _MARGIN, HEIGHT - 96), fill=_FAINT, width=2)
        _write(pen, HEIGHT - 72, 28, card.brand, _BLACK)
        note = _shortened(_known(card.note), 24, 2 * WIDTH // 3)
        pen.text((WIDTH - _MARGIN - _face(24).getlength(note), HEIGHT - 69), note, _QUIET, _face(24))
    look()
    shades = Image.frombytes("P", image.size, image.tobytes().translate(_SHADES))
    return png(WIDTH, HEIGHT, shades.tobytes("raw", "P;4"), _INK)


def _title(pen: ImageDraw.ImageDraw, text: str) -> float:
    """Write the words in the largest size in which they fit, and return where they end."""
    known, top = _known(text), 108.0
    size, lines = next(
        ((size, lines) for size in _SIZES if len(lines := list(_wrapped(known, size))) * size * _LINE <= _ROOM),
        (_SIZES[-1], list(_wrapped(known, _SIZES[-1]))),
    )
    fitting = int(_ROOM / (size * _LINE))
    if len(lines) > fitting:
        lines = [*lines[: fitting - 1], _shortened(f"{lines[fitting - 1]} …", size, WIDTH - 2 * _MARGIN, cut=True)]
    for line in lines:
        pen.text((_MARGIN, top), line, _BLACK, _face(size))
        top += size * _LINE
    return top


def _entry(pen: ImageDraw.ImageDraw, top: float, head: str, words: str) -> None:
    """Write a line: its head, and its words behind it as far as they fit."""
    face, heading = _face(28), _known(head)
    pen.text((_MARGIN, top), heading, _QUIET, face)
    left = _MARGIN + max(face.getlength(heading) + 24, 250)
    pen.text((left, top), _shortened(_known(words), 28, WIDTH - _MARGIN - left), _BLACK, face)


def _write(pen: ImageDraw.ImageDraw, top: float, size: int, text: str, shade: int) -> None:
    pen.text((_MARGIN, top), _shortened(_known(text), size, WIDTH // 2), shade, _face(size))


def _known(text: str) -> str:
    """Return a text on one line, in letters without their accents where the font lacks these; nothing where it lacks more."""
    letters = unicodedata.normalize("NFC", " ".join(text.split())[:_MOST])
    found = "".join(letter if is_drawn(letter) else unicodedata.normalize("NFD", letter)[0] for letter in letters)
    return found if all(map(is_drawn, found)) else ""


def _wrapped(text: str, size: int) -> Iterator[str]:
    """Yield the lines of a text, broken at spaces, within a word where it alone is too long."""
    face, line = _face(size), ""
    for word in _pieces(text.split(), size):
        longer = f"{line} {word}".lstrip()
        if face.getlength(longer) > WIDTH - 2 * _MARGIN:
            yield line
            longer = word
        line = longer
    yield line


def _pieces(words: Sequence[str], size: int) -> Iterator[str]:
    for word in words:
        rest = word
        while rest:
            fitting = max(1, _fitting(rest, size, WIDTH - 2 * _MARGIN))
            yield rest[:fitting]
            rest = rest[fitting:]


def _shortened(text: str, size: int, room: float, *, cut: bool = False) -> str:
    """Return as much of a text as there is room for; `cut` says that it ends in an ellipsis already."""
    kept = text.removesuffix(" …") if cut else text
    if not cut and _fitting(kept, size, room) == len(kept):
        return kept
    return f"{kept[: _fitting(kept, size, room - _face(size).getlength(' …'))].rstrip()} …"


def _fitting(text: str, size: int, room: float) -> int:
    """Return how many letters of a text there is room for."""
    return bisect_right(range(1, min(len(text), _MOST) + 1), room, key=lambda end: _face(size).getlength(text[:end]))


@lru_cache(16)
def _face(size: int) -> ImageFont.FreeTypeFont:
    """Return the font in a size, laid out letter by letter, as no library on the machine changes."""
    return ImageFont.truetype(_FONT, size, layout_engine=ImageFont.Layout.BASIC)

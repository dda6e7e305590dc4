"""Writes to the terminal: what comes from files or from elsewhere stays text, and steers no terminal."""

from __future__ import annotations

import codecs
import io
import re
import sys
import unicodedata
from collections.abc import Iterable
from typing import Final

import click

#: The control characters (ISO/IEC 6429: C0, delete, C1) but tab and line feed, as they are shown.
_CONTROLS: Final = {code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), *range(127, 160))}
#: The characters of format that words are written with: zero width (non-)joiner, between letters alone.
_JOINERS: Final = "\u200c\u200d"
#: A character that may be one of format; ASCII and Latin-1 but soft hyphen, and CJK, hold none.
_FOREIGN: Final = re.compile(r"[\xad\u0600-\u2fff\ud800-\udfff\ue000-\U0010ffff]")


def plain(text: str) -> str:
    """Return a text with characters of control and of format (Unicode, category Cf), such as what turns text, written out.

    So are halves of a character (lone surrogates), such as what an argument holds that is no UTF-8.
    """
    return _FOREIGN.sub(_shown, text.translate(_CONTROLS))


def _shown(found: re.Match[str]) -> str:
    character, text, at = found[0], found.string, found.start()
    if unicodedata.category(character) not in ("Cf", "Cs"):
        return character
    joins = character in _JOINERS and at and unicodedata.category(text[at - 1])[0] in "LM" and text[at + 1 : at + 2].isalpha()
    return character if joins else f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Write a text to standard output, or to standard error, with its control characters written out."""
    click.echo(plain(text), err=err, nl=nl)


def pour(chunks: Iterable[bytes]) -> None:
    """Write an answer to standard output: its bytes, or on a terminal its text with control characters written out."""
    if not sys.stdout.isatty():
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        return
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")("replace"), translate=True)
    for chunk in chunks:
        sys.stdout.write(plain(decoder.decode(chunk)))
    sys.stdout.write(plain(decoder.decode(b"", final=True)))

"""Writes to the terminal: what comes from files or from elsewhere stays text, and steers no terminal."""

from __future__ import annotations

import codecs
import io
import sys
from collections.abc import Iterable
from typing import Final

import click

#: The control characters (ISO/IEC 6429: C0, delete, C1) but tab and line feed, as they are shown.
_SHOWN: Final = {code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), *range(127, 160))}


def plain(text: str) -> str:
    """Return a text in which control characters are written out."""
    return text.translate(_SHOWN)


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

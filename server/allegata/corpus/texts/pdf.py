"""Reads the text of a PDF by PDFium: lines as they stand on the page, joined to paragraphs where one goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

import pypdfium2

from allegata.corpus.texts.document_text import Block, TooLarge, Unreadable
from allegata.corpus.texts.page_lines import Line, page_lines

MOST_PAGES: Final = 5000
#: How much shorter than usual a line is that ends its paragraph, and how much wider a space between lines.
_SHORT, _WIDE = 0.85, 1.3
#: Characters of the shortest line that counts where it is asked how long lines usually are.
_COUNTED: Final = 20
_CLOSED: Final = re.compile("[.!?:;\u2026\u3002\u061f\u06d4\u1362][\"'\u201d\u2019\u00bb)\\]]*$")
#: Letters between which there is no space in their script.
_UNSPACED: Final = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60]")
#: What ends a line whose last word goes on in the next one: PDFium gives these for a hyphen that a break put there.
_HYPHENS: Final = ("\u00ad", "\u0002", "\ufffe")


def read_pdf(data: bytes) -> Iterator[Block]:
    """Yield the paragraphs of a PDF; a page without text is one empty block.

    Raises Unreadable for what is no PDF or asks for a password, TooLarge for too many pages.
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise Unreadable("it asks for a password" if locked else "it is no PDF that can be read") from None
    if len(document) > MOST_PAGES:
        raise TooLarge(f"it has {len(document):,} pages, and at most {MOST_PAGES:,} are read")
    for number in range(1, len(document) + 1):
        try:
            lines = page_lines(document[number - 1].get_textpage())
        except pypdfium2.PdfiumError:
            raise Unreadable(f"page {number} of it is damaged") from None
        yield from (Block(text, page=number) for text in paragraphs(lines) or [""])


def paragraphs(lines: Sequence[Line]) -> list[str]:
    """Return the paragraphs of the lines of a page.

    A line goes on in the next unless more space than usual is between them, or it is short and closed.
    """
    filled = [len(line.text) for line in lines if len(line.text) > _COUNTED]
    steps = [one.base - other.base for one, other in pairwise(lines) if one.base > other.base]
    length, step = (median(filled) if filled else 0), (sorted(steps)[len(steps) // 4] if steps else 0)
    found: list[list[Line]] = []
    for line in lines:
        if found and not _ends(found[-1][-1], line, length, step):
            found[-1].append(line)
        else:
            found.append([line])
    return [_joined([line.text for line in group]) for group in found]


def _ends(line: Line, following: Line, length: float, step: float) -> bool:
    """Return whether a paragraph ends with a line, seen what follows and how long lines and steps between them usually are."""
    if line.text.endswith(_HYPHENS):
        return False
    distance = line.base - following.base
    is_short = len(line.text) < _SHORT * length
    if distance > _WIDE * step:
        return bool(_CLOSED.search(line.text)) or is_short or not following.text[:1].islower()
    return is_short and (bool(_CLOSED.search(line.text)) or line.height != following.height)


def _joined(lines: Sequence[str]) -> str:
    """Return lines as one: a word that a break divided is one again, its hyphen kept where no small letter follows."""
    text = lines[0]
    for line in lines[1:]:
        if text.endswith(_HYPHENS):
            hyphen = "" if line[:1].islower() and text[-3:-1].isalpha() else "-"
            text = text[:-1] + hyphen + line
        else:
            is_apart = not (_UNSPACED.match(text[-1:]) and _UNSPACED.match(line))
            text = f"{text} {line}" if is_apart else text + line
    return text

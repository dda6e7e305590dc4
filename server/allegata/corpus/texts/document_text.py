"""Puts the plain text of a document together: one paragraph a line, with the page and the offsets of each."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

#: Characters that are in no text: controls but for white space, what PDF leaves where a sign has no letter, and surrogates.
_NO_TEXT: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
#: What stands for a sign to which a document gives no letter (Unicode Standard, section 23.8).
UNKNOWN: Final = "\ufffd"
_WHITE: Final = re.compile(r"\s+")
_COLUMNS: Final = ("page", "paragraph", "start", "end")


class TooLarge(Exception):
    """A document has more of something than is taken: the message says of what, and how much."""


class Unreadable(Exception):
    """A document is not what its kind is to be; the message says what is wrong with it."""


@dataclass(frozen=True)
class Block:
    """A paragraph of a document, or a heading with its level from 1; page by page from 1 where the document has pages."""

    text: str
    heading: int = 0
    page: int = 0


@dataclass(frozen=True)
class Stretch:
    """Where a paragraph stands in a text: its page, its number on that page, its first code point and the one behind the last."""

    page: int
    paragraph: int
    start: int
    end: int


@dataclass(frozen=True)
class DocumentText:
    """The text of a document, its paragraphs, and the pages that hold no text."""

    text: str
    stretches: tuple[Stretch, ...]
    without_text: tuple[int, ...] = ()

    def map(self) -> str:
        """Return the map of pages and paragraphs as CSV: page, paragraph, start and end in code points."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows((item.page or "", item.paragraph, item.start, item.end) for item in self.stretches)
        return stream.getvalue()


def put_together(blocks: Iterable[Block], most: int) -> DocumentText:
    """Return the text of blocks, an empty line between them; headings get the marks of Markdown, by which sections are counted.

    Raises TooLarge beyond so many code points.
    """
    parts: list[str] = []
    stretches: list[Stretch] = []
    length = number = page = 0
    empty: dict[int, bool] = {}
    for block in blocks:
        line = plain(block.text)
        empty[block.page] = empty.get(block.page, True) and not line
        if not line:
            continue
        number, page = (number + 1, page) if block.page == page else (1, block.page)
        line = f"{'#' * min(block.heading, 6)} {line}" if block.heading else line
        stretches.append(Stretch(page, number, length, length + len(line)))
        parts.append(line)
        length += len(line) + 2
        if length > most:
            raise TooLarge(f"its text is longer than {most:,} characters")
    text = "\n\n".join(parts) + "\n" if parts else ""
    return DocumentText(text, tuple(stretches), tuple(page for page, is_empty in empty.items() if is_empty and page))


def plain(text: str) -> str:
    """Return a text on one line: any white space as one space, and nothing that is no text."""
    return _WHITE.sub(" ", _NO_TEXT.sub("", text)).strip()


def bounded(blocks: Iterable[Block], most: int, what: str) -> Iterator[Block]:
    """Yield blocks; raise TooLarge beyond so many."""
    for count, block in enumerate(blocks, 1):
        if count > most:
            raise TooLarge(f"it has more than {most:,} {what}")
        yield block

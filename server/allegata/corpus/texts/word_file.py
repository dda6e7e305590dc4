"""Reads the text of a word processor file (DOCX, ISO/IEC 29500): paragraphs, headings by their styles, tables and notes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Final
from zipfile import ZipFile

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from allegata.corpus.texts.archives import member, open_archive, parse_xml
from allegata.corpus.texts.document_text import Block, Unreadable

_HEADING: Final = re.compile(r"heading ?(\d)", re.IGNORECASE)
_NOTES: Final = ("word/footnotes.xml", "word/endnotes.xml")
_MAIN: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_word_file(data: bytes) -> Iterator[Block]:
    """Yield the paragraphs of a file, then its notes; raise Unreadable for what is none, TooLarge beyond bounds of archives."""
    archive = open_archive(data)
    try:
        document = docx.Document(io.BytesIO(data))
        content = list(document.iter_inner_content())
    except (PackageNotFoundError, KeyError, ValueError, AttributeError, SyntaxError):
        raise Unreadable("it is no file of a word processor (DOCX) that can be read") from None
    # Without its part of styles, which is optional, python-docx would read one of its own from a file.
    styled = any(link.reltype == RELATIONSHIP_TYPE.STYLES for link in document.part.rels.values())
    yield from _blocks(content, styled=styled)
    yield from _notes(archive)


def _blocks(content: Iterable[Paragraph | Table], *, styled: bool) -> Iterator[Block]:
    for item in content:
        if isinstance(item, Paragraph):
            yield Block(item.text, _level(item, styled=styled))
        else:
            for row in item.rows:
                seen: set[int] = set()
                for cell in row.cells:  # a merged cell comes once for each that it covers
                    if id(cell._tc) not in seen:
                        seen.add(id(cell._tc))
                        yield from _blocks(cell.iter_inner_content(), styled=styled)


def _level(paragraph: Paragraph, *, styled: bool) -> int:
    style = paragraph.style if styled else None
    name = (style.name or "") if style is not None else (paragraph._p.style or "")  # the name of a style, or what refers to it
    found = _HEADING.fullmatch(name)
    return int(found[1]) if found else int(name.lower() == "title")


def _notes(archive: ZipFile) -> Iterator[Block]:
    """Yield the notes at the foot of pages and at the end, which stand in files of their own."""
    for name in _NOTES:
        if name in archive.namelist():
            for note in parse_xml(member(archive, name), name).iter(f"{_MAIN}p"):
                yield Block("".join(part.text or "" for part in note.iter(f"{_MAIN}t")))

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
from docx.oxml.simpletypes import ST_Merge
from docx.table import Table, _Cell
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
    yield from _blocks(content, _Levels(styled=styled))
    yield from _notes(archive)


def _blocks(content: Iterable[Paragraph | Table], levels: _Levels) -> Iterator[Block]:
    for item in content:
        if isinstance(item, Paragraph):
            yield Block(item.text, levels.of(item))
        else:
            for row in item.rows:
                for cell in row._tr.tc_lst:
                    # What goes on from the row above was read there; how many columns a cell is as wide as does not matter.
                    if cell.vMerge != ST_Merge.CONTINUE:
                        yield from _blocks(_Cell(cell, item).iter_inner_content(), levels)


class _Levels:
    """The levels of headings, by the styles of paragraphs, each of which is looked for once among all that a file has."""

    def __init__(self, *, styled: bool) -> None:
        self._styled = styled
        self._known: dict[str | None, int] = {}

    def of(self, paragraph: Paragraph) -> int:
        """Return the level of a heading; nought for another paragraph."""
        named = paragraph._p.style  # what refers to the style
        if named not in self._known:
            style = paragraph.style if self._styled else None
            name = (style.name or "") if style is not None else named or ""
            found = _HEADING.fullmatch(name)
            self._known[named] = int(found[1]) if found else int(name.lower() == "title")
        return self._known[named]


def _notes(archive: ZipFile) -> Iterator[Block]:
    """Yield the notes at the foot of pages and at the end, which stand in files of their own."""
    for name in _NOTES:
        if name in archive.namelist():
            for note in parse_xml(member(archive, name), name).iter(f"{_MAIN}p"):
                yield Block("".join(part.text or "" for part in note.iter(f"{_MAIN}t")))

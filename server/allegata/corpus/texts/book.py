"""Reads the text of an electronic book (EPUB 3.3): the chapters in the order of its spine."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree

from allegata.corpus.texts.archives import member, open_archive, parse_xml
from allegata.corpus.texts.document_text import Block, TooLarge, Unreadable
from allegata.corpus.texts.web_page import blocks

#: Where the archive says which file describes the book (EPUB Open Container Format, 4.2.6.3.1).
_CONTAINER: Final = "META-INF/container.xml"
_LOCKS: Final = "META-INF/encryption.xml"
#: How much of what is locked may be said: each chapter is looked for in it.
_MOST_LOCKS: Final = 1 << 22
_ROOT: Final = "{urn:oasis:names:tc:opendocument:xmlns:container}rootfile"
_OPF: Final = "{http://www.idpf.org/2007/opf}"
_CHAPTERS: Final = ("application/xhtml+xml", "text/html")


def read_book(data: bytes) -> Iterator[Block]:
    """Yield the blocks of a book; raise Unreadable for what is none or is locked, TooLarge beyond the bounds of archives."""
    archive = open_archive(data)
    root = parse_xml(member(archive, _CONTAINER), _CONTAINER).find(f".//{_ROOT}")
    described = root.get("full-path") if root is not None else None
    if not described:
        raise Unreadable(f"{_CONTAINER} in it names no book")
    package = parse_xml(member(archive, described), described)
    listed = {item.get("id"): item for item in package.iter(f"{_OPF}item")}
    read: set[str] = set()
    locks = member(archive, _LOCKS) if _LOCKS in archive.namelist() else b""
    if len(locks) > _MOST_LOCKS:
        raise TooLarge(f"{_LOCKS} in it has {len(locks):,} bytes, and at most {_MOST_LOCKS:,} are read")
    # A chapter stands once in a spine (EPUB 3.3, 5.7.3): read each time it is named, few bytes would be many.
    for reference in dict.fromkeys(reference.get("idref") for reference in package.iter(f"{_OPF}itemref")):
        item = listed.get(reference)
        if item is not None and item.get("media-type") in _CHAPTERS:
            name = posixpath.normpath(posixpath.join(posixpath.dirname(described), unquote(item.get("href", ""))))
            if name not in read:
                read.add(name)
                yield from _chapter(archive, name, locks)


def _chapter(archive: ZipFile, name: str, locks: bytes) -> Iterator[Block]:
    data = member(archive, name)
    if name.encode() in locks:
        raise Unreadable("its chapters are locked")
    try:
        yield from blocks(etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, recover=True)))
    except (etree.XMLSyntaxError, TypeError):
        raise Unreadable(f"{name} in it is no chapter that can be read") from None

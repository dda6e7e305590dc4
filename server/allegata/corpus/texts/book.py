"""Reads the text of an electronic book (EPUB 3.3): the chapters in the order of its spine."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote
from zipfile import ZipFile

from lxml import etree

from allegata.corpus.texts.archives import member, open_archive, parse_xml
from allegata.corpus.texts.document_text import Block, Unreadable
from allegata.corpus.texts.web_page import blocks

#: Where the archive says which file describes the book (EPUB Open Container Format, 4.2.6.3.1).
_CONTAINER: Final = "META-INF/container.xml"
_LOCKS: Final = "META-INF/encryption.xml"
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
    for reference in package.iter(f"{_OPF}itemref"):
        item = listed.get(reference.get("idref"))
        if item is not None and item.get("media-type") in _CHAPTERS:
            yield from _chapter(
                archive, posixpath.normpath(posixpath.join(posixpath.dirname(described), unquote(item.get("href", ""))))
            )


def _chapter(archive: ZipFile, name: str) -> Iterator[Block]:
    data = member(archive, name)
    if _LOCKS in archive.namelist() and name.encode() in member(archive, _LOCKS):
        raise Unreadable("its chapters are locked")
    try:
        yield from blocks(etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, recover=True)))
    except (etree.XMLSyntaxError, TypeError):
        raise Unreadable(f"{name} in it is no chapter that can be read") from None

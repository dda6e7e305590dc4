"""Makes a small document of each kind, with which a process loads what it needs before it gives up opening files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Final

_PAGE: Final = (
    b"<!DOCTYPE html><html lang='en'><head><title>A</title></head><body><h1>A page</h1><p>It says a word.</p></body></html>"
)
_CONTAINER: Final = b"""<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">
<rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
_BOOK: Final = b"""<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><manifest>
<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>"""
#: A page with two letters (ISO 32000-1, 7.5): PDFium finds places of objects by itself where the table of them is wrong.
_PDF: Final = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 35>>stream
BT /F 9 Tf 9 9 Td (It is so.) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
"""


def sample(kind: str) -> bytes:
    """Return a document of a kind, by its name."""
    return _MADE[kind]()


def _word_file() -> bytes:
    import docx  # loaded for this kind alone

    document, stream = docx.Document(), io.BytesIO()
    document.add_heading("A heading")
    document.add_paragraph("It says a word.")
    document.add_table(1, 1)
    document.save(stream)
    return stream.getvalue()


def _book() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/container.xml", _CONTAINER)
        archive.writestr("book.opf", _BOOK)
        archive.writestr("a.xhtml", b"<html xmlns='http://www.w3.org/1999/xhtml'><body><p>A word.</p></body></html>")
    return stream.getvalue()


_MADE: Final[Mapping[str, Callable[[], bytes]]] = {"PDF": lambda: _PDF, "DOCX": _word_file, "EPUB": _book, "HTML": lambda: _PAGE}

"""Makes documents for tests: word processor files, books, pages and PDF, small, well formed or not."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

import docx

_XHTML = "http://www.w3.org/1999/xhtml"
_CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""


def word_file() -> bytes:
    """Return a file with a title, headings, paragraphs in three scripts, a table with a merged cell, and a line break."""
    document, stream = docx.Document(), io.BytesIO()
    document.add_heading("A report on schools", 0)
    document.add_heading("What was seen", 1)
    document.add_paragraph("Half of the schools\nwere closed.")
    document.add_paragraph("")
    document.add_paragraph("قال المعهد إن نصف المدارس أُغلِق.")
    document.add_heading("무엇이 보였는가", 2)
    document.add_paragraph("학교 절반이 문을 닫았다.")
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Schools by year"
    table.cell(1, 0).text, table.cell(1, 1).text = "2019", "forty"
    document.save(stream)
    return stream.getvalue()


def without_styles(data: bytes) -> bytes:
    """Return a file of a word processor without its part of styles, which is optional (ISO/IEC 29500-1, 11.3.12)."""
    link = re.compile(rb"<(?:Relationship|Override)\b[^>]*/styles\.xml[^>]*/>|<Relationship\b[^>]*\"styles\.xml\"[^>]*/>")
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        return archive({name: link.sub(b"", whole.read(name)) for name in whole.namelist() if name != "word/styles.xml"})


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """Return a ZIP archive of files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return stream.getvalue()


def book(chapters: Mapping[str, str], **further: str | bytes) -> bytes:
    """Return a book whose spine has chapters, given by the names of their files, in the order of the alphabet turned round."""
    listed = "".join(f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(chapters))
    spine = "".join(f'<itemref idref="i{n}"/>' for n in reversed(range(len(chapters))))
    package = f'<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><manifest>{listed}</manifest><spine>{spine}</spine></package>'
    pages = {
        f"OEBPS/{name}": f'<html xmlns="{_XHTML}"><head><title>T</title></head><body>{body}</body></html>'
        for name, body in chapters.items()
    }
    return archive({"META-INF/container.xml": _CONTAINER, "OEBPS/book.opf": package, **pages, **further})


def pdf(*pages: str) -> bytes:
    """Return a PDF (ISO 32000-1, 7.5) whose pages have the lines of texts in Helvetica; an empty text is a page without any."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = {1: "<</Type/Catalog/Pages 2 0 R>>", 2: f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>"}
    objects[3] = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
    for n, text in enumerate(pages):
        drawn = " ".join(f"({line}) Tj T*" for line in text.split("\n")) if text else ""
        stream = f"BT /F 12 Tf 14 TL 40 700 Td {drawn} ET"
        objects[4 + 2 * n] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {5 + 2 * n} 0 R/Resources<</Font<</F 3 0 R>>>>>>"
        )
        objects[5 + 2 * n] = f"<</Length {len(stream)}>>\nstream\n{stream}\nendstream"
    body = "".join(f"{number} 0 obj\n{content}\nendobj\n" for number, content in objects.items())
    return f"%PDF-1.4\n{body}trailer\n<</Root 1 0 R>>\n".encode("cp1252")

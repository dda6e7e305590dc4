"""Looks at a workbook (Office Open XML, ECMA-376) before anything parses it: what could take all memory or time is refused."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from allegata.corpus.text_files import read_regular, unreadable
from allegata.corpus.workbook.cells import MOST_BYTES, MOST_CELLS, MOST_COLUMNS, MOST_PARTS, MOST_ROWS, MOST_UNPACKED
from allegata.errors import SheetError

#: How other files begin that are taken for workbooks.
_OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK"
_DECLARATION: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_CELL: Final = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ROW: Final = re.compile(rb"<(?:\w+:)?row[\s/>]")
_ROW_NUMBER: Final = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["'](\d+)["']""")
_REFERENCE: Final = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Za-z]+)(\d+)["']""")
_MERGED: Final = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?\bref\s*=\s*["']([A-Z0-9:$]{1,40})["']""")
_STRINGS: Final = re.compile(rb"<(?:\w+:)?si[\s/>]")
#: How deep elements may stand in one another: those of workbooks stand in a dozen.
_DEEPEST: Final = 60
_TAG: Final = re.compile(rb"<(/?)[^!?/>][^>]*?(/?)>")


def read_bounded(path: Path) -> tuple[bytes, dict[str, tuple[str, ...]]]:
    """Return the bytes of a workbook that is safe to parse, and what is merged in each part by its name.

    Raises SheetError for what is no workbook or is too large, UsageError where the file cannot be read.
    """
    try:
        data = read_regular(path, MOST_BYTES)
    except OSError as error:
        raise unreadable(path, error) from None
    if data.startswith(_OLD):
        raise SheetError(f"{path} is encrypted, or in the old format .xls.", remedy="Save it as .xlsx, without a password.")
    if not data.startswith(_ZIP):
        raise SheetError(
            f"{path} is no workbook (.xlsx).", remedy="Save it as Excel workbook (.xlsx), or as a folder of CSV files."
        )
    try:
        return data, dict(_merged(path, data))
    except zipfile.BadZipFile:
        remedy = "Copy it again; or open it in a spreadsheet program and save it again."
        raise SheetError(f"{path} is damaged, or not whole.", remedy=remedy) from None
    except (zlib.error, NotImplementedError, EOFError, RuntimeError, OSError, ValueError) as error:
        raise SheetError(f"{path} is damaged: {error}.", remedy="Open it in a spreadsheet program and save it again.") from None


def _merged(path: Path, data: bytes) -> Iterator[tuple[str, tuple[str, ...]]]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            remedy = "Copy the rows into an empty workbook, without pictures, and divide them where they are many."
            raise SheetError(f"{path} unpacks to more than {MOST_UNPACKED >> 20} MiB.", remedy=remedy)
        if not any(part.filename == "xl/workbook.xml" for part in parts):
            raise SheetError(f"{path} is no workbook (.xlsx).", remedy="Save it as Excel workbook (.xlsx).")
        cells = 0
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                content = archive.read(part)
                _check_xml(path, part.filename, content)
                cells += len(_CELL.findall(content)) + len(_STRINGS.findall(content))
                _check_cells(path, content, cells)
                yield part.filename, tuple(found.decode() for found in _MERGED.findall(content))


def _check_xml(path: Path, name: str, content: bytes) -> None:
    """Raise SheetError for a part with a document type, in another encoding, or with elements nested too deep."""
    if (
        b"\0" in content
        or content[:2] in (b"\xff\xfe", b"\xfe\xff")
        or re.match(rb"<\?xml[^>]*encoding=[\"'](?!utf-8|UTF-8)", content)
    ):
        raise SheetError(f"{path}: {name} is not in UTF-8.", remedy="Open it in a spreadsheet program and save it again.")
    if _DECLARATION.search(content):
        raise SheetError(f"{path}: {name} declares a document type, which no workbook needs.", remedy="Do not open this file.")
    depth = 0
    for closing, alone in _TAG.findall(content):
        depth += -1 if closing else 0 if alone else 1
        if depth > _DEEPEST:
            raise SheetError(f"{path}: {name} is nested more than {_DEEPEST} deep.", remedy="Do not open this file.")


def _check_cells(path: Path, content: bytes, cells: int) -> None:
    rows = max(map(int, _ROW_NUMBER.findall(content)), default=len(_ROW.findall(content)))
    wide, low = 0, 0
    for letters, number in _REFERENCE.findall(content):
        wide, low = max(wide, _column(letters)), max(low, int(number))
    if cells > MOST_CELLS or max(rows, low) > MOST_ROWS or wide > MOST_COLUMNS:
        most = f"{MOST_ROWS:,} rows, {MOST_COLUMNS} columns and {MOST_CELLS:,} cells"
        raise SheetError(f"{path} has more than {most}.", remedy="Delete the rows and columns behind the last one, or divide it.")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number

"""Looks at a workbook (Office Open XML, ECMA-376) before anything parses it: what could take all memory or time is refused."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Final
from xml.parsers import expat

from allegata.corpus.text_files import read_regular, unreadable
from allegata.corpus.workbook.cells import MOST_BYTES, MOST_CELLS, MOST_COLUMNS, MOST_PARTS, MOST_ROWS, MOST_SHEETS, MOST_UNPACKED
from allegata.errors import SheetError

#: How other files begin that are taken for workbooks.
_OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK"
_REFERENCE: Final = re.compile(r"\$?([A-Za-z]+)\$?(\d+)")
_RANGE: Final = re.compile(r"[A-Z0-9:$]{1,40}")
#: How deep elements may stand in one another: those of workbooks stand in a dozen.
_DEEPEST: Final = 60


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
        bounds = _Bounds(path)
        for part in parts:  # whatever its suffix: which parts are read as XML say other parts
            yield part.filename, bounds.look(part.filename, archive.read(part))


class _Bounds:
    """What the parts of a workbook hold together, as the parser finds it that reads the values too."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = ""
        self._cells = self._sheets = self._rows = self._depth = 0
        self._merged: list[str] = []

    def look(self, part: str, content: bytes) -> tuple[str, ...]:
        """Return what is merged in a part; raise SheetError where it is over a limit, has a document type or is not in UTF-8."""
        self._part, self._rows, self._depth, self._merged = part, 0, 0, []
        if part.endswith((".xml", ".rels")) and (b"\0" in content or content[:2] in (b"\xff\xfe", b"\xfe\xff")):
            raise self._foreign()
        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.StartDoctypeDeclHandler, parser.XmlDeclHandler = self._declares, self._encoded
        # A part that is no XML, such as a picture, is refused by the parser at the same place when it is read.
        with suppress(expat.ExpatError):
            parser.Parse(content, True)
        return tuple(self._merged)

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise SheetError(f"{self._path}: {self._part} is nested more than {_DEEPEST} deep.", remedy="Do not open this file.")
        match name.rpartition("}")[2]:
            case "row":
                self._rows += 1
                self._within(row=attributes.get("r", str(self._rows)))
            case "c":
                self._cells += 1
                found = _REFERENCE.match(attributes.get("r", ""))
                self._within(found[2] if found else "", _column(found[1]) if found else 0)
            case "si":
                self._cells += 1
                self._within()
            case "sheet":
                self._sheets += 1
                self._within()
            case "mergeCell" if _RANGE.fullmatch(attributes.get("ref", "")):
                self._merged.append(attributes["ref"])

    def _end(self, _: str) -> None:
        self._depth -= 1

    def _within(self, row: str = "", column: int = 0) -> None:
        if self._cells > MOST_CELLS or column > MOST_COLUMNS or self._sheets > MOST_SHEETS or _number(row) > MOST_ROWS:
            raise too_large(self._path)

    def _declares(self, *_: object) -> None:
        what = f"{self._path}: {self._part} declares a document type, which no workbook needs."
        raise SheetError(what, remedy="Do not open this file.")

    def _encoded(self, _: str, encoding: str | None, __: int) -> None:
        if encoding and encoding.lower() != "utf-8":
            raise self._foreign()

    def _foreign(self) -> SheetError:
        remedy = "Open it in a spreadsheet program and save it again."
        return SheetError(f"{self._path}: {self._part} is not in UTF-8.", remedy=remedy)


def too_large(path: Path) -> SheetError:
    """Return the error of a workbook with more rows, columns, cells or sheets than are read."""
    most = f"{MOST_ROWS:,} rows, {MOST_COLUMNS} columns, {MOST_CELLS:,} cells and {MOST_SHEETS} sheets"
    return SheetError(f"{path} has more than {most}.", remedy="Delete the rows and columns behind the last one, or divide it.")


def _number(text: str) -> float:
    """Return the number of a row, which may be written as any number; 0 for what is none, which the reader refuses."""
    try:
        return float(text)
    except ValueError:
        return 0


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + ord(letter) - 64
    return number

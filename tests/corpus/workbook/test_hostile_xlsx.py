"""Workbooks that say one thing in bytes and another to the parser: each is refused by what the parser finds, before a row is made of it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from allegata.corpus.workbook import xlsx_reader
from allegata.corpus.workbook.xlsx_reader import read_xlsx
from allegata.errors import SheetError

SHEET, RENAMED = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.dat"
LAST = b'<row r="3"'
Change = Callable[[bytes], bytes]
DOCTYPE = b'<!DOCTYPE w [<!ENTITY a "A"><!ENTITY b "&a;&a;">]>'


def hostile(folder: Path, change: Change, name: str = SHEET) -> Path:
    """Write a workbook of three rows, with its sheet changed, and under another name where one is given."""
    book = Workbook()
    assert book.active is not None
    for row in range(1, 4):
        book.active.cell(row, 1, "x")
    plain, made = folder / "plain.xlsx", folder / "hostile.xlsx"
    book.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            data = source.read(part).replace(SHEET.rpartition("/")[2].encode(), name.rpartition("/")[2].encode())
            target.writestr(*((name, change(data)) if part == SHEET else (part, data)))
    return made


def row(number: bytes) -> Change:
    return lambda data: data.replace(LAST, b'<row r="%s"' % number)


FAR = [row(b"1e15"), row(b"&#57;99999999999"), row(b"999_999_999_999"), row(b"inf")]


@pytest.mark.parametrize("name", [SHEET, RENAMED])
@pytest.mark.parametrize("change", FAR)
def test_rows_are_counted_as_the_parser_takes_their_numbers(change: Change, name: str, tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="more than 20,000 rows"):
        read_xlsx(hostile(tmp_path, change, name))


@pytest.mark.parametrize(
    "change",
    [
        *FAR[:3],
        lambda data: data.replace(b'r="A3"', b'r="ZZZ3"'),
        lambda data: data.replace(b"</sheetData>", b"<row>" + b"<c><v>1</v></c>" * 201 + b"</row></sheetData>"),
    ],
)
def test_the_reader_stops_by_itself(change: Change, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_reader, "read_bounded", lambda path: (path.read_bytes(), {}))
    with pytest.raises(SheetError, match="more than 20,000 rows, 200 columns"):
        read_xlsx(hostile(tmp_path, change))


def test_the_reader_counts_cells_over_all_sheets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_reader, "MOST_CELLS", 2)
    with pytest.raises(SheetError, match="has more than"):
        read_xlsx(hostile(tmp_path, bytes))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data.replace(b"<worksheet", DOCTYPE + b"<worksheet", 1), "document type"),
        (lambda data: data.replace(b"</sheetData>", b'<a b="/>">' * 70 + b"</a>" * 70 + b"</sheetData>"), "nested more than"),
        (lambda data: b'<?xml version="1.0" encoding="ISO-8859-1"?>' + data, "not in UTF-8"),
    ],
)
def test_every_part_is_looked_at_whatever_its_suffix(change: Change, message: str, tmp_path: Path) -> None:
    with pytest.raises(SheetError, match=message):
        read_xlsx(hostile(tmp_path, change, RENAMED))


def test_a_sheet_may_not_stand_in_the_workbook_without_end(tmp_path: Path) -> None:
    def many(data: bytes) -> bytes:
        return data.replace(b"</sheetData>", b"</sheetData>" + b"<sheet/>" * 201)

    with pytest.raises(SheetError, match="200 sheets"):
        read_xlsx(hostile(tmp_path, many))


def test_the_workbook_itself_is_read_under_either_name(tmp_path: Path) -> None:
    for name in (SHEET, RENAMED):
        (grid,) = read_xlsx(hostile(tmp_path, bytes, name))
        assert [found.number for found in grid.rows] == [1, 2, 3]

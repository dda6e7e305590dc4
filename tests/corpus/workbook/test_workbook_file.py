"""Workbooks as files: what is written is read again as text, whatever it begins with, with drop-downs in XLSX."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from allegata.corpus.workbook.cells import Grid, filled, guarded, join_values, split_values, unguarded
from allegata.corpus.workbook.names import Names, read_names
from allegata.corpus.workbook.sheets import Rows, todo
from allegata.corpus.workbook.workbook_file import read_workbook, write_workbook
from allegata.errors import SheetError, UsageError
from support import ROOT

RISKY = [
    "=1+1",
    "+1",
    "-1 of them",
    "@home",
    "'quoted'",
    "'=x",
    "''-x",
    "a;b",
    "ñ \u0627\u0644",
    "two\nlines",
    '"',
    "0120",
    "2020-05",
]


@pytest.fixture(scope="module")
def names() -> Names:
    return read_names(ROOT)[0]


def records(grids: list[Grid], name: str) -> list[dict[str, str]]:
    grid = next(grid for grid in grids if grid.name.lower() == name.lower())
    head, *rows = filled(grid.rows)
    return [{head.cells[at].text: cell.text for at, cell in row.cells.items()} for row in rows]


@pytest.mark.parametrize("name", ["book.xlsx", "book"])
def test_every_text_survives(names: Names, tmp_path: Path, name: str) -> None:
    rows: Rows = {"Claims": [{"id": f"c-{at}", "statement": text, "statement@es": text} for at, text in enumerate(RISKY)]}
    write_workbook(tmp_path / name, rows, names)
    found = records(read_workbook(tmp_path / name), "Claims")
    assert [(row["statement"], row["statement@es"]) for row in found] == [(text, text) for text in RISKY]


@pytest.mark.parametrize("text", RISKY)
def test_no_cell_of_a_csv_file_is_a_formula(text: str) -> None:
    assert guarded(text)[0] not in "=+-@" and unguarded(guarded(text)) == text


def test_no_cell_of_a_workbook_is_a_formula(names: Names, tmp_path: Path) -> None:
    write_workbook(tmp_path / "book.xlsx", {"Claims": [{"id": "a", "statement": "=HYPERLINK(1)"}]}, names)
    for sheet in openpyxl.load_workbook(tmp_path / "book.xlsx").worksheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row), sheet.title


def test_columns_offer_what_the_schemes_have(names: Names, tmp_path: Path) -> None:
    write_workbook(tmp_path / "en.xlsx", {}, names)
    write_workbook(tmp_path / "ko.xlsx", {}, names, "ko")
    for path, title, head, word in (("en.xlsx", "Assertions", "polarity", "denies"), ("ko.xlsx", "진술", "긍정·부정", "부인")):
        book = openpyxl.load_workbook(tmp_path / path)
        sheet = book[title]
        letter = next(cell.column_letter for cell in sheet[1] if cell.value == head)
        rule = next(item for item in sheet.data_validations.dataValidation if f"{letter}3" in item.sqref)
        columns = rule.formula1.replace("$", "").rpartition("!")[2]
        assert word in {cell.value for row in book["Lists"][columns] for cell in row} and rule.prompt
        assert book["Lists"].sheet_state == "hidden"
        assert sheet.cell(2, 1).value.startswith("# ")


def test_several_values_stand_in_one_cell() -> None:
    for values in (["a", "b"], ["a;b", "c"], ["one"]):
        assert split_values(join_values(values, ";"), ";") == values
    assert split_values("the camp || holds; many", "||") == ["the camp", "holds; many"]
    assert todo("which actor?") == "TODO which actor?"


def test_nothing_is_written_over_and_no_column_made_up(names: Names, tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="there already"):
        write_workbook(tmp_path / "book.xlsx", {}, names)
    with pytest.raises(SheetError, match="no column verdict"):
        write_workbook(tmp_path / "other.xlsx", {"Claims": [{"verdict": "true"}]}, names)
    with pytest.raises(SheetError, match="no sheet Verdicts"):
        write_workbook(tmp_path / "other", {"Verdicts": []}, names)
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]

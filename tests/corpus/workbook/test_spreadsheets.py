"""What spreadsheet programs make of a workbook is read: dates as they keep them, their CSV, and what LibreOffice saves."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from allegata.corpus.workbook.importer import import_workbook
from allegata.corpus.workbook.names import Names, read_names
from allegata.corpus.workbook.workbook_file import write_workbook
from workbooks import EXAMPLE, changed, example_rows, new_corpus, rows_of

SOFFICE = shutil.which("soffice")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a corpus into which the example was taken over."""
    root = new_corpus(tmp_path_factory.mktemp("spreadsheets") / "ports")
    import_workbook(EXAMPLE / "workbook", root).draft.commit()
    return root


@pytest.fixture(scope="module")
def names(corpus: Path) -> Names:
    return read_names(corpus)[0]


def cell(book: Any, sheet: str, column: str, row: int = 3) -> Any:
    """Return a cell by the name of its column."""
    return book[sheet].cell(row, next(item.column for item in book[sheet][1] if item.value == column))


@pytest.mark.parametrize("epoch", [CALENDAR_WINDOWS_1900, CALENDAR_MAC_1904])
@pytest.mark.parametrize(
    ("form", "date"), [("yyyy-mm-dd", "2021-05-17"), ("mmm yyyy", "2021-05"), ("yyyy", "2021"), ("d/m/yy", "2021-05-17")]
)
def test_a_date_is_as_fine_as_its_cell_shows_it(names: Names, tmp_path: Path, epoch: datetime, form: str, date: str) -> None:
    write_workbook(tmp_path / "workbook.xlsx", example_rows(), names)
    book = openpyxl.load_workbook(tmp_path / "workbook.xlsx")
    book.epoch = epoch
    found = cell(book, "Documents", "date")
    found.value, found.number_format = datetime(2021, 5, 17), form
    book.save(tmp_path / "workbook.xlsx")
    assert rows_of(tmp_path / "workbook.xlsx")["Documents"][0]["date"] == date


def test_a_number_is_read_as_it_is_written(names: Names, tmp_path: Path) -> None:
    write_workbook(tmp_path / "workbook.xlsx", example_rows(), names)
    book = openpyxl.load_workbook(tmp_path / "workbook.xlsx")
    for row, value in ((3, 240), (4, 0.1), (5, 1e15), (6, True)):
        cell(book, "Claims", "number", row).value = value
        cell(book, "Claims", "number", row).number_format = "General"
    book.save(tmp_path / "workbook.xlsx")
    assert [row.get("number") for row in rows_of(tmp_path / "workbook.xlsx")["Claims"][:4]] == [
        "240",
        "0.1",
        "1000000000000000",
        "yes",
    ]


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("said", [False, True])
def test_csv_of_any_spreadsheet_program_is_read(corpus: Path, tmp_path: Path, separator: str, said: bool) -> None:
    folder = tmp_path / "workbook"
    shutil.copytree(EXAMPLE / "workbook", folder)
    for path in folder.glob("*.csv"):
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
        with path.open("w", encoding="utf-8", newline="") as target:
            target.write(f"sep={separator}\r\n" if said else "")
            csv.writer(target, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    assert import_workbook(folder, corpus).draft.changes == {}


def converted(path: Path, form: str, target: Path) -> Path:
    """Open a workbook in LibreOffice and save it in another form."""
    target.mkdir()
    profile = f"-env:UserInstallation=file://{target}/profile"
    command = [str(SOFFICE), profile, "--headless", "--norestore", "--convert-to", form, "--outdir", str(target), str(path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300, check=False)
    made = target / f"{path.stem}.{form}"
    assert made.is_file(), done.stdout + done.stderr
    return made


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_what_libreoffice_opens_edits_and_saves_is_taken_over(corpus: Path, names: Names, tmp_path: Path) -> None:
    risky = {"note": "=1+1", "note@es": "-no es fórmula", "title": "+1 @home", "name@ar": "مسح العمل"}
    rows = changed("Documents", 0)
    rows["Documents"][0].update(risky)  # type: ignore[attr-defined]
    write_workbook(tmp_path / "workbook.xlsx", rows, names)
    as_ods = converted(tmp_path / "workbook.xlsx", "fods", tmp_path / "ods")
    text = as_ods.read_text("utf-8")
    assert "of:=" not in text and text.count("Fourteen accidents were recorded") == 1
    as_ods.write_text(text.replace("Fourteen accidents were recorded", "In all 14 accidents were recorded"), "utf-8")
    saved = converted(as_ods, "xlsx", tmp_path / "xlsx")
    root = tmp_path / "ports"
    shutil.copytree(corpus, root)
    draft = import_workbook(saved, root).draft
    assert set(draft.changes) == {"data/workbooks/workbook/claims.ttl", "data/workbooks/workbook/documents.ttl"}
    assert "In all 14 accidents" in str(draft.changes["data/workbooks/workbook/claims.ttl"], "utf-8")  # type: ignore[arg-type]
    read = rows_of(saved)["Documents"][0]
    assert {name: read[name] for name in risky} == risky
    book = openpyxl.load_workbook(saved)
    assert book["Claims"].data_validations.dataValidation and book["Lists"].sheet_state == "hidden"

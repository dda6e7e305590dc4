"""One cause in a workbook is told once, as what it is, and not wherever something follows from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from allegata.corpus.workbook.importer import import_workbook
from allegata.corpus.workbook.names import Names, read_names
from allegata.corpus.workbook.workbook_file import write_workbook
from allegata.errors import SheetError
from workbooks import EXAMPLE, example_rows, new_corpus

Rows = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_corpus(tmp_path_factory.mktemp("causes") / "ports")


@pytest.fixture(scope="module")
def names(root: Path) -> Names:
    return read_names(root)[0]


def told(path: Path, root: Path) -> list[str]:
    """Return the problems of a workbook, line by line."""
    with pytest.raises(SheetError) as caught:
        import_workbook(path, root)
    return caught.value.message.splitlines()[1:]


def exchange(rows: Rows, sheet: str, one: str, other: str) -> None:
    """Let two columns of a sheet change places."""
    for row in rows[sheet]:
        row[one], row[other] = row.get(other, ""), row.get(one, "")


def rename(rows: Rows, sheet: str, row: int, id_: str) -> None:
    rows[sheet][row]["id"] = id_


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda rows: rows.pop("Assertions"),
            ["Stances, row 3, column from: 'reply/inspected' leads to the sheet Assertions, which is missing or has no rows."],
        ),
        (lambda rows: rows.pop("Actors"), ["leads to the sheet Actors, which is missing or has no rows. (Also in rows"]),
        (lambda rows: rename(rows, "Claims", 4, "no-crane-inspected"), ["'no-crane-inspected' stands in row 6 already."]),
        (lambda rows: rename(rows, "Claims", 4, "mesa😀"), ["Claims, row 7, column id: 'mesa😀' is no id."]),
        (lambda rows: rename(rows, "Actors", 3, "Port Authority"), ["Actors, row 6, column id: 'Port Authority' is no id."]),
        (
            lambda rows: rename(rows, "Documents", 0, "survey-2021"),
            ["Assertions, row 3, column document: 'survey' is no source. (Also in rows 4, 5,"],
        ),
        (
            lambda rows: exchange(rows, "Assertions", "speaker", "polarity"),
            [
                "column polarity: 18 of 18 values do not fit the column, such as 'institute'. Look whether two columns",
                "column speaker: 18 of 18 values do not fit the column, such as 'affirms'.",
            ],
        ),
        (lambda rows: exchange(rows, "Claims", "statement", "topic"), ["column topic: 13 of 13 values do not fit the column"]),
    ],
    ids="no-assertions no-actors twice bad-id bad-name document-renamed speaker-polarity statement-topic".split(),
)
def test_one_cause_is_told_once(
    root: Path, names: Names, tmp_path: Path, change: Callable[[Rows], object], expected: list[str]
) -> None:
    rows = example_rows()
    change(rows)
    write_workbook(tmp_path / "workbook", rows, names)
    found = told(tmp_path / "workbook", root)
    assert len(found) == len(expected), found
    assert all(words in line for words, line in zip(expected, found, strict=True)), found


def test_a_wrong_name_beside_a_wrong_id_is_told(root: Path, names: Names, tmp_path: Path) -> None:
    rows = example_rows()
    rename(rows, "Claims", 4, "mesa😀")
    rows["Assertions"][0]["claim"], rows["Assertions"][1]["claim"] = "spoke-with", "paid-late"
    write_workbook(tmp_path / "workbook", rows, names)
    assert any("'spoke-with' is no claim" in line for line in told(tmp_path / "workbook", root))


def test_a_title_above_the_names_of_columns_is_told(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "workbook"
    folder.mkdir()
    for path in (EXAMPLE / "workbook").glob("*.csv"):
        above = "My claims\n\n" if path.stem == "claims" else ""
        (folder / path.name).write_text(above + path.read_text("utf-8"), "utf-8")
    (line,) = told(folder, root)
    assert line.startswith("Claims, row 1: 'My claims' stands above the names of the columns, which are in row 3. Take out")


def test_all_files_in_another_encoding_are_told_at_once(root: Path, names: Names, tmp_path: Path) -> None:
    write_workbook(tmp_path / "workbook", example_rows(), names)
    for name in ("claims", "documents"):
        with (tmp_path / "workbook" / f"{name}.csv").open("ab") as file:
            file.write("café\n".encode("cp1252"))
    with pytest.raises(SheetError) as caught:
        import_workbook(tmp_path / "workbook", root)
    assert [Path(line.partition(":")[0]).name for line in caught.value.message.splitlines()] == ["claims.csv", "documents.csv"]
    assert "CSV UTF-8" in (caught.value.remedy or "")

"""A new corpus and the workbook of the documentation, for the tests of what is made of workbooks."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from allegata.corpus.scaffold import Scaffold, create_corpus
from allegata.corpus.workbook.cells import filled
from allegata.corpus.workbook.sheets import Rows
from allegata.corpus.workbook.workbook_file import read_workbook
from allegata.settings import default_root
from support import ROOT

EXAMPLE = ROOT / "docs" / "your-own-corpus"
BASE = "https://example.org/ports/"


def new_corpus(folder: Path) -> Path:
    """Make a corpus without records but its curators, with the texts of the example beside it."""
    create_corpus(
        folder, Scaffold("Ports", BASE, "https://creativecommons.org/licenses/by/4.0/", date(2026, 1, 1)), default_root()
    )
    for name in ("sources", "claims"):
        shutil.rmtree(folder / "data" / name)
    shutil.copytree(EXAMPLE / "texts", folder / "texts", dirs_exist_ok=True)
    return folder


def rows_of(path: Path) -> dict[str, list[dict[str, str]]]:
    """Return the rows of a workbook by sheet: the texts under each header."""
    found: dict[str, list[dict[str, str]]] = {}
    for grid in read_workbook(path):
        head, *rows = filled(grid.rows)
        if "id" in {cell.text for cell in head.cells.values()}:
            found[grid.name.capitalize()] = [
                {head.cells[at].text: cell.text for at, cell in row.cells.items() if at in head.cells} for row in rows
            ]
    return found


def example_rows() -> dict[str, list[dict[str, str]]]:
    """Return the rows of the workbook of the documentation, to be changed by a test."""
    return rows_of(EXAMPLE / "workbook")


def changed(sheet: str, row: int, **cells: str) -> Rows:
    """Return the rows of the example with some cells of one row changed; underscores stand for spaces."""
    rows = example_rows()
    rows[sheet][row] |= {name.replace("_", " "): text for name, text in cells.items()}
    return rows

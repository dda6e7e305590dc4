"""Opens and writes workbooks by what the name says: an Excel workbook (.xlsx), or a folder of CSV files."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

from allegata.corpus.workbook.cells import Grid
from allegata.corpus.workbook.csv_reader import read_csv_folder
from allegata.corpus.workbook.csv_writer import write_csv_folder
from allegata.corpus.workbook.names import Names
from allegata.corpus.workbook.sheets import Rows, lay_out
from allegata.errors import UsageError
from allegata.model.labels import ENGLISH

_XLSX: Final = (".xlsx", ".xlsm")


def read_workbook(path: Path) -> list[Grid]:
    """Read the sheets of a workbook; raise SheetError with the place of what cannot be read, UsageError where there is none."""
    if path.is_dir():
        return read_csv_folder(path)
    if path.suffix.lower() == ".csv":
        raise UsageError(
            f"{path} is one file.", remedy="Give the folder in which it stands: a workbook is a folder of CSV files."
        )
    from allegata.corpus.workbook.xlsx_reader import read_xlsx  # loads openpyxl, which nothing else needs

    return read_xlsx(path)


def write_workbook(target: Path, rows: Rows, names: Names, language: str = ENGLISH) -> None:
    """Write a workbook with rows, as .xlsx by its name and else as a folder of CSV files; nothing is written over.

    `names` gives the drop-downs the concepts of a corpus and its model. Raises UsageError where something is there already,
    SheetError for a sheet or a column that there is not.
    """
    if target.exists():
        raise UsageError(
            f"{target} is there already.", remedy="Give the name of a file that is not there yet; nothing is overwritten."
        )
    if not target.absolute().parent.is_dir():
        raise UsageError(f"{target.absolute().parent} is no folder.", remedy="Make it first.")
    layouts = list(lay_out(rows, language))
    aside = Path(tempfile.mkdtemp(prefix=".allegata-", dir=target.absolute().parent))
    try:
        made = aside / target.name
        if target.suffix.lower() in _XLSX:
            from allegata.corpus.workbook.xlsx_writer import write_xlsx  # as above

            write_xlsx(made, layouts, names, language)
        else:
            write_csv_folder(made, layouts)
        made.rename(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)

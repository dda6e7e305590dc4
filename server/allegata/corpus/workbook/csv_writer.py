"""Writes a workbook as a folder of CSV files in UTF-8, which spreadsheet programs open; no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from allegata.corpus.text_files import MARK
from allegata.corpus.workbook.cells import guarded
from allegata.corpus.workbook.sheets import Layout


def write_csv_folder(target: Path, layouts: Sequence[Layout]) -> None:
    """Write a file for each sheet into a folder that is not there yet (RFC 4180)."""
    target.mkdir()
    for layout in layouts:
        written = io.StringIO(newline="")
        rows = csv.writer(written)
        rows.writerow(heading.text for heading in layout.headings)
        rows.writerow(map(guarded, layout.help))
        rows.writerows([*map(guarded, row)] for row in layout.rows)
        # The mark is what spreadsheet programs know UTF-8 by.
        (target / f"{layout.sheet.name.lower()}.csv").write_bytes((MARK + written.getvalue()).encode())

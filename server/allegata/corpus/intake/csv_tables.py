"""Takes in any table as CSV, by a map of its columns; `--suggest` drafts the map."""

from __future__ import annotations

from typing import Final

from allegata.corpus.intake.importer import intake
from allegata.corpus.intake.reading import read_table

IMPORTER: Final = intake("Draft a workbook of a table (CSV) by a map of its columns; --suggest drafts the map.", read_table)

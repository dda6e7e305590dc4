"""Takes in entities of Uwazi, CSV as its reference for import and export has it: one template, a column for each property.

Several values stand with `|` between; a property in a language has two underscores and the code behind its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from allegata.corpus.intake.importer import intake
from allegata.corpus.intake.reading import read_table
from allegata.corpus.intake.records import Record
from allegata.errors import SheetError


def read_uwazi(path: Path) -> Iterator[Record]:
    """Yield the entities of a table, properties by their names in Uwazi; raise SheetError where there is no title."""
    for number, record in enumerate(read_table(path, "entity", separator="|")):
        fields = {_property(name): values for name, values in record.fields.items()}
        if not number and not any(name.partition("__")[0] == "title" for name in fields):
            raise SheetError(
                f"{record.place}: there is no title.", remedy="Export the entities of one template with their titles."
            )
        yield Record(record.place, "entity", fields)


def _property(header: str) -> str:
    """Return the name of a property: small letters, white space as underscores."""
    return "_".join(header.lower().split())


IMPORTER: Final = intake(
    "Draft a workbook of entities of Uwazi (CSV): documents, unless a map says otherwise.", read_uwazi, "uwazi"
)

"""Takes in events of Armed Conflict Location & Event Data (ACLED), CSV with the columns of its codebook of 2023 and later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from allegata.corpus.intake.importer import intake
from allegata.corpus.intake.reading import read_table
from allegata.corpus.intake.records import Record
from allegata.errors import SheetError

#: Columns without which a table is none of this format, in any case.
_NEEDED: Final = ("event_id_cnty", "event_date", "event_type", "location")
#: Columns with several values, and what stands between these.
_SEVERAL: Final = ("source", "assoc_actor_1", "assoc_actor_2", "tags")


def read_acled(path: Path) -> Iterator[Record]:
    """Yield the events of a table, with the names of columns in small letters; raise SheetError where columns are missing."""
    for number, record in enumerate(read_table(path, "event")):
        fields = {name.lower(): values for name, values in record.fields.items()}
        missing = [name for name in _NEEDED if name not in fields]
        if missing and not number:
            raise SheetError(f"{record.place}: there is no {', '.join(missing)}.", remedy="Export the table with all columns.")
        for name in _SEVERAL:
            if name in fields:
                fields[name] = tuple(part.strip() for part in fields[name][0].split(";") if part.strip())
        if fields.get("fatalities") == ("0",):
            del fields["fatalities"]
        yield Record(record.place, "event", fields)


IMPORTER: Final = intake(
    "Draft a workbook of events of ACLED (CSV), each said by the dataset, with the sources it names.", read_acled, "acled"
)

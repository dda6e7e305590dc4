"""Takes over what readers read, a CSV table of values, as readings and the values that they give."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from allegata.corpus.extensions import Option, Values
from allegata.corpus.importers import CorpusFile, Importer
from allegata.corpus.text_files import read_text
from allegata.errors import SheetError

COLUMNS: Final = ("record", "reader", "field", "value")
FIELDS: Final = ("polarity", "modality", "evidenceKind", "stance")
MEANS: Final = ("byHand", "assisted", "automated")
ROLES: Final = ("curator", "secondReader", "blindReader")
_READER: Final = re.compile(rf"({'|'.join(ROLES)})(-[0-9]+)?")
_VALUE: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*( [A-Za-z][A-Za-z0-9]*)*")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HEAD: Final = """\
# What readers read of single records, apart from each other. Readers are roles.
@base <{base}> .
@prefix alg: <https://w3id.org/allegata/ns#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_SCHEME: Final = "https://w3id.org/allegata/scheme"


class Row(NamedTuple):
    """A value that a reader gives a property of a record."""

    record: str
    reader: str
    field: str
    value: str


def read_table(path: Path) -> list[Row]:
    """Read a table of values; raise SheetError with the line where one cannot be used or stands twice."""
    table = csv.DictReader(io.StringIO(read_text(path)))
    try:
        rows = _rows(path, table)
    except csv.Error as error:
        raise SheetError(f"{path}, line {table.line_num}: the table cannot be read as CSV.") from error
    return sorted(rows, key=lambda row: (row.reader, row.record, row.field))


def _rows(path: Path, table: csv.DictReader[str]) -> list[Row]:
    missing = [name for name in COLUMNS if name not in (table.fieldnames or ())]
    if missing:
        raise SheetError(f"{path}: there is no column {', '.join(missing)}.")
    rows: dict[tuple[str, str, str], Row] = {}
    for cells in table:
        row = Row(*((cells[name] or "").strip() for name in COLUMNS))
        wrong = next(_faults(row), "")
        if not wrong and row[:3] in rows:
            wrong = "the reader gives this field of this record twice"
        if wrong:
            raise SheetError(f"{path}, line {table.line_num}: {wrong}.")
        rows[row[:3]] = row._replace(value=" ".join(sorted(row.value.split(" "))))
    return list(rows.values())


def _faults(row: Row) -> Iterator[str]:
    """Yield what is wrong with a row."""
    if not row.record.startswith(("http://", "https://")) or re.search(r'[\s<>"]', row.record):
        yield f"{row.record!r} is no IRI of a record"
    if not _READER.fullmatch(row.reader):
        yield f"{row.reader!r} is no reader; there is {', '.join(ROLES)}, with a number where several are one (blindReader-1)"
    if row.field not in FIELDS:
        yield f"{row.field!r} is no field; there is {', '.join(FIELDS)}"
    if not _VALUE.fullmatch(row.value):
        yield f"{row.value!r} is no value; write the local name of the concept, of several with a space between"


def turtle(rows: Sequence[Row], name: str, base: str, day: str, means: str) -> str:
    """Write readings and values as a file of a corpus; the names of the readings begin with that of the table."""
    parts = [_HEAD.format(base=base)]
    for reader in dict.fromkeys(row.reader for row in rows):
        own = [row for row in rows if row.reader == reader]
        reading = f"reading/{name}/{reader}"
        records = " ,\n        ".join(f"<{iri}>" for iri in dict.fromkeys(row.record for row in own))
        parts.append(
            f'<{reading}> a alg:Reading ;\n    rdfs:label "Reading {name}, {reader}"@en ;\n'
            f"    alg:readerRole <{_SCHEME}/reader-role/{reader.partition('-')[0]}> ;\n"
            f"    alg:means <{_SCHEME}/reading-means/{means}> ;\n"
            f'    dct:date "{day}"^^xsd:date ;\n    alg:reads {records} .\n'
        )
        parts += [
            f"<read-value/{name}/{reader}/{number}> a alg:ReadValue ;\n    alg:reading <{reading}> ;\n"
            f'    alg:readRecord <{row.record}> ;\n    alg:readProperty alg:{row.field} ;\n    alg:readValue "{row.value}" .\n'
            for number, row in enumerate(own, 1)
        ]
    return "\n".join(parts)


def _read(path: Path, base: str, values: Values) -> Iterable[CorpusFile]:
    """Return the file that a table of values becomes."""
    (day,), (means,) = values["day"], values["means"]
    if not _DAY.fullmatch(day):
        raise SheetError(f"{day!r} is no day.", remedy="Write it as 2004-06-30.")
    if means not in MEANS:
        raise SheetError(f"{means!r} is no means of reading.", remedy=f"There is: {', '.join(MEANS)}.")
    name = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")
    yield CorpusFile(PurePosixPath("readings", f"{name}.ttl"), turtle(read_table(path), name, base, day, means))


IMPORTER: Final = Importer(
    "Take over what readers read of single records: a CSV table with record, reader, field and value.",
    _read,
    (
        Option("day", "Day of the readings, as 2004-06-30.", required=True),
        Option("means", "Means of reading: byHand, assisted or automated.", required=True),
    ),
)

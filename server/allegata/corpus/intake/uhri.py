"""Takes in annotations of the Universal Human Rights Index: its export as JSON, or as a table in CSV."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from allegata.corpus.intake.importer import intake
from allegata.corpus.intake.reading import bounded, members, read_json, read_table
from allegata.corpus.intake.records import Fields, Record, flat
from allegata.errors import SheetError

#: The name of a column in the table, folded → the member of the JSON. The spelling of the first is that of the export.
_COLUMNS: Final = {
    "reccomendingbody": "Body",
    "recommendingbody": "Body",
    "documentpublicationdate": "PublicationDate",
    "documentsymbol": "Symbol",
    "concernedpersons": "AffectedPersons",
    "persons": "AffectedPersons",
    "country": "Countries",
    "theme": "Themes",
    "sdg": "Sdgs",
    "type": "AnnotationType",
}
_MEMBERS: Final = (
    *("AnnotationId", "Symbol", "Text", "DocumentId", "PublicationDate", "AnnotationType"),
    *("Countries", "AffectedPersons", "Themes", "Sdgs", "Regions", "Body"),
)
_TAG: Final = re.compile(r"<[^>]{0,1000}>")


def read_uhri(path: Path) -> Iterator[Record]:
    """Yield the annotations of an export; raise SheetError with the place of one without text or symbol."""
    return bounded(_checked(_json(path) if path.suffix.lower() == ".json" else _table(path)), path)


def _json(path: Path) -> Iterator[Record]:
    for number, item in enumerate(members(read_json(path), str(path), "records", "data"), 1):
        place = f"{path}, record {number}"
        yield Record(place, "", flat(item, place))


def _table(path: Path) -> Iterator[Record]:
    for record in read_table(path, separator=";"):
        fields = {_member(name): values for name, values in record.fields.items()}
        fields["Text"] = ("; ".join(fields.get("Text", ())),)
        yield Record(record.place, "", fields)


def _member(column: str) -> str:
    folded = "".join(char for char in column.lower() if char.isalnum())
    return _COLUMNS.get(folded) or next((name for name in _MEMBERS if name.lower() == folded), column)


def _checked(records: Iterator[Record]) -> Iterator[Record]:
    for record in records:
        fields = {name: _plain(name, values) for name, values in record.fields.items()}
        missing = [name for name in ("Symbol", "Text", "Body") if not any(fields.get(name, ()))]
        if missing:
            raise SheetError(f"{record.place}: there is no {', '.join(missing)}.", remedy="Export annotations with all columns.")
        yield Record(record.place, _kind(fields), fields)


def _plain(name: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return texts without the marks that the export leaves in them: tags of HTML, and hyphens before names of lists."""
    if name == "Text":
        return tuple(" ".join(html.unescape(_TAG.sub(" ", value)).split()) for value in values)
    return tuple(value.removeprefix("- ").strip() for value in values)


def _kind(fields: Fields) -> str:
    said = " ".join(fields.get("AnnotationType", ())).lower()
    return "recommendation" if "recommend" in said else "observation" if said else "annotation"


IMPORTER: Final = intake("Draft a workbook of annotations of the Universal Human Rights Index (JSON or CSV).", read_uhri, "uhri")

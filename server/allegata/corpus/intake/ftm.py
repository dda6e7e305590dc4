"""Takes in entities of FollowTheMoney: JSON lines, each with `id`, `schema` and `properties` as its model has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from allegata.corpus.intake.importer import intake
from allegata.corpus.intake.reading import bounded, read_json_lines
from allegata.corpus.intake.records import Record, flat
from allegata.errors import SheetError


def read_ftm(path: Path) -> Iterator[Record]:
    """Yield the entities of a file; raise SheetError with the line of one without id, schema or properties.

    A property that leads to another entity of the file has the first name of that one under its own name with `.name`.
    """
    entities = list(bounded(_entities(path), path))
    names = {item.fields["id"][0]: item.fields.get("name", item.fields["id"])[0] for item in entities}
    for item in entities:
        led = {f"{name}.name": tuple(names[value] for value in values if value in names) for name, values in item.fields.items()}
        yield Record(
            item.place,
            item.kind,
            {**item.fields, **{name: values for name, values in led.items() if values and name != "id.name"}},
        )


def _entities(path: Path) -> Iterator[Record]:
    for place, item in read_json_lines(path):
        said = item if isinstance(item, dict) else {}
        if (
            not isinstance(said.get("id"), str)
            or not isinstance(said.get("schema"), str)
            or not isinstance(said.get("properties"), dict)
        ):
            raise SheetError(f"{place}: this is no entity.", remedy="Each line is an object with id, schema and properties.")
        yield Record(place, said["schema"], {**flat(said["properties"], place), "id": (said["id"],)})


IMPORTER: Final = intake(
    "Draft a workbook of entities of FollowTheMoney (JSON lines): actors, documents, sanctions.", read_ftm, "ftm"
)

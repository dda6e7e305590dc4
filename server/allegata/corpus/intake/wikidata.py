"""Takes in items of Wikidata: entities in its JSON (as Special:EntityData and dumps have them), or results of SPARQL in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from allegata.corpus.intake.importer import intake
from allegata.corpus.intake.reading import Json, bounded, read_json
from allegata.corpus.intake.records import Record
from allegata.errors import SheetError

_ENTITY: Final = "http://www.wikidata.org/entity/"
#: What an item is, by what it is an instance of (P31): human, sovereign state, state, organization and some kinds of these.
_KINDS: Final = {
    "Q5": "human",
    "Q3624078": "state",
    "Q7275": "state",
    "Q6256": "state",
    "Q43229": "organization",
    "Q79913": "organization",
    "Q163740": "organization",
    "Q245065": "organization",
    "Q327333": "organization",
    "Q484652": "organization",
    "Q486972": "place",
    "Q515": "place",
    "Q532": "place",
    "Q3957": "place",
}
#: The properties “instance of” and “coordinate location”.
_INSTANCE: Final = "P31"
_COORDINATES: Final = "P625"


def read_wikidata(path: Path) -> Iterator[Record]:
    """Yield the items of a file; raise SheetError where it holds neither entities nor results."""
    whole = read_json(path)
    if isinstance(whole, dict) and isinstance(whole.get("entities"), dict):
        return bounded(_entities(list(whole["entities"].values()), path), path)
    if isinstance(whole, list):
        return bounded(_entities(whole, path), path)
    if isinstance(whole, dict) and isinstance(whole.get("results"), dict) and isinstance(whole["results"].get("bindings"), list):
        return bounded(_bindings(whole["results"]["bindings"], path), path)
    raise SheetError(
        f"{path}: this is neither entities nor results.", remedy="Give JSON of Special:EntityData, or of the query service."
    )


def _entities(entities: list[Json], path: Path) -> Iterator[Record]:
    """Yield entities (Wikibase data model, JSON): labels, aliases and statements by property; references are not read."""
    for number, item in enumerate(entities, 1):
        place = f"{path}, entity {number}"
        if not isinstance(item, dict) or not isinstance(item.get("id"), str):
            raise SheetError(f"{place}: this is no entity.", remedy="An entity is an object with id, labels and claims.")
        fields: dict[str, tuple[str, ...]] = {"id": (item["id"],), "iri": (_ENTITY + item["id"],)}
        for part in ("labels", "descriptions", "aliases"):
            fields |= _texts(part, item.get(part))
        fields |= _statements(item.get("claims"))
        kinds = [_KINDS[value] for value in fields.get(_INSTANCE, ()) if value in _KINDS]
        yield Record(place, kinds[0] if kinds else "place" if _COORDINATES in fields else "item", fields)


def _texts(part: str, said: Json) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language, value in said.items() if isinstance(said, dict) else ():
        listed = value if isinstance(value, list) else [value]
        texts = tuple(str(item["value"]) for item in listed if isinstance(item, dict) and item.get("value"))
        if texts:
            found[f"{part}.{language}"] = texts
    return found


def _statements(claims: Json) -> dict[str, tuple[str, ...]]:
    """Return the values of statements of the best rank by property: items by id, points in time, texts, coordinates."""
    found: dict[str, tuple[str, ...]] = {}
    for name, listed in claims.items() if isinstance(claims, dict) else ():
        statements = (
            [item for item in listed if isinstance(item, dict) and item.get("rank") != "deprecated"]
            if isinstance(listed, list)
            else []
        )
        preferred = [item for item in statements if item.get("rank") == "preferred"]
        if values := tuple(filter(None, map(_value, preferred or statements))):
            found[name] = values
    return found


def _value(statement: Json) -> str:
    snak = statement.get("mainsnak")
    value = snak.get("datavalue", {}).get("value") if isinstance(snak, dict) and isinstance(snak.get("datavalue"), dict) else None
    if isinstance(value, dict):
        if "latitude" in value:
            return f"{value['latitude']}, {value.get('longitude')}"
        return str(value.get("id") or value.get("time") or value.get("text") or value.get("amount") or "")
    return str(value or "")


def _bindings(rows: list[Json], path: Path) -> Iterator[Record]:
    """Yield the rows of results (SPARQL 1.1 Query Results JSON Format, section 3.2.2)."""
    for number, row in enumerate(rows, 1):
        place = f"{path}, result {number}"
        if not isinstance(row, dict) or not all(isinstance(term, dict) for term in row.values()):
            raise SheetError(f"{place}: this is no result.", remedy="Ask the query service for JSON.")
        fields = {str(name): (str(term.get("value", "")),) for name, term in row.items() if str(term.get("value", "")).strip()}
        yield Record(place, "result", fields)


IMPORTER: Final = intake(
    "Draft a workbook of items of Wikidata (JSON): persons, organizations, states, places.", read_wikidata, "wikidata"
)

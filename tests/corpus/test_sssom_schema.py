"""SSSOM: each table of mappings is what the standard's own schema asks for, and reads alike in every program."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft201909Validator

from support import ROOT

TABLES = sorted((ROOT / "data" / "links").glob("*.sssom.tsv"))
SCHEMA = json.loads((Path(__file__).parent / "sssom" / "schema.json").read_text("utf-8"))
VALIDATOR = Draft201909Validator(SCHEMA, format_checker=Draft201909Validator.FORMAT_CHECKER)


def mapping_set(text: str) -> dict[str, Any]:
    """Return a table as the object that the schema describes (SSSOM 1.0, the TSV format)."""
    lines = text.splitlines()
    header = yaml.load("\n".join(line[1:] for line in lines if line.startswith("#")), Loader=yaml.BaseLoader)
    prefixes = header.pop("curie_map")
    rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {**header, "curie_map": prefixes, "mappings": [mapping(row) for row in rows]}


def mapping(row: dict[str, str]) -> dict[str, Any]:
    """Return a row with numbers as numbers and with lists where the schema has several values."""
    slots = SCHEMA["$defs"]["Mapping"]["properties"]
    made: dict[str, Any] = {name: value for name, value in row.items() if value}
    for name, value in made.items():
        kinds = slots.get(name, {}).get("type", "string")
        if "array" in kinds:
            made[name] = value.split("|")
        elif "number" in kinds:
            made[name] = float(value)
    return made


def problems(made: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(made)]


def test_there_are_tables() -> None:
    assert len(TABLES) >= 20


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name.removesuffix(".sssom.tsv"))
def test_a_table_fits_the_schema(path: Path) -> None:
    made = mapping_set(path.read_text("utf-8"))
    assert made["mappings"]
    assert problems(made) == []


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name.removesuffix(".sssom.tsv"))
def test_a_table_declares_every_prefix_and_calls_itself_by_its_name(path: Path) -> None:
    made = mapping_set(path.read_text("utf-8"))
    slots = ("subject_id", "predicate_id", "object_id", "mapping_justification")
    names = {item[slot] for item in made["mappings"] for slot in slots}
    used = {name.partition(":")[0] for name in names if not name.startswith(("http://", "https://"))}
    assert used <= made["curie_map"].keys()
    assert made["mapping_set_id"].endswith(f"/links/{path.name.removesuffix('.sssom.tsv')}")


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name.removesuffix(".sssom.tsv"))
def test_a_table_reads_alike_with_and_without_quoting(path: Path) -> None:
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert list(csv.reader(lines, delimiter="\t")) == [line.split("\t") for line in lines]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"confidence": 1.5}, "confidence"),
        ({"confidence": "high"}, "confidence"),
        ({"mapping_date": "last year"}, "mapping_date"),
        ({"evidence": "https://example.org/"}, "evidence"),
        ({"mapping_justification": None}, "mapping_justification"),
        ({"see_also": "https://example.org/"}, "see_also"),
    ],
)
def test_the_schema_refuses_what_is_wrong(change: dict[str, Any], where: str) -> None:
    made = mapping_set(TABLES[0].read_text("utf-8"))
    made["mappings"][0].update(change)
    if change.get("mapping_justification", "") is None:
        del made["mappings"][0]["mapping_justification"]
    found = problems(made)
    assert len(found) == 1 and where in found[0]

"""Checks a curation sheet against its schema (JSON Schema 2020-12), and says what is wrong by line and key, in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker

from allegata.corpus.text_files import read_text
from allegata.corpus.yaml_text import Document, Steps, Value, parse_yaml
from allegata.errors import SheetError

#: The schema, for editors too; each `description` in it completes the sentence "… is not …".
SCHEMA_TEXT: Final = files(__package__).joinpath("sheet.schema.json").read_text("utf-8")
_SCHEMA: Final[dict[str, Any]] = json.loads(SCHEMA_TEXT)
_RECORDS: Final = {"claims": "claim", "assertions": "assertion", "stances": "stance"}
_SHOWN: Final = 20
_FORMATS: Final = FormatChecker(formats=())


def _is_date(value: object) -> bool:
    """Return whether a year, month or day is one of the calendar; raise ValueError where it is not."""
    text = str(value)
    return bool(date.fromisoformat(text + "-01-01"[len(text) - 4 :]) if len(text) in (4, 7, 10) else None)


_FORMATS.checks("date-or-part", raises=ValueError)(_is_date)
_VALIDATOR: Final = Draft202012Validator(_SCHEMA, format_checker=_FORMATS)


class Sheet:
    """A sheet that the schema finds nothing wrong with: its entries, all values as text, and their lines."""

    def __init__(self, path: Path, document: Document):
        self.path, self._document = path, document
        self.entries: Mapping[str, Any] = _without_nothing(document.value) if isinstance(document.value, dict) else {}

    def place(self, *steps: str | int) -> str:
        """Return where in the sheet something stands: file, line, record and key."""
        return f"{self.path}:{self._document.line(steps)}: {self._name(steps)}"

    def _name(self, steps: Steps) -> str:
        """Name a part of a sheet: a record by what it is called, and the keys below it."""
        kind, rest = _RECORDS.get(str(steps[0]) if steps else "", ""), steps[2:]
        if not kind or len(steps) == 1:
            return "".join(f"{step}: " for step in steps)
        called: object = steps[1]
        if isinstance(called, int):
            entry = self.entries[str(steps[0])][called]
            called = entry.get("id", called + 1) if isinstance(entry, dict) else called + 1
        return f"{kind} {called}: " + "".join(f"{step + 1 if isinstance(step, int) else step}: " for step in rest)

    def problems(self) -> Iterator[tuple[int, str]]:
        """Yield what is wrong with the sheet, by line."""
        for error in _VALIDATOR.iter_errors(self.entries):
            for steps, words in _told(error):
                yield self._document.line(steps), f"{self.place(*steps)}{words}"
        for kind in ("assertions", "stances"):
            yield from self._named_twice(kind)

    def _named_twice(self, kind: str) -> Iterator[tuple[int, str]]:
        seen: dict[str, int] = {}
        entries = self.entries.get(kind)
        for number, entry in enumerate(entries if isinstance(entries, list) else ()):
            name = entry.get("id") if isinstance(entry, dict) else None
            if isinstance(name, str):
                first = seen.setdefault(name, line := self._document.line((kind, number, "id")))
                if first != line:
                    yield line, f"{self.place(kind, number, 'id')}the same id stands in line {first}"


def read_sheet(path: Path) -> Sheet:
    """Read a sheet; raise SheetError with every mistake, by line and key, CorpusSyntaxError for what is not YAML."""
    document = parse_yaml(read_text(path), path)
    if not isinstance(document.value, dict):
        raise SheetError(f"{path}: a sheet is {_SCHEMA['description']}.")
    sheet = Sheet(path, document)
    found = [words for _, words in sorted(set(sheet.problems()))]
    if found:
        more = [f"… and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        raise SheetError("\n".join([*found[:_SHOWN], *more]), remedy="Mend the sheet there, then run the command again.")
    return sheet


def _without_nothing(value: dict[str, Value]) -> dict[str, Any]:
    """Leave out the keys of a sheet and of its records that have no value; a claim without anything is a mistake."""
    made: dict[str, Any] = {key: item for key, item in value.items() if item is not None}
    for kind in ("assertions", "stances"):
        if isinstance(made.get(kind), list):
            made[kind] = [_pruned(entry) for entry in made[kind]]
    if isinstance(made.get("claims"), dict):
        made["claims"] = {slug: _pruned(claim) for slug, claim in made["claims"].items()}
    return made


def _pruned(value: Value) -> Value:
    return {key: _pruned(item) for key, item in value.items() if item is not None} if isinstance(value, dict) else value


def _told(error: Any) -> Iterator[tuple[Steps, str]]:
    """Yield the places of an error and what is wrong there, in our own words."""
    steps: Steps = tuple(error.absolute_path)
    rule, found = error.validator, error.instance
    if rule == "additionalProperties":
        known = error.schema["properties"]
        for key in found.keys() - known.keys():
            yield (*steps, key), f"the key is unknown; known are {', '.join(sorted(known))}"
    elif rule == "required":
        yield from ((steps, f"the key {key} is missing") for key in error.validator_value if key not in found)
    elif rule == "dependentRequired":
        yield steps, "the key document is missing, which assertions need"
    elif "propertyNames" in error.absolute_schema_path:
        yield (*steps, found), f"{_shown(found)} is not {error.schema['description']}"
    else:
        yield steps, f"{_shown(found)} is not {error.schema['description']}"


def _shown(value: object) -> str:
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else f"{value[:59]}…")
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "a mapping" if isinstance(value, dict) else "nothing"

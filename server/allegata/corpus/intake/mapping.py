"""Reads a map: which rows of a workbook a record becomes, and what its fields become in their cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Final

from allegata.corpus.intake.records import Fields
from allegata.corpus.intake.templates import Template
from allegata.corpus.nearest import nearest
from allegata.corpus.workbook.columns import SHEETS, Column, Sheet, column_named, is_language, sheet_named
from allegata.corpus.yaml_text import Document, Steps, Value, parse_yaml
from allegata.errors import SheetError

_KEYS: Final = ("rows", "values", "left")
_RULE: Final = ("sheet", "key", "id", "when", "each", "language", "library", "cells")
_REFERENCE: Final = ("row", "key", "library")
#: What a condition says: the field is there, it is not there.
ANY: Final = "*"
#: What stands for each language in a header, and in the name of the field that has it.
EACH: Final = "*"
NONE: Final = ""
#: A template that says nothing.
NOTHING: Final = Template("")


@dataclass(frozen=True)
class Reference:
    """A cell that refers to a row of another sheet by the key of that row; of `library` states, to a record of the library."""

    sheet: Sheet
    key: Template
    library: str = ""


@dataclass(frozen=True)
class RowRule:
    """A row that a record becomes: its sheet, the key by which rows are one, conditions, and its cells by header.

    Behind a header can stand a language, `name@es`, or `@*` for all languages that a field has: `name@*: "{labels.*}"`.
    """

    sheet: Sheet
    key: Template
    id: Template
    cells: Mapping[str, tuple[Column, Template | Reference]]
    when: Mapping[str, frozenset[str]] = field(default_factory=dict)
    each: str = ""
    language: Template = NOTHING
    library: str = ""

    def holds(self, kind: str, fields: Fields) -> bool:
        """Return whether a record is one that becomes this row."""
        for name, wanted in self.when.items():
            said = (kind,) if name == "kind" else fields.get(name, ())
            if not (wanted & set(said) or (ANY if said else NONE) in wanted):
                return False
        return True

    @property
    def fields(self) -> frozenset[str]:
        """Return the names of the fields that the rule reads."""
        said = [item.key if isinstance(item, Reference) else item for _, item in self.cells.values()]
        named = [self.key, self.id, self.language, *said]
        return frozenset(self.when).union({self.each}, *(template.fields for template in named)) - {"", "each"}


@dataclass(frozen=True)
class Map:
    """A map: rows, what values of fields stand for, and which fields are left out, with the reason."""

    rows: tuple[RowRule, ...]
    values: Mapping[str, Mapping[str, str]]
    left: Mapping[str, str]

    def reads(self, field_: str) -> bool:
        """Return whether a field is read, or left out by name."""
        return field_ in self._fields or any(field_.startswith(start) for start in self._starts)

    def reason(self, field_: str) -> str:
        """Return the field that is left out by name, with the reason, or nothing where it is not."""
        found = (name for name in self.left if name == field_ or (name.endswith(EACH) and field_.startswith(name[:-1])))
        return next((f"{name}: {self.left[name]}" for name in found), "")

    @cached_property
    def _fields(self) -> frozenset[str]:
        return frozenset(self.left).union(*(rule.fields for rule in self.rows))

    @cached_property
    def _starts(self) -> tuple[str, ...]:
        return tuple(name.removesuffix(EACH) for name in self._fields if name.endswith(EACH))


def default_map(name: str) -> Map:
    """Return the map that comes with a format."""
    return read_map(map_text(name), Path(f"{name}.yaml"))


def map_text(name: str) -> str:
    """Return the text of the map that comes with a format."""
    return resources.files(__package__).joinpath("maps", f"{name}.yaml").read_text("utf-8")


def read_map(text: str, path: Path) -> Map:
    """Read a map; raise SheetError with line and key for what is none, with the name that is nearest."""
    return _Reader(parse_yaml(text, path), path).map()


class _Reader:
    def __init__(self, document: Document, path: Path):
        self.document, self.path = document, path

    def map(self) -> Map:
        whole = self._members((), self.document.value, _KEYS)
        rows = whole.get("rows")
        if not isinstance(rows, list) or not rows:
            raise self._error((), "a map has rows", "Begin with: rows:")
        return Map(
            tuple(self._rule(("rows", number), row) for number, row in enumerate(rows)),
            {name: self._texts(("values", name), said) for name, said in self._members(("values",), whole.get("values")).items()},
            self._texts(("left",), whole.get("left")),
        )

    def _rule(self, steps: Steps, value: Value) -> RowRule:
        said = self._members(steps, value, _RULE)
        sheet = self._sheet((*steps, "sheet"), said.get("sheet"))
        cells = self._members((*steps, "cells"), said.get("cells"))
        key = self._text((*steps, "key"), said.get("key"))
        if not key:
            raise self._error(steps, "a row has a key", "Say by which fields rows are one: key: '{id}'.")
        return RowRule(
            sheet,
            Template(key),
            Template(self._text((*steps, "id"), said.get("id")) or key),
            dict(self._cells((*steps, "cells"), sheet, cells)),
            {
                name: self._wanted((*steps, "when", name), item)
                for name, item in self._members((*steps, "when"), said.get("when")).items()
            },
            self._text((*steps, "each"), said.get("each")),
            Template(self._text((*steps, "language"), said.get("language"))),
            self._text((*steps, "library"), said.get("library")),
        )

    def _cells(
        self, steps: Steps, sheet: Sheet, cells: Mapping[str, Value]
    ) -> Iterator[tuple[str, tuple[Column, Template | Reference]]]:
        for name, value in cells.items():
            called, _, language = name.partition("@")
            column = column_named(sheet, called)
            if column is None:
                near = nearest(called, [item.name for item in sheet.columns])
                raise self._error((*steps, name), f"the sheet {sheet.name} has no column {called}", _meant(near))
            if language and not (column.kind == "text" and (language == EACH or is_language(language))):
                raise self._error(
                    (*steps, name), f"{language} is no language of {called}", "Write a tag such as es, or * for all."
                )
            yield (f"{column.name}@{language}" if language else column.name), (column, self._said((*steps, name), value))

    def _said(self, steps: Steps, value: Value) -> Template | Reference:
        if not isinstance(value, dict):
            return Template(self._text(steps, value))
        said = self._members(steps, value, _REFERENCE)
        row = self._sheet((*steps, "row"), said.get("row"))
        key = Template(self._text((*steps, "key"), said.get("key")))
        return Reference(row, key, self._text((*steps, "library"), said.get("library")))

    def _sheet(self, steps: Steps, value: Value) -> Sheet:
        name = self._text(steps, value)
        found = sheet_named(name)
        if found is None:
            raise self._error(steps, f"a workbook has no sheet {name}", _meant(nearest(name, [item.name for item in SHEETS])))
        return found

    def _wanted(self, steps: Steps, value: Value) -> frozenset[str]:
        listed = value if isinstance(value, list) else [value]
        return frozenset(self._text(steps, item) for item in listed)

    def _texts(self, steps: Steps, value: Value) -> dict[str, str]:
        return {name: self._text((*steps, name), item) for name, item in self._members(steps, value).items()}

    def _text(self, steps: Steps, value: Value) -> str:
        if value is not None and not isinstance(value, str):
            raise self._error(steps, "a text stands here, and no list or mapping", "Write it in one line, in quotation marks.")
        return value or ""

    def _members(self, steps: Steps, value: Value, known: tuple[str, ...] = ()) -> dict[str, Value]:
        if value is not None and not isinstance(value, dict):
            raise self._error(steps, "a mapping stands here: names, each with a colon behind it", "docs/formats.md shows a map.")
        for name in value or {}:
            if known and name not in known:
                near = _meant(nearest(name, known)) or f"There is: {', '.join(known)}."
                raise self._error((*steps, name), f"there is no key {name} here", near)
        return value or {}

    def _error(self, steps: Steps, wrong: str, remedy: str) -> SheetError:
        return SheetError(f"{self.path}, line {self.document.line(steps)}: {wrong}.", remedy=remedy or None)


def _meant(near: str) -> str:
    return f"Did you mean {near}?" if near else ""

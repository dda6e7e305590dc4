"""Reads the table of sheets and columns, from which everything about a workbook follows."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

#: What a cell begins with that is still to be decided; such a cell stops the import.
TODO: Final = "TODO"
#: What stands between several values of a cell, and between the parts of a passage that a page break divides.
SEPARATOR: Final = ";"
PASSAGES: Final = "||"
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")


@dataclass(frozen=True)
class Column:
    """A column: its names, the kind of its values, what it states, and whether it has to be filled in; see `columns.toml`."""

    name: str
    ko: str
    kind: str
    says: str
    predicate: str = ""
    part: str = ""
    scheme: str = ""
    of: tuple[str, ...] = ()
    many: bool = False
    acyclic: bool = False
    required: bool = False
    required_for: tuple[str, ...] = ()
    required_with: tuple[str, ...] = ()
    after: str = ""
    default: str = ""
    yaml: str = ""

    @property
    def key(self) -> str:
        """Return its key in a curation sheet."""
        first, *rest = self.name.split()
        return self.yaml or first + "".join(word.capitalize() for word in rest)

    @property
    def separator(self) -> str:
        """Return what stands between several values of a cell."""
        return PASSAGES if self.kind == "passage" else SEPARATOR


@dataclass(frozen=True)
class Part:
    """A thing that several columns describe together: the property that leads to it, and its class."""

    name: str
    predicate: str
    class_: str


@dataclass(frozen=True)
class Choice:
    """A value of a column of the kind `choice`: code, names, and the classes of a record that has it."""

    code: str
    en: str
    ko: str
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A sheet: its names, what the names of its records begin with, their classes, columns, parts and choices."""

    name: str
    ko: str
    family: str
    says: str
    classes: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    parts: tuple[Part, ...] = ()
    choices: tuple[Choice, ...] = ()

    def column(self, name: str) -> Column:
        """Return a column by its English name; raise KeyError where there is none."""
        return {column.name: column for column in self.columns}[name]

    def part(self, name: str) -> Part:
        """Return a part by its name; raise KeyError where there is none."""
        return {part.name: part for part in self.parts}[name]

    def of_kind(self, kind: str) -> Column | None:
        """Return the column of a kind that a sheet has once, or nothing."""
        return next((column for column in self.columns if column.kind == kind), None)


def fold(text: str) -> str:
    """Return a text in the form in which names are compared: compatible characters, case and white space alike (UAX 15)."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def is_language(tag: str) -> bool:
    """Return whether a text is the tag of a language in lower case (RFC 5646)."""
    return _LANGUAGE.fullmatch(tag) is not None


def sheet_named(name: str) -> Sheet | None:
    """Return a sheet by its name in any language, or nothing."""
    return _SHEET_NAMES.get(fold(name))


def column_named(sheet: Sheet, name: str) -> Column | None:
    """Return a column of a sheet by its name in any language, or nothing."""
    return next((column for column in sheet.columns if fold(name) in (fold(column.name), fold(column.ko))), None)


def _record(row: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    values = {renamed.get(key, key): tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return {
        key: value for key, value in values.items() if not isinstance(value, tuple) or not any(isinstance(v, dict) for v in value)
    }


def _sheet(row: Mapping[str, Any]) -> Sheet:
    return Sheet(
        **_record(row, {}),
        columns=tuple(
            Column(
                **_record(
                    item,
                    {"property": "predicate", "required-for": "required_for", "required-with": "required_with", "key": "yaml"},
                )
            )
            for item in row["column"]
        ),
        parts=tuple(Part(**_record(item, {"property": "predicate", "class": "class_"})) for item in row.get("part", ())),
        choices=tuple(Choice(**_record(item, {})) for item in row.get("choice", ())),
    )


_TABLE: Final[dict[str, Any]] = tomllib.loads(files(__package__).joinpath("columns.toml").read_text("utf-8"))
SHEETS: Final = tuple(map(_sheet, _TABLE["sheet"]))
#: The sheets that hold no records.
ASIDE: Final = frozenset(_TABLE["aside"])
#: What the sheet with help begins with.
INTRODUCTION: Final = tuple(_TABLE["introduction"])
#: The classes of each family of things, by the name of the family.
FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {name: tuple(classes) for name, classes in _TABLE["families"].items()}
#: The packs of the library that hold things of a family, by the name of the family.
LIBRARY: Final[Mapping[str, tuple[str, ...]]] = {name: tuple(packs) for name, packs in _TABLE["library"].items()}
_SHEET_NAMES: Final = {fold(name): sheet for sheet in SHEETS for name in (sheet.name, sheet.ko)}


def sheet(name: str) -> Sheet:
    """Return a sheet by its English name; raise KeyError where there is none."""
    return {item.name: item for item in SHEETS}[name]

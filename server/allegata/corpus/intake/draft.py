"""Makes rows of a workbook of records, by a map; what a person has to decide is marked, what is left out is counted."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Final

from allegata.corpus.intake.dates import iso_date
from allegata.corpus.intake.mapping import EACH, Map, Reference, RowRule
from allegata.corpus.intake.records import Fields, Record
from allegata.corpus.intake.templates import Template
from allegata.corpus.library.library import Library
from allegata.corpus.workbook.cells import MOST_CHARACTERS, MOST_ROWS
from allegata.corpus.workbook.columns import TODO, Column, Sheet, is_language
from allegata.corpus.workbook.names import CONCEPT, Names
from allegata.corpus.workbook.sheets import Rows, todo
from allegata.errors import SheetError, UsageError

#: How long an id may be, and of how many digits of a digest the id of a name without Latin letters is.
_ID: Final = 60
_DIGITS: Final = 8
#: How many problems are told one by one.
_TOLD: Final = 50
_KINDS_OF_DATES: Final = ("date", "day")
#: One of these says where an assertion stands.
_PASSAGE: Final = ("passage", "start", "no passage because")
Cells = dict[str, str | list[str]]


class Draft:
    """The rows that records become. `names` is what the corpus calls its things, which are referred to and not made again."""

    def __init__(self, plan: Map, names: Names, library: Library):
        self.map, self.names, self.library = plan, names, library
        self._rows: dict[str, dict[str, Cells]] = {}
        self._ids: dict[tuple[str, str], str] = {}
        self._taken: set[tuple[str, str]] = set()
        self._asked: dict[tuple[str, str], str] = {}
        self._unread: Counter[str] = Counter()
        self._whole: Counter[str] = Counter()
        self._left: Counter[str] = Counter()
        self._states: set[str] = set()
        self._problems: list[str] = []

    def add(self, record: Record) -> None:
        """Add the rows of a record."""
        fields = self._worded(record.fields)
        rules = [rule for rule in self.map.rows if rule.holds(record.kind, fields)]
        if not rules:
            self._whole[record.kind] += 1
        self._unread.update(name for name in record.fields if not self.map.reads(name))
        self._left.update(why for name in record.fields if (why := self.map.reason(name)))
        for rule in rules:
            for value in fields.get(rule.each, ()) if rule.each else ("",):
                self._row(rule, {**fields, "each": (value,)} if value else fields, record.place)

    def rows(self) -> Rows:
        """Return the rows by sheet; raise SheetError with every problem, and where a row that is named is not made."""
        made = {(sheet, key) for sheet, rows in self._rows.items() for key in rows}
        for (sheet, key), place in self._asked.items():
            if (sheet, key) not in made:
                self._problems.append(f"{place}: the map names a row of {sheet} with the key {key!r}, and makes none.")
        if self._problems:
            more = len(self._problems) - _TOLD
            told = [*self._problems[:_TOLD], *([f"… and {more} more."] if more > 0 else [])]
            raise SheetError("\n".join(told), remedy="Mend the file, or the map; nothing was written.")
        return {sheet: list(rows.values()) for sheet, rows in self._rows.items()}

    def notes(self) -> list[str]:
        """Return what was made and what was left, with counts."""
        made = ", ".join(f"{sheet} {len(rows)}" for sheet, rows in self._rows.items())
        asked = sum(_asks(cell) for rows in self._rows.values() for row in rows.values() for cell in row.values())
        notes = [f"Rows: {made or 'none'}.", f"To be decided, marked {TODO}: {asked} cells."]
        notes += [f"Not taken: {count} records of the kind {kind}." for kind, count in sorted(self._whole.items())]
        notes += [f"Not taken: {name}, in {count} records." for name, count in sorted(self._unread.items())]
        notes += [f"Left out, in {count} records: {why}." for why, count in sorted(self._left.items())]
        if self._states:
            options = " ".join(f"--state {code}" for code in sorted(self._states))
            notes.append(f"Before you import the workbook: allegata library add states {options}")
        return notes

    def _worded(self, fields: Fields) -> Fields:
        """Put in the place of values what the map says that they stand for; nothing where it says so."""
        found = {}
        for name, values in fields.items():
            said = self.map.values.get(name, {})
            found[name] = tuple(text for value in values if (text := said.get(value, value)))
        return found

    def _row(self, rule: RowRule, fields: Fields, place: str) -> None:
        key = rule.key.text_for(fields)
        if not key or self._known(rule.sheet, key, rule.library):
            return
        rows = self._rows.setdefault(rule.sheet.name, {})
        if key in rows:
            return
        if len(rows) >= MOST_ROWS:
            raise SheetError(f"{place}: {rule.sheet.name} would have more than {MOST_ROWS:,} rows.", remedy="Divide the file.")
        row: Cells = {"id": self._id(rule.sheet, key, rule.id.text_for(fields))}
        rows[key] = row
        language = rule.language.text_for(fields).lower().split("_")[0]
        for header, (column, said) in rule.cells.items():
            _, _, tag = header.partition("@")
            if tag == EACH and isinstance(said, Template):
                for own, template in said.languages(fields):
                    self._fill(row, column, own, self._values(column, template, fields, place))
            else:
                self._fill(
                    row, column, tag or (language if column.kind == "text" else ""), self._values(column, said, fields, place)
                )
        self._ask(rule.sheet, row)

    def _fill(self, row: Cells, column: Column, language: str, values: list[str]) -> None:
        """Fill a cell, in the language of the corpus that of the column itself; what is there already stays."""
        further = is_language(language) and language != self.names.language and not any(map(_asks, values))
        if values:
            row.setdefault(f"{column.name}@{language}" if further else column.name, values if column.many else " ".join(values))

    def _values(self, column: Column, said: Template | Reference, fields: Fields, place: str) -> list[str]:
        if isinstance(said, Reference):
            return self._references(said, fields, place)
        values = said.values(fields)
        for value in values:
            if len(value) > MOST_CHARACTERS:
                most = f"{len(value):,} characters; a cell has at most {MOST_CHARACTERS:,}"
                self._problems.append(f"{place}: {column.name} would have {most}.")
        if column.kind in _KINDS_OF_DATES:
            values = [value if _asks(value) else iso_date(value) or todo(f"which date is {value!r}?") for value in values[:1]]
        elif column.kind in ("concept", "level") and column.scheme:
            values = [self._concept(column, value) for value in values]
        return values

    def _concept(self, column: Column, value: str) -> str:
        """Return a value that is a concept of the scheme of its column, else the question which concept it is."""
        family = f"{CONCEPT}/{column.scheme}"
        if _asks(value) or self.names.find([family], value):
            return value
        near = self.names.nearest([family], value)
        return todo(f"which {column.scheme} is {value!r}?{f' The nearest is {near}.' if near else ''}")

    def _references(self, said: Reference, fields: Fields, place: str) -> list[str]:
        found = []
        for key in said.key.texts(fields):
            known = self._known(said.sheet, key, said.library)
            if not known:
                self._asked.setdefault((said.sheet.name, key), place)
            found.append(known or self._id(said.sheet, key, ""))
        return list(dict.fromkeys(found))

    def _known(self, sheet: Sheet, key: str, library: str) -> str:
        """Return the IRI of a thing that the corpus or the library has by a name, or nothing."""
        found = self.names.find([sheet.family], key)
        if len(found) == 1:
            return found[0]
        if library == "states":
            try:
                state = self.library.state(key)
            except UsageError:
                return ""
            self._states |= {state.code} if not self.names.families.get(state.iri) else set()
            return state.iri
        return ""

    def _id(self, sheet: Sheet, key: str, said: str) -> str:
        """Return the id of a row: what the map says, or its key, in small letters; with a number where that is taken."""
        if (sheet.name, key) not in self._ids:
            start = slug(said or key)
            number, id_ = 1, start
            while (sheet.name, id_) in self._taken:
                number += 1
                id_ = f"{start}-{number}"
            self._taken.add((sheet.name, id_))
            self._ids[sheet.name, key] = id_
        return self._ids[sheet.name, key]

    def _ask(self, sheet: Sheet, row: Cells) -> None:
        """Mark what has to be filled in and is not."""
        kind = str(row.get("kind", ""))
        for column in sheet.columns:
            needed = column.required or kind in column.required_for
            if needed and not any(name.partition("@")[0] == column.name for name in row):
                row[column.name] = todo(column.says)
        if sheet.name == "Assertions" and not any(name in row for name in _PASSAGE):
            row["no passage because"] = todo("Quote the passage in the column passage, or say here why there is none.")


def _asks(cell: str | Iterable[str]) -> int:
    return sum(value.startswith(TODO) for value in ([cell] if isinstance(cell, str) else cell))


def slug(text: str) -> str:
    """Return a text as an id: small letters, digits and hyphens; by a digest where it has no Latin letters (FIPS 180-4)."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    lost = sum(char.isalpha() for char in text) > 2 * sum(char.isalpha() for char in found)
    digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
    if not found or lost:
        return f"x{digest}"
    return found if len(found) <= _ID else f"{found[: _ID - _DIGITS - 1].rstrip('-')}-{digest}"


def draft_of(records: Iterable[Record], plan: Map, names: Names, library: Library) -> Draft:
    """Make a draft of all records."""
    made = Draft(plan, names, library)
    for record in records:
        made.add(record)
    return made

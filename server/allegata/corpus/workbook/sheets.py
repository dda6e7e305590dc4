"""Lays out a workbook for writing: the header, the help and the rows of each sheet, and what the cells of a column may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from allegata.corpus.workbook.cells import COMMENT, MOST_CHARACTERS, join_values
from allegata.corpus.workbook.columns import FAMILIES, SHEETS, TODO, Column, Sheet, column_named, sheet_named
from allegata.corpus.workbook.names import CONCEPT, Names
from allegata.errors import SheetError
from allegata.model.labels import ENGLISH

#: The records of a workbook: for each sheet, by its English name, its rows: what stands under each header, one value or several.
Rows = Mapping[str, Sequence[Mapping[str, str | Sequence[str]]]]
FLAGS: Final = ("yes", "no")
KOREAN: Final = "ko"


@dataclass(frozen=True)
class Heading:
    """The head of a column: the column, the language of its texts where it says one, and what stands there."""

    column: Column
    language: str
    text: str


@dataclass(frozen=True)
class Layout:
    """A sheet to be written: its title, the heads of its columns, the help below them, its rows."""

    sheet: Sheet
    title: str
    headings: tuple[Heading, ...]
    help: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def todo(question: str) -> str:
    """Return the text of a cell that somebody has to decide before the workbook is imported."""
    return f"{TODO} {question}"


def lay_out(rows: Rows, language: str = ENGLISH) -> Iterator[Layout]:
    """Yield every sheet with what stands in it; raise SheetError for a sheet or a column that there is not."""
    for name in rows:
        if sheet_named(name) is None:
            raise SheetError(f"A workbook has no sheet {name}.", remedy=f"There is: {', '.join(item.name for item in SHEETS)}.")
    for sheet in SHEETS:
        records = [record for name, own in rows.items() if sheet_named(name) is sheet for record in own]
        headings = _headings(sheet, records, language)
        title = sheet.ko if language == KOREAN else sheet.name
        says = [heading.column.says for heading in headings]
        help_ = (f"{COMMENT} {says[0]}", *says[1:])
        yield Layout(sheet, title, headings, help_, tuple(_row(headings, record) for record in records))


def _headings(sheet: Sheet, records: Sequence[Mapping[str, object]], language: str) -> tuple[Heading, ...]:
    """Return the heads of a sheet: every column, and behind it those of further languages that the records have."""
    further: dict[str, list[str]] = {}
    for name in dict.fromkeys(name for record in records for name in record):
        called, _, tag = name.partition("@")
        column = column_named(sheet, called)
        if column is None:
            raise SheetError(f"The sheet {sheet.name} has no column {called}.")
        if tag:
            further.setdefault(column.name, []).append(tag)
    found = []
    for column in sheet.columns:
        shown = column.ko if language == KOREAN else column.name
        found.append(Heading(column, "", shown))
        found += [Heading(column, tag, f"{shown}@{tag}") for tag in sorted(set(further.get(column.name, ())))]
    return tuple(found)


def _row(headings: Sequence[Heading], record: Mapping[str, str | Sequence[str]]) -> tuple[str, ...]:
    return tuple(_value(heading, record) for heading in headings)


def _value(heading: Heading, record: Mapping[str, str | Sequence[str]]) -> str:
    names = {f"{name}@{heading.language}" if heading.language else name for name in (heading.column.name, heading.column.ko)}
    value = next((record[name] for name in record if name in names), "")
    text = value if isinstance(value, str) else join_values(value, heading.column.separator)
    if len(text) > MOST_CHARACTERS:
        place, most = f"The column {heading.text} of {record.get('id', 'a row')}", f"a cell holds at most {MOST_CHARACTERS:,}"
        raise SheetError(f"{place} would have {len(text):,} characters, and {most}.", remedy="Shorten it.")
    return text


def offered(sheet: Sheet, column: Column, names: Names, language: str = ENGLISH) -> list[str]:
    """Return what the cells of a column can be chosen from, in a language; nothing where that is for whoever writes."""
    if column.kind == "choice":
        return [choice.ko if language == KOREAN else choice.en for choice in sheet.choices]
    if column.kind == "flag":
        return list(FLAGS)
    if column.scheme:
        family = [f"{CONCEPT}/{column.scheme}"]
        written = [names.written(family, iri, language) for iri in names.concepts(column.scheme)]
        return [join_values([value], column.separator) if column.many else value for value in written]
    return []


def referred(column: Column) -> Sheet | None:
    """Return the sheet in whose rows the things stand that a column refers to, where it is one."""
    found = [sheet for sheet in SHEETS if sheet.family in column.of and sheet.family in FAMILIES]
    return found[0] if len(found) == 1 else None

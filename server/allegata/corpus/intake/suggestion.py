"""Drafts a map of a table: columns by the names of columns of a workbook, values by the names of concepts and actors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from allegata.corpus.intake.records import Record
from allegata.corpus.nearest import alike
from allegata.corpus.workbook.columns import Column, Sheet, fold, sheet
from allegata.corpus.workbook.names import CONCEPT, Names

#: The sheets to whose columns those of a table are likened; a row of a table is taken for one assertion of one claim.
_SHEETS: Final = ("Claims", "Assertions", "Documents")
#: Other words for columns, folded.
_WORDS: Final = {
    "statement": ("claim", "text", "summary", "description", "allegation", "content", "what"),
    "speaker": ("author", "actor", "organization", "who", "reporter", "said by", "asserted by"),
    "document": ("source", "report", "publication", "reference"),
    "address": ("url", "link", "website", "source url"),
    "topic": ("theme", "category", "subject", "tag", "issue"),
    "right": ("article", "human right"),
    "duty bearer": ("perpetrator", "country", "state", "responsible"),
    "affects": ("victim", "victims", "affected", "affected persons"),
    "place": ("location", "city", "province", "where"),
    "from": ("start", "start date", "date of event", "event date"),
    "until": ("end", "end date"),
    "number": ("count", "value", "quantity", "total"),
    "date": ("published", "publication date", "day"),
    "id": ("identifier", "key", "no", "nr", "number of row"),
}
#: How alike two names have to be, of 100, and how alike the same ones are.
_LEAST: Final = 82
_SAME: Final = 100
#: How many values of a column are listed.
_VALUES: Final = 40


def suggested_map(records: Sequence[Record], names: Names, path: Path) -> str:
    """Return a map of a table as YAML: what each column is likely to be, and what remains to be decided."""
    columns = list(dict.fromkeys(name for record in records for name in record.fields))
    likened = _likened(columns)
    key = next((name for name, (_, column, _) in likened.items() if column.name == "id"), "")
    lines = [
        f"# A draft of a map of {path.name}, made by likening its columns to those of a workbook. Read it, and mend it.",
        "# A row becomes one assertion of one claim. Rows with the same key are one.",
        *([] if key else ["# No column tells rows apart: choose the key."]),
        "rows:",
        *_rows(likened, _quoted("".join(f"{{{key or name}}}" for name in ([key] if key else columns[:3])))),
    ]
    values = list(_values(records, likened, names))
    lines += (
        ["# What values stand for: the code of a concept, or nothing to leave a value out.", "values:", *values] if values else []
    )
    left = [name for name in columns if name not in likened]
    lines += (
        ["# Columns that are like none. Put each into a cell above as {NAME}, or leave it here with the reason.", "left:"]
        if left
        else []
    )
    lines += [f"  {_quoted(name)}: not decided" for name in left]
    return "\n".join(lines) + "\n"


def _likened(columns: Sequence[str]) -> dict[str, tuple[Sheet, Column, float]]:
    """Return for each column of a table the column of a workbook that it is most like, each of these once."""
    known = [
        (word, item, column)
        for item in map(sheet, _SHEETS)
        for column in item.columns
        for word in (fold(column.name), column.ko, *_WORDS.get(column.name, ()))
    ]
    words = [word for word, _, _ in known]
    scored = sorted(
        (-score, _SHEETS.index(known[at][1].name), name, at)
        for name in columns
        for at, score in alike(fold(name).replace("_", " "), words, _LEAST)
    )
    chosen: dict[str, tuple[Sheet, Column, float]] = {}
    taken: set[str] = set()
    for score, _, name, at in scored:
        _, item, column = known[at]
        if name not in chosen and column.name not in taken:
            chosen[name] = (item, column, -score)
            taken.add(column.name)
    return chosen


def _rows(likened: dict[str, tuple[Sheet, Column, float]], key: str) -> Iterator[str]:
    cells = {column.name: (name, score) for name, (_, column, score) in likened.items()}
    document = cells.pop("document", ("", 0.0))[0]
    speaker = cells.pop("speaker", ("", 0.0))[0]
    actors = {name: cells.pop(name)[0] for name in ("duty bearer", "affects") if name in cells}
    place = cells.pop("place", ("", 0.0))[0]
    for name in filter(None, (speaker, *actors.values())):
        yield from ("  - sheet: Actors", f"    key: {_quoted(f'{{{name}}}')}", f"    cells: {{name: {_quoted(f'{{{name}}}')}}}")
    if place:
        yield from ("  - sheet: Places", f"    key: {_quoted(f'{{{place}}}')}", f"    cells: {{name: {_quoted(f'{{{place}}}')}}}")
    source = _quoted(f"{{{document}}}") if document else "the table"
    yield from (
        "  - sheet: Documents",
        f"    key: {source}",
        "    cells:",
        f"      name: {source if document else 'TODO what is the table called?'}",
    )
    yield from _cells(cells, "Documents")
    yield from ("  - sheet: Claims", f"    key: {key}", "    cells:")
    if "statement" not in cells:
        yield "      statement: TODO what does the row say, in your own words?"
    yield from _cells(cells, "Claims")
    for name, value in actors.items():
        yield f"      {name}: {{row: Actors, key: {_quoted(f'{{{value}}}')}, library: states}}"
    if place:
        yield f"      place: {{row: Places, key: {_quoted(f'{{{place}}}')}}}"
    yield from ("  - sheet: Assertions", f"    key: {key}", "    cells:", f"      document: {{row: Documents, key: {source}}}")
    yield f"      claim: {{row: Claims, key: {key}}}"
    if speaker:
        yield f"      speaker: {{row: Actors, key: {_quoted(f'{{{speaker}}}')}}}"
    if "polarity" not in cells:
        yield "      polarity: affirms"
    yield from _cells(cells, "Assertions")
    yield "      no passage because: It is a row of a table, without a text of its own."


def _cells(cells: dict[str, tuple[str, float]], name: str) -> Iterator[str]:
    """Yield the cells of a sheet, each once: a column that several sheets have goes to the first of them."""
    for column in sheet(name).columns:
        if column.name in cells and column.name not in ("id", "name"):
            table, score = cells.pop(column.name)
            yield f"      {column.name}: {_quoted(f'{{{table}}}')}{f'  # {score:.0f} of 100 alike' if score < _SAME else ''}"


def _values(records: Sequence[Record], likened: dict[str, tuple[Sheet, Column, float]], names: Names) -> Iterator[str]:
    """Yield, for columns of concepts, the values that name none, with the concept that is nearest."""
    for name, (_, column, _) in likened.items():
        family = [f"{CONCEPT}/{column.scheme}"]
        found = dict.fromkeys(value for record in records for value in record.fields.get(name, ()))
        open_ = [value for value in found if column.scheme and not names.find(family, value)]
        if open_:
            yield f"  {_quoted(name)}:"
        for value in open_[:_VALUES]:
            near = names.nearest(family, value)
            yield f"    {_quoted(value)}: {_quoted(near) if near else 'TODO which ' + column.scheme + ' is it?'}"


def _quoted(text: str) -> str:
    """Return a text as YAML has it between double quotation marks (YAML 1.2.2, section 7.3.1)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\t", " ")
    return f'"{escaped}"'

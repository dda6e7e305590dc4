"""Restricts the rows of a workbook that rest on others which a public release may not hold, and says which and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pyoxigraph import NamedNode

from allegata.corpus.draft import Draft
from allegata.corpus.partition import withheld_levels
from allegata.corpus.reader import read
from allegata.corpus.workbook.columns import SHEETS
from allegata.corpus.workbook.records import Record
from allegata.corpus.workbook.statements import concept
from allegata.model.protection import FOLDER

#: How many rows of a sheet are named.
_NAMED: Final = 8


def restrict_following(draft: Draft, records: Sequence[Record]) -> list[Record]:
    """Restrict the records that rest on what is withheld, each to the strictest level of what it rests on; return them.

    `draft` holds all records as they are marked; it is not changed.
    """
    with draft.staged() as folder:
        levels = withheld_levels(read(folder))
    following = [record for record in records if not record.is_restricted and NamedNode(record.iri) in levels]
    for record in following:
        record.is_restricted = True
        level = record.sheet.of_kind("level")
        if level is not None:
            record.values[level.name] = [concept(level.scheme, levels[NamedNode(record.iri)])]
    return following


def restriction_notes(records: Sequence[Record], following: Sequence[Record]) -> Iterator[str]:
    """Yield how many rows go to the folder of what is restricted: those that are marked, and those that rest on them."""
    went = {id(record) for record in following}
    marked = [record for record in records if record.is_restricted and id(record) not in went]
    if marked:
        yield f"{_rows(marked)} to {FOLDER}/, as marked: {'; '.join(_places(marked))}."
    if following:
        yield f"{_rows(following)} to {FOLDER}/ because of them, which they rest on: {'; '.join(_places(following))}."


def _rows(records: Sequence[Record]) -> str:
    return "1 row goes" if len(records) == 1 else f"{len(records)} rows go"


def _places(records: Sequence[Record]) -> Iterator[str]:
    for sheet in SHEETS:
        rows = sorted(record.row for record in records if record.sheet is sheet)
        if rows:
            more = f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
            yield f"{sheet.name}, row{'s' if rows[1:] else ''} {', '.join(map(str, rows[:_NAMED]))}{more}"

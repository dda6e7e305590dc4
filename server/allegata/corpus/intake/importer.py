"""Makes an importer of a format of others: its records become rows of a workbook, by the map of the format or one of the user."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import Triple

from allegata import settings
from allegata.corpus.extensions import Option, Values
from allegata.corpus.importers import DraftedWorkbook, Importer
from allegata.corpus.intake.draft import draft_of
from allegata.corpus.intake.mapping import Map, default_map, map_text, read_map
from allegata.corpus.intake.records import Record
from allegata.corpus.intake.stated import stated_rows
from allegata.corpus.intake.suggestion import suggested_map
from allegata.corpus.library.library import Library
from allegata.corpus.text_files import read_text
from allegata.corpus.workbook.names import Names, read_names
from allegata.corpus.workbook.sheets import Rows
from allegata.corpus.workbook.workbook_file import write_workbook
from allegata.errors import UsageError

#: What reads the statements of this model that a file of a format holds, with the records of others beside them.
Statements = Callable[[Path], Sequence[Triple]]
_MAP: Final = Option("map", "Map that says what becomes of the fields (YAML).  [default: the one that comes with the format]")


def intake(
    summary: str, records: Callable[[Path], Iterable[Record]], plan: str = "", statements: Statements | None = None
) -> Importer:
    """Return the importer of a format: what reads its records, the name of its map, and what reads statements of this model.

    Without a map the columns are those of whoever made the file, and one has to be given. Where a file holds statements of this
    model, as exports of it do, they become rows as they are.
    """

    def drafts(path: Path, root: Path, values: Values, *, suggest: bool) -> DraftedWorkbook:
        names, _ = read_names(root)
        if suggest:
            text = map_text(plan) if plan else suggested_map(list(records(path)), names, path)
            return DraftedWorkbook(lambda out: _write_map(out, text), ("Read it, mend it, and give it with --map.",))
        rows, notes = _rows(path, _plan(values, plan), names, records, statements)
        return DraftedWorkbook(lambda out: write_workbook(out, rows, names), tuple(notes))

    return Importer(summary, options=(_MAP,), drafts=drafts)


def _plan(values: Values, plan: str) -> Map:
    if "map" in values:
        path = Path(values["map"][0])
        return read_map(read_text(path), path)
    if not plan:
        raise UsageError("There is no map of the columns.", remedy="Draft one with --suggest, read it, and give it with --map.")
    return default_map(plan)


def _rows(
    path: Path, plan: Map, names: Names, records: Callable[[Path], Iterable[Record]], statements: Statements | None
) -> tuple[Rows, list[str]]:
    draft = draft_of(records(path), plan, names, Library(settings.default_root()))
    own, told = stated_rows(statements(path), names) if statements else ({}, [])
    drafted = draft.rows()
    rows = {name: [*own.get(name, ()), *drafted.get(name, ())] for name in dict.fromkeys([*own, *drafted])}
    if not any(rows.values()):
        raise UsageError(f"{path} holds nothing that becomes a row.", remedy="\n".join(draft.notes()))
    return rows, [*told, *draft.notes()]


def _write_map(out: Path, text: str) -> None:
    if out.exists():
        raise UsageError(f"{out} is there already.", remedy="Give --out a name that is not taken.")
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}.") from None

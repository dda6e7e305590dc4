"""Words what is wrong with a value that names nothing that there is, or several things, with the nearest and where to look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allegata.corpus.workbook.columns import SHEETS, Column
from allegata.corpus.workbook.names import Names
from allegata.corpus.workbook.problems import shown

#: The schemes to which a corpus adds concepts of its own.
OWN_SCHEMES: Final = frozenset(choice.code for sheet in SHEETS if sheet.family == "scheme" for choice in sheet.choices)
#: How many concepts a message lists, and how many things that are not told apart.
_LISTED: Final = 15
_ALIKE: Final = 4


def unresolved(
    names: Names, column: Column, families: Sequence[str], text: str, found: Sequence[str], *, rows: bool = True
) -> tuple[str, str]:
    """Return what is wrong with a text that names none of some families, or several, and the remedy.

    `rows` says whether what is missing can be added as a row of a sheet.
    """
    if found:
        paths = [names.path(iri) for iri in found[:_ALIKE]]
        return f"{shown(text)} names {len(found)} things", f"Write which: {' or '.join(paths)}."
    kind = column.scheme.replace("-", " ") or " or ".join(family.replace("-", " ") for family in column.of[:3])
    close = names.nearest(families, text)
    return f"{shown(text)} is no {kind}", f"{f'The nearest is {close}. ' if close else ''}{_where(names, column, rows=rows)}"


def _where(names: Names, column: Column, *, rows: bool) -> str:
    """Return where the value is to be taken from, with the list of what there is where that is short."""
    if column.scheme:
        there = names.concepts(column.scheme)
        labels = ", ".join(map(names.label, there)) if len(there) <= _LISTED else ""
        more = ", or add a row to Concepts" if rows and column.scheme in OWN_SCHEMES else ""
        return f"Take one of the list{more}{f': {labels}' if labels else ''}."
    sheets = [sheet.name for sheet in SHEETS if sheet.family in column.of] if rows else []
    return (
        f"Add a row to {' or '.join(sheets[:3])}, or mend the name." if sheets else "Mend the name, or describe it in the corpus."
    )

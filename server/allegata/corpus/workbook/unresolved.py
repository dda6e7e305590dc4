"""Words what is wrong with a value that names nothing that there is, or several things, with the nearest and where to look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allegata.corpus.workbook.columns import FAMILIES, LIBRARY, SHEETS, Column
from allegata.corpus.workbook.names import Names
from allegata.corpus.workbook.problems import shown

#: The schemes to which a corpus adds concepts of its own.
OWN_SCHEMES: Final = frozenset(choice.code for sheet in SHEETS if sheet.family == "scheme" for choice in sheet.choices)
#: How many concepts a message lists, and how many things that are not told apart.
_LISTED: Final = 24
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
    hints = (_nearest(names, column, families, text), _instead(names, families, text))
    return f"{shown(text)} is no {kind}", "".join(f"{hint} " for hint in hints if hint) + _where(names, column, rows=rows)


def _nearest(names: Names, column: Column, families: Sequence[str], text: str) -> str:
    """Return the nearest name: of a concept its label, however it was found."""
    close = names.nearest(families, text)
    found = names.find(families, close) if close and column.scheme else []
    return f"The nearest is {names.label(found[0]) if len(found) == 1 else close}." if close else ""


def _instead(names: Names, families: Sequence[str], text: str) -> str:
    """Return what a text names that is of another family than is asked for."""
    for family in FAMILIES:
        found = names.find([family], text) if family not in families else []
        if len(found) == 1:
            return f"There is {names.path(found[0])}, which is of another kind: {family.replace('-', ' ')}."
    return ""


def _where(names: Names, column: Column, *, rows: bool) -> str:
    """Return where the value is to be taken from, with the list of what there is where that is short."""
    if column.scheme:
        there = names.concepts(column.scheme)
        labels = ", ".join(map(names.label, there)) if len(there) <= _LISTED else ""
        more = ", or add a row to Concepts" if rows and column.scheme in OWN_SCHEMES else ""
        where = "" if labels or not rows else " in the drop-down of the cell"
        return f"Take one of the list{where}{more}{f': {labels}' if labels else ''}."
    sheets = [sheet.name for sheet in SHEETS if sheet.family in column.of] if rows else []
    packs = dict.fromkeys(pack for family in column.of for pack in LIBRARY.get(family, ()))
    library = f" Or take it from the library: allegata library add {' / '.join(packs)}." if packs else ""
    own = (
        f"Add a row to {' or '.join(sheets[:3])}, or mend the name." if sheets else "Mend the name, or describe it in the corpus."
    )
    return f"{own}{library}"

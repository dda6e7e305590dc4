"""Writes the statements that a record makes, by the table of columns: of the record itself, and of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rdflib import URIRef
from rdflib.term import Node

from allegata.corpus.turtle_writer import Document
from allegata.corpus.workbook.columns import Sheet
from allegata.corpus.workbook.values import READ
from allegata.model.namespaces import SCHEMES, expand

Stated = tuple[str, Node | Sequence[Node] | None]


def describe_record(
    document: Document,
    sheet: Sheet,
    here: str,
    values: Mapping[str, Sequence[Node]],
    *,
    classes: Iterable[str] = (),
    further: Iterable[Stated] = (),
) -> None:
    """Describe a record by its path below the base: its classes, what its columns state, and what is said further of it.

    `values` has the terms of each column by its English name; a part that any column speaks of is described below the record.
    """
    types = [URIRef(expand(curie)) for curie in (classes or sheet.classes)]
    parts = {part.name: list(_of_part(sheet, part.name, values)) for part in sheet.parts}
    links = [(part.predicate, document.thing(f"{here}/{part.name}")) for part in sheet.parts if parts[part.name]]
    document.describe(here, [("rdf:type", types), *_of_part(sheet, "", values), *links, *further])
    for part in sheet.parts:
        if parts[part.name]:
            stated = [("rdf:type", URIRef(expand(part.class_))), *parts[part.name]]
            document.describe(f"{here}/{part.name}", stated)


def _of_part(sheet: Sheet, part: str, values: Mapping[str, Sequence[Node]]) -> Iterator[Stated]:
    """Yield what the columns of a part state, with what is meant where one is empty; nothing where all of them are."""
    own = [column for column in sheet.columns if column.predicate and column.part == part]
    if part and not any(values.get(column.name) for column in own):
        return
    for column in own:
        if given := values.get(column.name):
            yield column.predicate, given
        elif column.default:
            scheme = column.scheme
            yield column.predicate, concept(scheme, column.default) if scheme else READ[column.kind](column.default)


def concept(scheme: str, name: str) -> URIRef:
    """Return a concept of the schemes of the model, which keep their base in every corpus."""
    return URIRef(f"{SCHEMES}{scheme}/{name}")

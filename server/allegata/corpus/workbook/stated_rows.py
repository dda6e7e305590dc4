"""Makes a workbook of a corpus again: the rows that its records came from, with passages looked up in the texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rdflib import Literal, URIRef
from rdflib.term import Node

from allegata.corpus.rdf import parse_turtle, to_rdflib
from allegata.corpus.workbook.cells import join_values
from allegata.corpus.workbook.columns import Choice, Column, Sheet
from allegata.corpus.workbook.names import CONCEPT, Names
from allegata.corpus.workbook.statements import concept
from allegata.corpus.workbook.values import READ, written
from allegata.model.namespaces import SCHEMES, expand

TYPE: Final = expand("rdf:type")
#: The texts of a row, by header.
Cells = dict[str, str]


@dataclass
class Stated:
    """What files state: the values of things by property, in order, and which of it has been taken into a row."""

    values: dict[str, dict[str, list[Node]]] = field(default_factory=dict)
    taken: set[tuple[str, str]] = field(default_factory=set)

    def take(self, subject: str, predicate: str) -> list[Node]:
        """Return the values of a property, and note that they are taken."""
        self.taken.add((subject, predicate))
        return self.values.get(subject, {}).get(predicate, [])

    def take_curie(self, subject: str, curie: str) -> list[Node]:
        """Return the values of a property by its prefixed name."""
        return self.take(subject, expand(curie))

    def take_all(self, subject: str) -> None:
        """Note that all that is stated of a thing is taken, such as a digest, which is computed again."""
        self.taken |= {(subject, predicate) for predicate in self.values.get(subject, {})}

    def left(self) -> int:
        """Count the statements that no row has."""
        rows = ((s, p, len(values)) for s, said in self.values.items() for p, values in said.items())
        return sum(count for subject, predicate, count in rows if (subject, predicate) not in self.taken)


def read_stated(paths: Sequence[Path]) -> Stated:
    """Read what files state, in the order in which it stands there."""
    found = Stated()
    for path in paths:
        for triple in parse_turtle(path):
            subject, predicate, value = to_rdflib(triple)
            found.values.setdefault(str(subject), {}).setdefault(str(predicate), []).append(value)
    return found


class RowWriter:
    """Makes rows of things: by the table of columns, each value as a cell names it."""

    def __init__(self, stated: Stated, names: Names, language: str):
        self.stated, self.names, self.language = stated, names, language

    def things(self, sheet: Sheet) -> Iterator[tuple[str, Choice | None]]:
        """Yield the things that are rows of a sheet, each with what it chooses."""
        for iri in list(self.stated.values):
            types = {str(item) for item in self.stated.values[iri].get(TYPE, [])}
            if not iri.startswith(f"{self.names.base}{sheet.family}/"):
                continue
            choice = next((item for item in sheet.choices if item.classes and {*map(expand, item.classes)} <= types), None)
            if choice or (sheet.classes and {*map(expand, sheet.classes)} <= types):
                yield iri, choice or self._scheme(sheet, iri)

    def _scheme(self, sheet: Sheet, iri: str) -> Choice | None:
        return next((item for item in sheet.choices if f"/scheme/{item.code}/" in iri), None)

    def cells(self, sheet: Sheet, iri: str, choice: Choice | None) -> Cells:
        """Return the cells of a thing that its columns state."""
        self.stated.take(iri, TYPE)
        row: Cells = {"id": iri.rpartition("/")[2]}
        for column in sheet.columns:
            if column.kind == "choice" and choice:
                row[column.name] = choice.ko if self.language == "ko" else choice.en
            elif column.predicate:
                row |= self._column(column, self.stated.take_curie(self._holder(sheet, column, iri), column.predicate))
        return row

    def _holder(self, sheet: Sheet, column: Column, iri: str) -> str:
        """Return of what a column speaks: the thing, or its part."""
        if not column.part:
            return iri
        self.stated.take_curie(iri, sheet.part(column.part).predicate)
        part = f"{iri}/{column.part}"
        self.stated.take(part, TYPE)
        return part

    def _column(self, column: Column, values: Sequence[Node]) -> Cells:
        if column.default and [str(value) for value in values] == [str(self._default(column))]:
            return {}
        texts: dict[str, list[str]] = {}
        for value in values:
            tag = value.language if isinstance(value, Literal) and column.kind == "text" else None
            own = "" if tag in (None, self.names.language) else str(tag)
            texts.setdefault(own, []).append(self.written(column, value))
        return {f"{column.name}@{tag}" if tag else column.name: self._joined(column, found) for tag, found in texts.items()}

    @staticmethod
    def _joined(column: Column, texts: list[str]) -> str:
        return join_values(texts, column.separator) if column.many else texts[0]

    @staticmethod
    def _default(column: Column) -> Node:
        return concept(column.scheme, column.default) if column.scheme else READ[column.kind](column.default)

    def written(self, column: Column, value: Node) -> str:
        """Return a value as a cell of a column has it."""
        if isinstance(value, URIRef) and (column.scheme or column.of):
            families = [f"{CONCEPT}/{column.scheme}"] if column.scheme else list(column.of)
            if column.predicate == "skos:broader":
                families = [
                    f"{CONCEPT}/{str(value).removeprefix(SCHEMES).removeprefix(f'{self.names.base}scheme/').split('/')[0]}"
                ]
            return self.names.written(families, str(value), self.language)
        return written(value)

    def listed(self, column: Column, things: Sequence[Node]) -> str:
        """Return several things as a cell names them."""
        return join_values([self.written(column, thing) for thing in things], column.separator)

"""Turns the answer to a query into a table for people: names with links in place of IRIs, one column for a thing and its name."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from pyoxigraph import DefaultGraph, Literal, NamedNode

from allegata.budget import shared_property
from allegata.domain.things import Descriptions, Value
from allegata.model.labels import LABELS
from allegata.model.namespaces import expand, scheme_path

_XSD: Final = expand("xsd:string").removesuffix("string")
_NUMBERS: Final = frozenset(_XSD + name for name in ("integer", "nonNegativeInteger", "decimal", "double", "float", "int"))
#: By what a thing without a name of its own is known beside its parts: what it says, what it is, what it is done to, who does it.
_FACES: Final = (
    "alg:asserts",
    "alg:stance",
    "alg:act",
    "alg:instrument",
    "alg:assertedBy",
    "alg:basis",
    "alg:ofEvent",
    "alg:first",
)
#: Rows from which on a column that says the same in all of them need not be one.
_SEVERAL: Final = 3
#: What stands in a column for a thing whose name is put together of the names of two others.
_SHORT: Final = "alg:stance"
Row: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True)
class Cell:
    """A cell: its text, with the thing that the text names, and the thing that it leads to."""

    value: Value
    leads_to: str = ""

    @property
    def is_number(self) -> bool:
        """Return whether it is a number."""
        return self.value.datatype in _NUMBERS


@dataclass(frozen=True)
class AnswerTable:
    """An answer: the rows as they were given, and a table of them by the names of its columns."""

    given: tuple[Row, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def is_numeric(self, at: int) -> bool:
        """Return whether every cell of a column that holds anything holds a number."""
        cells = [row[at] for row in self.rows if row[at].value.text]
        return bool(cells) and all(cell.is_number for cell in cells)

    @property
    def same(self) -> tuple[int, ...]:
        """Return the places of columns that say the same in each of several rows, and no number."""
        few = len(self.rows) < _SEVERAL
        cells = ([row[at] for row in self.rows] for at in range(len(self.columns)))
        return tuple(at for at, cell in enumerate(cells) if not few and len(set(cell)) == 1 and not cell[0].is_number)

    def numbers(self, column: str) -> list[float]:
        """Return the numbers of a column, 0 where there is none."""
        return [float(row[column].text) if row.get(column, Value("")).datatype in _NUMBERS else 0.0 for row in self.given]


class Answers:
    """Makes tables of answers over one release."""

    def __init__(self, descriptions: Descriptions):
        self.descriptions = descriptions

    def table(self, body: bytes) -> AnswerTable:
        """Return the table of an answer in SPARQL's JSON; an answer of yes or no is one cell."""
        answer = json.loads(body)
        if "boolean" in answer:
            said = Value(str(answer["boolean"]).lower(), datatype=f"{_XSD}boolean")
            return AnswerTable(({"answer": said},), ("answer",), ((Cell(said),),))
        rows = tuple({name: self._value(term) for name, term in row.items()} for row in answer["results"]["bindings"])
        columns = [name for name in answer["head"]["vars"] if any(name in row for row in rows)]
        cells = {name: [Cell(row.get(name, Value(""))) for row in rows] for name in columns}
        for name in columns:
            cells[name] = self._named(cells[name])
        for name in [item for item in columns if _leads(cells[item])]:
            if beside := self._beside(name, cells):
                pairs = zip(cells[beside], cells.pop(name), strict=True)
                cells[beside] = [replace(cell, leads_to=thing.leads_to or cell.leads_to) for cell, thing in pairs]
            else:
                cells[name] = [replace(cell, value=self._short(cell.value)) for cell in cells[name]]
        return AnswerTable(rows, tuple(cells), tuple(zip(*cells.values(), strict=True)) if cells else ())

    def _value(self, term: Mapping[str, Any]) -> Value:
        if term["type"] == "uri":
            return self.descriptions.value(NamedNode(term["value"]))
        language = term.get("xml:lang", "")
        return Value(term["value"], language=language, datatype="" if language else term.get("datatype", f"{_XSD}string"))

    @shared_property
    def _things(self) -> Mapping[str, tuple[str, ...]]:
        """Return the things of the release by their names and by what they say."""
        found: dict[str, set[str]] = defaultdict(set)
        for curie in LABELS:
            for quad in self.descriptions.quads(None, NamedNode(expand(curie)), None, DefaultGraph()):
                if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                    found[quad.object.value].add(quad.subject.value)
        return {text: tuple(sorted(iris)) for text, iris in found.items()}

    def _named(self, cells: Sequence[Cell]) -> list[Cell]:
        """Name the things of a column, and lead to those that are more than a word; of several of a name, to what others are.

        Words are those of a scheme where all the texts of the column are.
        """
        known = [self._things.get(cell.value.text, ()) if not (cell.value.iri or cell.is_number) else () for cell in cells]
        usual = [kind for kind, _ in Counter(self._kind(iri) for iris in known for iri in iris).most_common()]
        best = [min(iris, key=lambda iri: (usual.index(self._kind(iri)), iri), default="") for iris in known]
        are_words = all(iri for iri, cell in zip(best, cells, strict=True) if cell.value.text)
        named = []
        for cell, iri in zip(cells, best, strict=True):
            is_word = bool(scheme_path(iri, self.descriptions.base))
            found = iri if are_words or not is_word else ""
            leads_to = cell.value.iri or ("" if is_word else found)
            named.append(replace(cell, value=replace(cell.value, iri=cell.value.iri or found), leads_to=leads_to))
        return named

    def _kind(self, iri: str) -> str:
        return iri.removeprefix(self.descriptions.base).partition("/")[0]

    def _short(self, value: Value) -> Value:
        """Return what stands for a thing: its name, or the word for what it is where its name repeats the rest of the row."""
        return next(iter(self.descriptions.values(NamedNode(value.iri), _SHORT)), value) if value.iri else value

    def _beside(self, name: str, cells: Mapping[str, Sequence[Cell]]) -> str:
        """Return the column that names the things of one that has them alone, or nothing."""
        things = [NamedNode(cell.leads_to) if cell.leads_to else None for cell in cells[name]]
        others = [column for column in cells if column != name and not _leads(cells[column])]
        for curie in ("", *_FACES):
            faces = [self._faces(thing, curie) for thing in things]
            for column in others:
                pairs = list(zip(faces, (cell.value.text for cell in cells[column]), strict=True))
                if all(face is None or text in face for face, text in pairs):
                    return column
        return ""

    def _faces(self, thing: NamedNode | None, curie: str) -> Iterable[str] | None:
        """Return the names of a thing, or of what a property of it leads to; None where there is no thing."""
        if thing is None:
            return None
        read = self.descriptions
        return (read.label(thing),) if not curie else [read.label(node) for node in read.nodes(thing, curie)]


def _leads(cells: Sequence[Cell]) -> bool:
    """Return whether a column has things alone, not their names."""
    given = [cell for cell in cells if cell.value.text]
    return bool(given) and all(cell.value.iri and not cell.value.datatype and not cell.value.language for cell in given)

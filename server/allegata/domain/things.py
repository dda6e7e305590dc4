"""Describes any one thing: what is said of it, and what is said with it, with labels for people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from allegata.domain.labels import Names
from allegata.domain.store import TYPE, Reader
from allegata.model.labels import ENGLISH
from allegata.model.namespaces import BASE, expand, iri_spellings
from allegata.release.statement_store import StatementStore

#: References to a thing that its page lists; the rest is a query away.
SHOWN_INCOMING = 200


@dataclass(frozen=True)
class Value:
    """One value: text for people, and for a thing its IRI, for a literal its language or datatype."""

    text: str
    iri: str = ""
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True)
class Statement:
    """One property with its values, in a stable order."""

    property: Value
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Thing:
    """One thing: IRI, label, its classes, its statements, its parts, what refers to it by property, and the files it stands in.

    `inferred` holds what stands in no file and follows from what does.
    """

    iri: str
    label: str
    types: tuple[Value, ...]
    statements: tuple[Statement, ...]
    inferred: tuple[Statement, ...]
    parts: tuple[Thing, ...]
    incoming: tuple[Statement, ...]
    files: tuple[Value, ...]


class Descriptions(Reader):
    """Reads descriptions from the store of a release, or from another that is given."""

    def __init__(self, folder: Path, base: str, language: str = ENGLISH, store: StatementStore | None = None):
        super().__init__(folder, base, language, store)
        self.names = Names(self)
        self._made = (f"{base}graph/inferred", f"{base}graph/meta")

    def iri_at(self, path: str) -> str:
        """Return the IRI of the thing at a path: below the base, or of the model or the library, whose names keep their base.

        The path is as decoded from an address. Of the ways to write it in an IRI, one that something is stated of counts.
        """
        spellings = iri_spellings(path)
        found = (name for name in (self.base + spelling for spelling in spellings) if self.has(name))
        if own := next(found, None):
            return own
        return next((name for name in (BASE + spelling for spelling in spellings) if self.has(name)), self.base + spellings[0])

    def triples(self, iri: str) -> list[Triple]:
        """Return all statements of a thing and of its parts, and those that refer to it, sorted."""
        nodes = [NamedNode(iri), *self._parts(NamedNode(iri))]
        if self.holds(iri):
            return self.graph(iri)
        about = [quad.triple for node in nodes for quad in self.about(node)]
        return sorted({*about, *(quad.triple for quad in self.naming(NamedNode(iri)))}, key=str)

    def thing(self, iri: str) -> Thing:
        """Describe a thing for a page."""
        node = NamedNode(iri)
        return self._described(node, tuple(map(self._part, self._parts(node))), islice(self._references(node), SHOWN_INCOMING))

    def files(self, iri: str) -> tuple[Value, ...]:
        """Return the graphs, which are files, that say something of a thing."""
        graphs = {str(quad.graph_name.value) for quad in self.stated(NamedNode(iri)) if isinstance(quad.graph_name, NamedNode)}
        return tuple(self.value(NamedNode(graph)) for graph in sorted(graphs - {self._made[0]}))

    def value(self, term: NamedNode | Literal) -> Value:
        """Return a term with what a reader needs to see of it."""
        if isinstance(term, NamedNode):
            return Value(self.label(term), iri=term.value)
        return Value(term.value, language=term.language or "", datatype="" if term.language else term.datatype.value)

    def values(self, node: NamedNode, curie: str) -> tuple[Value, ...]:
        """Return the things that a property leads to, by their labels."""
        return tuple(sorted((self.value(item) for item in self.nodes(node, curie)), key=lambda value: (value.text, value.iri)))

    def label(self, node: NamedNode) -> str:
        """Name a thing: its English label, any label, what it says, or its IRI in short."""
        return self.names.label(node)

    def label_of(self, iri: str) -> str:
        """Name the thing with an IRI."""
        return self.label(NamedNode(iri))

    def uses(self, iri: str, *curies: str) -> tuple[Statement, ...]:
        """Return what leads to a thing by certain properties, all of it, in the order of the properties."""
        node = NamedNode(iri)
        found = (
            [(quad.predicate, quad.subject) for quad in self.quads(None, NamedNode(expand(curie)), node, DefaultGraph())]
            for curie in curies
        )
        return tuple(row for pairs in found for row in self._grouped(pairs))

    def _references(self, node: NamedNode) -> Iterator[Quad]:
        """Return what refers to a thing, once for each pair, leaving out what its own parts say."""
        return (quad for quad in self.naming(node) if isinstance(quad.subject, NamedNode))

    def _parts(self, node: NamedNode) -> list[NamedNode]:
        """Return the things below the IRI of a thing that are reachable from it: its anchor, quantity, period and so on."""
        found: list[NamedNode] = []
        queue = [node]
        while queue:
            for quad in sorted(self.about(queue.pop(0)), key=str):
                value = quad.object
                if isinstance(value, NamedNode) and value.value.startswith(f"{node.value}/") and value not in found:
                    found.append(value)
                    queue.append(value)
        return found

    def _part(self, node: NamedNode) -> Thing:
        return self._described(node, (), ())

    def _described(self, node: NamedNode, parts: tuple[Thing, ...], incoming: Iterable[Quad]) -> Thing:
        given, follows = self._split(node)
        return Thing(
            iri=node.value,
            label=self.label(node),
            types=tuple(self.value(term) for prop, term in given if prop == TYPE and isinstance(term, NamedNode)),
            statements=self._grouped((prop, term) for prop, term in given if prop != TYPE),
            inferred=self._grouped(follows),
            parts=parts,
            incoming=self._grouped((quad.predicate, quad.subject) for quad in incoming),
            files=self.files(node.value),
        )

    def _split(self, node: NamedNode) -> tuple[list[tuple[NamedNode, object]], list[tuple[NamedNode, object]]]:
        """Part what the files say of a thing from what follows."""
        given: set[tuple[NamedNode, object]] = set()
        follows: set[tuple[NamedNode, object]] = set()
        for quad in self.stated(node):
            made = isinstance(quad.graph_name, NamedNode) and quad.graph_name.value == self._made[0]
            (follows if made else given).add((quad.predicate, quad.object))
        return sorted(given, key=str), sorted(follows - given, key=str)

    def _grouped(self, pairs: Iterable[tuple[NamedNode, object]]) -> tuple[Statement, ...]:
        groups: dict[NamedNode, list[Value]] = defaultdict(list)
        for predicate, term in pairs:
            if isinstance(term, NamedNode | Literal):
                groups[predicate].append(self.value(term))
        rows = (
            Statement(self.value(predicate), tuple(sorted(values, key=lambda v: (v.text, v.iri))))
            for predicate, values in groups.items()
        )
        return tuple(sorted(rows, key=lambda row: (row.property.text, row.property.iri)))

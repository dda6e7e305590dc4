"""Describes one thing of a release: what is said of it, and what is said with it, with labels for people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from allegata.namespaces import PREFIXES, expand

_TYPE = NamedNode(expand("rdf:type"))
_LABELS = tuple(
    NamedNode(expand(curie)) for curie in ("rdfs:label", "skos:prefLabel", "alg:statement", "dct:title", "schema:name")
)
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
    """One thing: IRI, label, its classes, its statements, its parts, and what refers to it by property."""

    iri: str
    label: str
    types: tuple[Value, ...]
    statements: tuple[Statement, ...]
    parts: tuple[Thing, ...]
    incoming: tuple[Statement, ...]


class Descriptions:
    """Reads descriptions from the store of a release; every look-up is by pattern, so none needs a query."""

    def __init__(self, folder: Path, base: str):
        self.store = Store.read_only(str(folder / "store"))
        self.base = base

    def has(self, iri: str) -> bool:
        """Say whether anything is stated of an IRI."""
        return next(self._of(NamedNode(iri)), None) is not None

    def triples(self, iri: str) -> list[Triple]:
        """Give all statements of a thing and of its parts, and those that refer to it, sorted."""
        nodes = [NamedNode(iri), *self._parts(NamedNode(iri))]
        about = [quad.triple for node in nodes for quad in self._of(node)]
        return sorted({*about, *(quad.triple for quad in self._to(NamedNode(iri)))}, key=str)

    def thing(self, iri: str) -> Thing:
        """Describe a thing for a page."""
        node = NamedNode(iri)
        return Thing(
            iri=iri,
            label=self.label(node),
            types=tuple(self.value(q.object) for q in self._of(node) if q.predicate == _TYPE and isinstance(q.object, NamedNode)),
            statements=self._grouped((q.predicate, q.object) for q in self._of(node) if q.predicate != _TYPE),
            parts=tuple(self._part(part) for part in self._parts(node)),
            incoming=self._grouped((q.predicate, q.subject) for q in self._first_to(node)),
        )

    def value(self, term: NamedNode | Literal) -> Value:
        """Give a term with what a reader needs to see of it."""
        if isinstance(term, NamedNode):
            return Value(self.label(term), iri=term.value)
        return Value(term.value, language=term.language or "", datatype="" if term.language else term.datatype.value)

    def label(self, node: NamedNode) -> str:
        """Name a thing: its English label, any label, or its IRI in short."""
        for predicate in _LABELS:
            found = sorted(
                (quad.object for quad in self.store.quads_for_pattern(node, predicate, None, DefaultGraph())),
                key=lambda term: (getattr(term, "language", "") != "en", str(term)),
            )
            if found and isinstance(found[0], Literal):
                return found[0].value
        return self.short(node.value)

    def short(self, iri: str) -> str:
        """Shorten an IRI by the base or a prefix."""
        for prefix, space in PREFIXES.items():
            if iri.startswith(space):
                return f"{prefix}:{iri.removeprefix(space)}"
        return iri.removeprefix(self.base)

    def label_of(self, iri: str) -> str:
        """Name the thing with an IRI."""
        return self.label(NamedNode(iri))

    def graph(self, iri: str) -> list[Triple]:
        """Give the statements of a named graph, sorted."""
        return sorted((quad.triple for quad in self.store.quads_for_pattern(None, None, None, NamedNode(iri))), key=str)

    def instances(self, curie: str) -> Iterator[NamedNode]:
        """Give the things that are stated to be of a class."""
        for quad in self.store.quads_for_pattern(None, _TYPE, NamedNode(expand(curie)), DefaultGraph()):
            if isinstance(quad.subject, NamedNode):
                yield quad.subject

    def _of(self, node: NamedNode) -> Iterator[Quad]:
        """Give the statements of the default graph, which is the union of all graphs."""
        return self._default(node, None)

    def _to(self, node: NamedNode) -> Iterator[Quad]:
        return self._default(None, node)

    def _first_to(self, node: NamedNode) -> Iterator[Quad]:
        for count, quad in enumerate(self._to(node)):
            if count == SHOWN_INCOMING:
                return
            yield quad

    def _default(self, subject: NamedNode | None, value: NamedNode | None) -> Iterator[Quad]:
        return iter(self.store.quads_for_pattern(subject, None, value, DefaultGraph()))

    def _parts(self, node: NamedNode) -> list[NamedNode]:
        """Give the things below the IRI of a thing that are reachable from it: its anchor, quantity, period and so on."""
        found: list[NamedNode] = []
        queue = [node]
        while queue:
            for quad in self._of(queue.pop(0)):
                value = quad.object
                if isinstance(value, NamedNode) and value.value.startswith(f"{node.value}/") and value not in found:
                    found.append(value)
                    queue.append(value)
        return found

    def _part(self, node: NamedNode) -> Thing:
        return Thing(node.value, self.label(node), (), self._grouped((q.predicate, q.object) for q in self._of(node)), (), ())

    def _grouped(self, pairs: Iterable[tuple[NamedNode, object]]) -> tuple[Statement, ...]:
        groups: dict[NamedNode, list[Value]] = defaultdict(list)
        for predicate, term in pairs:
            if isinstance(term, NamedNode | Literal):
                groups[predicate].append(self.value(term))
        rows = (
            Statement(self.value(predicate), tuple(sorted(values, key=lambda v: (v.text, v.iri))))
            for predicate, values in groups.items()
        )
        return tuple(sorted(rows, key=lambda row: row.property.text))


def figures(descriptions: Descriptions) -> dict[str, int]:
    """Count what a release holds, by class, and the assertions by document, for the home page."""
    classes = ("Claim", "Assertion", "Stance", "EvidenceLine", "Instrument", "Source", "Event")
    counts = {name: sum(1 for _ in descriptions.instances(f"alg:{name}")) for name in classes}
    counts["Actor"] = sum(1 for _ in descriptions.instances("prov:Agent"))
    return counts


def by_document(descriptions: Descriptions) -> dict[str, int]:
    """Count the assertions by the document in which they stand."""
    stated = descriptions.store.quads_for_pattern(None, NamedNode(expand("alg:statedIn")), None, DefaultGraph())
    return dict(Counter(quad.object.value for quad in stated if isinstance(quad.object, NamedNode)))

"""Indexes statements by subject and property: what tables, the search, differences and nanopublications are made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from allegata.corpus.rdf import iri_of, named
from allegata.model.labels import LABELS, by_language
from allegata.model.namespaces import expand, slug

Term = NamedNode | Literal
_TYPE = expand("rdf:type")
#: Of how many things a store is not asked again.
_KEPT: Final = 50_000
_NOTHING: Final[Mapping[str, list[Term]]] = {}


class Statements:
    """Statements without their graphs, each once: the values of things by property, things by class, and a name for each."""

    def __init__(self, statements: Iterable[Quad] | Iterable[Triple]):
        self._values: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self._instances: dict[str, set[str]] = defaultdict(set)
        self._leading: dict[str, dict[str, list[str]]] = {}
        for triple in {item.triple if isinstance(item, Quad) else item for item in statements}:
            subject, value = iri_of(triple.subject), named(triple.object)
            self._values[subject][triple.predicate.value].append(value)
            if triple.predicate.value == _TYPE:
                self._instances[value.value].add(subject)

    def _of(self, iri: str) -> Mapping[str, list[Term]]:
        return self._values.get(iri, _NOTHING)

    def _members(self, kind: str) -> Iterable[str]:
        return self._instances.get(kind, ())

    @property
    def subjects(self) -> Iterable[str]:
        """Return the things that anything is stated of, in no order."""
        return self._values.keys()

    def about(self, iri: str) -> Iterator[tuple[str, Term]]:
        """Yield what is stated of a thing: each property with each of its values, in no order."""
        for predicate, terms in self._of(iri).items():
            yield from ((predicate, term) for term in terms)

    def below(self, iri: str) -> Iterator[tuple[str, str, Term]]:
        """Yield what is stated of a thing and of its parts, whose names begin with its own: thing, property, value."""
        queue = [iri]
        for thing in queue:
            for predicate, term in self.about(thing):
                yield thing, predicate, term
                if isinstance(term, NamedNode) and term.value.startswith(f"{thing}/"):
                    queue.append(term.value)

    def terms(self, iri: str, curie: str) -> list[Term]:
        """Return the values of a property, English texts first (`model.labels`)."""
        found = self._of(iri).get(expand(curie), [])
        return sorted(found, key=_order) if len(found) > 1 else found

    def values(self, iri: str, curie: str) -> list[str]:
        """Return the same as text: an IRI, or the lexical form of a literal."""
        return [term.value for term in self.terms(iri, curie)]

    def leading(self, iri: str, curie: str) -> list[str]:
        """Return the things that have a value of a property, in no order."""
        if curie not in self._leading:
            known = self._leading[curie] = defaultdict(list)
            for subject, values in self._values.items():
                for term in values.get(expand(curie), ()):
                    known[term.value].append(subject)
        return self._leading[curie].get(iri, [])

    def pairs(self, curie: str) -> Iterator[tuple[str, Term]]:
        """Yield the things that have a property, with each of its values, in no order."""
        for subject, values in self._values.items():
            yield from ((subject, term) for term in values.get(expand(curie), ()))

    def instances(self, *curies: str) -> Set[str]:
        """Return the things that are stated to be of one of some classes."""
        return set().union(*(self._members(expand(curie)) for curie in curies))

    def name(self, iri: str) -> str:
        """Return the name of a thing, what it says where nobody names it, or the last part of its IRI."""
        return next((text for curie in LABELS for text in self.values(iri, curie)), slug(iri))


class StoredStatements(Statements):
    """The same, asked of a store that holds the union of all graphs, thing by thing."""

    def __init__(self, store: Store):
        super().__init__(())
        self._store = store
        self._asked: dict[str, Mapping[str, list[Term]]] = {}

    def _of(self, iri: str) -> Mapping[str, list[Term]]:
        if iri not in self._asked:
            if len(self._asked) >= _KEPT:
                self._asked.clear()
            found: dict[str, list[Term]] = {}
            node = _node(iri)
            for quad in self._store.quads_for_pattern(node, None, None, DefaultGraph()) if node else ():
                found.setdefault(quad.predicate.value, []).append(named(quad.object))
            self._asked[iri] = found
        return self._asked[iri]

    def _members(self, kind: str) -> Iterable[str]:
        found = self._store.quads_for_pattern(None, NamedNode(_TYPE), NamedNode(kind), DefaultGraph())
        return (iri_of(quad.subject) for quad in found)

    @property
    def subjects(self) -> Iterable[str]:
        """Return the things that anything is stated of, in no order."""
        rows = self._store.query("SELECT DISTINCT ?thing WHERE { ?thing ?property ?value }")
        return [iri_of(row[0]) for row in rows]  # type: ignore[union-attr]

    def pairs(self, curie: str) -> Iterator[tuple[str, Term]]:
        """Yield the things that have a property, with each of its values, in no order."""
        for quad in self._store.quads_for_pattern(None, NamedNode(expand(curie)), None, DefaultGraph()):
            yield iri_of(quad.subject), named(quad.object)

    def leading(self, iri: str, curie: str) -> list[str]:
        """Return the things that have a value of a property, in no order."""
        node = _node(iri)
        found = self._store.quads_for_pattern(None, NamedNode(expand(curie)), node, DefaultGraph()) if node else ()
        return [iri_of(quad.subject) for quad in found]


def _node(iri: str) -> NamedNode | None:
    """Return the node of an IRI, or None for what is none, as where a literal stands in the place of a thing."""
    try:
        return NamedNode(iri)
    except ValueError:
        return None


def _order(term: Term) -> tuple[bool, bool, str, str]:
    return by_language(term.value, term.language if isinstance(term, Literal) else None)

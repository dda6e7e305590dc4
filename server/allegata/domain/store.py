"""Reads the statements of a release by patterns: from its store they cost microseconds, so no page needs a query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from allegata.budget import spend
from allegata.domain.glosses import Glosses
from allegata.domain.translations import Translations
from allegata.model.labels import ENGLISH, by_language
from allegata.model.namespaces import expand
from allegata.release.handle import open_store
from allegata.release.statement_store import StatementStore

Term = NamedNode | Literal
TYPE = NamedNode(expand("rdf:type"))


class Reader:
    """Looks statements up in the default graph, the union of all graphs, unless a method says otherwise.

    They are read from the store in the folder of the release, or from the one that is given.
    """

    def __init__(self, folder: Path, base: str, language: str = ENGLISH, store: StatementStore | None = None):
        self.is_elsewhere = store is not None
        self.store: StatementStore = store or open_store(folder)
        self.base, self.language = base, language
        self.glosses = Glosses(folder)
        self._folder = folder
        if not self.is_elsewhere:  # what is elsewhere may not be there yet
            assert self.translations

    @cached_property
    def translations(self) -> Translations:
        """Return what things are called in further languages."""
        return Translations(self._folder, self.literals, self.expect)

    def expect(self, nodes: Iterable[NamedNode]) -> None:
        """Say that things are about to be read: a store elsewhere is asked about many of them at once."""
        told = getattr(self.store, "expect", None)
        if told:
            told(nodes)

    def quads(
        self, subject: NamedNode | None, predicate: NamedNode | None, value: Term | None, graph: NamedNode | DefaultGraph | None
    ) -> Iterator[Quad]:
        """Return the statements that fit a pattern, in one graph or in all; a step of work."""
        spend()
        return iter(self.store.quads_for_pattern(subject, predicate, value, graph))

    def is_there(self) -> bool:
        """Return whether anything can be read; whoever asks engines elsewhere knows whether they answer."""
        return self.is_elsewhere or next(self.quads(None, None, None, None), None) is not None

    def has(self, iri: str) -> bool:
        """Return whether anything is stated of an IRI, or in it where it names a graph; never of what is no IRI (RFC 3987)."""
        node = _node(iri)
        return node is not None and (next(self.about(node), None) is not None or self.holds(iri))

    def holds(self, iri: str) -> bool:
        """Return whether an IRI names a graph that holds anything; what is no IRI names none."""
        node = _node(iri)
        return node is not None and self.store.contains_named_graph(node)

    def about(self, node: NamedNode) -> Iterator[Quad]:
        """Return the statements with a thing as subject."""
        return self.quads(node, None, None, DefaultGraph())

    def naming(self, node: NamedNode) -> Iterator[Quad]:
        """Return the statements with a thing as object."""
        return self.quads(None, None, node, DefaultGraph())

    def stated(self, node: NamedNode) -> Iterator[Quad]:
        """Yield the statements with a thing as subject in the named graphs, each as often as it stands in a file."""
        for quad in self.quads(node, None, None, None):
            if isinstance(quad.graph_name, NamedNode):
                yield quad

    def nodes(self, node: NamedNode, curie: str) -> list[NamedNode]:
        """Return the things that a property of a thing leads to, by IRI."""
        found = self.quads(node, NamedNode(expand(curie)), None, DefaultGraph())
        return sorted((quad.object for quad in found if isinstance(quad.object, NamedNode)), key=str)

    def node(self, node: NamedNode, curie: str) -> NamedNode | None:
        """Return the first thing that a property of a thing leads to."""
        return next(iter(self.nodes(node, curie)), None)

    def literals(self, node: NamedNode, curie: str) -> list[Literal]:
        """Return the literals of a property: those in the reader's language first, then English ones, then others."""
        found = self.quads(node, NamedNode(expand(curie)), None, DefaultGraph())
        literals = (quad.object for quad in found if isinstance(quad.object, Literal))
        return sorted(literals, key=lambda term: by_language(term.value, term.language, self.language))

    def text(self, node: NamedNode | None, *curies: str) -> str:
        """Return the text of the first of several properties that has one, or nothing."""
        if node is None:
            return ""
        return next((literal.value for curie in curies for literal in self.literals(node, curie)), "")

    def subjects(self, curie: str, value: NamedNode) -> list[NamedNode]:
        """Return the things that lead to a thing by a property, by IRI."""
        found = self.quads(None, NamedNode(expand(curie)), value, DefaultGraph())
        return sorted((quad.subject for quad in found if isinstance(quad.subject, NamedNode)), key=str)

    def leading(self, curie: str) -> set[NamedNode]:
        """Return the things to which a property leads from anywhere."""
        found = self.store.quads_for_pattern(None, NamedNode(expand(curie)), None, DefaultGraph())
        return {quad.object for quad in found if isinstance(quad.object, NamedNode)}

    def instances(self, curie: str) -> Iterator[NamedNode]:
        """Yield the things that are stated to be of a class."""
        for quad in self.quads(None, TYPE, NamedNode(expand(curie)), DefaultGraph()):
            if isinstance(quad.subject, NamedNode):
                yield quad.subject

    def classes(self, node: NamedNode) -> set[str]:
        """Return the IRIs of a thing's classes, inferred ones too."""
        found = self.quads(node, TYPE, None, DefaultGraph())
        return {quad.object.value for quad in found if isinstance(quad.object, NamedNode)}

    def graph(self, iri: str) -> list[Triple]:
        """Return the statements of a named graph, sorted."""
        return sorted((quad.triple for quad in self.quads(None, None, None, NamedNode(iri))), key=str)


def _node(iri: str) -> NamedNode | None:
    """Return the node of an IRI, or None for what is none (RFC 3987)."""
    try:
        return NamedNode(iri)
    except ValueError:
        return None

"""Says what pages need of wherever the statements of a release are: its own store, or engines elsewhere that hold it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

Subject = NamedNode | BlankNode | Triple
Object = NamedNode | BlankNode | Literal | Triple
GraphName = NamedNode | BlankNode | DefaultGraph


class StatementStore(Protocol):
    """What can be looked into by patterns; `pyoxigraph.Store` is one."""

    def quads_for_pattern(
        self, subject: Subject | None, predicate: NamedNode | None, object: Object | None, graph_name: GraphName | None = None, /
    ) -> Iterator[Quad]:
        """Return the statements that fit, in one graph (the default graph is the union of all), or in all of them."""

    def named_graphs(self) -> Iterator[NamedNode | BlankNode]:
        """Return the names of the graphs."""

    def contains_named_graph(self, graph_name: GraphName, /) -> bool:
        """Return whether there is a graph of a name."""

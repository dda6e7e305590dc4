"""Stands in for the store of a release where the release has none: pages read from the engines that hold it.

Pages read one thing after the other, and each question costs the way to an engine and back. So whatever is asked about a thing is
answered from all statements about it; they are asked for once, together with those about things that were named beside it,
which are likely to be wanted next. A release never changes, so what is kept stays right.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import Final

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad

from allegata.engine.remote.patterns import Patterns
from allegata.release.statement_store import GraphName, Object, Subject

#: Statements that are kept, things of which it is known beside which others they are named, how many are asked about at once.
KEPT: Final = 100_000
_NAMED: Final = 50_000
_TOGETHER: Final = 64
_DEFAULT: Final = DefaultGraph()

Found = tuple[Quad, ...]


class _Kept:
    """Statements by what was asked for; what was asked for longest ago leaves first."""

    def __init__(self, most: int) -> None:
        self._found: OrderedDict[Hashable, Found] = OrderedDict()
        self._most, self._size, self._lock = most, 0, threading.Lock()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._found

    def get(self, key: Hashable) -> Found | None:
        """Return what was found, or None where it is not kept."""
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
            return found

    def put(self, key: Hashable, found: Found) -> None:
        """Keep what was found."""
        with self._lock:
            if key not in self._found:
                self._found[key] = found
                self._size += 1 + len(found)
            while self._size > self._most and len(self._found) > 1:
                self._size -= 1 + len(self._found.popitem(last=False)[1])


class EngineStore:
    """A release in engines, as a store (`release.statement_store`)."""

    def __init__(self, patterns: Patterns, graphs: Iterable[str], kept: int = KEPT) -> None:
        self._patterns, self._graphs = patterns, tuple(map(NamedNode, graphs))
        self._kept = _Kept(kept)
        self._beside: OrderedDict[NamedNode, tuple[NamedNode, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def quads_for_pattern(
        self, subject: Subject | None, predicate: NamedNode | None, object: Object | None, graph_name: GraphName | None = None, /
    ) -> Iterator[Quad]:
        """Return the statements that fit, sorted; raise EngineFailed or EngineUnavailable."""
        if isinstance(subject, NamedNode):
            found = self._all("s", subject, graph_name)
            return (quad for quad in found if predicate in (None, quad.predicate) and object in (None, quad.object))
        if subject is not None or isinstance(object, BlankNode):  # a release in an engine has a name for everything
            return iter(())
        if isinstance(object, NamedNode) and predicate is None:
            return iter(self._all("o", object, graph_name))
        return iter(self._found(predicate, object, graph_name))

    def named_graphs(self) -> Iterator[NamedNode | BlankNode]:
        """Return the names of the graphs."""
        return iter(self._graphs)

    def contains_named_graph(self, graph_name: GraphName, /) -> bool:
        """Return whether the release has a graph of a name."""
        return graph_name in self._graphs

    def expect(self, nodes: Iterable[NamedNode]) -> None:
        """Take note that things are named beside each other: once one is asked about, so are the others."""
        listed = list(dict.fromkeys(nodes))
        parts = [tuple(listed[first : first + _TOGETHER]) for first in range(0, len(listed), _TOGETHER)]
        with self._lock:
            for part in parts:
                self._beside.update((node, part) for node in part)
            while len(self._beside) > _NAMED:
                self._beside.popitem(last=False)

    def _all(self, place: str, node: NamedNode, graph: GraphName | None) -> Iterable[Quad]:
        """Return all statements that have a thing at a place."""
        if isinstance(graph, DefaultGraph):
            return self._about(place, node, named=False)
        stated = self._about(place, node, named=True)
        if graph is not None:
            return (quad for quad in stated if quad.graph_name == graph)
        return (*stated, *self._about(place, node, named=False))

    def _about(self, place: str, node: NamedNode, *, named: bool) -> Found:
        found = self._kept.get((place, named, node))
        if found is not None:
            return found
        with self._lock:
            beside = self._beside.get(node, (node,))
        wanted = [node, *(other for other in beside if other != node and (place, named, other) not in self._kept)]
        gathered: defaultdict[object, list[Quad]] = defaultdict(list)
        for quad in self._patterns.among(place, wanted, None if named else _DEFAULT):
            gathered[quad.subject if place == "s" else quad.object].append(quad)
        for other in wanted:
            self._kept.put((place, named, other), tuple(gathered[other]))
        if place == "s":
            self.expect(quad.object for quad in gathered[node] if isinstance(quad.object, NamedNode))
        return tuple(gathered[node])

    def _found(self, predicate: NamedNode | None, object: Object | None, graph: GraphName | None) -> Found:
        key = (predicate, object, graph)
        known = self._kept.get(key)
        if known is None:
            fixed = {place: term for place, term in (("p", predicate), ("o", object)) if term is not None}
            known = tuple(self._patterns.find(fixed, graph))
            if graph is None:
                known = (*known, *self._patterns.find(fixed, _DEFAULT))
            self._kept.put(key, known)
            self.expect(quad.subject for quad in known if isinstance(quad.subject, NamedNode))
        return known

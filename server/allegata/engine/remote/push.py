"""Loads a release into an engine beside those that it holds: graph by graph, then counted and compared, last of all the sign."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from allegata.engine.remote.answers import Malformed
from allegata.engine.remote.connection import Address, Unreachable, address
from allegata.engine.remote.contents import Contents
from allegata.engine.remote.dialects import Dialect, dialect_of
from allegata.engine.remote.graph_store import SECONDS, GraphStore
from allegata.engine.remote.literals import normal
from allegata.engine.remote.names import Loaded
from allegata.engine.remote.replicas import Replica, ask, sign
from allegata.errors import EngineFailed
from allegata.release.handle import Release


@dataclass(frozen=True)
class Pushed:
    """What a push did: the numbers of statements and graphs, and whether the release was there before."""

    loaded: Loaded
    graphs: int
    was_there: bool


class Push:
    """The way of one release into one engine."""

    def __init__(self, release: Release, to: str, graph_store: str = "", credentials: str = "") -> None:
        """Look at the engine; raise UsageError for an address that is none, EngineFailed where it does not answer."""
        self._contents = Contents(release)
        self._names = self._contents.names
        self._replica = Replica(address(to))
        self._there = self._look()
        dialect = self._replica.dialect or dialect_of("")
        self._store = GraphStore(_store_at(self._replica.address, dialect, graph_store), credentials)

    def run(self, *, again: bool = False) -> Pushed:
        """Load the release and verify it; one that is there is only verified. Raise EngineFailed where anything differs."""
        known = self._there is not None and not again
        if not known:
            self.remove()
        for graph, triples in self._contents.pieces():
            if not known:
                self._store.add(graph, triples)
        self._verify()
        if not known or self._there != self._contents.loaded:
            self._store.put(self._names.about, self._contents.sign)
            if self._look() != self._contents.loaded:
                raise self._differs("the sign of the release is not what was written")
        return Pushed(self._contents.loaded, len(self._names.graphs), known)

    def remove(self) -> bool:
        """Take the release out of the engine, its sign first; return whether it was there."""
        for graph in (self._names.about, *self._contents.graphs):
            self._store.remove(graph)
        return self._there is not None

    def _look(self) -> Loaded | None:
        try:
            return sign(self._replica, self._names, SECONDS)
        except (Unreachable, Malformed) as error:
            raise self._failed(error) from None

    def _ask(self, text: str) -> list[tuple[Any, ...]]:
        try:
            return ask(self._replica, text, SECONDS)
        except (Unreachable, Malformed) as error:
            raise self._failed(error) from None

    def _failed(self, error: Exception) -> EngineFailed:
        return EngineFailed(f"The engine {self._replica.name} failed: {error}.", engine=self._replica.name)

    def _differs(self, what: str) -> EngineFailed:
        name = self._replica.name
        return EngineFailed(f"The engine {name} differs from the release: {what}.", remedy="Push it with --again.", engine=name)

    def _verify(self) -> None:
        """Compare the number of statements in each graph, and statements from the whole length of the release."""
        for graph in self._contents.graphs:
            rows = self._ask(f"SELECT (COUNT(*) AS ?n) FROM <{graph}> WHERE {{ ?s ?p ?o }}")
            wanted, got = str(self._contents.counts[graph]), rows[0][0].value if rows else "no number"
            if got != wanted:
                raise self._differs(f"<{graph}> holds {got} statements instead of {wanted}")
        for quad in self._contents.sample():
            rows = self._ask(f"SELECT ?o FROM <{self._names.union}> WHERE {{ {quad.subject} {quad.predicate} ?o }}")
            if normal(quad.object, {}) not in [normal(row[0], {}) for row in rows]:
                raise self._differs(f"it lacks {quad.subject} {quad.predicate} {quad.object}")


def write_file(release: Release, target: Path) -> Loaded:
    """Write a release as N-Quads for the bulk loader of an engine: the graphs that are asked there, and last the sign."""
    contents = Contents(release)
    with gzip.open(target, "wb", 6) as out:
        for graph, triples in contents.pieces():
            out.write(triples.replace(b" .\n", f" <{graph}> .\n".encode()))
        out.write(contents.sign.replace(b" .\n", f" <{contents.names.about}> .\n".encode()))
    return contents.loaded


def _store_at(endpoint: Address, dialect: Dialect, graph_store: str) -> Address:
    """Return where graphs are written: as it is given, or where the kind of engine has it."""
    if graph_store:
        return address(graph_store)
    if not dialect.graph_store:
        raise EngineFailed(
            f"It is not known where {endpoint.name} takes graphs.",
            remedy="Give the address by --graph-store.",
            engine=endpoint.name,
        )
    path = urljoin(endpoint.path.partition("?")[0], dialect.graph_store)
    return address(f"{'https' if endpoint.tls else 'http'}://{endpoint.host}:{endpoint.port}{path}")

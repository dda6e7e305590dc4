"""Asks engines for the statements of a release that fit a pattern, and has a long answer counted by the engine that gave it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pyoxigraph import DefaultGraph, NamedNode, Quad

from allegata.budget import check_awaited
from allegata.engine.remote.answers import Malformed
from allegata.engine.remote.connection import Unreachable
from allegata.engine.remote.literals import normal
from allegata.engine.remote.names import Names
from allegata.engine.remote.replicas import LEAST_ROWS, Replica, Replicas, ask
from allegata.errors import EngineFailed
from allegata.release.statement_store import GraphName
from allegata.settings import Settings

_COUNTED: Final = "n"


class Patterns:
    """The patterns of one release, put to whichever engine can be asked."""

    def __init__(self, replicas: Replicas, names: Names, settings: Settings) -> None:
        self._replicas, self._names, self._settings = replicas, names, settings

    def find(self, fixed: Mapping[str, Any], graph: GraphName | None) -> list[Quad]:
        """Return the statements with these terms at `s`, `p`, `o`, in one graph or in all named ones; raise EngineFailed."""
        pattern = " ".join(str(fixed.get(place, f"?{place}")) for place in "spo")
        return self._quads(pattern, fixed, graph)

    def among(self, place: str, nodes: Iterable[NamedNode], graph: GraphName | None) -> list[Quad]:
        """Return the statements that have one of these nodes at a place, likewise."""
        return self._quads(f"VALUES ?{place} {{ {' '.join(map(str, nodes))} }} ?s ?p ?o", {}, graph)

    def _quads(self, pattern: str, fixed: Mapping[str, Any], graph: GraphName | None) -> list[Quad]:
        named = graph is None
        clauses = self._clauses(graph)
        if not clauses:
            return []
        body = f"{{ GRAPH ?g {{ {pattern} }} }}" if named else f"{{ {pattern} }}"
        free = [place for place in ("spog" if named else "spo") if place not in fixed]
        chosen = " ".join(f"?{place}" for place in free) or "(1 AS ?one)"
        rows = self._rows(f"SELECT {chosen}{clauses} WHERE {body}", f"SELECT (COUNT(*) AS ?{_COUNTED}){clauses} WHERE {body}")
        return sorted(self._made(rows, free, fixed, graph), key=str)

    def _clauses(self, graph: GraphName | None) -> str:
        """Return the dataset of a question, or nothing for a graph that the release does not have."""
        if graph is None:
            return "".join(f" FROM NAMED <{name}>" for name in self._names.by_engine)
        name = self._names.union if isinstance(graph, DefaultGraph) else self._names.by_plain.get(getattr(graph, "value", ""))
        return f" FROM <{name}>" if name else ""

    def _made(
        self, rows: Sequence[tuple[Any, ...]], free: Sequence[str], fixed: Mapping[str, Any], graph: GraphName | None
    ) -> Iterator[Quad]:
        known = self._names.by_engine
        for row in rows:
            found = {**fixed, **{place: normal(term, known) for place, term in zip(free, row, strict=False)}}
            yield Quad(found["s"], found["p"], found["o"], found.get("g", graph))

    def _rows(self, text: str, counting: str) -> list[tuple[Any, ...]]:
        """Ask one engine after the other until one answers; raise EngineFailed, or EngineUnavailable where none can be asked."""
        check_awaited()
        failed: EngineFailed | None = None
        for replica in self._replicas.candidates():
            try:
                rows = self._told(replica, text, counting)
            except (Unreachable, Malformed) as fault:
                replica.failed(str(fault))
                wrong = f"The engine {replica.name} failed: {fault}."
                failed = EngineFailed(wrong, remedy="Ask again a little later.", engine=replica.name)
            else:
                replica.worked()
                return rows
        raise failed or EngineFailed("The engines are being looked at.", remedy="Ask again a little later.")

    def _told(self, replica: Replica, text: str, counting: str) -> list[tuple[Any, ...]]:
        seconds, most = self._settings.query_timeout, 8 * self._settings.result_bytes
        rows = ask(replica, text, seconds, most)
        if len(rows) >= LEAST_ROWS:
            told = [row[0].value for row in ask(replica, counting, seconds, most)]
            if told != [str(len(rows))]:
                raise Malformed(
                    f"it gives {len(rows)} rows of {' '.join(told) or 'it does not say how many'}, and does not say so"
                )
        return rows

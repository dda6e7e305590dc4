"""Writes GRAPH so that it asks the graphs that the dataset has, and each by itself where the engine would not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from allegata.engine.gate import paths
from allegata.errors import BadRequest

_LARGEST: Final = 1 << 20


@dataclass(frozen=True)
class NamedGraphs:
    """The named graphs of a query's dataset as IRIs in brackets, and whether the query or its request names them."""

    names: Sequence[str]
    are_given: bool = False


#: How the named graphs are had, where that is needed.
Graphs = Callable[[], NamedGraphs]


def existing(pattern: str, graph: str, found: NamedGraphs | None, fresh: paths.Fresh) -> str:
    """Give no solution for a graph that the dataset lacks (SPARQL 1.1 Query, section 18.6): the engine takes it for an empty one.

    A graph that FROM NAMED or the request names is in the dataset, whatever it holds (section 13.2).
    """
    if found and found.are_given:
        condition = f"{graph} IN ({', '.join(found.names)})" if found.names else "false"
        return f" {{ {pattern} FILTER({condition}) }}"
    return f" {{ {pattern} FILTER EXISTS {{ GRAPH {graph} {{ {fresh()} {fresh()} {fresh()} }} }} }}"


def each_graph(pattern: str, name: str, group: str, graphs: Sequence[str]) -> str:
    """Ask each graph by itself, with a variable that is its name; raise BadRequest where that would be too long."""
    if not graphs:
        return f" {{ {pattern} FILTER(false) }}"
    if (len(group) + 100) * len(graphs) > _LARGEST:
        raise BadRequest(
            "GRAPH with a variable holds a subquery, VALUES or MINUS, and is too long to be asked of each graph by itself.",
            remedy="Put GRAPH inside of them.",
        )
    return " " + " UNION ".join(
        f"{{ GRAPH {graph} {paths.relabelled(group, number)} VALUES {name} {{ {graph} }} }}"
        for number, graph in enumerate(graphs)
    )

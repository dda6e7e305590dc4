"""Parts what the model is called in further languages from what it says: a query for the name of a concept finds one name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from allegata.model.labels import ENGLISH
from allegata.model.namespaces import PREFIXES


def of_model(graph: str, base: str) -> bool:
    """Return whether a graph is one of the model, whose texts may be translations."""
    return graph.startswith(f"{base}graph/ontology/")


def part_translations(quads: Iterable[Quad], base: str) -> tuple[list[Quad], tuple[Triple, ...]]:
    """Return statements, and apart from them the texts of the model that translate an English one.

    A text translates another where both stand behind one property of one thing. What a model says in no English stays.
    """
    whole = list(quads)
    model = [quad for quad in whole if isinstance(quad.graph_name, NamedNode) and of_model(quad.graph_name.value, base)]
    english = {(quad.subject, quad.predicate) for quad in model if _language(quad) == ENGLISH}
    translating = {quad for quad in model if _language(quad) not in ("", ENGLISH) and (quad.subject, quad.predicate) in english}
    said = [quad for quad in whole if quad not in translating]
    return said, tuple(sorted({quad.triple for quad in translating}, key=str))


def _language(quad: Quad) -> str:
    return (quad.object.language or "") if isinstance(quad.object, Literal) else ""


def write_translations(translations: Iterable[Triple], target: Path) -> None:
    """Write translations into a file, where there are any."""
    rows = list(translations)
    if rows:
        target.write_bytes(serialize(rows, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b"")

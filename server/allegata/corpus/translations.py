"""Parts what the model is called in further languages from what it says: a query for the name of a concept finds one name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from allegata.model.labels import ENGLISH
from allegata.model.namespaces import PREFIXES


def part_translations(quads: Iterable[Quad], base: str) -> tuple[list[Quad], tuple[Triple, ...]]:
    """Return the statements of a corpus, and apart from them the texts of its model that translate an English one.

    A text translates another where both stand behind one property of one thing. What a model says in no English stays.
    """
    graphs, rest, model = f"{base}graph/ontology/", list[Quad](), list[Quad]()
    for quad in quads:
        of_model = isinstance(quad.graph_name, NamedNode) and quad.graph_name.value.startswith(graphs)
        (model if of_model and _language(quad) else rest).append(quad)
    english = {(quad.subject, quad.predicate) for quad in model if _language(quad) == ENGLISH}
    translating = [quad for quad in model if _language(quad) != ENGLISH and (quad.subject, quad.predicate) in english]
    kept = set(translating)
    said = [*rest, *(quad for quad in model if quad not in kept)]
    return said, tuple(sorted({quad.triple for quad in translating}, key=str))


def _language(quad: Quad) -> str:
    return (quad.object.language or "") if isinstance(quad.object, Literal) else ""


def write_translations(translations: Iterable[Triple], target: Path) -> None:
    """Write the translations of a model into a file, where there are any."""
    rows = list(translations)
    if rows:
        target.write_bytes(serialize(rows, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b"")

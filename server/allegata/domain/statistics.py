"""Counts what a release holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode

from allegata.corpus.rdf import iri_of
from allegata.domain.things import Descriptions
from allegata.model.kinds import KINDS
from allegata.model.namespaces import expand

#: The graphs of records that were taken from the library and of the model, by how their paths begin; those that a build makes.
_LIBRARY: Final = ("library/", "links/library-")
_MODEL: Final = ("ontology/",)
_MADE: Final = ("inferred", "meta")
#: Whatever these are on is used, also where they come from the library.
_RECORDED: Final = frozenset(map(expand, ("alg:Commitment", "alg:Vote", "alg:Position")))


def figures(descriptions: Descriptions) -> dict[str, int]:
    """Count what a release holds, by class, of the kinds whose number the home page has; without records beside the corpus."""
    left = beside(descriptions)
    return {
        kind.curie: sum(1 for node in descriptions.instances(kind.curie) if node not in left) for kind in KINDS if kind.counted
    }


@lru_cache(8)
def beside(descriptions: Descriptions) -> frozenset[NamedNode]:
    """Return the records of the library that no file of the corpus speaks of, and no act or vote.

    Acts and votes themselves are none of them: they are taken for their own sake.
    """
    graphs = [graph for graph in descriptions.store.named_graphs() if isinstance(graph, NamedNode)]
    taken = [graph for graph in graphs if _path(descriptions, graph).startswith(_LIBRARY[0])]
    nodes = {quad.subject for graph in taken for quad in descriptions.quads(None, None, None, graph)}
    return frozenset(node for node in nodes if isinstance(node, NamedNode) and not _is_used(descriptions, node))


def _is_used(descriptions: Descriptions, node: NamedNode) -> bool:
    if not _RECORDED.isdisjoint(descriptions.classes(node)):
        return True
    if _is_said_in_files(descriptions, node, _LIBRARY):
        return True
    for quad in descriptions.naming(node):
        if quad.subject != node and isinstance(quad.subject, NamedNode) and _RECORDED & descriptions.classes(quad.subject):
            return True
    return False


def concepts_in_use(descriptions: Descriptions, concepts: Iterable[NamedNode]) -> list[NamedNode]:
    """Return those concepts that a file of the corpus describes or speaks of, beside the model, and the broader ones of such."""
    given = list(concepts)
    used = [node for node in given if _is_said_in_files(descriptions, node, _MODEL)]
    known = set(used)
    for node in used:
        further = [wider for wider in descriptions.nodes(node, "skos:broader") if wider not in known]
        known.update(further)
        used += further
    return [node for node in given if node in known]


def _is_said_in_files(descriptions: Descriptions, node: NamedNode, but: tuple[str, ...]) -> bool:
    """Return whether a file speaks of a thing, as subject or as object, whose path begins otherwise than some."""
    for quad in chain(descriptions.stated(node), descriptions.quads(None, None, node, None)):
        path = _path(descriptions, quad.graph_name) if isinstance(quad.graph_name, NamedNode) else ""
        if path and path not in _MADE and not path.startswith(but):
            return True
    return False


def _path(descriptions: Descriptions, graph: NamedNode) -> str:
    return graph.value.removeprefix(f"{descriptions.base}graph/")


def by_document(descriptions: Descriptions) -> dict[str, int]:
    """Count the assertions by the document in which they stand."""
    assertions = set(descriptions.instances("alg:Assertion"))
    stated = descriptions.quads(None, NamedNode(expand("alg:statedIn")), None, DefaultGraph())
    return dict(
        Counter(quad.object.value for quad in stated if isinstance(quad.object, NamedNode) and quad.subject in assertions)
    )


def documents(descriptions: Descriptions) -> list[str]:
    """Return the documents that the corpus reads through, in the order that it gives them (schema:position).

    Where it gives none, they are those of which it holds the text (alg:codePoints), else all in which something is asserted,
    those with the most assertions first.
    """
    stated = descriptions.quads(None, NamedNode(expand("schema:position")), None, DefaultGraph())
    places = {iri_of(quad.subject): quad.object.value for quad in stated if isinstance(quad.object, Literal)}
    if places:
        return sorted(places, key=lambda iri: (len(places[iri]), places[iri], iri))
    counts = by_document(descriptions)
    read = [iri for iri in counts if descriptions.text(NamedNode(iri), "alg:codePoints")]
    return sorted(read or counts, key=lambda iri: (-counts[iri], iri))

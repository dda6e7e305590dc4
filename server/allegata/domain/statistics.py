"""Counts what a release holds."""

from __future__ import annotations

from collections import Counter

from pyoxigraph import DefaultGraph, Literal, NamedNode

from allegata.corpus.rdf import iri_of
from allegata.domain.things import Descriptions
from allegata.model.kinds import KINDS
from allegata.model.namespaces import expand


def figures(descriptions: Descriptions) -> dict[str, int]:
    """Count what a release holds, by class, of the kinds whose number the home page has."""
    return {kind.curie: sum(1 for _ in descriptions.instances(kind.curie)) for kind in KINDS if kind.counted}


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

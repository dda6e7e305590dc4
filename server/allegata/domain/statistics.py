"""Counts what a release holds."""

from __future__ import annotations

from collections import Counter

from pyoxigraph import DefaultGraph, NamedNode

from allegata.domain.things import Descriptions
from allegata.model.kinds import KINDS
from allegata.model.namespaces import expand


def figures(descriptions: Descriptions) -> dict[str, int]:
    """Count what a release holds, by class, of the kinds whose number the home page has."""
    return {kind.curie: sum(1 for _ in descriptions.instances(kind.curie)) for kind in KINDS if kind.counted}


def by_document(descriptions: Descriptions) -> dict[str, int]:
    """Count the assertions by the document in which they stand."""
    assertions = set(descriptions.instances("alg:Assertion"))
    stated = descriptions.store.quads_for_pattern(None, NamedNode(expand("alg:statedIn")), None, DefaultGraph())
    return dict(
        Counter(quad.object.value for quad in stated if isinstance(quad.object, NamedNode) and quad.subject in assertions)
    )

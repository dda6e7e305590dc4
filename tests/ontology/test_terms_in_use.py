"""Every class, property and value of the core schemes has data in the bundled corpus or in the worked example, or an excuse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import DefaultGraph, NamedNode, Store
from rdflib import OWL, RDF, SKOS

from allegata.corpus.scaffold import LICENCE, Scaffold, create_corpus
from allegata.corpus.worked_example import BASE, TITLE
from allegata.model.namespaces import ALG, SCHEMES, expand
from allegata.release.build import build
from allegata.release.handle import Release
from support import ROOT

#: Term → why no data can have it.
EXCUSES = {
    "noDomainBecause": "It annotates properties of the vocabulary.",
    "noRangeBecause": "It annotates properties of the vocabulary.",
    "Right": "Its instances are the concepts of the scheme of rights, which comes with the model.",
}
#: Schemes whose every concept is in use; the others are longer lists that a corpus chooses from.
SCHEMES_IN_USE = ("polarity", "stance", "basis", "relay-manner", "certainty", "direction", "interval-kind")


@pytest.fixture(scope="module")
def used(release: Release, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the classes, properties and concepts that data of the two corpora has, beside what the model says of itself."""
    folder = tmp_path_factory.mktemp("worked") / "arland"
    create_corpus(folder, Scaffold(TITLE, BASE, LICENCE, date(2026, 1, 1), worked=True), ROOT)
    worked = build(folder, folder / "site", lambda _step: None)
    return {name for one in (release, worked) for name in _names(one.folder)}


def _names(folder: Path) -> Iterator[str]:
    for quad in Store.read_only(str(folder / "store")).quads_for_pattern(None, None, None, DefaultGraph()):
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith((ALG.rstrip("#"), SCHEMES)):
            continue
        yield quad.predicate.value
        if isinstance(quad.object, NamedNode) and (
            quad.predicate.value == expand("rdf:type") or quad.object.value.startswith(SCHEMES)
        ):
            yield quad.object.value


def vocabulary() -> rdflib.Graph:
    return rdflib.Graph().parse(ROOT / "ontology" / "allegata.ttl")


def test_each_term_has_data_or_an_excuse(used: set[str]) -> None:
    graph = vocabulary()
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    terms = {str(term) for kind in kinds for term in graph.subjects(RDF.type, kind) if str(term).startswith(ALG)}
    deprecated = {str(term) for term in graph.subjects(OWL.deprecated)}
    idle = {term.removeprefix(ALG) for term in terms - deprecated - used}
    assert idle == set(EXCUSES)
    assert len(terms) > 100


@pytest.mark.parametrize("scheme", SCHEMES_IN_USE)
def test_each_value_of_a_core_scheme_has_data(scheme: str, used: set[str]) -> None:
    graph = rdflib.Graph().parse(ROOT / "ontology" / "schemes" / f"{scheme}.ttl")
    concepts = {str(concept) for concept in graph.subjects(SKOS.inScheme)}
    assert concepts - used == set()

"""Reasoning: the rules entail what owlrl entails for the vocabulary, and nothing that says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from allegata.corpus import read
from allegata.errors import CorpusError
from allegata.namespaces import ALG, expand
from allegata.rdf import parse_turtle
from allegata.reasoning import clashes, infer, reference_closure
from support import ROOT

GRAPH = NamedNode("https://example.org/graph/inferred")
RULES = ROOT / "ontology" / "rules"


def examples() -> list[Quad]:
    """Give the ontology with its alignments and one valid example of each class."""
    quads = [quad for quad in read(ROOT).quads if "graph/ontology" in str(quad.graph_name)]
    files = sorted((ROOT / "tests" / "examples" / "valid").glob("*.ttl"))
    assert len(files) >= 10
    for path in files:
        quads += [Quad(t.subject, t.predicate, t.object) for t in parse_turtle(path)]
    return quads


def test_the_rules_entail_what_owlrl_entails() -> None:
    quads = examples()
    ours = {str(quad.triple) for quad in infer(quads, RULES, GRAPH)}
    reference = {str(quad.triple) for quad in reference_closure(quads, GRAPH)}
    assert ours == reference
    assert len(ours) > 50


def test_an_assertion_is_stated_in_the_source_of_its_anchor() -> None:
    inferred = infer(read(ROOT).quads, RULES, GRAPH)
    stated = [quad for quad in inferred if quad.predicate == NamedNode(ALG + "statedIn")]
    assert len(stated) > 200


def test_no_junk_is_inferred() -> None:
    inferred = infer(read(ROOT).quads, RULES, GRAPH)
    assert {quad.graph_name for quad in inferred} == {GRAPH}
    for quad in inferred:
        assert isinstance(quad.subject, NamedNode)
        assert quad.subject != quad.object
        assert quad.object not in (NamedNode(expand("owl:Thing")), NamedNode(expand("rdfs:Resource")))


def test_inference_is_the_same_in_any_order() -> None:
    quads = examples()
    assert infer(quads, RULES, GRAPH) == infer(reversed(quads), RULES, GRAPH)


def test_a_contradiction_is_found() -> None:
    files = sorted((ROOT / "tests" / "examples" / "inconsistent").glob("*.ttl"))
    assert files
    ontology = [quad for quad in read(ROOT).quads if "graph/ontology" in str(quad.graph_name)]
    assert clashes([*ontology, *infer(ontology, RULES, GRAPH)]) == []
    for path in files:
        quads = [*ontology, *(Quad(t.subject, t.predicate, t.object) for t in parse_turtle(path))]
        assert clashes([*quads, *infer(quads, RULES, GRAPH)]), path


def test_a_broken_rule_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.rq").write_text("CONSTRUCT { ?x", "utf-8")
    with pytest.raises(CorpusError, match=r"broken\.rq"):
        infer([], tmp_path, GRAPH)
    (tmp_path / "broken.rq").write_text("SELECT * WHERE { ?x ?y ?z }", "utf-8")
    with pytest.raises(CorpusError, match="CONSTRUCT"):
        infer([], tmp_path, GRAPH)

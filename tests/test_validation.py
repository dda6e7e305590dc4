"""Validation: findings name the thing, the shape and the remedy; rules count as shapes do; severities decide."""

from __future__ import annotations

from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Quad
from rdflib import SH

from allegata.errors import CorpusError
from allegata.rdf import parse_turtle
from allegata.validation import Finding, Report, validate
from support import ROOT

SHAPES = ROOT / "shapes"
NO_CLAIM = "@prefix alg: <https://w3id.org/allegata/ns#> .\n<https://w3id.org/allegata/stance/lonely> a alg:Stance ."


def quads_of(text: str, folder: Path) -> list[Quad]:
    path = folder / "data.ttl"
    path.write_text(text, "utf-8")
    return [Quad(t.subject, t.predicate, t.object) for t in parse_turtle(path)]


def test_a_finding_names_thing_shape_and_remedy(tmp_path: Path) -> None:
    report = validate(quads_of(NO_CLAIM, tmp_path), SHAPES)
    assert not report.conforms
    finding = report.findings[0]
    assert finding.focus == "https://w3id.org/allegata/stance/lonely"
    assert finding.shape.startswith("https://w3id.org/allegata/shapes/")
    assert finding.message
    assert "stance/lonely" in report.text() and "shapes/stance#" in report.text()


def test_the_report_is_shacl_with_an_iri_for_every_node(tmp_path: Path) -> None:
    report = validate(quads_of(NO_CLAIM, tmp_path), SHAPES)
    graph = rdflib.Graph().parse(data=report.turtle(), format="turtle")
    assert len(set(graph.subjects(rdflib.RDF.type, SH.ValidationResult))) == len(report.findings)
    assert not any(isinstance(term, rdflib.BNode) for triple in graph for term in triple)
    assert report.turtle() == validate(quads_of(NO_CLAIM, tmp_path), SHAPES).turtle()


def test_only_violations_keep_a_corpus_from_being_published() -> None:
    assert Report((Finding("Warning", "s", "f", "m"),), 1, 0).conforms
    assert not Report((Finding("Violation", "s", "f", "m"),), 1, 0).conforms


def test_a_rule_that_finds_something_is_a_violation(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "nothing-at-all.rq").write_text('SELECT ?focus ("No." AS ?message) WHERE { ?focus ?p ?o }', "utf-8")
    report = validate(quads_of(NO_CLAIM, tmp_path), tmp_path)
    assert [(f.shape.rsplit("/", 1)[-1], f.message) for f in report.findings] == [("nothing-at-all", "No.")]


def test_a_broken_shape_or_rule_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.ttl").write_text("<urn:a> <urn:b>", "utf-8")
    with pytest.raises(CorpusError, match=r"broken\.ttl"):
        validate([], tmp_path)
    (tmp_path / "broken.ttl").unlink()
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "broken.rq").write_text("SELECT", "utf-8")
    with pytest.raises(CorpusError, match=r"broken\.rq"):
        validate([], tmp_path)


def test_a_long_report_says_what_it_leaves_out() -> None:
    findings = tuple(Finding("Info", "s", f"f{number:03}", "m") for number in range(60))
    assert "10 more" in Report(findings, 1, 0).text()

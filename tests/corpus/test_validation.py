"""Validation: findings name the thing, the shape and the remedy; rules count as shapes do; severities decide."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad
from pyshacl_turbo import CompiledShapes
from rdflib import RDF, SH, URIRef

from allegata.corpus.rdf import parse_turtle
from allegata.corpus.reference import pyshacl_findings
from allegata.corpus.validation import Finding, Report, apply_shapes, read_shapes, validate
from allegata.errors import CorpusError
from allegata.model.namespaces import expand
from allegata.release.closure import check
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


def test_a_rule_may_grade_what_it_finds(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    rule = 'SELECT ?focus ("No." AS ?message) ("{}" AS ?severity) WHERE {{ ?focus ?p ?o }}'
    (tmp_path / "rules" / "graded.rq").write_text(rule.format("Warning"), "utf-8")
    report = validate(quads_of(NO_CLAIM, tmp_path), tmp_path)
    assert report.findings and {finding.severity for finding in report.findings} == {"Warning"} and report.conforms
    (tmp_path / "rules" / "graded.rq").write_text(rule.format("Grave"), "utf-8")
    with pytest.raises(CorpusError, match=r"graded\.rq: the rule gives the severity .*Grave"):
        validate(quads_of(NO_CLAIM, tmp_path), tmp_path)


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


# -- pySHACL is the reference, here for the corpus, in test_examples for the examples ---------------------------------------


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    return read_shapes(SHAPES)


@pytest.fixture(scope="module")
def corpus() -> list[Quad]:
    """Return the bundled corpus with its links and inferences, as it is validated."""
    return list(check(ROOT, lambda step: None).quads)


def test_pyshacl_agrees_that_the_corpus_conforms(corpus: list[Quad], shapes: rdflib.Graph) -> None:
    assert set(apply_shapes(corpus, CompiledShapes(shapes))) == pyshacl_findings(corpus, shapes) == set()


def damaged(quads: list[Quad], chance: random.Random) -> Iterator[Quad]:
    """Lose, exchange, retype or rename one statement in thirty."""
    for quad in quads:
        kind = chance.randrange(120)
        if kind == 1:
            yield Quad(quad.subject, quad.predicate, chance.choice(quads).object)
        elif kind == 2 and isinstance(quad.object, Literal):
            yield Quad(quad.subject, quad.predicate, Literal(quad.object.value))
        elif kind == 3:
            yield Quad(quad.subject, chance.choice(quads).predicate, quad.object)
        elif kind:
            yield quad


#: Values that cannot be compared are a result (SHACL, section 4.5.3); pySHACL compares them as Python does.
NOT_COMPARABLE = "https://w3id.org/allegata/shapes/anchor#endAfterStart"


def test_a_damaged_corpus_gets_the_findings_that_pyshacl_has(corpus: list[Quad], shapes: rdflib.Graph) -> None:
    quads = list(damaged(sorted(corpus, key=str), random.Random(20261122)))
    found, expected = set(apply_shapes(quads, CompiledShapes(shapes))), pyshacl_findings(quads, shapes)
    assert len(expected) >= 500 and len({finding.shape for finding in expected}) >= 80
    assert expected <= found
    assert {finding.shape for finding in found - expected} <= {NOT_COMPARABLE}


#: Datatype → values that it has, and values that it has not (XML Schema 1.1, part 2), for every datatype that the shapes name.
DATATYPES = {
    "anyURI": ("https://example.org/a?b=c#d", ""),
    "boolean": ("true 0", "yes TRUE"),
    "date": ("2024-02-29 2024-01-01Z -0044-03-15", "2023-02-29 2024-1-1 2024-01-01T00:00:00 abc"),
    "decimal": ("1.50 -0 +7", "1e5 INF 1,5"),
    "duration": ("P1Y2M PT0.5S -P3D", "P 1Y P1.5Y"),
    "gYear": ("2024 -0044", "24 2024-01 abc"),
    "gYearMonth": ("2024-02", "2024-13 2024 abc"),
    "hexBinary": ("0aFF", "0g 0af"),
    "integer": ("01 -7 99999999999999999999", "1.0 1e5 abc"),
}


def test_literals_are_checked_against_their_datatype(shapes: rdflib.Graph) -> None:
    say, xsd = "urn:says-", expand("xsd:string").removesuffix("string")
    used = {str(datatype).removeprefix(xsd) for datatype in shapes.objects(None, SH.datatype) if str(datatype).startswith(xsd)}
    assert used - {"string"} == set(DATATYPES)
    shapes = rdflib.Graph()
    for name in DATATYPES:
        shapes.add((URIRef(f"urn:{name}"), RDF.type, SH.PropertyShape))
        shapes.add((URIRef(f"urn:{name}"), SH.targetSubjectsOf, URIRef(say + name)))
        shapes.add((URIRef(f"urn:{name}"), SH.path, URIRef(say + name)))
        shapes.add((URIRef(f"urn:{name}"), SH.datatype, URIRef(xsd + name)))
    rows = [
        (name, value, good)
        for name, both in DATATYPES.items()
        for good, words in enumerate(reversed(both))
        for value in words.split()
    ]
    quads = [
        Quad(NamedNode(f"urn:{name}/{at}"), NamedNode(say + name), Literal(value, datatype=NamedNode(xsd + name)))
        for at, (name, value, _) in enumerate(rows)
    ]
    derived = Quad(NamedNode("urn:derived"), NamedNode(f"{say}integer"), Literal("5", datatype=NamedNode(f"{xsd}int")))
    found = {finding.focus for finding in apply_shapes([*quads, derived], CompiledShapes(shapes))}
    assert found == {"urn:derived", *(f"urn:{name}/{at}" for at, (name, _, good) in enumerate(rows) if not good)}


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("ASK {}", "is a SELECT query"),
        ("SELECT ?focus { ?focus ?p ?o }", "is a SELECT query for"),
        ("SELECT ?focus ?message { ?message ?p ?focus }", "in place of an IRI and a text"),
    ],
)
def test_a_rule_that_gives_something_else_is_named(tmp_path: Path, rule: str, message: str) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "odd.rq").write_text(rule, "utf-8")
    name = NamedNode("urn:a")
    with pytest.raises(CorpusError, match=rf"odd\.rq: .*{message}"):
        validate([Quad(name, name, Literal("a"))], tmp_path)


@pytest.mark.parametrize(
    "pattern",
    [
        "SERVICE <{0}> {{ ?focus ?p ?message }}",
        "{{ service silent <{0}> {{}} }}",
        "\\u0053ERVICE <{0}> {{}}",
        "SERVICEurn:x {{}}",
    ],
)
def test_a_rule_asks_no_other_server(tmp_path: Path, pattern: str) -> None:
    """Rules come with a release, which whoever verifies it may have from anywhere."""
    (tmp_path / "rules").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.setblocking(False)
        address = f"http://127.0.0.1:{trap.getsockname()[1]}/"
        rule = f"PREFIX SERVICEurn: <{address}> SELECT ?focus ?message {{ {pattern.format(address)} }}"
        (tmp_path / "rules" / "calls.rq").write_text(rule, "utf-8")
        with pytest.raises(CorpusError, match=r"calls\.rq: a rule asks no other server"):
            validate([], tmp_path)
        with pytest.raises(BlockingIOError):
            trap.accept()

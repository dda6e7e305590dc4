"""The reference engines: owlrl and pySHACL agree with the fast ones, and any difference is named and ends the command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from allegata.corpus.inference import infer_all
from allegata.corpus.rdf import parse_turtle
from allegata.corpus.reader import read
from allegata.corpus.reference import SHOWN, compare_findings, compare_inference
from allegata.corpus.validation import Finding, Report, validate
from allegata.errors import ReferenceMismatch
from allegata.model.namespaces import ALG, RULES, expand
from allegata.release import closure as closure_module
from allegata.release.build import build
from allegata.release.closure import check
from allegata.release.site import current
from support import ROOT

SHAPES = ROOT / "shapes"
INVALID = sorted((ROOT / "tests" / "examples" / "invalid").glob("*/*.ttl"))
GRAPH = NamedNode("https://example.org/graph/inferred")
#: A vocabulary of two classes and a property, which is all that the inferences below need.
VOCABULARY = """\
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix ex: <https://example.org/> .
ex:Treaty rdfs:subClassOf ex:Instrument .
ex:signs rdfs:domain ex:State ; rdfs:range ex:Treaty ; owl:inverseOf ex:signedBy .
ex:arland ex:signs ex:pact .
"""


def quiet(_step: str) -> None:
    """Report nothing."""


def quads_of(paths: Iterable[Path]) -> list[Quad]:
    return [Quad(t.subject, t.predicate, t.object) for path in paths for t in parse_turtle(path)]


@pytest.fixture
def asserted(tmp_path: Path) -> list[Quad]:
    (tmp_path / "vocabulary.ttl").write_text(VOCABULARY, "utf-8")
    return quads_of([tmp_path / "vocabulary.ttl"])


# -- owlrl ---------------------------------------------------------------------------------------------------------------------


def test_what_the_rules_infer_is_what_owlrl_entails(asserted: list[Quad]) -> None:
    inferred = infer_all(asserted, ROOT / "ontology" / "rules", GRAPH)
    assert len(inferred) >= 4
    compare_inference(asserted, inferred, ROOT / "ontology" / "rules", GRAPH)


def test_a_statement_that_only_one_of_the_two_gives_is_named(asserted: list[Quad]) -> None:
    rules = ROOT / "ontology" / "rules"
    inferred = infer_all(asserted, rules, GRAPH)
    lost, *rest = inferred
    planted = Quad(NamedNode("urn:nobody"), NamedNode("urn:says"), NamedNode("urn:this"), GRAPH)
    with pytest.raises(ReferenceMismatch) as caught:
        compare_inference(asserted, [*rest, planted], rules, GRAPH)
    assert caught.value.message.splitlines() == [
        "2 differences from the reference:",
        f"owlrl alone entails: {lost.triple}",
        f"the rules alone infer: {planted.triple}",
    ]


def test_what_the_own_rules_of_a_corpus_give_is_not_held_against_owlrl(asserted: list[Quad], tmp_path: Path) -> None:
    (tmp_path / "rules" / "domain").mkdir(parents=True)
    for path in (ROOT / "ontology" / "rules").glob("*.rq"):
        (tmp_path / "rules" / path.name).write_text(path.read_text("utf-8"), "utf-8")
    own = "PREFIX ex: <https://example.org/> CONSTRUCT { ?x ex:signs ex:creed } { ?x ex:signs ex:pact }"
    (tmp_path / "rules" / "domain" / "own.rq").write_text(own, "utf-8")
    inferred = infer_all(asserted, tmp_path / "rules", GRAPH)
    creed = NamedNode("https://example.org/creed")
    assert {quad.predicate.value for quad in inferred if quad.object == creed} == {"https://example.org/signs"}
    assert Quad(creed, NamedNode(expand("rdf:type")), NamedNode("https://example.org/Instrument"), GRAPH) in inferred
    compare_inference(asserted, inferred, tmp_path / "rules", GRAPH)


# -- pySHACL -------------------------------------------------------------------------------------------------------------------


def test_the_findings_of_every_invalid_example_are_those_of_pyshacl() -> None:
    """All invalid examples at once; one by one they are compared in test_examples."""
    assert len(INVALID) >= 200
    quads = quads_of(INVALID)
    report = validate(quads, SHAPES)
    assert len({finding.shape for finding in report.findings}) >= 150
    compare_findings(quads, report.findings, SHAPES)


def test_a_result_that_only_one_of_the_two_has_is_named() -> None:
    quads = quads_of(INVALID[:3])
    found = [finding for finding in validate(quads, SHAPES).findings if not finding.shape.startswith(RULES)]
    lost, *rest = found
    planted = Finding("Violation", "urn:shape", "urn:thing", "Not so.")
    with pytest.raises(ReferenceMismatch) as caught:
        compare_findings(quads, [*rest, planted], SHAPES)
    assert f"pySHACL alone finds: {lost.line()}" in caught.value.message
    assert f"the validator alone finds: {planted.line()}" in caught.value.message
    assert caught.value.message.startswith("2 differences")


def test_findings_of_rules_are_none_of_its_business_and_many_differences_are_counted() -> None:
    rule = Finding("Violation", f"{RULES}no-cycles", "urn:a", "A cycle.")
    compare_findings([], [rule], SHAPES)
    planted = [Finding("Info", "urn:shape", f"urn:{number}", "No.") for number in range(SHOWN + 7)]
    with pytest.raises(ReferenceMismatch, match="… and 7 more"):
        compare_findings([], planted, SHAPES)


def test_values_that_cannot_be_compared_are_excused_by_name() -> None:
    """SHACL, section 4.5.3: such a value is a result of sh:lessThan; pySHACL compares as Python does."""
    anchor, selector = NamedNode("urn:anchor"), NamedNode(expand("oa:TextPositionSelector"))
    start, end = NamedNode(expand("oa:start")), NamedNode(expand("oa:end"))
    quads = [
        Quad(anchor, NamedNode(expand("rdf:type")), selector),
        Quad(anchor, start, Literal("1")),
        Quad(anchor, end, Literal("2")),
    ]
    report = validate(quads, SHAPES)
    assert report.findings
    compare_findings(quads, report.findings, SHAPES)


# -- the whole way -------------------------------------------------------------------------------------------------------------


def test_a_small_corpus_is_checked_and_built_with_both(small_root: Path, tmp_path: Path) -> None:
    steps: list[str] = []
    release = build(small_root, tmp_path / "site", steps.append, reference=True)
    assert current(tmp_path / "site") == release
    assert [step for step in steps if "compare" in step] == ["compare with owlrl", "compare with pySHACL"]
    assert release.hash == build(small_root, tmp_path / "site", quiet).hash


def test_a_rule_that_is_missing_is_noticed_by_the_command(small_root: Path, tmp_path: Path) -> None:
    (small_root / "ontology" / "rules" / "cax-sco.rq").unlink()
    (small_root / "data" / "pact.ttl").write_text(f"<https://example.org/instrument/pact> a <{ALG}Treaty> .", "utf-8")
    for command in (["validate"], ["build", "--site", str(tmp_path / "site")]):
        whole = [sys.executable, "-m", "allegata", *command, "--root", str(small_root), "--reference"]
        done = subprocess.run(whole, capture_output=True, text=True, check=False)
        assert done.returncode == 1, done.stderr
        lost = f"owlrl alone entails: <https://example.org/instrument/pact> <{expand('rdf:type')}> <{ALG}Instrument>"
        assert "differences from the reference" in done.stderr and lost in done.stderr
    assert not (tmp_path / "site").exists()


def test_a_result_that_is_lost_on_the_way_is_noticed(small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = small_root / "data" / "stance.ttl"
    path.write_text(f"<https://example.org/stance/lonely> a <{ALG}Stance> .", "utf-8")

    whole: Callable[..., Report] = vars(closure_module)["report"]

    def forgetful(*given: Any) -> Report:
        made = whole(*given)
        return Report(made.findings[1:], made.shapes, made.rules)

    monkeypatch.setattr(closure_module, "report", forgetful)
    # What owlrl entails is compared above: it has no part in this.
    monkeypatch.setattr("allegata.corpus.reference.compare_inference", lambda *_given: None)
    with pytest.raises(ReferenceMismatch, match=r"^1 differences(.|\n)*pySHACL alone finds: (.|\n)*stance/lonely"):
        check(small_root, quiet, reference=True)
    assert read(small_root).quads

"""Reasoning: the rules entail what owlrl entails for the vocabulary, and nothing that says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from allegata.corpus import inference
from allegata.corpus.inference import clashes, infer, infer_all, strata, union_store
from allegata.corpus.rdf import parse_turtle, read_rule
from allegata.corpus.reader import read
from allegata.corpus.reference import owlrl_closure
from allegata.errors import CorpusError, ReleaseError
from allegata.model.namespaces import ALG, expand
from support import ROOT

GRAPH = NamedNode("https://example.org/graph/inferred")
RULES = ROOT / "ontology" / "rules"


def examples() -> list[Quad]:
    """Return the ontology with its alignments and one valid example of each class."""
    quads = [quad for quad in read(ROOT).quads if "graph/ontology" in str(quad.graph_name)]
    files = sorted((ROOT / "tests" / "examples" / "valid").glob("*.ttl"))
    assert len(files) >= 10
    for path in files:
        quads += [Quad(t.subject, t.predicate, t.object) for t in parse_turtle(path)]
    return quads


def test_the_rules_entail_what_owlrl_entails() -> None:
    quads = examples()
    ours = {str(quad.triple) for quad in infer(quads, RULES, GRAPH)}
    reference = {str(quad.triple) for quad in owlrl_closure(quads, GRAPH)}
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


def one_after_the_other(quads: list[Quad], *folders: Path) -> set[str]:
    """Return what follows by applying every rule to everything until nothing is new, stratum after stratum."""
    store = union_store(quads)
    stated = set(store)
    for folder in folders:
        queries = [read_rule(path) for path in sorted(folder.glob("*.rq"))]
        while new := {Quad(*t) for query in queries for t in store.query(query)} - set(store):  # type: ignore[union-attr]
            store.extend(new)
    return {str(quad.triple) for quad in set(store) - stated}


@pytest.mark.parametrize("at_once", [5, 100_000])
def test_what_follows_is_the_same_however_many_statements_are_looked_at_at_once(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference, "_AT_ONCE", at_once)
    monkeypatch.setattr(inference, "_LITTLE", 0)
    quads = examples() if at_once > 5 else examples()[-200:]
    found = {str(quad.triple) for quad in infer_all(quads, RULES, GRAPH)}
    assert found == one_after_the_other(quads, *strata(RULES))


def test_what_follows_of_the_schema_is_applied_to_what_was_there_before() -> None:
    text = f"""
    @prefix rdfs: <{expand("rdfs:label").removesuffix("label")}> . @prefix owl: <{expand("owl:Thing").removesuffix("Thing")}> .
    @prefix : <urn:> .
    :below rdfs:subPropertyOf rdfs:subClassOf . :A :below :B . :thing a :A .
    :turns rdfs:range owl:SymmetricProperty . :x :turns :meets . :one :meets :two .
    :long owl:propertyChainAxiom :list .
    :list <{expand("rdf:first")}> :meets ; <{expand("rdf:rest")}> :tail .
    :tail <{expand("rdf:first")}> :makes ; <{expand("rdf:rest")}> <{expand("rdf:nil")}> .
    :one :makes rdfs:domain . :long rdfs:subPropertyOf :implies .
    """
    quads = [Quad(*quad.triple) for quad in parse(text, RdfFormat.TURTLE)]
    found = {str(quad.triple) for quad in infer(quads, RULES, GRAPH)}
    assert found == one_after_the_other(quads, RULES)
    assert {"<urn:thing>", "<urn:two>"} <= {line.split(" ")[0] for line in found}


def test_rules_that_make_new_things_without_end_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "MAX_ROUNDS", 4)
    (tmp_path / "endless.rq").write_text("CONSTRUCT { [] a ?class } WHERE { ?thing a ?class }", "utf-8")
    quads = [Quad(NamedNode("urn:a"), NamedNode(expand("rdf:type")), NamedNode("urn:k"))]
    with pytest.raises(ReleaseError, match="do not come to rest"):
        infer(quads, tmp_path, GRAPH)


def test_a_contradiction_is_found() -> None:
    files = sorted((ROOT / "tests" / "examples" / "inconsistent").glob("*.ttl"))
    assert files
    ontology = [quad for quad in read(ROOT).quads if "graph/ontology" in str(quad.graph_name)]
    assert clashes(union_store([*ontology, *infer(ontology, RULES, GRAPH)])) == []
    for path in files:
        quads = [*ontology, *(Quad(t.subject, t.predicate, t.object) for t in parse_turtle(path))]
        assert clashes(union_store([*quads, *infer(quads, RULES, GRAPH)])), path


def test_a_broken_rule_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.rq").write_text("CONSTRUCT { ?x", "utf-8")
    with pytest.raises(CorpusError, match=r"broken\.rq"):
        infer([], tmp_path, GRAPH)
    (tmp_path / "broken.rq").write_text("SELECT * WHERE { ?x ?y ?z }", "utf-8")
    with pytest.raises(CorpusError, match="CONSTRUCT"):
        infer([], tmp_path, GRAPH)


def test_a_corpus_over_the_cap_of_a_rule_is_refused_by_name(tmp_path: Path) -> None:
    rule = "# At most 2 things of one alg:measure are compared.\nCONSTRUCT { ?a alg:near ?b } WHERE { ?a alg:measure ?m . ?b alg:measure ?m }"
    (tmp_path / "pairs.rq").write_text(rule, "utf-8")
    measure, key = NamedNode(ALG + "measure"), NamedNode("urn:key")
    quads = [Quad(NamedNode(f"urn:{number}"), measure, key) for number in range(3)]
    assert len(infer(quads[:2], tmp_path, GRAPH)) == 4
    with pytest.raises(CorpusError, match=r"pairs\.rq compares at most 2 things of one alg:measure; <urn:key> has 3"):
        infer(quads, tmp_path, GRAPH)


# -- the domain rules: obligations and estimates -----------------------------------------------------------------------------

CASE = """\
@base <https://w3id.org/allegata/> .
@prefix alg: <https://w3id.org/allegata/ns#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix schema: <http://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<instrument/pact> a alg:Treaty ; alg:actsRecordedFor <actor/arland> ; dct:date "1950-01-01"^^xsd:date .
<instrument/later> a alg:Treaty ; alg:actsRecordedFor <actor/arland> ; dct:date "2001-01-01"^^xsd:date .
<instrument/unread> a alg:Treaty ; alg:actsRecordedFor <actor/cerland> ; dct:date "1970-01-01"^^xsd:date .
<instrument/creed> a alg:Declaration ; dct:date "1948-12-10"^^xsd:date .
<provision/pact-1> alg:provisionOf <instrument/pact> ; alg:protects <scheme/right/food> .
<provision/pact-2> alg:provisionOf <instrument/pact> ; alg:protects <scheme/right/work> .
<provision/later-1> alg:provisionOf <instrument/later> ; alg:protects <scheme/right/food> .
<provision/unread-1> alg:provisionOf <instrument/unread> ; alg:protects <scheme/right/food> .
<provision/creed-1> alg:provisionOf <instrument/creed> ; alg:protects <scheme/right/food> .
<instrument/pact-of-youth> a alg:Treaty ; alg:personalScope <scheme/personal-scope/children> ; alg:actsRecordedFor <actor/arland> ;
    dct:date "1950-01-01"^^xsd:date .
<provision/pact-of-youth-1> alg:provisionOf <instrument/pact-of-youth> ; alg:protects <scheme/right/health> .
<provision/pact-3> alg:provisionOf <instrument/pact> ; alg:protects <scheme/right/health> ; alg:personalScope <scheme/personal-scope/women> .
<actor/pupils> alg:subgroupOf <actor/young-people> .
<actor/young-people> alg:personalScope <scheme/personal-scope/children> .
<scheme/right/womensEquality> alg:personalScope <scheme/personal-scope/women> .
<claim/of-all> alg:concernsRight <scheme/right/health> ; alg:dutyBearer <actor/arland> ; dct:temporal <claim/of-all/period> .
<claim/of-all/period> dcat:endDate "1990"^^xsd:gYear .
<claim/of-pupils> alg:concernsRight <scheme/right/health> ; alg:dutyBearer <actor/arland> ; alg:affects <actor/pupils> ;
    dct:temporal <claim/of-all/period> .
<claim/of-women> alg:concernsRight <scheme/right/health> , <scheme/right/womensEquality> ; alg:dutyBearer <actor/arland> ;
    dct:temporal <claim/of-all/period> .
<commitment/signed> a alg:Commitment ; alg:state <actor/arland> ; alg:instrument <instrument/pact> ;
    alg:act <scheme/act/signature> ; dct:date "1960-01-01"^^xsd:date .
<commitment/joined> a alg:Commitment ; alg:state <actor/arland> ; alg:instrument <instrument/pact> ;
    alg:act <scheme/act/accession> ; dct:date "1981-09-14"^^xsd:date .
<source/dated> a alg:Source ; dct:issued "2010-05"^^xsd:gYearMonth .
<source/undated> a alg:Source .
<claim/old> alg:concernsRight <scheme/right/food> ; alg:dutyBearer <actor/arland> ; dct:temporal <claim/old/period> .
<claim/old/period> dcat:startDate "1970"^^xsd:gYear ; dcat:endDate "1980"^^xsd:gYear .
<claim/same-year> alg:concernsRight <scheme/right/food> ; alg:dutyBearer <actor/arland> ; dct:temporal <claim/same-year/period> .
<claim/same-year/period> dcat:startDate "1981"^^xsd:gYear .
<claim/now> alg:concernsRight <scheme/right/food> ; alg:dutyBearer <actor/arland> .
<claim/elsewhere> alg:concernsRight <scheme/right/food> ; alg:dutyBearer <actor/borland> .
<claim/few> alg:quantity <claim/few/q> ; dct:temporal <claim/few/period> .
<claim/few/q> alg:measure <scheme/measure/deathsInFamine> ; schema:minValue 80 ; schema:maxValue 120 .
<claim/few/period> dcat:endDate "2003"^^xsd:gYear .
<claim/about-100> alg:quantity <claim/about-100/q> .
<claim/about-100/q> alg:measure <scheme/measure/deathsInFamine> ; schema:value 100 .
<claim/many> alg:quantity <claim/many/q> .
<claim/many/q> alg:measure <scheme/measure/deathsInFamine> ; schema:minValue 200 .
<claim/rounded> alg:quantity <claim/rounded/q> .
<claim/rounded/q> alg:measure <scheme/measure/peopleHeld> ; schema:value 100 ; alg:approximate true .
<claim/bounded> alg:quantity <claim/bounded/q> .
<claim/bounded/q> alg:measure <scheme/measure/peopleHeld> ; schema:minValue 300 ; schema:maxValue 400 ; alg:approximate true .
<claim/exact> alg:quantity <claim/exact/q> .
<claim/exact/q> alg:measure <scheme/measure/peopleHeld> ; schema:value 200 .
<claim/sampled> alg:quantity <claim/sampled/q> .
<claim/sampled/q> alg:measure <scheme/measure/peopleHeld> ; schema:minValue 500 ; schema:maxValue 600 ;
    alg:intervalKind <scheme/interval-kind/confidenceInterval> .
<claim/other-measure> alg:quantity <claim/other-measure/q> .
<claim/other-measure/q> alg:measure <scheme/measure/livesAtRisk> ; schema:value 1000 .
<assertion/1> alg:asserts <claim/now> ; alg:statedIn <source/dated> ; alg:modality <scheme/modality/categorical> .
<assertion/2> alg:asserts <claim/elsewhere> ; alg:statedIn <source/dated> ; alg:modality <scheme/modality/categorical> .
<assertion/3> alg:asserts <claim/few> ; alg:statedIn <source/undated> ; alg:modality <scheme/modality/estimate> .
<assertion/4> alg:asserts <claim/many> ; alg:statedIn <source/undated> ; alg:modality <scheme/modality/estimate> .
<assertion/5> alg:asserts <claim/old> ; alg:statedIn <source/undated> ; alg:modality <scheme/modality/categorical> .
<assertion/6> alg:asserts <claim/next> ; alg:statedIn <source/undated> ; alg:modality <scheme/modality/prediction> .
<claim/next> dct:temporal <claim/next/period> .
<claim/next/period> dcat:startDate "2050"^^xsd:gYear .
<claim/said> alg:concernsRight <scheme/right/food> ; alg:dutyBearer <actor/nobody> .
<assertion/7> alg:asserts <claim/said> ; alg:statedIn <source/dated> ; dct:date "1999-12-31"^^xsd:date .
<assertion/8> alg:asserts <claim/said> ; alg:statedIn <source/dated> .
<claim/said-later> alg:concernsRight <scheme/right/food> ; alg:dutyBearer <actor/nobody> .
<assertion/9> alg:asserts <claim/said-later> ; alg:statedIn <source/dated> ; dct:date "2012"^^xsd:gYear .
"""


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str, str]]:
    """Return what the domain rules add to a case in which all of it is known, without base and namespace."""
    path = tmp_path_factory.mktemp("case") / "case.ttl"
    path.write_text(CASE, "utf-8")
    quads = [Quad(t.subject, t.predicate, t.object) for t in parse_turtle(path)]
    base = ALG.removesuffix("ns#")
    return {
        (
            quad.subject.value.removeprefix(base) if isinstance(quad.subject, NamedNode) else "",
            quad.predicate.value.removeprefix(ALG),
            quad.object.value.removeprefix(base) if isinstance(quad.object, NamedNode | Literal) else "",
        )
        for quad in infer_all(quads, RULES, GRAPH)
    }


def pairs(derived: set[tuple[str, str, str]], predicate: str) -> set[tuple[str, str]]:
    return {(subject, value) for subject, name, value in derived if name == predicate}


def test_a_claim_is_read_as_of_its_period_or_else_of_when_it_was_said(derived: set[tuple[str, str, str]]) -> None:
    assert pairs(derived, "asOf") == {
        ("source/dated", "2010-05"),
        ("source/undated", "2003"),  # not 2050, which a forecast speaks of
        ("claim/old", "1980"),
        ("claim/same-year", "1981"),
        ("claim/now", "2010-05"),
        ("claim/elsewhere", "2010-05"),
        ("claim/few", "2003"),
        ("claim/of-women", "1990"),
        ("claim/of-pupils", "1990"),
        ("claim/of-all", "1990"),
        ("claim/many", "2003"),
        ("claim/said", "1999-12-31"),  # when it was said, and not when a document relayed it
        ("claim/said-later", "2012"),
    }


def test_a_claim_falls_under_what_bound_the_duty_bearer_by_then(derived: set[tuple[str, str, str]]) -> None:
    assert pairs(derived, "fallsUnder") == {
        ("claim/now", "provision/pact-1"),
        ("claim/same-year", "provision/pact-1"),
        ("claim/of-women", "provision/pact-3"),  # the right speaks to the group of the provision; claim/of-all names no group
    }
    assert pairs(derived, "consentedBy") == {
        (f"claim/{claim}", "commitment/joined") for claim in ("now", "same-year", "of-women")
    }


def test_what_did_not_bind_is_told_apart_from_what_is_not_recorded(derived: set[tuple[str, str, str]]) -> None:
    assert pairs(derived, "wouldFallUnder") == {
        ("claim/old", "provision/pact-1"),  # joined later
        ("claim/of-pupils", "provision/pact-of-youth-1"),  # pupils are of the group that the treaty covers
        ("claim/now", "provision/later-1"),  # never joined; a declaration is not joined, and on other pairs the record is silent
    }


def test_only_intervals_of_one_measure_without_a_common_value_are_compared(derived: set[tuple[str, str, str]]) -> None:
    lower = {("claim/few", "claim/many"), ("claim/about-100", "claim/many"), ("claim/exact", "claim/bounded")}
    assert pairs(derived, "doesNotOverlap") == lower | {(high, low) for low, high in lower}
    assert {pair for pair in pairs(derived, "gap") if not set(pair[0].split("/")[1:]) & {"rounded", "sampled"}} == {
        ("comparison/few/many", "80"),
        ("comparison/about-100/many", "100"),
        ("comparison/exact/bounded", "100"),
    }
    assert pairs(derived, "yearsApart") == {("comparison/few/many", "0")}


def test_rounded_and_computed_numbers_are_compared_as_such_and_may_overlap(derived: set[tuple[str, str, str]]) -> None:
    may_agree = {"rounded/exact", "rounded/bounded", "rounded/sampled", "exact/sampled", "bounded/sampled"}
    assert pairs(derived, "approximate") == {(f"comparison/{names}", "true") for names in may_agree}
    assert ("comparison/rounded/exact", "100") in pairs(derived, "gap")
    assert not {pair for pair in pairs(derived, "doesNotOverlap") if set(pair) & {"claim/rounded", "claim/sampled"}}


def test_no_comparison_is_asserted_by_hand() -> None:
    computed = {NamedNode(ALG + name) for name in ("doesNotOverlap", "Comparison", "gap", "fallsUnder", "wouldFallUnder", "asOf")}
    by_hand = [quad for quad in read(ROOT).quads if "graph/ontology" not in str(quad.graph_name)]
    assert len(by_hand) > 10_000
    assert not [quad for quad in by_hand if quad.predicate in computed or quad.object in computed]

"""What rules look at is read from their queries: never less than what they do look at."""

from __future__ import annotations

import pytest

from allegata.corpus.rdf import read_rule
from allegata.corpus.rule_reading import Sign, reading, sign
from allegata.model.namespaces import expand, sparql_prologue
from support import ROOT

RULES = ROOT / "ontology" / "rules"


def signs(*curies: str) -> set[Sign]:
    """Return the signs of statements with some properties, and behind `a` of some classes."""
    made = set()
    for curie in curies:
        kind = curie.removeprefix("a ")
        made.add(
            (f"<{expand('rdf:type')}>".encode(), f"<{expand(kind)}>".encode())
            if kind != curie
            else (f"<{expand(curie)}>".encode(), b"")
        )
    return made


def test_the_sign_of_a_statement_is_its_property_and_its_class() -> None:
    assert sign(b'<urn:a> <urn:p> "a b <c>" .\n') == (b"<urn:p>", b"")
    kind = f"<{expand('rdf:type')}>".encode()
    assert sign(b"<urn:a> " + kind + b" <urn:k> .\n") == (kind, b"<urn:k>")


@pytest.mark.parametrize(
    ("name", "linear"),
    [
        *((name, True) for name in ("cax-eqc", "cax-sco", "prp-dom", "prp-inv", "prp-rng", "prp-spo1", "prp-symp")),
        *((name, False) for name in ("prp-spo2", "prp-trp", "domain/claim-as-of", "domain/read-with")),
    ],
)
def test_rules_that_look_at_one_statement_beside_the_schema_are_known(name: str, linear: bool) -> None:
    assert reading(read_rule(RULES / f"{name}.rq")).is_linear is linear


@pytest.mark.parametrize(
    ("name", "looked_at", "not_looked_at"),
    [
        ("falls-under", ("alg:conclusion", "alg:ofClaim"), ("alg:fallsUnder", "a alg:LegalConclusion", "rdfs:label")),
        ("claim-as-of", ("alg:quantity", "dct:date", "alg:asOf", "dcat:endDate"), ("alg:polarity", "a alg:Claim")),
        ("provision-would-apply", ("a alg:Treaty", "alg:subgroupOf", "alg:obliges"), ("a alg:Statute", "alg:conclusion")),
        ("read-with", ("dct:isPartOf", "alg:onProvision", "alg:inRespectOf"), ("alg:fallsUnder",)),
    ],
)
def test_what_a_rule_looks_at_is_all_that_its_patterns_name(
    name: str, looked_at: tuple[str, ...], not_looked_at: tuple[str, ...]
) -> None:
    found = reading(read_rule(RULES / "domain" / f"{name}.rq"))
    assert all(found.looks_at(signs(curie)) for curie in looked_at)
    assert not found.looks_at(signs(*not_looked_at))


@pytest.mark.parametrize(
    "body",
    [
        "?x ?p ?y",
        "?x !alg:asOf ?y",
        "?x alg:topic* ?y",
        "?x (alg:topic|alg:about?) ?y",
        "?x alg:topic ?z FILTER(EXISTS { ?x ?p ?y })",
        "{ SELECT ?x WHERE { ?x ?p ?y } } ?x alg:topic ?z",
        "?x alg:topic ?y LATERAL { ?y alg:about ?z }",  # which is no SPARQL 1.1
    ],
)
def test_what_may_be_anything_is_looked_at_whatever_it_is(body: str) -> None:
    assert reading(f"{sparql_prologue()}CONSTRUCT {{ ?x alg:near ?y }} WHERE {{ {body} }}").looks_at(signs("dct:title"))


def test_a_path_that_may_be_empty_is_held_by_what_else_is_said_of_its_ends() -> None:
    held = reading(f"{sparql_prologue()}CONSTRUCT {{ ?x alg:near ?y }} WHERE {{ ?x alg:topic ?z . ?z alg:about* ?y }}")
    assert held.looks_at(signs("alg:about")) and held.looks_at(signs("alg:topic")) and not held.looks_at(signs("dct:title"))


@pytest.mark.parametrize(
    "query",
    [
        "CONSTRUCT { ?x alg:near [] } WHERE { ?p a owl:SymmetricProperty . ?x ?p ?y }",  # would make new things without end
        "CONSTRUCT { ?x a ?class } WHERE { ?p rdfs:domain ?class . ?x ?p ?y . ?y ?p ?z }",
        "CONSTRUCT { ?x a ?class } WHERE { ?p alg:topic ?class . ?x ?p ?y }",  # of which there may be as many as there are things
        "CONSTRUCT { ?x a ?class } WHERE { { ?p rdfs:domain ?class } UNION { ?x ?p ?y } }",
        "ASK { ?p rdfs:domain ?class . ?x ?p ?y }",
        "CONSTRUCT { ?x ?p",
    ],
)
def test_others_are_not_applied_to_one_statement_at_a_time(query: str) -> None:
    assert not reading(sparql_prologue() + query).is_linear

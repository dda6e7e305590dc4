"""The index of statements: each statement once, values in one order, names by one rule, parts below their thing."""

from __future__ import annotations

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from allegata.corpus.statements import Statements
from allegata.model.namespaces import PREFIXES

BASE = "https://example.org/"
TEXT = f"""
@base <{BASE}> .
{"".join(f"@prefix {prefix}: <{iri}> ." for prefix, iri in PREFIXES.items())}
<claim/one> a alg:Claim ; alg:statement "It rained."@en ; alg:quantity <claim/one/quantity> ; alg:about <place/x> .
<claim/one/quantity> a schema:QuantitativeValue ; schema:value 3 ; alg:measure <claim/one/quantity/measure> .
<claim/one/quantity/measure> a skos:Concept .
<place/x> a schema:Place ; rdfs:label "자리"@ko, "Place b"@en, "Place"@en, "x" ; dct:title "Never its name"@en .
<place/silent> a schema:Place .
"""


@pytest.fixture
def statements() -> Statements:
    quads = [quad for graph in ("one", "two") for quad in _in(graph)]
    return Statements(quads)


def _in(graph: str) -> list[Quad]:
    name = NamedNode(f"{BASE}graph/{graph}")
    return [Quad(q.subject, q.predicate, q.object, name) for q in parse(TEXT, RdfFormat.TURTLE)]


def test_what_stands_in_two_files_is_one_statement(statements: Statements) -> None:
    assert len(list(statements.about(f"{BASE}claim/one"))) == 4
    assert statements.values(f"{BASE}claim/one", "alg:about") == [f"{BASE}place/x"]


def test_texts_come_in_english_first_then_without_a_language_then_in_others(statements: Statements) -> None:
    assert statements.values(f"{BASE}place/x", "rdfs:label") == ["Place", "Place b", "x", "자리"]
    assert statements.terms(f"{BASE}place/x", "rdfs:label")[-1] == Literal("자리", language="ko")


@pytest.mark.parametrize(
    ("path", "name"), [("place/x", "Place"), ("claim/one", "It rained."), ("place/silent", "silent"), ("unknown/", "unknown")]
)
def test_a_thing_is_named_by_its_label_by_what_it_says_or_by_its_iri(statements: Statements, path: str, name: str) -> None:
    assert statements.name(BASE + path) == name


def test_things_are_found_by_their_classes(statements: Statements) -> None:
    places = {f"{BASE}place/x", f"{BASE}place/silent"}
    assert statements.instances("schema:Place") == places
    assert statements.instances("schema:Place", "alg:Claim") == {*places, f"{BASE}claim/one"}
    assert statements.instances("alg:Vote") == set()


def test_the_parts_of_a_thing_are_below_it_and_other_things_are_not(statements: Statements) -> None:
    below = {thing for thing, _, _ in statements.below(f"{BASE}claim/one")}
    assert below == {f"{BASE}claim/one", f"{BASE}claim/one/quantity", f"{BASE}claim/one/quantity/measure"}


def test_looking_for_what_is_not_there_leaves_nothing_behind(statements: Statements) -> None:
    before = set(statements.subjects)
    assert statements.values(f"{BASE}nothing", "rdfs:label") == [] and list(statements.about(f"{BASE}nothing")) == []
    assert set(statements.subjects) == before

"""Rewriting: what is as it should be stays as it is, what is rewritten parses, and the form of a query is no matter."""

from __future__ import annotations

import pytest
from pyoxigraph import QuerySolutions, Store

from allegata.engine.gate.named_graphs import NamedGraphs
from allegata.engine.gate.rewriting import rewrite
from allegata.engine.gate.tree import read
from allegata.engine.pool.functions import functions
from allegata.errors import BadRequest

UNCHANGED = [
    "SELECT ?s { ?s ?p ?o }",
    "SELECT ?s { ?s <urn:p>/<urn:q>+ ?o FILTER(?s != ?o) }",
    "SELECT ?g { GRAPH ?g { ?s ?p ?o OPTIONAL { ?s <urn:p> ?q } } }",
    "SELECT (COUNT(?s) AS ?n) { ?s <urn:p>* ?o } GROUP BY ?o",
    "SELECT ?s { ?s (<urn:p>|<urn:q>)+ ?o FILTER(BOUND(?s) && !BOUND(?x)) }",
    "SELECT (?a / 100 AS ?x) (1 / ?b AS ?y) (?c * ?d AS ?z) { ?a ?b ?c FILTER(?c >= '2001' && STR(?d) < 'b' && YEAR(?c) > 2000) }",
    "CONSTRUCT { ?s ?p 1 } WHERE { ?s ?p ?o # a word: ORDER BY\n }",
]


@pytest.mark.parametrize("text", UNCHANGED)
def test_what_the_engine_does_right_stays_to_the_letter(text: str) -> None:
    assert rewrite(text, lambda: NamedGraphs(["<urn:g>"])).text == text
    assert not rewrite(text).departures


COLUMNS = {
    "SELECT * { ?z ?y ?x }": ["z", "y", "x"],
    "SELECT DISTINCT * { ?b <urn:p> ?a . FILTER(?f > 1) OPTIONAL { ?c ?a ?d } MINUS { ?m ?a ?b } }": ["b", "a", "c", "d"],
    "SELECT * { BIND(?q + 1 AS ?z) GRAPH ?g { ?a ?b ?c } } VALUES (?y ?x) { (1 2) }": ["z", "g", "a", "b", "c", "y", "x"],
    "SELECT * { { SELECT ?w (COUNT(*) AS ?n) { ?w ?hidden ?v } GROUP BY ?w } ?a ?b $w }": ["w", "n", "a", "b"],
    "SELECT * { { SELECT * { ?z ?y ?x } } ?a ?b ?c }": ["z", "y", "x", "a", "b", "c"],
    "SELECT * { FILTER EXISTS { ?x ?y ?z } }": [],
}


@pytest.mark.parametrize("text", COLUMNS)
def test_the_columns_of_a_star_stand_in_order_of_first_use(text: str) -> None:
    """SPARQL 1.1 Query, section 18.2.1, says which variables are visible; people expect them in the order in which they wrote."""
    rewritten = rewrite(text)
    found = Store().query(rewritten.text, **functions(rewritten.functions))
    assert isinstance(found, QuerySolutions)
    assert [variable.value for variable in found.variables] == COLUMNS[text]


def test_a_group_is_not_repeated_without_end() -> None:
    text = "SELECT * { GRAPH ?g { VALUES ?x { " + "1 " * 1000 + "} } }"
    with pytest.raises(BadRequest, match="too long"):
        rewrite(text, lambda: NamedGraphs([f"<urn:g{number}>" for number in range(1000)]))


def test_quotients_are_not_repeated_without_end() -> None:
    chain = rewrite(f"SELECT ({' / '.join(['?a'] * 150)} AS ?x) {{}}")
    nested = rewrite(f"SELECT ({'(' * 50}?a{' / ?b)' * 50} AS ?x) {{}}")
    assert chain.departures == nested.departures == ("zero-quotient",)
    assert len(chain.text) < 1_000 and len(nested.text) < 10_000


def test_nested_graphs_are_not_repeated_without_end() -> None:
    text = "SELECT * { " + "GRAPH ?g { VALUES ?x { 1 } " * 60 + "}" * 60 + " }"
    with pytest.raises(BadRequest, match="too long"):
        rewrite(text, lambda: NamedGraphs(["<urn:a>", "<urn:b>", "<urn:c>"]))


def test_labels_of_nodes_stay_apart_in_repeated_groups() -> None:
    """SPARQL 1.1 Query, section 4.1.4: a label stands in one basic graph pattern only."""
    text = "SELECT ?g { GRAPH ?g { _:a ?p ?o . ?o ?q _:a VALUES ?p { <urn:p> } } }"
    Store().query(rewrite(text, lambda: NamedGraphs(["<urn:a>", "<urn:b>"])).text)


@pytest.mark.parametrize("mark", ["!", "-", "+"])
def test_depth_is_no_matter(mark: str) -> None:
    text = f"SELECT (({mark * 190}?x) AS ?y) {{ VALUES ?x {{ 1 }} FILTER(" + "(" * 60 + "?x" + ")" * 60 + ") }"
    assert rewrite(text).functions


def test_a_query_that_does_not_parse_has_no_tree() -> None:
    assert read("SELECT * { ?s ?p }") is None

"""Departures of the engine from SPARQL: each is rewritten to the answer that the standard has, or announced."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from pyoxigraph import RdfFormat, Store

from allegata.engine import Query, inspect
from allegata.engine.gate.announcement import departures
from allegata.engine.gate.departures import ANNOUNCED
from allegata.engine.gate.known_shapes import READ_AHEAD
from allegata.engine.pool.store import Embedded
from allegata.errors import QuerySyntaxError
from allegata.model.formats import CSV_RESULTS, JSON_RESULTS, TSV_RESULTS, XML_RESULTS, Format
from fuzz_sparql import quads
from sparql_grammar import PROLOGUE
from support import ROOT, SHARED, settings

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "departures.yaml").read_text("utf-8"))
BASE = "https://example.org/sparql"


@pytest.fixture(scope="module")
def store() -> Embedded:
    found = Store()
    found.load(quads(), RdfFormat.N_QUADS)
    return Embedded(found, True)


def answer(store: Embedded, text: str, form: Format = CSV_RESULTS) -> str:
    out = io.BytesIO()
    store.answer(Query(inspect(text, settings()), form, base_iri=BASE), out)
    return out.getvalue().decode()


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_a_query_is_answered_as_the_standard_has_it(store: Embedded, case: dict[str, Any]) -> None:
    rows = [",".join(row) for row in list(csv.reader(io.StringIO(answer(store, PROLOGUE + case["query"]))))[1:]]
    assert not departures(PROLOGUE + case["query"])
    if "ordered" in case:
        assert rows == case["ordered"]
    else:
        assert sorted(rows) == sorted(case["rows"])


@pytest.mark.parametrize("name", ["mixed-order.rq", "graph-subselect.rq"])
def test_a_reported_case_is_answered_as_the_standard_has_it(store: Embedded, name: str) -> None:
    """SPARQL 1.1 Query, sections 15.1 and 18.6."""
    file = SHARED / "cases" / name
    if not file.is_file():
        pytest.skip("the reported cases are not beside the checkout")
    rows = answer(store, file.read_text("utf-8")).split()[1:]
    assert rows == (["8", "9", "10", "95", "100", "5", "7", "95"] if "order" in name else ["http"] and rows)
    assert len(rows) == (8 if "order" in name else 3)


ASKED = {
    "path-duplicates": "SELECT ?x { [] :p|:p ?x }",
    "zero-length-path": "SELECT ?x { [] :r 1 . _:b :q 1 . :e :p* ?x }",
    "bnode-label": 'SELECT (BNODE("a") AS ?x) {}',
    "long-comparison": f"SELECT (STR(?a) = '' || ?a < COALESCE({', '.join(['?b'] * 300)}) AS ?x) {{}}",
    "zero-quotient": f"SELECT (COALESCE({', '.join(['?b'] * 300)}) / ?c AS ?x) {{}}",
    "literal-forms": 'SELECT ("01"^^xsd:integer AS ?x) {}',
}


@pytest.mark.parametrize("name", ASKED)
def test_a_departure_that_stays_is_named_in_the_answer(store: Embedded, name: str) -> None:
    """Results JSON, section 3.1.2, and Results XML, section 2.2, have links in the head."""
    text = PROLOGUE + ASKED[name]
    assert departures(text) == (name,)
    head = json.loads(answer(store, text, JSON_RESULTS))["head"]
    assert head == {"link": [f"{BASE}#{name}"], "vars": ["x"]}
    tree = ElementTree.fromstring(answer(store, text, XML_RESULTS))
    assert [child.tag.rpartition("}")[2] for child in tree[0]] == ["variable", "link"]
    assert tree[0][1].attrib == {"href": f"{BASE}#{name}"}
    assert answer(store, text, TSV_RESULTS).startswith("?x\n")


def test_what_paths_are_written_with_is_no_column(store: Embedded) -> None:
    """SPARQL 1.1 Query, section 18.2.1: without a variable nothing is visible; the path stays as it is, with notice."""
    text = f"{PROLOGUE}SELECT * {{ :c (:d|!:p)/!(:p|^:q) ?x FILTER(?x = 1) }}"
    assert not departures(text)
    text = f"{PROLOGUE}SELECT * {{ :c ((:d|!:p)?/!(:p|^:q)) :b }}"
    assert departures(text) == ("path-duplicates",)
    assert json.loads(answer(store, text, JSON_RESULTS))["results"] == {"bindings": [{}]}
    text = f"{PROLOGUE}SELECT * {{ :d (:q|(:p)*) :d }}"
    assert not departures(text)
    assert json.loads(answer(store, text, JSON_RESULTS)) == {"head": {"vars": []}, "results": {"bindings": [{}]}}
    text = f"{PROLOGUE}SELECT * {{ :d ((:q|(:p)*)/(:q|(:p)*)) :d }}"
    assert departures(text) == ("path-duplicates", "zero-length-path")


@pytest.mark.parametrize(
    "text", ["SELECT * FROM no:g { GRAPH ?g { VALUES ?x { 1 } } }", "SELECT * FROM NAMED no:g { GRAPH ?g { { SELECT * {} } } }"]
)
def test_a_name_without_prefix_is_told_of_whatever_is_rewritten(store: Embedded, text: str) -> None:
    with pytest.raises(QuerySyntaxError, match="no: is not declared"):
        answer(store, text)


def test_the_least_of_triple_terms_is_one_of_them(store: Embedded) -> None:
    text = "SELECT (MIN(?t) AS ?m) { VALUES ?t { <<( <urn:b> <urn:p> 1 )>> <<( <urn:a> <urn:p> 1 )>> } }"
    assert "urn:a" in answer(store, text)


def test_a_truth_names_departures_too(store: Embedded) -> None:
    text = 'ASK { FILTER(ISBLANK(BNODE("a"))) }'
    assert json.loads(answer(store, text, JSON_RESULTS)) == {"head": {"link": [f"{BASE}#bnode-label"]}, "boolean": True}
    assert '<head><link href="https://example.org/sparql#bnode-label"/></head>' in answer(store, text, XML_RESULTS)


def test_a_query_that_the_grammar_does_not_read_is_announced() -> None:
    assert departures("SELECT * { ?s ?p ?o } ORDER ?s") == ("unread",)
    assert departures("SELECT * { ?s ?p ?o } ORDER BY ?s " + "?o " * READ_AHEAD) == ("unread",)


def test_each_departure_is_documented() -> None:
    page = (ROOT / "docs" / "endpoint.md").read_text("utf-8")
    assert set(ANNOUNCED) == {*ASKED, "unread"}
    assert [name for name in ANNOUNCED if f"`{name}`" not in page] == []


FORMS = {
    "1": False,
    "-1": False,
    "1.5": False,
    "01": True,
    "1.50": True,
    "2e0": True,
    '"1"^^xsd:integer': False,
    '"+1"^^xsd:integer': True,
    '"1"^^xsd:byte': True,
    '"1.0"^^xsd:decimal': True,
    '"1"^^xsd:boolean': True,
    '"true"^^xsd:boolean': False,
    '"2001-02-03"^^xsd:date': False,
    '"2001-02-03T04:05:06.000Z"^^xsd:dateTime': True,
    '"anything"^^:type': False,
    '"x"^^xsd:integer': False,
    '"01"': False,
    '"01"@en': False,
}


@pytest.mark.parametrize("literal", FORMS)
def test_a_form_that_the_engine_does_not_keep_is_announced(store: Embedded, literal: str) -> None:
    """RDF 1.1 Concepts, section 3.3: two literals are the same term only if their forms are."""
    text = f"{PROLOGUE}SELECT (STR({literal}) AS ?x) (DATATYPE({literal}) AS ?k) {{}}"
    assert bool(departures(text)) == FORMS[literal]

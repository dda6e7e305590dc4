"""The W3C's drafts of a suite for SPARQL 1.2, through the gate and the engine; what comes out otherwise is listed with its reason."""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.term import Node

from allegata.engine import Form, Query, inspect
from allegata.engine.federation import patterns
from allegata.engine.gate.tokens import tokens
from allegata.engine.gate.tree import read as read_tree
from allegata.engine.pool.store import Embedded
from allegata.errors import AllegataError, NotAcceptable
from allegata.model.formats import (
    BINDING_FORMATS,
    CSV_RESULTS,
    GRAPH_FORMATS,
    JSON_LD,
    JSON_RESULTS,
    N_TRIPLES,
    TSV_RESULTS,
    XML_RESULTS,
    Format,
)
from support import SHARED, settings

SUITE = SHARED / "suites" / "w3c-rdf-tests" / "sparql" / "sparql12"
BASE = "https://w3c.github.io/rdf-tests/sparql/sparql12/"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
FOLDERS = """codepoint-escapes eval-triple-terms expression grouping lang-basedir rdf11 syntax syntax-triple-terms-negative
    syntax-triple-terms-positive version""".split()
POSITIVE, NEGATIVE = (MF.PositiveSyntaxTest, MF.PositiveSyntaxTest11), (MF.NegativeSyntaxTest, MF.NegativeSyntaxTest11)
_ESCAPES = "escapes outside of strings and IRIs are read as SPARQL 1.1 has them"
_VALUES = "the store keeps numbers by value"
_SUBJECT = "the engine takes a triple term for a subject, which finds nothing"
#: Cases that do not come out as the drafts have them, each with what the engine does instead.
EXCUSED = {
    "codepoint-escapes/manifest#codepoint-esc-01-bad": _ESCAPES,
    "codepoint-escapes/manifest#codepoint-esc-03-bad": _ESCAPES,
    "eval-triple-terms/manifest#op-2": _VALUES,
    "grouping/manifest#group01": _VALUES,
    "eval-triple-terms/manifest#construct-5": "each of the three solutions makes a reifier of its own",
    "expression/manifest#not-not": "without VERSION the truth of a value is that of SPARQL 1.1",
    "grouping/manifest#select-variable-reuse": "the engine refuses it, as SPARQL 1.1 does",
    "syntax-triple-terms-negative/manifest#tripleterm-subject-03": _SUBJECT,
    "syntax-triple-terms-negative/manifest#tripleterm-subject-06": _SUBJECT,
    "syntax/manifest#nested-aggregate-functions": "the engine takes a set function inside of another",
}


def read() -> Graph:
    graph = Graph()
    for folder in FOLDERS if SUITE.is_dir() else ():
        if (SUITE / folder / "manifest.ttl").is_file():
            graph.parse(SUITE / folder / "manifest.ttl", publicID=f"{BASE}{folder}/manifest.ttl")
    return graph


MANIFEST = read()


def cases(*kinds: URIRef) -> list[str]:
    found = {str(case).removeprefix(BASE) for kind in kinds for case in MANIFEST.subjects(RDF.type, kind)}
    return sorted(found)


def path(iri: Node | None) -> Path:
    return SUITE / str(iri).removeprefix(BASE)


def load(action: Node | None) -> Embedded:
    store = Store()
    for data in MANIFEST.objects(action, QT.data):
        store.load(path(data).read_bytes(), RdfFormat.from_extension(path(data).suffix[1:]), base_iri=str(data))
    return Embedded(store, True)


def answer(store: Embedded, text: str, iri: str, form: Format | None = None) -> tuple[Form, bytes]:
    seen = inspect(text, settings())
    out = io.BytesIO()
    chosen = form or (JSON_RESULTS if seen.form in (Form.SELECT, Form.ASK) else N_TRIPLES)
    store.answer(Query(seen, chosen, base_iri=iri), out)
    return seen.form, out.getvalue()


def solutions(results: QuerySolutions | QueryBoolean) -> Counter[str] | bool:
    """Return solutions as text, nodes without name all alike."""
    if isinstance(results, QueryBoolean):
        return bool(results)
    names = sorted(variable.value for variable in results.variables)
    return Counter(_plain(" ".join(f"{name}={row[name]}" for name in names if row[name] is not None)) for row in results)


def _plain(text: str) -> str:
    return re.sub(r"_:[\w-]+", "_:b", re.sub(r'"([+-]?[\d.]+)"\^\^<[^>]*(?:decimal|double)>', lambda m: str(float(m[1])), text))


def expected(result: Path, iri: str) -> Counter[str] | bool:
    syntax = {".srx": QueryResultsFormat.XML, ".srj": QueryResultsFormat.JSON, ".tsv": QueryResultsFormat.TSV}.get(result.suffix)
    if syntax:
        return solutions(parse_query_results(result.read_bytes(), syntax))
    return Counter(
        _plain(str(quad.triple)) for quad in parse(result.read_bytes(), RdfFormat.from_extension(result.suffix[1:]), base_iri=iri)
    )


def test_the_suite_is_there(suites: Path) -> None:
    assert len(cases(MF.QueryEvaluationTest)) > 50 and len(cases(*POSITIVE)) > 50 and len(cases(*NEGATIVE)) > 50
    assert set(EXCUSED) <= set(cases(MF.QueryEvaluationTest, *POSITIVE, *NEGATIVE))


def check(case: str) -> None:
    found = URIRef(BASE + case)
    action = MANIFEST.value(found, MF.action)
    kinds = set(MANIFEST.objects(found, RDF.type))
    query = MANIFEST.value(action, QT.query) or action
    text = path(query).read_text("utf-8")
    if kinds & {*NEGATIVE}:
        with pytest.raises(AllegataError):
            answer(Embedded(Store(), True), text, str(query))
    elif kinds & {*POSITIVE}:
        answer(Embedded(Store(), True), text, str(query))
    else:
        form, body = answer(load(action), text, str(query))
        result = MANIFEST.value(found, MF.result)
        if form in (Form.SELECT, Form.ASK):
            assert solutions(parse_query_results(body, QueryResultsFormat.JSON)) == expected(path(result), str(result))
        else:
            actual = Counter(_plain(str(quad.triple)) for quad in parse(body, RdfFormat.N_TRIPLES))
            assert actual == expected(path(result), str(result))


ALL = [case for case in cases(MF.QueryEvaluationTest, *POSITIVE, *NEGATIVE) if "-update" not in case]


@pytest.mark.parametrize("case", [case for case in ALL if case not in EXCUSED])
def test_a_query_comes_out_as_the_suite_has_it(case: str) -> None:
    check(case)


@pytest.mark.parametrize("case", sorted(EXCUSED))
def test_an_excuse_is_still_needed(case: str) -> None:
    with pytest.raises((AllegataError, AssertionError, pytest.fail.Exception)):
        check(case)


@pytest.mark.parametrize("case", [case for case in cases(*POSITIVE) if "update" not in case])
def test_a_query_that_the_suite_has_as_right_is_read_for_departures(case: str) -> None:
    text = path(MANIFEST.value(URIRef(BASE + case), MF.action)).read_text("utf-8")
    assert read_tree(text) is not None


TERMS = 'SELECT ?t { VALUES ?t { <<( <urn:a> <urn:p> <<( <urn:b> <urn:q> "x"@ar--rtl )>> )>> "y"@en--ltr } }'


@pytest.mark.parametrize("form", BINDING_FORMATS, ids=lambda form: form.name)
def test_triple_terms_and_directions_are_in_every_format_of_results(form: Format) -> None:
    """SPARQL 1.2 Results JSON, section 3.2.2, XML, section 2.3.1, CSV and TSV, section 3 and 4."""
    _, body = answer(Embedded(Store(), True), TERMS, BASE, form)
    if form in (JSON_RESULTS, XML_RESULTS, TSV_RESULTS):
        syntax = QueryResultsFormat.from_media_type(form.media_type)
        assert syntax
        found = solutions(parse_query_results(body, syntax))
        assert isinstance(found, Counter) and sorted(found) == sorted(
            ['t=<urn:a> <urn:p> <<( <urn:b> <urn:q> "x"@ar--rtl )>>', 't="y"@en--ltr']
        )
    else:
        assert form is CSV_RESULTS and b"urn:a" in body and b"\r\ny\r\n" in body


GRAPH = 'CONSTRUCT { <urn:s> <urn:x:p> <<( <urn:a> <urn:x:b> "x"@en--ltr )>> , "y"@ko--rtl } WHERE {}'


@pytest.mark.parametrize("form", GRAPH_FORMATS, ids=lambda form: form.name)
def test_triple_terms_and_directions_are_in_every_format_of_graphs_or_refused(form: Format) -> None:
    """RDF 1.2 Turtle, N-Triples, TriG and XML have a place for triple terms; JSON-LD has none."""
    if form is JSON_LD:
        with pytest.raises(NotAcceptable, match="triple terms"):
            answer(Embedded(Store(), True), GRAPH, BASE, form)
        return
    _, body = answer(Embedded(Store(), True), GRAPH, BASE, form)
    found = sorted(str(quad.object) for quad in parse(body, RdfFormat.from_media_type(form.media_type)))
    assert found == ['"y"@ko--rtl', '<urn:a> <urn:x:b> "x"@en--ltr']


READ = {
    "SELECT * { ?s ?p ?o {| ?a ?b |} . SERVICE <urn:x> { << ?s ?p ?o ~ ?r >> ?q ?z } }": ["TRIPLES", "SERVICE"],
    "SELECT * { ?s ?p <<( ?a ?b ?c )>> SERVICE <urn:x> { VALUES ?x { <<( <urn:a> a 1 )>> } } FILTER(isTRIPLE(?x)) }": [
        *("TRIPLES", "SERVICE", "FILTER")
    ],
    'VERSION "1.2" SELECT * { << ?s a ?o >> ?q "x"@en--ltr {| ?k [ ?l true ] |} ~ ?r {| ?p 1 |} SERVICE <urn:x> {} }': [
        *("TRIPLES", "SERVICE")
    ],
}


@pytest.mark.parametrize("text", READ)
def test_a_service_is_found_beside_triple_terms(text: str) -> None:
    groups = patterns.read(text, list(tokens(text)), ["urn:x"])
    assert [element.kind for element in groups[0].elements] == READ[text] and len(list(patterns.asked(groups))) == 1


HOSTILE = {
    "terms": "SELECT * { ?s ?p " + "<<( <urn:a> <urn:p> " * 3000 + "1" + " )>>" * 3000 + " }",
    "reified": "SELECT * { " + "<< " * 3000 + "?s ?p ?o" + " >> ?p ?o" * 3000 + " }",
    "annotations": "SELECT * { ?s ?p ?o " + "{| ?p ?o " * 3000 + "|} " * 3000 + " }",
    "open terms": "SELECT * { ?s ?p " + "<<(" * 100_000,
    "open annotations": "SELECT * { ?s ?p ?o " + "{|" * 100_000,
    "reifiers": "SELECT * { ?s ?p ?o " + "~ " * 30_000 + "}",
    "functions": "SELECT (" + "TRIPLE(" * 3000 + "1" + ", 1, 1)" * 3000 + " AS ?t) {}",
    "closing": "SELECT * { ?s ?p ?o " + ")>>" * 10_000 + "|}" * 10_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_nesting_is_refused_before_it_is_parsed(name: str) -> None:
    if name == "closing":
        with pytest.raises(AllegataError):
            answer(Embedded(Store(), True), HOSTILE[name], BASE)
        return
    with pytest.raises(AllegataError) as caught:
        inspect(HOSTILE[name], settings())
    assert caught.value.status == 400 and caught.value.members["limit"] in (
        "query_nesting",
        "query_chain",
        "query_patterns",
        "query_tokens",
    )

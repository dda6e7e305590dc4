"""The gate: it knows SPARQL's tokens, refuses what the service never does, names each limit, and takes linear time."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from allegata.engine import Form, Query, inspect
from allegata.engine.gate.tokens import _OPAQUE_OR_ESCAPE, CONTENT
from allegata.errors import (
    AllegataError,
    BadRequest,
    LimitExceeded,
    PayloadTooLarge,
    QueryRefused,
    QuerySyntaxError,
    RequestError,
)
from allegata.model.formats import JSON_RESULTS
from allegata.settings import Settings

SETTINGS = Settings()
PROLOGUE = "PREFIX ex: <https://example.org/> PREFIX service: <https://example.org/service#> "

FORMS = {
    "SELECT * { ?s ?p ?o }": Form.SELECT,
    "select ?s where { ?s ?p ?o }": Form.SELECT,
    "# ASK {}\nPREFIX select: <x:y> CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }": Form.CONSTRUCT,
    "BASE <https://example.org/SELECT> ASK {}": Form.ASK,
    "\\u0041SK {}": Form.ASK,
    PROLOGUE + "DESCRIBE ex:SELECT": Form.DESCRIBE,
}


@pytest.mark.parametrize("text", FORMS)
def test_the_form_is_found(text: str) -> None:
    assert inspect(text, SETTINGS).form is FORMS[text]


HARMLESS = [
    "SELECT ?service { ?service ?p ?o }",
    "SELECT $INSERT { $INSERT ?p ?o }",
    PROLOGUE + "SELECT * { ?s service:load service:SERVICE }",
    PROLOGUE + "SELECT * { GRAPH service:graph { ?s ?p ?o } }",
    PROLOGUE + "SELECT * FROM service:graph { ?s ?p ?o }",
    PROLOGUE + "DESCRIBE service:x { ?s ?p ?o }",
    "SELECT * { ?s ?p 'SERVICE <http://example.org/> {}' }",
    'SELECT * { ?s ?p """a "quoted" SERVICE <x> {} \\""" """ }',
    "SELECT * { ?s ?p '''it's INSERT''' }",
    "SELECT * { ?s ?p ?o } # SERVICE <http://example.org/> {}",
    "SELECT * { # SERVICE <x> {}\r ?s ?p ?o }",
    "SELECT * { ?s <http://example.org/SERVICE> ?o }",
    "SELECT * { ?s <http://example.org/#SERVICE> ?o }",
    "SELECT * { ?s ex:a\\#b ?o }",
    "SELECT * { ?s ?p 'a'@en-service }",
    "SELECT * { ?s ?p '\\u0022' }",
    "SELECT * { FILTER(?a < 1 && ?b > 2) }",
    "SELECT * { FILTER(?a<1&&?b>2) }",
    "SELECT * FROM <http://elsewhere.example/> { ?s ?p ?o }",
    "SELECT * { VALUES (?x ?y) { (1 <urn:x>) (UNDEF 'x') } }",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_dangerous_passes(text: str) -> None:
    assert inspect(text, SETTINGS).text == text.replace("\\u0041", "A")


SERVICES = [
    "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * { service silent <http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * { SERVICE ?where { ?s ?p ?o } }",
    "SELECT * { SERVICE#\n<http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * { SERV\\U00000049CE <http://127.0.0.1/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p true.SERVICE ?x { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE<http://127.0.0.1/> { ?s ?p ?o } }",
    'SELECT * { ?s ?p "\\u0022 SERVICE <http://127.0.0.1/> {} # " }',
    "SELECT * { SERVICE",
    PROLOGUE + "SELECT * { SERVICE ex:e { ?s ?p ?o } }",
    # One prefixed name by the grammar, and a call to the parser, which has no lexer: seen to reach out.
    PROLOGUE + "SELECT * { SERVICEex:e { ?s ?p ?o } }",
    PROLOGUE + "SELECT * { SERVICESILENTex:e { ?s ?p ?o } }",
    PROLOGUE + "SELECT * { {} UNION {}SERVICEex:e { ?s ?p ?o } }",
]


@pytest.mark.parametrize("text", SERVICES)
def test_service_is_refused_in_any_guise(text: str) -> None:
    with pytest.raises(QueryRefused, match="SERVICE"):
        inspect(text, SETTINGS)


def test_an_iri_that_hides_a_service_from_a_lexer_is_refused() -> None:
    with pytest.raises(BadRequest, match="not clear"):
        inspect("SELECT * { VALUES ?x { <http://127.0.0.1/> } FILTER(?a<1)SERVICE?x#>\n{ ?s ?p ?o } }", SETTINGS)


def test_service_to_a_listed_place_passes() -> None:
    listed = {"https://example.org/sparql"}
    assert inspect("SELECT * { SERVICE SILENT <https://example.org/sparql> {} }", SETTINGS, listed).form is Form.SELECT
    with pytest.raises(QueryRefused):
        inspect("SELECT * { SERVICE <https://example.org/sparql2> {} }", SETTINGS, listed)


UPDATES = [
    "INSERT DATA { <a:b> <a:b> <a:b> }",
    "PREFIX ex: <https://example.org/> DELETE WHERE { ?s ?p ?o }",
    "WITH <g:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "load <http://127.0.0.1/>",
    "# SELECT\nCLEAR ALL",
    "DROP ALL",
    "CREATE GRAPH <g:g>",
    "ADD <g:a> TO <g:b>",
    "MOVE <g:a> TO <g:b>",
    "COPY <g:a> TO <g:b>",
    "\\u0044ROP ALL",
    "SELECT * {} ; DROP ALL",
]


@pytest.mark.parametrize("text", UPDATES)
def test_updates_are_refused(text: str) -> None:
    with pytest.raises(QueryRefused, match="does not write"):
        inspect(text, SETTINGS)


FILES = [
    "SELECT * FROM <file:///etc/passwd> {}",
    "SELECT * FROM NAMED <FILE:///etc/passwd> {}",
    "PREFIX f: <file:///etc/> ASK FROM f:passwd {}",
    "BASE <file:///etc/> ASK FROM <passwd> {}",
    "ASK FROM <f\\u0069le:///etc/passwd> {}",
]


@pytest.mark.parametrize("text", FILES)
def test_files_are_no_graphs(text: str) -> None:
    with pytest.raises(QueryRefused, match="file"):
        inspect(text, SETTINGS)


def test_files_are_no_graphs_of_a_protocol_request_either() -> None:
    with pytest.raises(QueryRefused, match="file"):
        Query(inspect("ASK {}", SETTINGS), JSON_RESULTS, default_graphs=("file:///etc/passwd",))


def test_the_dataset_is_told() -> None:
    seen = inspect(PROLOGUE + "SELECT * FROM ex:a FROM <b> FROM NAMED <c> {}", SETTINGS)
    assert seen.dataset == ((False, "ex:a"), (False, "<b>"), (True, "<c>"))
    assert seen.prologue == PROLOGUE


def pattern(count: int) -> str:
    return "ASK { " + "?s ?p ?o . " * count + "}"


# Limit → (allowed value → query that reaches it and no more).
AT_THE_LIMIT: dict[str, Callable[[int], str]] = {
    "query_nesting": lambda n: "ASK " + "{" * n + "}" * n,
    "query_chain": lambda n: f"ASK {{ FILTER(?x{' || ?x' * n}) }}",
    "query_patterns": pattern,
    "query_path_steps": lambda n: f"ASK {{ ?s {'/'.join(['<a:b>'] * n)} ?o }}",
    "query_literal": lambda n: f"ASK {{ ?s ?p '{'x' * (n - 2)}' }}",
}


@pytest.mark.parametrize("limit", AT_THE_LIMIT)
def test_a_limit_is_exact_and_named(limit: str) -> None:
    allowed = getattr(SETTINGS, limit)
    inspect(AT_THE_LIMIT[limit](allowed), SETTINGS)
    with pytest.raises(LimitExceeded) as caught:
        inspect(AT_THE_LIMIT[limit](allowed + 1), SETTINGS)
    assert caught.value.members == {"limit": limit, "allowed": allowed}


CHAINS = ["||1", "&&1", "+1", "-1", "*1", "/1"]
STEPS = ["^<a:b>/", "!<a:b>|", "(<a:b>)/"]


@pytest.mark.parametrize("link", CHAINS)
def test_chains_of_operators_are_bounded(link: str) -> None:
    with pytest.raises(LimitExceeded, match="times"):
        inspect(f"ASK {{ FILTER(1{link * 10_000}) }}", SETTINGS)


@pytest.mark.parametrize(
    "text", ["!" * 10_000, "ASK { FILTER(" + "!" * 10_000, "ASK { {}" + "UNION{}" * 10_000, "ASK {" + "{}" * 10_000]
)
def test_other_chains_are_bounded(text: str) -> None:
    with pytest.raises(LimitExceeded):
        inspect(text if text.startswith("ASK") else f"ASK {{ ?s {text}<a:b> ?o }}", SETTINGS)


@pytest.mark.parametrize("bracket", ["(", "{", "[", "<<", "<< ", "<<(", "<<( ", "{|"])
def test_deep_nesting_is_bounded(bracket: str) -> None:
    with pytest.raises(LimitExceeded, match="nested"):
        inspect("ASK { FILTER " + bracket * 2_500, SETTINGS)


@pytest.mark.parametrize("step", STEPS)
def test_steps_of_a_path_are_counted_through_parentheses(step: str) -> None:
    inspect(f"ASK {{ ?s ({step * 48}<a:b>)+/<a:b> ?o }}", SETTINGS)
    with pytest.raises(LimitExceeded, match="path"):
        inspect(f"ASK {{ ?s ({step * 49}<a:b>)+/<a:b> ?o }}", SETTINGS)


PATTERNS = {
    "?s ?p ?o": 1,
    "?s ?p ?o, ?o2 ; a ex:C .": 3,
    "?s ?p [ ex:a 1 ; ex:b 'x'@en, 'y'^^ex:t ]": 4,
    "[] a ex:C": 1,
    "?s ?p (1 2 3)": 7,
    "?s ex:a/^ex:b*/(ex:c|!ex:d)? -1.5e3": 1,
    "<< ?s ?p ?o >> ?q ?z": 2,
    "?s ?p <<( ?a ?b ?c )>>": 2,
    "?s ?p ?o ~ ?r {| ?q ?z ; ?q2 ?z2 |} ; ?p2 ?o2": 4,
    "BIND(<<( ?a ?b ?c )>> AS ?t) ?s ?p ?o": 1,
    "?s a true . OPTIONAL { ?s ?p ?o } FILTER(?o = ?s && ?x IN (1, 2, 3))": 2,
    "VALUES (?a ?b) { (1 2) (ex:a 'b'@en) } VALUES ?c { 1 2 3 } ?s ?p ?o": 1,
    "BIND(ex:f(?a, ?b) AS ?c) FILTER regex(?a, 'b') FILTER NOT EXISTS { ?s ?p ?o } ?s ?p ?o": 2,
    "GRAPH ?g { ?s ?p ?o } ?s ?p ?o": 2,
    "{ SELECT (COUNT(*) AS ?n) ?a ?b ?c WHERE { ?s ?p ?o } GROUP BY (?a + 1) ?b ?c ?d HAVING (?n > 1) ORDER BY ?g ?h ?i }": 1,
    "FILTER(EXISTS { ?s ?p ?o } && ?x = ?y && ?z = ?a)": 1,
}


@pytest.mark.parametrize("text", PATTERNS)
def test_triple_patterns_are_counted_as_the_grammar_has_them(text: str) -> None:
    expected = PATTERNS[text]
    inspect(PROLOGUE + f"SELECT * {{ {text} }}", Settings(query_patterns=expected))
    with pytest.raises(LimitExceeded, match="triple patterns"):
        inspect(PROLOGUE + f"SELECT * {{ {text} }}", Settings(query_patterns=expected - 1))


def test_much_data_in_values_is_no_excess() -> None:
    inspect("ASK { VALUES (?x ?y) { " + "(1 <urn:x>) (UNDEF 'x'@en) " * 5_000 + "} }", SETTINGS)


@contextmanager
def seconds(allowed: int) -> Iterator[None]:
    """Fail where the block does not end in time."""

    def fail(_number: int, _frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(allowed)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


BROKEN = {
    "": (1, 1, ""),
    "hello": (1, 1, "hello"),
    "SELECT * {\n ?s ?p 'abc }": (2, 8, "'abc }"),
    "SELECT * {\n ?s ?p ` }": (2, 8, "` }"),
    "SELECT ?\ud800 {}": (1, 9, "? {}"),
    "ASK { \\uD800 }": (1, 7, "\\uD800 }"),
    "ASK { \\U00110000 }": (1, 7, "\\U00110000 }"),
}


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_no_token_is_a_syntax_error_with_its_place(text: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        inspect(text, SETTINGS)
    assert tuple(caught.value.members[name] for name in ("line", "column", "near")) == BROKEN[text]


def test_the_largest_query_ends_at_the_limit_of_tokens() -> None:
    with seconds(60), pytest.raises(LimitExceeded) as caught:
        inspect("ASK { VALUES ?x {" + "1 " * (SETTINGS.body_bytes // 2 - 20) + "`", SETTINGS)
    assert caught.value.members == {"limit": "query_tokens", "allowed": SETTINGS.query_tokens}


def test_a_query_with_as_many_tokens_as_are_allowed_passes() -> None:
    allowed = replace(SETTINGS, query_tokens=8)
    assert inspect("ASK { VALUES ?x { 1 } }", allowed).form is Form.ASK
    with pytest.raises(LimitExceeded):
        inspect("ASK { VALUES ?x { 1 2 } }", allowed)


def test_a_query_over_the_body_limit_is_not_looked_at() -> None:
    with pytest.raises(PayloadTooLarge):
        inspect("#" * (SETTINGS.body_bytes + 1), SETTINGS)


# Quadratic work on so much would take many minutes.
MUCH = 128 * 1024
REPEATED = [
    *"{}()[]<>.;,\"'#\\:?@!^|&+-*/=_1aé\n\0",
    '"""',
    "'''",
    "a.",
    "a-",
    "a:",
    ":a.",
    "a..-",
    "<a",
    "1.",
    "1e",
    "@a-",
    "_:a.",
]
REPEATED += ["\\u", "\\u0041", "\\u0022", "?x ", "1 ", "SERVIC ", "{}", "()", "''", "<a:b>", "\\'", "&&", "'\\", '""a']


@pytest.mark.parametrize("piece", REPEATED, ids=ascii)
@pytest.mark.parametrize("before", ["ASK {", "ASK { FILTER(?a", 'ASK { ?s ?p "'], ids=ascii)
def test_much_of_anything_ends(before: str, piece: str) -> None:
    with seconds(60):
        try:
            inspect(before + piece * (MUCH // len(piece.encode())), SETTINGS)
        except AllegataError as error:
            assert error.status in (400, 403)


@pytest.mark.parametrize("begin", ['"', '"a\\', '"""a', "'a\\", "'''a", '"\\u0041'])
def test_a_string_that_is_not_closed_is_passed_over_at_once(begin: str) -> None:
    """Searched for again from each of its characters, it would take the square of its length: minutes for a body of a request."""
    text = begin + " x" * 1000 + (begin + " y") * 1000
    for pattern in (_OPAQUE_OR_ESCAPE, CONTENT):
        first = next(pattern.finditer(text))
        assert first.start() == 0
        assert first.end() > 1000
    with pytest.raises(RequestError):
        inspect(f"SELECT * {{\\u0041{begin * 1000}", Settings())

"""The attacks of a hostile client, each with its right answer, while ordinary queries are answered throughout."""

from __future__ import annotations

import resource
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from attacks import REACHING, SECRET, Watch, post, slug
from attacks import canary as canary
from http_client import fetch
from service import PATIENT, Service, make_site, serve
from soak import tree
from support import EX, numbers, until

ORDINARY = f"SELECT ?v {{ <{EX}n7> <{EX}value> ?v }}"
#: Seconds after which a query that goes on for ever is ended where the test waits for that.
HASTE = "3"
MARKUP = (
    f'<{EX}m> <{EX}says> "<script>alert(1)</script><img src=x onerror=alert(2)>" <{EX}graph/markup> .\n',
    f"<{EX}m> <{EX}links> <javascript:alert(3)> <{EX}graph/markup> .\n",
    f'<{EX}m> <http://www.w3.org/2000/01/rdf-schema#label> "</title><script>alert(4)</script>" <{EX}graph/markup> .\n',
    f"<{EX}m> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://schema.org/Thing> <{EX}graph/markup> .\n",
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Serve some thousand statements; each client is told from the others by what a proxy says of it."""
    site = make_site(tmp_path_factory.mktemp("attacked"), [*numbers(2000), *MARKUP])
    with serve(site, query_memory=256 << 20, trusted_proxies=1, **PATIENT) as running:
        yield running


@pytest.fixture(scope="module")
def watch(service: Service) -> Iterator[Watch]:
    """Ask ordinary questions during all of this module."""
    with Watch(service) as watching:
        yield watching


@pytest.fixture(autouse=True)
def unharmed(service: Service, watch: Watch) -> Iterator[None]:
    """Check after each attack that ordinary questions were and are answered, and that it is the same process."""
    yield
    watch.check()
    assert service.process.poll() is None


@pytest.mark.parametrize("name", REACHING)
def test_what_would_reach_out_or_write_is_refused(service: Service, canary: tuple[str, list[bytes]], name: str) -> None:
    address, calls = canary
    for _ in range(2):
        reply = post(service, REACHING[name].format(address))
        assert reply.status in (400, 403) and slug(reply) in ("query-refused", "query-syntax")
    assert calls == []


EMPTY = {
    "from": "SELECT * FROM <{0}> {{ ?s ?p ?o }}",
    "from named": "SELECT * FROM NAMED <{0}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "graph": "SELECT * {{ GRAPH <{0}> {{ ?s ?p ?o }} }}",
    "in a comment": "SELECT * {{ FILTER(false) }} # SERVICE <{0}> {{}} LOAD <{0}>",
    "in a string": "SELECT * {{ ?s ?p 'SERVICE <{0}> {{}}' }}",
}


@pytest.mark.parametrize("name", EMPTY)
def test_the_name_of_a_graph_elsewhere_is_only_a_name(service: Service, canary: tuple[str, list[bytes]], name: str) -> None:
    address, calls = canary
    reply = post(service, EMPTY[name].format(address), Accept="application/sparql-results+json")
    assert reply.status == 200 and reply.json["results"]["bindings"] == []
    graph = {"default-graph-uri": address, "query": "ASK { ?s ?p ?o }"}
    assert fetch(service.address, f"/sparql?{urlencode(graph)}").json["boolean"] is False
    assert calls == []


def test_a_file_as_a_graph_of_the_request_is_refused(service: Service) -> None:
    for name in ("default-graph-uri", "named-graph-uri"):
        reply = fetch(service.address, f"/sparql?{urlencode({'query': 'ASK {}', name: 'file:///etc/passwd'})}")
        assert (reply.status, slug(reply)) == (403, "query-refused")


# -- running away --------------------------------------------------------------------------------------------------------

ENDLESS = {
    "cartesian product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "sorted cartesian product": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?f ?c ?i",
    "distinct cartesian product": "SELECT (COUNT(DISTINCT CONCAT(STR(?a), STR(?d), STR(?g))) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "exponential paths": "SELECT (COUNT(*) AS ?n) { ?a ((!<x:1>|^!<x:1>)*/(!<x:2>|^!<x:2>)*)* ?b . ?c (!<x:3>)* ?d . ?e (!<x:4>)* ?f }",
    "GROUP_CONCAT": "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d))) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "doubling": "SELECT (STRLEN(?z) AS ?n) { BIND('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' AS ?a)"
    + "".join(f" BIND(CONCAT({', '.join([f'?{x}'] * 8)}) AS ?{y})" for x, y in zip("abcdefghij", "bcdefghijz", strict=True))
    + " }",
    "quadratic NOT EXISTS": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . FILTER NOT EXISTS { ?a ?x ?y . ?z ?w ?f . ?q ?r ?s FILTER(?s = ?y) } }",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_query_that_runs_away_is_ended_with_the_name_of_its_limit(service: Service, name: str) -> None:
    reply = post(service, ENDLESS[name], timeout=HASTE)
    assert reply.status == 503 and reply.json["limit"] in ("query_timeout", "query_memory")


CHEAP = {
    "catastrophic REGEX": "SELECT (REGEX('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', '^(([a-z])+.)+[A-Z]([a-z])+$') AS ?x) {}",
    "catastrophic REPLACE": "SELECT (REPLACE('" + "a" * 5000 + "!', '(a+)+$', 'b') AS ?x) {}",
    "alternating REGEX": "SELECT (REGEX('" + "ab" * 5000 + "', '^(a|b|ab)*c$') AS ?x) {}",
    "huge repetition": "SELECT (REGEX('a', 'a{1000}{1000}{1000}') AS ?x) {}",
    "giant number": "SELECT (" + "9" * 30_000 + " + 1 AS ?x) {}",
    "long prologue": "".join(f"PREFIX p{n}: <http://x/{n}> " for n in range(5_000)) + "ASK {}",
    "large VALUES": "SELECT (COUNT(*) AS ?n) { VALUES ?x { " + "<urn:x> " * 20_000 + "} }",
}


@pytest.mark.parametrize("name", CHEAP)
def test_what_others_choke_on_is_answered(service: Service, name: str) -> None:
    reply = post(service, CHEAP[name])
    assert reply.status == 200, reply.text


LIMITED = {
    "nested braces": ("query_nesting", "SELECT * " + "{" * 2_500 + "}" * 2_500),
    "more nested braces": ("query_nesting", "SELECT * " + "{" * 100_000 + "}" * 100_000),
    "open braces": ("query_nesting", "SELECT * " + "{" * 2_500),
    "nested parentheses": ("query_nesting", "SELECT * { FILTER(" + "(" * 10_000 + "1" + ")" * 10_000 + ") }"),
    "nested collections": ("query_nesting", "SELECT * { ?s ?p " + "(" * 5_000 + ")" * 5_000 + " }"),
    "nested blank nodes": ("query_nesting", "SELECT * { ?s ?p " + "[ ?p " * 5_000 + "?o " + "]" * 5_000 + " }"),
    "chain of not": ("query_chain", "SELECT * { FILTER(" + "!" * 10_000 + "true) }"),
    "chain of or": ("query_chain", "SELECT * { FILTER(true" + "||true" * 10_000 + ") }"),
    "chain of and": ("query_chain", "SELECT * { FILTER(true" + " && true" * 10_000 + ") }"),
    "chain of plus": ("query_chain", "SELECT * { FILTER(1" + "+1" * 10_000 + ") }"),
    "chain of unions": ("query_chain", "SELECT * { {}" + " UNION {}" * 10_000 + " }"),
    "chain of optionals": ("query_chain", "SELECT * { " + "OPTIONAL { } " * 10_000 + "}"),
    "long path": ("query_path_steps", "SELECT * { ?s " + "/".join(["<a:b>"] * 400) + " ?o }"),
    "alternative path": ("query_path_steps", "SELECT * { ?s " + "|".join(["<a:b>"] * 400) + " ?o }"),
    "many patterns": ("query_patterns", "SELECT * { " + "".join(f"?s ?p{n} ?o{n} . " for n in range(400)) + "}"),
    "giant literal": ("query_literal", "SELECT * { ?s ?p '" + "x" * 900_000 + "' }"),
    "huge VALUES": ("query_tokens", "SELECT * { VALUES ?x { " + "1 " * 400_000 + "} }"),
    "small tokens": ("query_tokens", "SELECT * { " + "; " * 500_000 + "}"),
}


@pytest.mark.parametrize("name", LIMITED)
def test_what_ends_an_unprotected_process_is_over_a_named_limit(service: Service, name: str) -> None:
    limit, query = LIMITED[name]
    reply = post(service, query)
    assert (reply.status, reply.json["limit"]) == (400, limit)


def test_many_hostile_queries_at_once_leave_ordinary_ones_alone(service: Service) -> None:
    queries = [f"{query} # {n}" for query in ENDLESS.values() for n in range(4)]
    replies: list[int] = []

    def attack(n: int) -> None:
        replies.append(post(service, queries[n], timeout=HASTE, X_Forwarded_For=f"203.0.113.{n}").status)

    threads = [threading.Thread(target=attack, args=(n,)) for n in range(len(queries))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(replies) == {503} and len(replies) == len(queries)


def test_ordinary_questions_are_answered_while_hostile_ones_hold_every_place_for_long_ones(
    service: Service, watch: Watch
) -> None:
    def engaged() -> bool:
        figures = service.figures("allegata_engine")
        return figures["long"] == 2 and figures["halted"] > 0

    endless = ENDLESS["cartesian product"]
    with ExitStack() as open_connections:
        for n in range(6):
            connection = open_connections.enter_context(socket.create_connection(("127.0.0.1", service.port)))
            head = f"GET /sparql?{urlencode({'query': f'{endless} # {n}'})} HTTP/1.1\r\n"
            connection.sendall(f"{head}Host: x\r\nX-Forwarded-For: 203.0.113.{n}\r\n\r\n".encode())
        until(engaged)
        for _ in range(10):
            watch.check()
        assert engaged()
    until(lambda: not engaged())


# -- bodies, connections, encodings --------------------------------------------------------------------------------------


def test_giant_bodies_are_refused(service: Service) -> None:
    for kind in ("application/sparql-query", "application/x-www-form-urlencoded"):
        reply = post(service, b"query=" + b"x" * (4 << 20), kind)
        assert (reply.status, reply.json["limit"]) == (413, "body_bytes")
    claimed = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 99999999999\r\n\r\n"
    assert b" 413 " in begin(service, claimed + b"x" * 100_000)


def begin(service: Service, data: bytes) -> bytes:
    """Send bytes and give the first line that comes back."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as connection:
        with suppress(ConnectionError):
            connection.sendall(data)
        with connection.makefile("rb") as answer:
            return answer.readline()


@pytest.fixture
def many_files() -> Iterator[None]:
    """Let the tests have as many open files as the system allows."""
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (usual, most))


@pytest.mark.usefixtures("many_files")
def test_slow_clients_and_a_thousand_idle_connections_hold_nobody_up(service: Service, watch: Watch) -> None:
    with ExitStack() as open_connections:
        crowd = [open_connections.enter_context(socket.create_connection(("127.0.0.1", service.port))) for _ in range(1000)]
        for connection in crowd[:200]:
            connection.sendall(b"GET /sparql?query=")
        for connection in crowd[200:300]:
            connection.sendall(
                b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 9\r\n\r\nA"
            )
        for _ in range(20):
            for connection in crowd[:200]:
                connection.sendall(b"x")
            watch.check()


def test_clients_that_do_not_read_hold_nobody_up(service: Service, watch: Watch) -> None:
    query = urlencode({"query": "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 100000", "format": "json"})
    with ExitStack() as open_connections:
        crowd = [open_connections.enter_context(socket.create_connection(("127.0.0.1", service.port))) for _ in range(20)]
        for n, connection in enumerate(crowd):
            head = f"GET /sparql?{query} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.{n}\r\n\r\n"
            connection.sendall(head.encode())
        for connection in crowd:
            assert connection.recv(1) == b"H"
        watch.check()


@pytest.mark.parametrize("raw", ["%", "%zz", "%FF", "%C0%80", "%ED%A0%80", "%F8%88%80%80%80", "%E2%82"])
def test_malformed_encodings_are_told(service: Service, raw: str) -> None:
    for path in (f"/sparql?query={raw}", f"/sparql?query=ASK%7B%7D&default-graph-uri={raw}", f"/sparql?{raw}=x"):
        assert (fetch(service.address, path).status, slug(fetch(service.address, path))) == (400, "bad-request")
    assert post(service, f"query={raw}", "application/x-www-form-urlencoded").status == 400


def test_nul_and_lone_surrogates_do_no_harm(service: Service) -> None:
    assert post(service, b"SELECT * { ?s ?p '\x00' }").status in (200, 400)
    assert post(service, "SELECT * { ?s ?p '\\uD800' }").status == 400


@pytest.mark.parametrize("value", ["x\r\nSet-Cookie: a=b", "text/csv\r\n\r\n<script>", "é\r\nX: y"])
def test_no_header_can_be_injected(service: Service, value: str) -> None:
    for path in (
        f"/sparql?query=ASK%7B%7D&format={quote(value)}",
        f"/claim/{quote(value)}",
        f"/data/claim/{quote(value)}.ttl",
        f"/release/{quote(value)}/sparql?query=ASK%7B%7D",
    ):
        reply = fetch(service.address, path)
        assert reply.status in (400, 404, 406) and "set-cookie" not in reply.headers and "x" not in reply.headers


@pytest.mark.parametrize(
    "path",
    [
        "/dumps/../manifest.json",
        "/dumps/..%2f..%2fcurrent/manifest.json",
        "/dumps/%2e%2e/%2e%2e/etc/passwd",
        "/dumps/....//....//etc/passwd",
        "/dumps//etc/passwd",
        "/dumps/..%5c..%5cetc%5cpasswd",
        "/static/../sparql.py",
        "/static/%2e%2e/sparql.py",
        "/static/..%2fsparql.py",
        "/static//etc/passwd",
        "/shapes/../../../../etc/passwd",
        "/page/../../etc/passwd",
        "/data/%2e%2e/%2e%2e/etc/passwd.ttl",
        "/%00",
    ],
)
def test_no_path_leads_out(service: Service, path: str) -> None:
    reply = fetch(service.address, path)
    assert reply.status in (400, 403, 404), reply.text
    assert "root:" not in reply.text and "import " not in reply.text


# -- what people see -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        f"/query?{urlencode({'query': f'SELECT * {{ <{EX}m> ?p ?o }}'})}",
        "/page/m",
        f"/sparql?{urlencode({'query': '<script>alert(5)</script>'})}",
        "/%3Cscript%3Ealert(6)%3C/script%3E",
        f"/query?{urlencode({'query': '</textarea><script>alert(7)</script>'})}",
        f"/search?{urlencode({'q': '<script>alert(8)</script>'})}",
    ],
)
def test_markup_stays_text_and_no_script_becomes_a_link(service: Service, path: str) -> None:
    reply = fetch(service.address, path, headers={"Accept": "text/html"})
    lowered = reply.text.lower()
    assert "<script>alert" not in lowered and "<img src=x" not in lowered and 'href="javascript:' not in lowered
    assert "default-src 'none'" in reply.headers["content-security-policy"]


def test_a_spreadsheet_formula_is_kept_by_default_and_defused_on_request(service: Service) -> None:
    query = "SELECT ('=HYPERLINK(\"http://x\")' AS ?x) {}"
    for word, start in {"csv": '"=HYPERLINK', "csv-safe": "\"'=HYPERLINK"}.items():
        assert (
            fetch(service.address, f"/sparql?{urlencode({'query': query, 'format': word})}")
            .text.split("\r\n")[1]
            .startswith(start)
        )


def test_errors_leak_nothing(service: Service, tmp_path: Path) -> None:
    paths = [
        "/nowhere",
        "/sparql?query=x",
        "/dumps/x",
        "/sparql?query=ASK%7B%7D&timeout=x",
        "/release/9.9/sparql?query=ASK%7B%7D",
    ]
    for accept in ("text/html", "application/json", "text/plain"):
        for path in paths:
            reply = fetch(service.address, path, headers={"Accept": accept})
            assert 400 <= reply.status < 500
            for word in ("Traceback", "waitress", "werkzeug", "flask", "/work", "/tmp", "site-packages", str(Path.home())):
                assert word not in reply.text.replace("/workshop", ""), (path, word)
            assert "server" not in reply.headers


def test_neither_query_nor_address_is_in_the_log(service: Service) -> None:
    secret = f"SELECT ('{SECRET}' AS ?x) {{}}"
    fetch(service.address, f"/sparql?{urlencode({'query': secret})}", headers={"X-Forwarded-For": "198.51.100.77"})
    post(service, f"SELECT * {{ ?s ?p '{SECRET}' . FILTER(", X_Forwarded_For="198.51.100.77")
    post(
        service,
        f"SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c = '{SECRET}' || true) }}",
        timeout=HASTE,
        X_Forwarded_For="198.51.100.77",
    )
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        connection.sendall(f"GET /sparql?query={SECRET} HTTP/1.1\r\nHost: {SECRET}\r\n{SECRET}\r\n\r\n".encode())
    text = service.log.read_text()
    assert text and SECRET not in text and "198.51.100" not in text and "203.0.113" not in text and "127.0.0.1 " not in text


def test_no_process_is_left_over(service: Service) -> None:
    """The service, the forkserver, the workers at rest and one that answers the watch are all there is when the attacks are over."""

    def figures() -> dict[str, int]:
        return service.figures("allegata_engine")

    until(lambda: not any(figures()[place] for place in ("long", "halted", "waiting")))
    until(lambda: len(tree(service.process.pid)) <= 2 + figures()["idle"] + 1)

"""The short way of a query: the same answers as by the ordinary way, to the header, and nothing else goes it."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
from waitress.adjustments import Adjustments

from allegata.engine import open_engine
from allegata.release.site import current
from allegata.settings import Settings
from allegata.web import create_app
from allegata.web.http.waitress_parser import Parser
from allegata.web.sparql.shortcut import Shortcut
from http_client import Reply, fetch
from service import PATIENT, Service, make_site, serve
from support import EX, numbers, until

#: A header that changes no answer of an open service, and with which a request goes the ordinary way.
ORDINARY = {"Authorization": "none"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
POINT = f"SELECT ?v {{ <{EX}n7> <{EX}value> ?v }}"
SOME = f"SELECT ?s ?v {{ ?s <{EX}value> ?v }} LIMIT 40"
MANY = f"SELECT ?s ?v {{ ?s <{EX}value> ?v }}"
GRAPH = f"CONSTRUCT WHERE {{ ?s <{EX}value> ?v }} LIMIT 40"
CARTESIAN = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_site(tmp_path_factory.mktemp("short"), numbers(3000))


@pytest.fixture(scope="module")
def service(release: Path) -> Iterator[Service]:
    with serve(release, trusted_proxies=1, result_bytes=60_000, **PATIENT) as running:
        yield running


@pytest.fixture(scope="module")
def shortcut(release: Path) -> Iterator[Shortcut]:
    settings = Settings()
    opened = current(release)
    with closing(open_engine(opened.folder, settings)) as engine:
        yield Shortcut(create_app(settings, opened, engine))


def ask(service: Service, headers: Mapping[str, str], posted: Mapping[str, str] | None = None, **parameters: str) -> Reply:
    body = urlencode(posted).encode() if posted else None
    method = "POST" if body else "GET"
    return fetch(service.address, f"/sparql?{urlencode(parameters)}", method=method, headers=dict(headers), body=body)


def parsed(head: str, body: str = "") -> Parser:
    made = Parser(Adjustments())
    data = (head.replace("\n", "\r\n") + "\r\nHost: a\r\n\r\n" + body).encode()
    while data:
        data = data[made.received(data) :]
    return made


@pytest.mark.parametrize("query", [POINT, SOME, MANY, GRAPH, "ASK {}", "SELECT (RAND() * 0 AS ?n) {}", f"DESCRIBE <{EX}n7>"])
@pytest.mark.parametrize("encoding", ["identity", "gzip, deflate", "br;q=0.5, zstd"])
def test_an_answer_is_the_same_to_the_header(service: Service, query: str, encoding: str) -> None:
    for accept in ("*/*", "text/csv, text/turtle", "application/sparql-results+xml;q=0.5, application/n-triples"):
        headers = {"Accept": accept, "Accept-Encoding": encoding}
        short, ordinary = ask(service, headers, query=query), ask(service, headers | ORDINARY, query=query)
        assert (short.status, short.body) == (ordinary.status, ordinary.body) and short.status == 200
        assert {**short.headers, "date": ""} == {**ordinary.headers, "date": ""}
    short, ordinary = ask(service, FORM, {"query": query}), ask(service, {**FORM, **ORDINARY}, {"query": query})
    assert {**short.headers, "date": "", "body": short.body} == {**ordinary.headers, "date": "", "body": ordinary.body}


@pytest.mark.parametrize(
    "parameters",
    [
        {"query": "SELECT * {"},
        {"query": POINT, "format": "nothing"},
        {"query": POINT, "timeout": "soon"},
        {"query": POINT, "format": "csv", "timeout": "5"},
        {"query": POINT, "format": "csv-safe"},
        {"query": POINT, "default-graph-uri": f"{EX}graph/none"},
        {"query": POINT, "default-graph-uri": "no iri"},
        {"query": MANY, "format": "csv"},
        {"query": f"SELECT ?v {{ <{EX}n7> <{EX}value>|^<{EX}value> ?v FILTER(<{EX}none>(?v)) }}"},
        {"query": "SELECT (BNODE('a') AS ?b) {}"},
        {"query": POINT, "update": "CLEAR ALL"},
        {"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"},
        {},
    ],
)
def test_whatever_is_wrong_or_special_is_said_as_by_the_ordinary_way(service: Service, parameters: Mapping[str, str]) -> None:
    short, ordinary = (fetch(service.address, f"/sparql?{urlencode(parameters)}", headers=way) for way in ({}, ORDINARY))
    assert (short.status, short.body) == (ordinary.status, ordinary.body)
    assert {**short.headers, "date": ""} == {**ordinary.headers, "date": ""}


def test_only_a_small_query_that_is_asked_in_the_usual_way_goes_it(shortcut: Shortcut) -> None:
    path = f"/sparql?{urlencode({'query': POINT})}"
    posted = "POST /sparql HTTP/1.1\nContent-Type: application/sparql-query\nContent-Length: 6"
    assert shortcut.fits(parsed(f"GET {path} HTTP/1.1")) and shortcut.fits(parsed(posted, "ASK {}"))
    for head in (
        f"HEAD {path} HTTP/1.1",
        f"GET {path} HTTP/1.0",
        f"GET {path}{'%20' * 2000} HTTP/1.1",
        f"GET {path} HTTP/1.1\nIf-None-Match: *",
        f"GET {path} HTTP/1.1\nContent-Encoding: gzip",
        f"GET {path} HTTP/1.1\nAccept: text/html",
        f"GET {path} HTTP/1.1\nX: {'x' * 5000}",
        "GET /release/1.0/sparql?query=ASK HTTP/1.1",
        "POST /sparql HTTP/1.1\nContent-Type: application/sparql-query\nTransfer-Encoding: chunked",
    ):
        assert not shortcut.fits(parsed(head)), head
    for words in ("query=ASK+{}&release=1.0", "query=ASK+{}&query=ASK+{}", "query=%zz", "x=y", "query=ASK+{}&x=y"):
        assert shortcut.begin(parsed(f"GET /sparql?{words} HTTP/1.1"), "", bool) is None, words


def whole(head: str, body: str = "") -> bytes:
    return (head.replace("\n", "\r\n") + "\r\nHost: a\r\n\r\n" + body).encode()


def finished(shortcut: Shortcut, data: bytes, peer: str = "192.0.2.1") -> bytes:
    """Return the answer to a request by the short way, as if it had come in one piece."""
    request = Parser(Adjustments())
    rest = data
    while rest:
        rest = rest[request.received(rest) :]
    request.whole = data
    asked = shortcut.begin(request, peer, bool)
    assert asked
    while asked.begun.whole is None:
        with suppress(BlockingIOError):
            asked.begun.receive()
    sent = asked.finish()
    asked.close()
    assert sent
    return sent


def undated(answer: bytes | None) -> bytes:
    head, _, body = (answer or b"").partition(b"\r\n\r\n")
    return b"\n".join([*(line for line in head.splitlines() if not line.startswith(b"Date: ")), body])


def test_a_request_that_comes_again_is_answered_by_what_was_said_before(shortcut: Shortcut) -> None:
    got = whole(f"GET /sparql?{urlencode({'query': POINT, 'format': 'json'})} HTTP/1.1\nAccept-Encoding: gzip")
    posted = whole(f"POST /sparql HTTP/1.1\nContent-Type: application/sparql-query\nContent-Length: {len(SOME)}", SOME)
    for data in (got, posted):
        assert shortcut.known(data, "192.0.2.1") is None
        sent = finished(shortcut, data)
        known = shortcut.known(data, "192.0.2.2")
        assert undated(known) == undated(sent) and b"\r\nDate: " in (known or b"")
        assert shortcut.known(data + b" ", "192.0.2.1") is None and shortcut.known(data[:-1], "192.0.2.1") is None
    assert shortcut._lane.turns.others_ask("192.0.2.1") and shortcut._lane.turns.others_ask("192.0.2.2")


@pytest.mark.parametrize("query", ["SELECT (RAND() AS ?n) {}", POINT])
def test_what_changes_or_ends_the_connection_is_not_kept(shortcut: Shortcut, query: str) -> None:
    data = whole(
        f"GET /sparql?{urlencode({'query': query, 'format': 'tsv'})} HTTP/1.1{'' if 'RAND' in query else chr(10) + 'Connection: close'}"
    )
    finished(shortcut, data)
    assert shortcut.known(data, "") is None


def test_a_client_is_told_from_another_by_its_proxy_also_where_its_request_is_known(release: Path) -> None:
    opened, settings = current(release), Settings(trusted_proxies=1)
    with closing(open_engine(opened.folder, settings)) as engine:
        shortcut = Shortcut(create_app(settings, opened, engine))
        data = whole(f"GET /sparql?{urlencode({'query': POINT})} HTTP/1.1\nX-Forwarded-For: 198.51.100.7")
        finished(shortcut, data, "127.0.0.1")
        finished(shortcut, data.replace(b"198.51.100.7", b"198.51.100.8"), "127.0.0.1")
        assert shortcut.known(data, "127.0.0.1") and not shortcut.known(data.replace(b"100.7", b"100.9"), "127.0.0.1")
        assert {name for name, _ in shortcut._lane.turns._last} == {"198.51.100.7", "198.51.100.8"}


def test_nothing_is_kept_where_no_answers_are(release: Path) -> None:
    opened, settings = current(release), Settings(cache_bytes=0)
    with closing(open_engine(opened.folder, settings)) as engine:
        shortcut = Shortcut(create_app(settings, opened, engine))
        data = whole(f"GET /sparql?{urlencode({'query': POINT})} HTTP/1.1")
        finished(shortcut, data)
        assert shortcut.known(data, "") is None


def test_the_same_bytes_again_and_again_on_one_connection(service: Service) -> None:
    data = whole(f"GET /sparql?{urlencode({'query': SOME, 'format': 'csv'})} HTTP/1.1")
    answers = set()
    with socket.create_connection(("127.0.0.1", service.port), 60) as connection, connection.makefile("rb") as stream:
        for pieces in (
            (data,),
            (data,),
            (data[:50], data[50:]),
            (data,),
            (data + data[:50],),
            (data[50:] + data[:9],),
            (data[9:],),
        ):
            for piece in pieces:
                connection.sendall(piece)
            head = [line for line in iter(stream.readline, b"\r\n") if not line.startswith(b"Date: ")]
            length = next(int(line.split()[1]) for line in head if line.startswith(b"Content-Length: "))
            answers.add(b"".join(head) + stream.read(length))
    assert len(answers) == 1


def test_requests_in_one_piece_are_answered_in_order_and_the_connection_ends_when_it_is_to(service: Service) -> None:
    words = [urlencode({"query": f"SELECT ?v {{ <{EX}n{n}> <{EX}value> ?v }}", "format": "csv"}) for n in range(60)]
    heads = [f"GET /sparql?{query} HTTP/1.1\r\nHost: a\r\n" for query in words]
    ends = ["\r\n", "Authorization: x\r\n\r\n", "\r\n"] * 20
    ends[-1] = "Connection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", service.port), 60) as connection:
        connection.sendall("".join(map("".join, zip(heads, ends, strict=True))).encode())
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert [part.partition(b"\r\n\r\n")[2] for part in answer.split(b"HTTP/1.1 ")[1:]] == [
        f"v\r\n{n}\r\n".encode() for n in range(60)
    ]


def test_it_goes_on_while_every_thread_is_taken_and_counts_what_it_answers(release: Path) -> None:
    with serve(release, threads=1, **PATIENT) as service, socket.create_connection(("127.0.0.1", service.port)) as taken:
        taken.sendall(f"GET /sparql?{urlencode({'query': CARTESIAN})} HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\n\r\n".encode())
        with socket.create_connection(("127.0.0.1", service.port)) as other:
            other.settimeout(60)
            for _ in range(3):
                other.sendall(f"GET /sparql?{urlencode({'query': POINT, 'format': 'csv'})} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
                assert b"v\r\n7\r\n" in other.recv(65536)
        taken.close()
        lines = fetch(service.address, "/metrics").text.splitlines()
    assert 'allegata_requests_total{method="GET",route="/sparql",status="200"} 3.0' in lines


def test_who_goes_away_leaves_nothing_behind(service: Service) -> None:
    with socket.create_connection(("127.0.0.1", service.port)) as gone:
        gone.sendall(f"GET /sparql?{urlencode({'query': CARTESIAN})} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        until(lambda: sum(service.figures("allegata_engine")[lane] for lane in ("short", "long")) == 1)
    until(lambda: sum(service.figures("allegata_engine")[lane] for lane in ("short", "long", "waiting", "halted")) == 0)
    assert ask(service, {}, query=POINT).status == 200


def test_a_worker_that_is_killed_at_work_is_told(service: Service) -> None:
    before = ticks(service.process.pid)
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        connection.settimeout(60)
        connection.sendall(f"GET /sparql?{urlencode({'query': CARTESIAN})} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        until(lambda: busiest(service.process.pid, before)[1] > 5)
        os.kill(busiest(service.process.pid, before)[0], signal.SIGKILL)
        assert connection.recv(65536).startswith(b"HTTP/1.1 500 ")


def ticks(pid: int) -> dict[int, int]:
    """Return the clock ticks that each living worker has used."""
    keeper = int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
    found = {}
    for worker in Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split():
        state = Path(f"/proc/{worker}/stat").read_text().rsplit(")")[1].split()
        found[int(worker)] = 0 if state[0] == "Z" else sum(map(int, state[11:13]))
    return found


def busiest(pid: int, before: Mapping[int, int]) -> tuple[int, int]:
    """Return the worker that has used most ticks since then, and how many."""
    used = {worker: now - before.get(worker, 0) for worker, now in ticks(pid).items()}
    first = max(used, key=lambda worker: used[worker])
    return first, used[first]

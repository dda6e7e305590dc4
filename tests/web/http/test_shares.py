"""Work outside of the query workers: the worst that a request can ask of each service, and what becomes of it."""

from __future__ import annotations

import itertools
import json
import select
import socket
import string
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from http_client import Reply, fetch
from service import PATIENT, Service, serve
from support import until

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
#: Words that are near many names and are none of theirs.
WORDS = "conventoin protocl comittee treatmnt discriminaton torure politcal internatonal covenent cultral chldren persns".split()


@pytest.fixture(scope="module")
def strict(site: Path) -> Iterator[Service]:
    """Serve the bundled corpus with little time for what is no query."""
    with serve(site, **(PATIENT | {"work_timeout": 0.1, "trusted_proxies": 1})) as service:
        yield service


def name(number: int, length: int = 499) -> str:
    """Return a long name of misspelt words, each time another."""
    turned = WORDS[number % len(WORDS) :] + WORDS[: number % len(WORDS)]
    return " ".join(word + string.ascii_lowercase[(number + at) % 26] for at, word in enumerate(turned * 4))[:length]


def reconcile(address: str, names: list[str], **headers: str) -> Reply:
    body = urlencode({"queries": json.dumps({str(at): {"query": text} for at, text in enumerate(names)})}).encode()
    return fetch(address, "/reconcile", method="POST", headers={**FORM, **headers}, body=body)


def test_a_batch_is_bounded_by_its_characters(server: str) -> None:
    reply = reconcile(server, [name(at) for at in range(100)])
    assert (reply.status, reply.json["limit"], reply.json["allowed"]) == (400, "batch_characters", 10_000)
    assert reconcile(server, [name(at, 95) for at in range(100)]).status == 200
    values = {"properties": [{"pid": "name", "v": ["x"] * 100}]}
    body = urlencode({"queries": json.dumps({str(at): values for at in range(20)})}).encode()
    assert fetch(server, "/reconcile", method="POST", headers=FORM, body=body).json["limit"] == "batch_characters"


def test_what_is_asked_twice_is_answered_once(server: str) -> None:
    extend = {"ids": ["actor/dprk"] * 100, "properties": [{"id": "rdfs:label"}] * 5000}
    said = fetch(server, "/reconcile", method="POST", headers=FORM, body=urlencode({"extend": json.dumps(extend)}).encode()).json
    assert [len(said["meta"]), len(said["rows"])] == [1, 1]


def test_values_that_a_search_chooses_are_bounded(server: str) -> None:
    reply = fetch(server, "/search?" + "&".join(f"topic={number}" for number in range(101)))
    assert (reply.status, reply.json["limit"]) == (400, "chosen")


def test_work_ends_at_its_limit_and_others_are_answered(strict: Service) -> None:
    reply = reconcile(strict.address, [name(at) for at in range(20)])
    assert (reply.status, reply.json["limit"], reply.json["allowed"]) == (503, "work_timeout", 0.1)
    assert reply.json["type"].endswith("/work-timeout") and reply.headers["cache-control"] == "no-store"
    assert fetch(strict.address, "/healthz").status == 200


def test_work_ends_when_its_client_leaves(site: Path) -> None:
    with serve(site, **(PATIENT | {"work_timeout": 600})) as service:
        reconcile(service.address, ["x"])  # the names are gathered by the first
        turns = itertools.count()

        def one_has_left() -> bool:
            """Ask, hang up before the answer is there, each time a little later, and look whether that was noticed."""
            turn = next(turns)
            names = {str(at): {"query": name(at + 20 * turn)} for at in range(20)}
            body = urlencode({"queries": json.dumps(names)}).encode()
            head = f"POST /reconcile HTTP/1.1\r\nHost: a\r\nContent-Type: {FORM['Content-Type']}\r\nContent-Length: {len(body)}\r\n\r\n"
            with socket.create_connection(("127.0.0.1", service.port)) as connection:
                connection.sendall(head.encode() + body)
                select.select([connection], [], [], 0.05 * (1 + turn % 20))
            return 'status="499"' in fetch(service.address, "/metrics").text

        until(one_has_left)
        assert "unforeseen" not in service.log.read_text()


def test_a_query_of_a_page_ends_when_its_reader_leaves(site: Path) -> None:
    text = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with serve(site, **(PATIENT | {"query_timeout": 600.0})) as service:
        with socket.create_connection(("127.0.0.1", service.port)) as connection:
            head = f"GET /query?query={quote(text)} HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\n\r\n"
            connection.sendall(head.encode())
            until(lambda: service.figures("allegata_engine")["long"] == 1)
        until(lambda: service.figures("allegata_engine")["long"] == 0)


@pytest.mark.parametrize("path", ["/evidence", "/compare?topic=abductions", "/timeline"])
def test_a_page_is_made_once_however_its_type_is_asked_for(server: str, path: str) -> None:
    """A page that is kept has its tag; one that was made anew for each header would cost its work each time."""
    replies = [fetch(server, path, headers={"Accept": f"text/html;q=0.{number}, x/{number}"}) for number in range(101, 104)]
    assert {reply.status for reply in replies} == {200} and len({reply.body for reply in replies}) == 1
    assert fetch(server, path, headers={"Accept": "application/json;q=0.3, text/html;q=0.2"}).status == 200


def test_no_prefix_makes_a_query_grow_in_the_gate(server: str) -> None:
    text = f"BASE <urn:{'x' * 300_000}> {' '.join(f'PREFIX p{at}: <a>' for at in range(9_000))} SELECT * {{}}"
    reply = fetch(server, "/sparql", method="POST", headers={"Content-Type": "application/sparql-query"}, body=text.encode())
    assert reply.status in (200, 400, 503)
    file = fetch(server, f"/sparql?query={quote('BASE <file:///etc/> PREFIX p: <pass> SELECT * FROM p:wd {}')}")
    assert file.status == 403

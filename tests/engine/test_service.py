"""An engine that is a service somewhere else: what it is asked, and what becomes of answers that are no good."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest

from allegata.engine.service import ServiceEngine
from allegata.errors import AllegataError, LimitExceeded, QueryFailed, QueryTimeout, ReleaseError, ServiceTimeout, TooManyRequests
from allegata.model.formats import JSON_RESULTS
from support import ask, query, settings

_PROBLEM = "application/problem+json"
EMPTY = b'{"head":{"vars":[]},"results":{"bindings":[]}}'


class Stub(HTTPServer):
    """A service that answers every query as it was told to, and keeps what it was asked."""

    status, kind, head, body = 200, JSON_RESULTS.media_type, {"Allegata-Release": "1.0"}, EMPTY
    asked: dict[str, list[str]]
    accepted: str

    def tell(self, status: int, kind: str, body: bytes, **head: str) -> None:
        """Say what to answer from now on."""
        self.status, self.kind, self.body = status, kind, body
        self.head = {name.replace("_", "-"): value for name, value in head.items()}


class _Handler(BaseHTTPRequestHandler):
    server: Stub

    def do_POST(self) -> None:
        self.server.asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.accepted = self.headers["Accept"]
        self.send_response(self.server.status)
        for name, value in {
            "Content-Type": self.server.kind,
            "Content-Length": str(len(self.server.body)),
            **self.server.head,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_words: object) -> None:
        """Log nothing."""


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def engine(stub: Stub, **values: object) -> ServiceEngine:
    return ServiceEngine(f"http://127.0.0.1:{stub.server_port}/sparql", "1.0", settings(**values))


def test_the_query_is_sent_with_its_dataset_format_and_limit(stub: Stub) -> None:
    text = "SELECT * WHERE { ?s ?p ?o }"
    answer = engine(stub).answer(
        query(text, JSON_RESULTS, default_graphs=("urn:a",), named_graphs=("urn:b", "urn:c"), timeout=2.5)
    )
    assert b"".join(answer.chunks) == EMPTY and answer.length == len(EMPTY)
    assert stub.asked == {
        **{"query": [text], "default-graph-uri": ["urn:a"], "named-graph-uri": ["urn:b", "urn:c"], "timeout": ["2.5"]},
    }
    assert stub.accepted == JSON_RESULTS.media_type


def test_endpoints_that_did_not_answer_are_named(stub: Stub) -> None:
    stub.tell(200, JSON_RESULTS.media_type, EMPTY, Allegata_Missing="<http://a.example/>, <http://b.example/>")
    assert engine(stub).answer(query("ASK {}")).missing == ("http://a.example/", "http://b.example/")


@pytest.mark.parametrize(
    ("slug", "kind"),
    [("query-timeout", QueryTimeout), ("too-many-requests", TooManyRequests), ("service-timeout", ServiceTimeout)],
)
def test_a_problem_is_raised_as_the_error_that_it_names(stub: Stub, slug: str, kind: type[AllegataError]) -> None:
    body = {
        "type": f"https://w3id.org/allegata/problem/{slug}",
        "title": "",
        "status": kind.status,
        "detail": "Too much.",
        "remedy": "Less.",
        "allowed": 3,
    }
    stub.tell(kind.status, _PROBLEM, json.dumps(body).encode())
    with pytest.raises(kind) as raised:
        ask(engine(stub), "ASK {}")
    assert (raised.value.message, raised.value.remedy, raised.value.members) == ("Too much.", "Less.", {"allowed": 3})


@pytest.mark.parametrize(
    ("status", "type_", "body", "kind", "words"),
    [
        (500, _PROBLEM, b"{", QueryFailed, "without saying why"),
        (500, _PROBLEM, b"[]", QueryFailed, "without saying why"),
        (503, _PROBLEM, b'{"type": "https://elsewhere.example/x", "detail": "No."}', QueryFailed, "No"),
        (404, "text/html", b"<p>No.</p>", ReleaseError, "allegata export files"),
        (200, JSON_RESULTS.media_type, b"x" * 2000, LimitExceeded, "over 1024 bytes"),
    ],
)
def test_what_is_no_answer_is_an_error(
    stub: Stub, status: int, type_: str, body: bytes, kind: type[AllegataError], words: str
) -> None:
    stub.tell(status, type_, body)
    with pytest.raises(kind, match=words):
        ask(engine(stub, result_bytes=1024), "ASK {}")


def test_an_answer_that_was_cut_off_or_is_of_another_release_is_an_error(stub: Stub) -> None:
    stub.tell(200, JSON_RESULTS.media_type, EMPTY, Allegata_Truncated="true; limit=result_bytes; allowed=10")
    with pytest.raises(LimitExceeded, match="cut the answer off"):
        ask(engine(stub), "ASK {}")
    stub.tell(200, JSON_RESULTS.media_type, EMPTY, Allegata_Release="1.1")
    with pytest.raises(ReleaseError, match=r"from release 1\.1, not from 1\.0"):
        ask(engine(stub), "ASK {}")


def test_a_service_that_is_not_there_is_named() -> None:
    with pytest.raises(ReleaseError, match=r"127\.0\.0\.1:9/sparql cannot be asked"):
        ask(ServiceEngine("http://127.0.0.1:9/sparql", "1.0", settings()), "ASK {}")

"""Shared by the tests of attacks: an ordinary client beside them, a port that notes who calls, what reaches out."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from urllib.parse import urlencode

import pytest

from http_client import Reply, fetch
from service import Service
from support import EX, until

SECRET = "sesame-secret-word"


class Watch:
    """An ordinary client that asks one question after the other, always a fresh one, and notes what is not answered rightly."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self.asked = 0
        self.wrong: list[str] = []

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._stop.wait(0.02):
            n = random.randrange(2000)
            query = urlencode({"query": f"SELECT ?v {{ <{EX}n{n}> <{EX}value> ?v }} # {random.random()}", "format": "csv"})
            try:
                reply = fetch(self._service.address, f"/sparql?{query}", headers={"X-Forwarded-For": "198.51.100.1"})
                if reply.text != f"v\r\n{n}\r\n":
                    self.wrong.append(f"{reply.status} {reply.text}")
            except (OSError, HTTPException) as error:
                self.wrong.append(repr(error))
            self.asked += 1

    def check(self) -> None:
        """Wait until a question that is put from now on was answered; fail where one was not, or wrongly."""
        before = self.asked
        until(lambda: self.asked >= before + 2)  # one may be under way
        wrong, self.wrong = self.wrong, []
        assert not wrong, f"{len(wrong)} of the questions: {wrong[0]}"


@pytest.fixture(scope="module")
def canary() -> Iterator[tuple[str, list[bytes]]]:
    """Listen on a port and note whoever calls."""
    calls: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        stop = threading.Event()

        def note() -> None:
            while not stop.is_set():
                with suppress(TimeoutError):
                    caller, _ = listening.accept()
                    calls.append(b"called")
                    caller.close()

        thread = threading.Thread(target=note)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/", calls
        stop.set()
        thread.join()


def post(
    service: Service, query: str | bytes, kind: str = "application/sparql-query", timeout: str = "", **headers: str
) -> Reply:
    """Send a query as it is, with a time limit of its own where one is given."""
    body = query.encode() if isinstance(query, str) else query
    sent = {"Content-Type": kind, "X-Forwarded-For": "203.0.113.9", **{k.replace("_", "-"): v for k, v in headers.items()}}
    path = f"/sparql?timeout={timeout}" if timeout else "/sparql"
    return fetch(service.address, path, method="POST", headers=sent, body=body)


def slug(reply: Reply) -> str:
    """Return the kind of a problem."""
    return str(reply.json["type"]).rsplit("/", 1)[1]


# -- reaching out --------------------------------------------------------------------------------------------------------

REACHING = {
    "service": "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "service silent": "SELECT * {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }}",
    "service by variable": "SELECT * {{ BIND(<{0}> AS ?x) SERVICE ?x {{ ?s ?p ?o }} }}",
    "service by VALUES": "SELECT * {{ VALUES ?x {{ <{0}> }} SERVICE ?x {{ ?s ?p ?o }} }}",
    "service by prefix": "PREFIX e: <{0}> SELECT * {{ SERVICE e: {{ ?s ?p ?o }} }}",
    "service escaped": "SELECT * {{ \\u0053ERVICE <{0}> {{ ?s ?p ?o }} }}",
    "service escaped otherwise": "SELECT * {{ SERV\\U00000049CE <{0}> {{ ?s ?p ?o }} }}",
    "service in small letters": "select * {{ service <{0}> {{ ?s ?p ?o }} }}",
    "service behind a comment": "SELECT * {{ SERVICE # <x>\n<{0}> {{ ?s ?p ?o }} }}",
    "service behind a string": "SELECT * {{ ?s ?p '}}' . SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "service glued": "PREFIX e: <{0}> SELECT * {{ SERVICEe: {{ ?s ?p ?o }} }}",
    "service in EXISTS": "ASK {{ FILTER EXISTS {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "service in a subquery": "SELECT * {{ {{ SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }} }}",
    "load": "LOAD <{0}>",
    "load into": "LOAD SILENT <{0}> INTO GRAPH <urn:g>",
    "load escaped": "\\u004COAD <{0}>",
    "insert from service": "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "from a file": "SELECT * FROM <file:///etc/passwd> {{ ?s ?p ?o }}",
    "from named file": "SELECT * FROM NAMED <file:///etc/passwd> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "from a file by base": "BASE <file:///etc/> SELECT * FROM <passwd> {{ ?s ?p ?o }}",
}

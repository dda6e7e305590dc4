"""A small engine of its own for a test, with a graph store: it answers as it should, or goes wrong in the way that it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat, Store

from allegata.release.digests import sha256
from allegata.release.handle import MASTER, Release
from allegata.release.site import current
from service import make_site
from support import STATEMENTS

ROWS = "application/sparql-results+json"


class FakeEngine(ThreadingHTTPServer):
    """An engine on a port of its own; `wrong` says how it goes wrong with queries, `asked` has the queries that it got.

    slow: it begins an answer and does not go on · silent: it takes the question and says nothing · cut: it breaks off ·
    torn: an error stands within the answer · short: it gives at most `most` rows · status: it answers with `status` ·
    page: it sends a page · partial: its head says that the time was over · vain: it takes no notice of the question.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int = 0, server: str = "Test/1.0") -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.store, self.server_name_said = Store(), server
        self.wrong, self.status, self.most = "", 503, 5
        #: Part of a text that a query has to have so that it goes wrong.
        self.only = ""
        self.asked: list[str] = []
        self.left = threading.Event()
        self.ended = threading.Event()
        self.password = ""
        #: The graphs that were written, each as often; after so many it has no room, where that is said.
        self.written: list[str] = []
        self.refuses_after: int | None = None

    @property
    def address(self) -> str:
        """Return the address of its endpoint."""
        return f"http://127.0.0.1:{self.server_address[1]}/sparql"

    @property
    def name(self) -> str:
        """Return how errors call it."""
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def graph_store(self) -> str:
        """Return the address of its graph store."""
        return f"http://127.0.0.1:{self.server_address[1]}/store"

    def load(self, pieces: Iterable[tuple[str, bytes]]) -> None:
        """Take graphs as a push would send them."""
        for graph, triples in pieces:
            self.store.load(triples, RdfFormat.N_TRIPLES, to_graph=NamedNode(graph))

    def handle_error(self, *_about: Any) -> None:
        """Say nothing of clients that hang up."""


@contextmanager
def fake_engine(port: int = 0, server: str = "Test/1.0") -> Iterator[FakeEngine]:
    """Run an engine until it is no longer needed."""
    engine = FakeEngine(port, server)
    thread = threading.Thread(target=engine.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield engine
    finally:
        engine.ended.set()
        engine.shutdown()
        engine.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: FakeEngine
    protocol_version = "HTTP/1.1"

    def version_string(self) -> str:
        return self.server.server_name_said

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if urlsplit(self.path).path == "/store":
            self._store(body)
            return
        text = parse_qs(body.decode())["query"][0]
        self.server.asked.append(text)
        wrong = self.server.wrong if self.server.only in text else ""
        getattr(self, f"_{wrong or 'right'}")(text)

    def do_PUT(self) -> None:
        self.do_POST()

    def do_DELETE(self) -> None:
        self._store(b"")

    def _store(self, body: bytes) -> None:
        if self.server.password and self.headers.get("Authorization") != self.server.password:
            self._send(401, "text/plain", b"who?", WWW_Authenticate='Basic realm="test"')
            return
        if (
            self.command == "POST"
            and self.server.refuses_after is not None
            and len(self.server.written) >= self.server.refuses_after
        ):
            self._send(507, "text/plain", b"The disk is full.")
            return
        graph = NamedNode(parse_qs(urlsplit(self.path).query)["graph"][0])
        if self.command != "POST":
            self.server.store.clear_graph(graph)
        self.server.store.load(body, RdfFormat.N_TRIPLES, to_graph=graph)
        self.server.written += [graph.value] if self.command != "DELETE" else []
        self._send(204, "text/plain", b"")

    def _answer(self, text: str) -> bytes:
        try:
            found: Any = self.server.store.query(text)
        except SyntaxError as error:
            self._send(400, "text/plain", f"no: {error}".encode())
            raise ConnectionError from None
        return bytes(found.serialize(format=QueryResultsFormat.JSON))

    def _right(self, text: str) -> None:
        self._send(200, ROWS, self._answer(text))

    def _silent(self, _text: str) -> None:
        self._wait()

    def _slow(self, text: str) -> None:
        body = self._answer(text)
        self._head(200, ROWS, len(body))
        self.wfile.write(body[: len(body) // 2])
        self.wfile.flush()
        self._wait()

    def _wait(self) -> None:
        """Wait until the client hangs up, or the test is over."""
        self.connection.settimeout(0.02)
        while not self.server.ended.is_set():
            try:
                if not self.connection.recv(1):
                    break
            except TimeoutError:
                time.sleep(0.01)
            except OSError:
                break
        self.server.left.set()
        self.close_connection = True

    def _cut(self, text: str) -> None:
        body = self._answer(text)
        self._head(200, ROWS, len(body))
        self.wfile.write(body[: len(body) // 2])
        self.close_connection = True

    def _torn(self, text: str) -> None:
        body = self._answer(text)
        self._send(200, ROWS, body[: len(body) // 2] + b"Error: the query took too long")

    def _short(self, text: str) -> None:
        answer = json.loads(self._answer(text))
        if "results" in answer:
            answer["results"]["bindings"] = answer["results"]["bindings"][: self.server.most]
        self._send(200, ROWS, json.dumps(answer).encode())

    def _status(self, _text: str) -> None:
        self._send(self.server.status, "text/plain", b"Not now.")

    def _page(self, _text: str) -> None:
        self._send(200, "text/html", b"<html>Welcome</html>")

    def _partial(self, text: str) -> None:
        self._send(200, ROWS, self._answer(text), X_SQL_State="S1TAT", X_SQL_Message="RC...: Returning incomplete results")

    def _vain(self, _text: str) -> None:
        self._send(200, ROWS, b'{"head":{},"boolean":true}')

    def _head(self, status: int, kind: str, length: int, **head: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(length), **head}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def _send(self, status: int, kind: str, body: bytes, **head: str) -> None:
        self._head(status, kind, len(body), **head)
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Log nothing."""


def pushable(folder: Path, statements: Iterable[str] = STATEMENTS) -> Release:
    """Return a small release whose master is listed, so that it can be pushed."""
    site = make_site(folder, statements)
    release = current(site)
    master = (release.folder / MASTER).read_bytes()
    manifest = json.loads((release.folder / "manifest.json").read_text("utf-8"))
    manifest["files"] = {MASTER: {"sha256": sha256(master), "bytes": len(master)}}
    manifest["rdfc10"] = sha256(master)
    (release.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return current(site)


def graphs_of(store: Store) -> set[str]:
    """Return the names of the graphs that hold anything."""
    return {graph.value for graph in store.named_graphs() if next(iter(store.quads_for_pattern(None, None, None, graph)), None)}

"""An endpoint that answers as badly as one can: each path is a way of doing it."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

RESULTS = "application/sparql-results+json"


def table(*rows: dict[str, Any], variables: tuple[str, ...] = ("x",)) -> bytes:
    """Return SPARQL Results JSON."""
    return json.dumps({"head": {"vars": variables}, "results": {"bindings": rows}}).encode()


def term(kind: str, value: str, **more: str) -> dict[str, Any]:
    """Return a row with one term as ?x."""
    return {"x": {"type": kind, "value": value, **{name.replace("_", ":"): text for name, text in more.items()}}}


GOOD = table(term("literal", "good"))
ROW = json.dumps(term("literal", "again and again")).encode()
START = b'{"head":{"vars":["x"]},"results":{"bindings":['

BOMB = gzip.compress(START + b" " * (30 << 20) + b"]}}", 1)

#: What is sent as a whole with status 200: path → (media type, body).
BODIES: dict[str, tuple[str, bytes]] = {
    "good": (RESULTS, GOOD),
    "html": ("text/html", GOOD),
    "untyped": ("", GOOD),
    "xml": ("application/sparql-results+xml", b"<sparql/>"),
    "nothing": (RESULTS, b""),
    "no-json": (RESULTS, b"sorry"),
    "cut": (RESULTS, GOOD[:-3]),
    "boolean": (RESULTS, b'{"head":{},"boolean":true}'),
    "list": (RESULTS, b"[1]"),
    "rows-are-text": (RESULTS, b'{"head":{"vars":[]},"results":{"bindings":["x"]}}'),
    "term-is-text": (RESULTS, table({"x": "http://x"})),
    "term-is-number": (RESULTS, b'{"results":{"bindings":[{"x":{"type":"literal","value":1}}]}}'),
    "not-utf8": (RESULTS, b'{"results":{"bindings":[{"x":{"type":"literal","value":"\xff"}}]}}'),
    "nested-lists": (RESULTS, b"[" * 1_000_000),
    "nested-objects": (RESULTS, b'{"head":' * 100_000),
    "nested-value": (
        RESULTS,
        b'{"results":{"bindings":[{"x":{"type":"literal","value":' + b"[" * 10_000 + b"]" * 10_000 + b"}}]}}",
    ),
    "nested-in-string": (RESULTS, table(term("literal", "[{" * 5_000))),
    "long-number": (RESULTS, b'{"head":' + b"9" * 1_000_000 + b',"results":{"bindings":[]}}'),
    "nan": (RESULTS, b'{"head":NaN,"results":{"bindings":[]}}'),
    "unknown-variable": (RESULTS, table({"y": {"type": "literal", "value": "1"}})),
    "variable-injection": (RESULTS, table({"x) {} } #": {"type": "literal", "value": "1"}})),
    "iri-injection": (RESULTS, table(term("uri", "http://x> ) } SERVICE <http://127.0.0.1/"))),
    "relative-iri": (RESULTS, table(term("uri", "claim/x"))),
    "iri-with-space": (RESULTS, table(term("uri", "http://x/a b"))),
    "iri-half-valid": (RESULTS, table(term("uri", "http://[x/"))),
    "datatype-injection": (RESULTS, table(term("literal", "1", datatype="urn:x> <urn:y"))),
    "language-injection": (RESULTS, table(term("literal", "1", xml_lang="en . ?s ?p ?o"))),
    "half-character": (RESULTS, b'{"results":{"bindings":[{"x":{"type":"literal","value":"\\ud800"}}]}}'),
    "odd-type": (RESULTS, table(term("triple", "x"))),
    "literal-injection": (RESULTS, table(term("literal", '"\\" ) } } SERVICE <http://127.0.0.1/> { ?s ?p "\n\r\\'))),
    "node-injection": (RESULTS, table(term("bnode", '"> ) } \n'))),
    "many-rows": (RESULTS, START + b",".join([ROW] * 3_000) + b"]}}"),
    "long": (RESULTS, table(term("literal", "x" * 2_000_000))),
}
STATUSES = {"forbidden": 403, "missing": 404, "failing": 500, "busy": 503, "partial": 206, "empty": 204, "odd": 299}
REDIRECTS = {f"redirect-{status}": status for status in (301, 302, 303, 307, 308)}


@dataclass
class Hostile:
    """A running hostile endpoint: its address, the requests that came, with their headers, and what ends its silence."""

    address: str
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    relents: threading.Event = field(default_factory=threading.Event)


class _Handler(BaseHTTPRequestHandler):
    hostile: Hostile
    elsewhere: str
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        path = self.path.strip("/")
        self.rfile.read(int(self.headers["Content-Length"]))
        self.hostile.requests.append((path, dict(self.headers)))
        self.close_connection = True
        with suppress(OSError):
            if path in BODIES:
                self._send(200, *BODIES[path])
            elif path in STATUSES:
                self._send(STATUSES[path], RESULTS, GOOD)
            elif path in REDIRECTS:
                self._redirect(REDIRECTS[path])
            else:
                _WAYS[path](self)

    def do_GET(self) -> None:
        self.hostile.requests.append((self.path, dict(self.headers)))
        self.send_error(405)

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _redirect(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Location", self.elsewhere)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def begin(self, *lines: str) -> None:
        """Send the head of an answer as it is given."""
        self.wfile.write("\r\n".join(["HTTP/1.1 200 OK", f"Content-Type: {RESULTS}", *lines, "", ""]).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _endless(handler: _Handler) -> None:
    handler.begin()
    handler.wfile.write(START + ROW)
    while True:
        handler.wfile.write(b"," + ROW)


def _endless_head(handler: _Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X-More: and more\r\n")


def _endless_100(handler: _Handler) -> None:
    while True:
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _drip(handler: _Handler) -> None:
    handler.begin()
    for byte in GOOD * 1000:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.1)


def _silence(handler: _Handler) -> None:
    handler.hostile.relents.wait()


def _hang_up(handler: _Handler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def _short(handler: _Handler) -> None:
    handler.begin(f"Content-Length: {len(GOOD) + 1000}")
    handler.wfile.write(GOOD)


def _noise(handler: _Handler) -> None:
    handler.wfile.write(b"\x16\x03\x01 what is this\r\n\r\n")


def _bomb(handler: _Handler) -> None:
    handler.begin("Content-Encoding: gzip", f"Content-Length: {len(BOMB)}")
    handler.wfile.write(BOMB)


def _packed(handler: _Handler) -> None:
    packed = gzip.compress(GOOD)
    handler.begin("Content-Encoding: gzip", f"Content-Length: {len(packed)}")
    handler.wfile.write(packed)


def _packed_cut(handler: _Handler) -> None:
    packed = gzip.compress(GOOD)[:-12]
    handler.begin("Content-Encoding: gzip", f"Content-Length: {len(packed)}")
    handler.wfile.write(packed)


def _packed_badly(handler: _Handler) -> None:
    handler.begin("Content-Encoding: gzip", f"Content-Length: {len(GOOD)}")
    handler.wfile.write(GOOD)


def _packed_otherwise(handler: _Handler) -> None:
    handler.begin("Content-Encoding: br", f"Content-Length: {len(GOOD)}")
    handler.wfile.write(GOOD)


def _endless_chunks(handler: _Handler) -> None:
    handler.begin("Transfer-Encoding: chunked")
    while True:
        handler.wfile.write((b"400\r\n" + b" " * 1024 + b"\r\n") * 100)


def _broken_chunks(handler: _Handler) -> None:
    handler.begin("Transfer-Encoding: chunked")
    handler.wfile.write(b"zz\r\n" + GOOD)


_WAYS: dict[str, Callable[[_Handler], None]] = {
    "endless": _endless,
    "endless-head": _endless_head,
    "endless-100": _endless_100,
    "drip": _drip,
    "silence": _silence,
    "hang-up": _hang_up,
    "short": _short,
    "noise": _noise,
    "bomb": _bomb,
    "packed": _packed,
    "packed-cut": _packed_cut,
    "packed-badly": _packed_badly,
    "packed-otherwise": _packed_otherwise,
    "endless-chunks": _endless_chunks,
    "broken-chunks": _broken_chunks,
}
PATHS = (*BODIES, *STATUSES, *REDIRECTS, *_WAYS)


@contextmanager
def hostile(elsewhere: str, tls: ssl.SSLContext | None = None) -> Iterator[Hostile]:
    """Run a hostile endpoint on a free port; it redirects to somewhere else."""
    handler = type("Handler", (_Handler,), {"elsewhere": elsewhere})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        found = Hostile(f"http://127.0.0.1:{server.server_port}")
        handler.hostile = found  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield found
        found.relents.set()
        server.shutdown()
        thread.join()

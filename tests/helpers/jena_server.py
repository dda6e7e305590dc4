"""Jena's query engine behind the SPARQL protocol, for tests: `python jena_server.py PORT QUADS.nq.gz`."""

from __future__ import annotations

import gzip
import sys
import tempfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from jena import Jena


class Server(HTTPServer):
    """A server that has one question answered after the other."""

    def __init__(self, port: int, jena: Jena) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.jena = jena


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        text = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["query"][0]
        try:
            self._send(200, "application/sparql-results+json", self.server.jena.answer(text))
        except ValueError as error:
            self._send(400, "text/plain", str(error).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Log nothing."""


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        quads = gzip.decompress(Path(sys.argv[2]).read_bytes())
        Server(int(sys.argv[1]), Jena(Path(folder), quads, 300)).serve_forever()

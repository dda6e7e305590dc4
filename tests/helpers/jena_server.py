"""Jena's query engine by the jars that Debian packs, behind the two protocols as Fuseki has them: a launcher for tests, no server.

python jena_server.py PORT      queries at /ds/sparql, graphs at /ds/data
"""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jena import class_path

_ROWS = "application/sparql-results+json"


class Dataset:
    """A dataset of Jena in memory, with transactions; reading goes on in several threads."""

    def __init__(self, folder: Path) -> None:
        """Start the Java machine."""
        import jpype

        options = ("-Xmx2g", "-XX:+UseParallelGC", "-Dlog4j2.disable.jmx=true")
        jpype.startJVM(*options, classpath=class_path(folder).split(os.pathsep))
        query = "org.apache.jena.query."
        self._parse, self._syntax = jpype.JClass(f"{query}QueryFactory"), jpype.JClass(f"{query}Syntax")
        self._run, self._write = jpype.JClass(f"{query}QueryExecutionFactory"), jpype.JClass(f"{query}ResultSetFormatter")
        self._read = jpype.JClass("org.apache.jena.riot.RDFDataMgr")
        self._triples: Any = jpype.JClass("org.apache.jena.riot.Lang").NTRIPLES
        self._in, self._out = jpype.JClass("java.io.ByteArrayInputStream"), jpype.JClass("java.io.ByteArrayOutputStream")
        self._mode: Any = jpype.JClass(f"{query}ReadWrite")
        self._data: Any = jpype.JClass(f"{query}DatasetFactory").createTxnMem()
        self._error = jpype.JException
        self._writing = threading.Lock()

    def answer(self, text: str) -> bytes:
        """Return solutions or a truth as SPARQL Results JSON; raise ValueError where Jena refuses the query."""
        self._data.begin(self._mode.READ)
        try:
            query = self._parse.create(text, self._syntax.syntaxSPARQL_11)
            run, out = self._run.create(query, self._data), self._out()
            self._write.outputAsJSON(out, run.execAsk() if query.isAskType() else run.execSelect())
            run.close()
            return bytes(out.toByteArray())
        except self._error as error:
            raise ValueError(str(error)) from None
        finally:
            self._data.end()

    def change(self, method: str, graph: str, triples: bytes) -> None:
        """Put, post or delete a graph (SPARQL 1.1 Graph Store HTTP Protocol)."""
        with self._writing:
            self._data.begin(self._mode.WRITE)
            try:
                if method != "POST":
                    self._data.removeNamedModel(graph)
                if triples:
                    self._read.read(self._data.getNamedModel(graph), self._in(triples), self._triples)
                self._data.commit()
            finally:
                self._data.end()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    dataset: Dataset
    number = itertools.count(1)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        try:
            if parts.path == "/ds/data":
                self.dataset.change(self.command, parse_qs(parts.query)["graph"][0], body)
                self._send(204, b"")
            else:
                self._send(200, self.dataset.answer(parse_qs(body.decode())["query"][0]), _ROWS)
        except ValueError as error:
            self._send(400, str(error).encode(), "text/plain")

    def do_PUT(self) -> None:
        self.do_POST()

    def do_DELETE(self) -> None:
        self.do_POST()

    def _send(self, status: int, body: bytes, kind: str = "") -> None:
        self.send_response(status)
        for name, value in (("Fuseki-Request-Id", next(self.number)), ("Content-Type", kind), ("Content-Length", len(body))):
            if value != "":
                self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        return ""

    def log_message(self, *_words: object) -> None:
        """Log nothing."""


def main() -> None:
    """Serve an empty dataset until ended."""
    with tempfile.TemporaryDirectory() as folder:
        _Handler.dataset = Dataset(Path(folder))
        ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), _Handler).serve_forever()


if __name__ == "__main__":
    main()

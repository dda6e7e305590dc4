"""The clients of a measurement: processes that ask over a connection each, as fast as they are answered."""

from __future__ import annotations

import multiprocessing
import socket
import time
from collections.abc import Sequence
from urllib.parse import quote

ACCEPT = "application/sparql-results+json, text/turtle;q=0.9"


class Client:
    """One connection over which queries are asked, with as little work as can be, so that the server is what is measured."""

    def __init__(self, port: int, path: str, number: int = 0) -> None:
        self._path = path
        # Clients are told from one another as a proxy on this machine would say it.
        self._headers = f"Host: 127.0.0.1\r\nAccept: {ACCEPT}\r\nX-Forwarded-For: 192.0.2.{number + 1}\r\n"
        self._socket = socket.create_connection(("127.0.0.1", port), 600)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def request(self, query: str) -> bytes:
        """Return the bytes of a request."""
        return f"GET {self._path}?query={quote(query, safe='')} HTTP/1.1\r\n{self._headers}\r\n".encode()

    def ask(self, request: bytes) -> bytes:
        """Return the body of the answer; raise RuntimeError for one that is no answer."""
        self._socket.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{_first_line(head)} {_first_line(self._rest(head, body))}")
        return self._rest(head, body)

    def _rest(self, head: bytes, body: bytes) -> bytes:
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        parts = [body]
        if length:
            missing = int(length) - len(body)
            while missing > 0:
                parts.append(self._more())
                missing -= len(parts[-1])
        else:
            while not (parts[-1].endswith(b"0\r\n\r\n") or b"".join(parts[-2:]).endswith(b"0\r\n\r\n")):
                parts.append(self._more())
        return b"".join(parts)

    def _more(self) -> bytes:
        piece = self._socket.recv(1 << 18)
        if not piece:
            raise RuntimeError("the connection ended")
        return piece

    def close(self) -> None:
        """End the connection."""
        self._socket.close()


def _first_line(data: bytes) -> str:
    """Return what stands in some lines as one, short enough for a table."""
    return " ".join(data.decode("utf-8", "replace").split("\r\n")[0].split())[:300]


class Refused(Exception):
    """A server gave something else than an answer."""


def _ask_all(port: int, path: str, number: int, queries: Sequence[str], seconds: float, start: object, results: object) -> None:
    client = Client(port, path, number)
    requests = [client.request(query) for query in queries]
    start.wait()  # type: ignore[attr-defined]
    times, until = [], time.perf_counter() + seconds
    for request in requests:
        began = time.perf_counter()
        if began > until:
            break
        try:
            client.ask(request)
        except (OSError, RuntimeError) as error:
            results.put(f"{error}")  # type: ignore[attr-defined]
            return
        times.append(time.perf_counter() - began)
    client.close()
    results.put(times)  # type: ignore[attr-defined]


def load(port: int, path: str, queries: Sequence[Sequence[str]], seconds: float) -> tuple[list[float], float]:
    """Ask the queries, those of each client one after another, for so many seconds at most; return all times and the whole.

    Raises Refused where a client got something else than an answer.
    """
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(len(queries) + 1), context.Queue()
    given = [(port, path, number, own, seconds, start, results) for number, own in enumerate(queries)]
    clients = [context.Process(target=_ask_all, args=arguments) for arguments in given]
    for client in clients:
        client.start()
    start.wait()
    began = time.perf_counter()
    times: list[float] = []
    told = [results.get() for _ in clients]
    whole = time.perf_counter() - began
    for client in clients:
        client.join()
    for said in told:
        if isinstance(said, str):
            raise Refused(said)
        times += said
    return times, whole

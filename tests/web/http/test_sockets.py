"""Waiting for connections: idle ones are looked at when something happens on them, or once in a while."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from waitress.server import BaseWSGIServer, create_server

from allegata.web.http.sockets import Sockets
from allegata.web.http.waitress_channel import Channel
from http_client import fetch
from service import PATIENT, make_site, serve
from support import until

#: An answer of which packing makes half at best: more than waits in the buffers of the system.
HASHES = " ".join(f'(SHA512(CONCAT("{n}", STR(?s), STR(?p), STR(?o))) AS ?h{n})' for n in range(4))
DENSE = f"/sparql?{urlencode({'query': f'SELECT {HASHES} {{ ?s ?p ?o }} LIMIT 50000', 'format': 'csv'})}"
LONG = "/sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"


class Line:
    """One end of a connection, as the loop has it; it counts how often it is looked at."""

    accepting = False

    def __init__(self, sockets: Sockets, *, is_settled: bool = True) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.is_settled, self.is_passing = is_settled, False
        self.looked, self.read, self.written = 0, b"", 0
        self.wants_to_write = False
        self.sockets = sockets
        self.number = self.ours.fileno()
        sockets[self.number] = self

    def readable(self) -> bool:
        self.looked += 1
        return True

    def writable(self) -> bool:
        return self.wants_to_write

    def handle_read_event(self) -> None:
        self.read += self.ours.recv(10)

    def handle_write_event(self) -> None:
        self.written += 1
        self.wants_to_write = False

    def handle_close(self) -> None:
        del self.sockets[self.number]
        self.close()

    def close(self) -> None:
        self.ours.close()
        self.theirs.close()


def test_idle_connections_are_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 100.0)
    sockets = Sockets()
    lines = [Line(sockets) for _ in range(50)]
    busy = Line(sockets, is_settled=False)
    for _ in range(5):
        sockets.turn(0)
    assert {line.looked for line in lines} == {1} and busy.looked >= 5
    lines[7].theirs.send(b"hello")
    sockets.turn(0)
    assert [line.read for line in lines if line.read] == [b"hello"] and sockets.last > 0
    for line in (*lines, busy):
        line.close()


def test_what_takes_connections_is_looked_at_where_one_comes_or_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 100.0)
    sockets = Sockets()
    server, line = Line(sockets), Line(sockets)
    del server.is_settled
    for _ in range(3):
        sockets.turn(0)
    assert server.looked == 1
    passing = Line(sockets)
    passing.is_passing = True
    before = server.looked
    sockets.turn(0)
    del sockets[passing.number]
    sockets.turn(0)
    assert server.looked <= before + 1
    before = server.looked
    sockets.pop(line.number)
    sockets.turn(0)
    assert server.looked == before + 1
    for each in (server, line, passing):
        each.close()


def test_what_changed_is_looked_at_in_the_next_turn() -> None:
    sockets = Sockets()
    line = Line(sockets)
    sockets.turn(0)
    line.wants_to_write = True
    sockets.change(line.ours.fileno())
    sockets.turn(0)
    assert line.written == 1
    sockets.turn(0)
    assert line.written == 1
    line.close()


def test_what_changed_unseen_is_looked_at_within_a_second() -> None:
    sockets = Sockets()
    line = Line(sockets)
    sockets.turn(0)
    line.wants_to_write = True

    def written() -> bool:
        sockets.turn(0.01)
        return line.written == 1

    until(written)
    line.close()


def test_a_descriptor_that_is_used_again_is_another_connection() -> None:
    sockets = Sockets()
    line = Line(sockets)
    sockets.turn(0)
    line.theirs.close()
    sockets.turn(0)
    assert not sockets
    other: Any = Line(sockets)
    other.theirs.send(b"x")
    sockets.turn(0)
    assert other.read == b"x" and sockets.pop(other.ours.fileno()) is other and not sockets
    assert sockets.pop(12345, None) is None
    other.close()


def test_what_is_no_socket_any_more_is_closed() -> None:
    sockets = Sockets()
    line, other = Line(sockets), Line(sockets)
    line.ours.close()
    sockets.turn(0)
    assert line not in sockets.values() and line.theirs.fileno() == -1
    other.theirs.send(b"x")
    sockets.turn(0)
    assert other.read == b"x"
    other.close()


def test_nothing_is_sent_by_a_connection_that_was_closed(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be told of both in one turn: that its client left, and that it can write on."""
    monkeypatch.setattr(BaseWSGIServer, "channel_class", Channel)
    monkeypatch.setattr(Channel, "crowd", 10, raising=False)
    sockets = Sockets()
    server = create_server(lambda _environ, _start: [], map=sockets, listen="127.0.0.1:0")
    with closing(socket.create_connection(server.socket.getsockname())):
        channels: list[Channel] = []

        def taken() -> bool:
            sockets.turn(0.1)
            channels.extend(item for item in sockets.values() if isinstance(item, Channel))
            return bool(channels)

        until(taken)
        channel = channels[0]
        channel.outbufs[-1].append(b"x")
        channel.handle_close()
        channel.handle_write()
    server.task_dispatcher.shutdown()
    server.close()
    assert not caplog.records and not channel.connected


def unread_bytes(address: str) -> float:
    lines = fetch(address, "/metrics").text.splitlines()
    return float(next(line for line in lines if 'what="unread"' in line).split()[-1])


@pytest.mark.server
@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_a_packed_answer_that_is_not_read_counts_as_what_was_answered(site: Path, coding: str) -> None:
    """What is packed is read from the file of the answer as it is sent; all of it waits there until the client has read it."""
    with serve(site, **(PATIENT | {"result_hold": 60.0})) as service, closing(socket.socket()) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.connect(("127.0.0.1", service.port))
        head = f"GET {DENSE} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: {coding}\r\n\r\n"
        connection.sendall(head.encode())
        until(lambda: unread_bytes(service.address) > 10_000_000)
        time.sleep(0.5)
        assert unread_bytes(service.address) > 10_000_000, "still, with nobody who reads"
        connection.close()
        until(lambda: unread_bytes(service.address) == 0)


@pytest.mark.server
@pytest.mark.parametrize("hold", [0.0, 60.0])
def test_whoever_comes_is_answered_while_others_who_read_nothing_fill_the_room(site: Path, hold: float) -> None:
    """Three clients hold an answer of which there is room for three; a fourth gets its own, and one of the three is hung up on."""
    bounds = {"result_hold": hold, "unread_bytes": 64 << 20, "trusted_proxies": 1}
    with serve(site, **(PATIENT | bounds)) as service, ExitStack() as stack:
        connections: list[socket.socket] = []
        while unread_bytes(service.address) < 52 << 20:
            connection = stack.enter_context(closing(socket.socket()))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            connection.connect(("127.0.0.1", service.port))
            number, before = len(connections), unread_bytes(service.address)
            connection.sendall(
                f"GET {LONG}&format=json HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.{number}\r\n\r\n".encode()
            )
            connections.append(connection)
            until(lambda before=before: unread_bytes(service.address) > before + (10 << 20))  # type: ignore[misc]
            time.sleep(1.0)
        for _ in range(2):
            newcomer = {"X-Forwarded-For": "198.51.100.1"}
            reply = fetch(service.address, f"{LONG}&format=csv", headers=newcomer)
            assert reply.status == 200 and len(reply.body) > 10_000_000
        assert "unforeseen" not in service.log.read_text()


@pytest.mark.server
def test_an_answer_that_is_not_read_counts_until_its_connection_ends(site: Path) -> None:
    """Both an answer that was whole at once and one that was begun to be sent; neither is with a client that reads nothing."""
    for hold in (0.0, 60.0):
        with serve(site, **(PATIENT | {"result_hold": hold})) as service:

            def unread(address: str = service.address) -> float:
                lines = fetch(address, "/metrics").text.splitlines()
                return float(next(line for line in lines if 'what="unread"' in line).split()[-1])

            query = "/sparql?format=csv&query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"
            with closing(socket.socket()) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                connection.connect(("127.0.0.1", service.port))
                connection.sendall(f"GET {query} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
                until(lambda: unread() > 10_000_000)
                time.sleep(0.5)
                assert unread() > 10_000_000, "still, with nobody who reads"
            until(lambda: unread() == 0)
            assert len(fetch(service.address, query).body) > 10_000_000
            until(lambda: unread() == 0)


def test_many_requests_at_once_whose_answers_are_not_read_stop_nobody(tmp_path: Path) -> None:
    query = "SELECT*{?a?b?c.?d?e?f.?g?h?i.?j?k?l.?m?n?o}LIMIT 330"
    request = f"GET /sparql?{urlencode({'query': query}, safe='*?()')} HTTP/1.1\r\nHost:a\r\n\r\n".encode()
    with serve(make_site(tmp_path), **{**PATIENT, "result_bytes": 300_000}) as service:
        size = len(fetch(service.address, request.split()[1].decode()).body)
        assert 235_000 < size < 256 * 1024  # small enough to be answered by the loop
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", service.port))
            number = 8192 // len(request)
            client.sendall(request * number)
            time.sleep(1.5)
            with socket.create_connection(("127.0.0.1", service.port), timeout=20) as other:
                other.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                assert other.recv(100).startswith(b"HTTP/1.1 200")
            client.settimeout(20)
            read = 0
            while read < number * size:
                read += len(client.recv(1 << 20)) or 1 << 40
            assert read < number * (size + 1000)

"""The service ends when its supervisor asks: answers that are under way come whole, nobody new is taken, nothing is left."""

from __future__ import annotations

import signal
import socket
import threading
from pathlib import Path

import pytest

from http_client import Reply, ask
from service import Service, make_site, serve
from support import until

pytestmark = pytest.mark.server

#: A query that goes on until its time is up.
ENDLESS = (
    "SELECT (COUNT(*) AS ?n) { " + " ".join(f"{{ ?a{n} ?b{n} ?c{n} }} UNION {{ ?c{n} ?b{n} ?a{n} }}" for n in range(30)) + " }"
)


def test_an_answer_that_is_under_way_comes_before_the_end(tmp_path: Path) -> None:
    with serve(make_site(tmp_path), query_timeout=4) as service:
        with socket.create_connection(("127.0.0.1", service.port), timeout=60) as idle:
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert idle.recv(1 << 16).startswith(b"HTTP/1.1 200")
            replies: list[Reply] = []
            asking = threading.Thread(target=lambda: replies.append(ask(service.address, ENDLESS)))
            asking.start()
            until(lambda: _under_way(service) or not asking.is_alive())
            service.process.send_signal(signal.SIGTERM)
            asking.join()
            assert [reply.status for reply in replies] == [503] and b"query_timeout" in replies[0].body
            while idle.recv(1 << 16):  # what was left of the answer, then the end
                pass
        assert service.process.wait(60) == 0
        with pytest.raises(OSError):
            ask(service.address, "ASK {}")


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    with serve(make_site(tmp_path), query_timeout=600) as service:
        failures: list[OSError] = []

        def ask_for_ever() -> None:
            try:
                ask(service.address, ENDLESS)
            except OSError as error:
                failures.append(error)

        asking = threading.Thread(target=ask_for_ever)
        asking.start()
        until(lambda: _under_way(service))
        service.process.send_signal(signal.SIGTERM)
        until(lambda: not _listens(service.port))
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(60) == 0
        asking.join()
        assert failures


def _under_way(service: Service) -> int:
    figures = service.figures("allegata_engine")
    return figures["short"] + figures["long"]


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True

"""Fetching a release from a stranger: no other host, no more bytes than it should have, no waiting without end."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from allegata.errors import ReleaseError
from allegata.release.transfer import MOST_BYTES, fetch


class Stranger(BaseHTTPRequestHandler):
    """Answers by the path: redirects to what follows the first slash, or gives as many bytes as it says."""

    def do_GET(self) -> None:
        wanted = self.path[1:]
        if wanted.isdigit():
            self.send_response(200)
            self.send_header("Content-Length", wanted)
            self.end_headers()
            self.wfile.write(bytes(int(wanted)))
        else:
            self.send_response(302)
            self.send_header("Location", wanted.removeprefix("to:"))
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def stranger() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_redirection_within_the_host_is_followed(stranger: str) -> None:
    assert fetch(f"{stranger}/to:/7") == bytes(7)
    assert fetch(f"{stranger}/to:{stranger}/7") == bytes(7)


@pytest.mark.parametrize(
    "target",
    ["http://localhost/", "http://169.254.169.254/latest/", "http://127.0.0.1:1/", "file:///etc/passwd", "ftp://127.0.0.1/"],
)
def test_a_redirection_to_another_place_is_refused(stranger: str, target: str) -> None:
    with pytest.raises(ReleaseError, match=r"another place|cannot be had"):
        fetch(f"{stranger}/to:{target}")


def test_a_redirection_to_itself_ends(stranger: str) -> None:
    with pytest.raises(ReleaseError):
        fetch(f"{stranger}/to:again")


def test_more_bytes_than_there_should_be_are_refused(stranger: str) -> None:
    assert len(fetch(f"{stranger}/100000", 100_000)) == 100_000
    with pytest.raises(ReleaseError, match="more than the 99,999 bytes"):
        fetch(f"{stranger}/100000", 99_999)


def test_more_than_memory_should_hold_is_not_asked_for(stranger: str) -> None:
    with pytest.raises(ReleaseError, match="over the"):
        fetch(f"{stranger}/7", MOST_BYTES + 1)


def test_bytes_that_come_too_slowly_are_given_up(stranger: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(0.0, 1000.0)
    monkeypatch.setattr("allegata.release.transfer.time.monotonic", lambda: next(clock))
    with pytest.raises(ReleaseError, match="too slowly"):
        fetch(f"{stranger}/7", 100)

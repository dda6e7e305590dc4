"""Asks one engine over HTTP: one question on one connection, which another thread may end at any moment."""

from __future__ import annotations

import http.client
import re
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Final, cast
from urllib.parse import urlencode, urlsplit

from allegata import __version__
from allegata.engine.remote.dialects import DIALECTS
from allegata.errors import UsageError

AGENT: Final = f"Allegata/{__version__} (+https://w3id.org/allegata/)"
ROWS: Final = "application/sparql-results+json"
_ADDRESS: Final = re.compile(r"https?://[!#-;=?-Z\[\]_a-z~]+")
_PORTS: Final = {"http": 80, "https": 443}
_MESSAGE: Final = 4096
_KINDS: Final = ("", *(dialect.word for dialect in DIALECTS))


class Unreachable(Exception):
    """An engine cannot be reached, or breaks off."""


@dataclass(frozen=True)
class Address:
    """The address of an engine's SPARQL endpoint; `name` is how errors call it, `kind` the dialect that stands behind `#`."""

    text: str
    host: str
    port: int
    tls: bool
    path: str
    kind: str = ""

    @property
    def name(self) -> str:
        """Return host and port."""
        return f"{self.host}:{self.port}"


def addresses(listed: str) -> tuple[Address, ...]:
    """Read a list of addresses, separated by spaces; raise UsageError for one that is none."""
    return tuple(map(address, dict.fromkeys(listed.replace(",", " ").split())))


def address(text: str) -> Address:
    """Read an address; raise UsageError where it is none."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        host = ""
    if not _ADDRESS.fullmatch(text) or not host or "@" in parts.netloc or parts.fragment not in _KINDS:
        raise UsageError(
            f"{text!r} is no address of an engine.",
            remedy=f"Give http:// or https:// addresses without user names, and behind # only {', '.join(filter(None, _KINDS))}.",
        )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(text, host, port, parts.scheme == "https", path, parts.fragment)


class Connection:
    """A connection to an engine, for one question at a time."""

    def __init__(self, to: Address, seconds: float) -> None:
        kind = http.client.HTTPSConnection if to.tls else http.client.HTTPConnection
        self._to, self._http = to, kind(to.host, to.port, timeout=seconds)
        self._reply: http.client.HTTPResponse | None = None
        self._ended = False

    def ask(self, text: str, most: int) -> Reply:
        """Post a query (SPARQL 1.1 Protocol, section 2.1.2); raise Unreachable. Of the answer only so much is read."""
        body = urlencode({"query": text})
        head = {"Content-Type": "application/x-www-form-urlencoded", "Accept": ROWS, "User-Agent": AGENT}
        return self.send("POST", self._to.path, body.encode(), {**head, "Accept-Encoding": "identity"}, most)

    def send(self, method: str, path: str, body: bytes, head: dict[str, str], most: int) -> Reply:
        """Send a request and return the head of the reply; raise Unreachable."""
        try:
            self._http.connect()
            if self._ended:  # before there was anything that could be shut
                raise ConnectionAbortedError
            self._http.request(method, path, body, head)
            self._reply = self._http.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(reason(error)) from None
        return Reply(self._reply, most)

    def abort(self) -> None:
        """End the question from another thread: the engine sees that nobody waits for it, and the reader that it is over."""
        self._ended = True
        connected = self._http.sock
        if connected is None and self._reply is not None and self._reply.fp is not None:
            connected = getattr(getattr(self._reply.fp, "raw", None), "_sock", None)
        if connected is not None:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connection."""
        if self._reply:
            self._reply.close()
        self._http.close()


class Reply:
    """What an engine answers: status, head, and a body that is read as it comes, up to a number of bytes."""

    def __init__(self, response: http.client.HTTPResponse, most: int) -> None:
        self._response, self._left = response, most
        self.status, self.headers = response.status, response.headers
        #: Why reading failed; a parser that reads from here would reword it.
        self.fault: Unreachable | None = None

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; raise Unreachable where the body breaks off or has too many."""
        try:
            piece = self._response.read1(size)
            if not piece and self._response.length:  # `read1` says nothing of an end before the length that was announced
                raise http.client.IncompleteRead(b"", self._response.length)
        except (OSError, ValueError, AttributeError, http.client.HTTPException) as error:
            self.fault = Unreachable(reason(error))
            raise self.fault from None
        self._left -= len(piece)
        if self._left < 0:
            self.fault = Unreachable("it sends too much")
            raise self.fault
        return piece

    @property
    def stream(self) -> IO[bytes]:
        """Return the body as a file."""
        return cast(IO[bytes], self)

    def message(self) -> str:
        """Return the first line of what the engine says of an error."""
        with suppress(Unreachable):
            said = self.read(_MESSAGE).decode("utf-8", "replace").strip()
            return said.splitlines()[0][:300] if said else ""
        return ""


def reason(error: Exception) -> str:
    """Return why a connection failed, in a few words."""
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, http.client.IncompleteRead | http.client.RemoteDisconnected):
        return "it breaks off"
    if isinstance(error, http.client.HTTPException):
        return "what it answers is no HTTP"
    return (getattr(error, "strerror", None) or "it breaks off").lower()

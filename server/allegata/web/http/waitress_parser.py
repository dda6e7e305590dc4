"""Reads requests as waitress does, strictly: the lines of a head that came before are known, and not read anew."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_to_bytes

from waitress.parser import HTTPRequestParser, ParsingError, crack_first_line
from waitress.receiver import ChunkedReceiver
from waitress.utilities import Error

from allegata.engine.cache import ByteCache
from allegata.web.http.hosts import is_host

_CODINGS: Final = re.compile(rb"^transfer-encoding:[ \t]*([^\r\n]*?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_NOT_KEPT: Final = frozenset(("AUTHORIZATION", "CONTENT_LENGTH", "COOKIE", "EXPECT", "TRANSFER_ENCODING"))
_FOLDED: Final = re.compile(rb"[\r\n][ \t]")
#: A path, with or without a query, in which nothing has to be left out or looked for (RFC 9112, section 3.2.1).
_USUAL: Final = re.compile(rb"/(?:[!\"$-.0-~][!\"$-~]*)?")
#: Bytes of a line between two chunks of a body, and of what may follow the last.
LONGEST_LINE: Final = 1024
LONGEST_TRAILER: Final = 16 * 1024
#: Bytes of the lines of a head up to which they are remembered, bytes that all of them take, and bytes beside its own of each.
_LONGEST_KNOWN: Final = 2_000
_KNOWN: Final = 1 << 19
_OVERHEAD: Final = 1_000


class _Head(NamedTuple):
    """The lines of a head by their names, and whether the connection ends with the request."""

    headers: Mapping[str, str]
    connection_close: bool


_heads: Final[ByteCache[_Head]] = ByteCache(_KNOWN)


class Version(Error):  # type: ignore[misc]
    """Tells that a version of HTTP is not spoken here (RFC 9110, section 15.6.6)."""

    code = 505
    reason = "HTTP version not supported"


class Chunks(ChunkedReceiver):  # type: ignore[misc]
    """Reads a body in chunks (RFC 9112, section 7.1) of which the lines between them and what follows the last are short."""

    def received(self, data: bytes) -> int:
        """Take bytes and return how many; what is kept of a line is looked through anew each time, so its length is bounded."""
        taken = int(super().received(data))
        if len(self.control_line) > LONGEST_LINE or len(self.trailer) > LONGEST_TRAILER:
            self.error = Error("A line between chunks, or what follows the last, is too long.")
            self.error.code, self.error.reason = 400, "Bad request"
        return taken


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Reads a request strictly: whatever two servers on its way could read in two ways is refused, and the connection ends."""

    path = ""
    #: All bytes of a request that came in one piece and may go the short way.
    whole = b""
    body_rcv: Any

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head of a request; raise ParsingError for one that contradicts itself or names no host (RFC 9112)."""
        line, _, fields = header_plus.partition(b"\r\n")
        if (known := _heads.get(fields)) and self._read_line(line):
            self.headers, self.connection_close = dict(known.headers), known.connection_close
            return
        self._read_strictly(header_plus)
        if self._is_usual and len(fields) <= _LONGEST_KNOWN:
            _heads.put(fields, _Head(dict(self.headers), self.connection_close), len(fields) + _OVERHEAD)

    @property
    def _is_usual(self) -> bool:
        """Return whether a head may be kept: it has no error, no body, no secret, and nothing that its first line decides."""
        is_whole = self.error is None and self.version == "1.1" and not self.chunked and not self.proxy_netloc
        return is_whole and _NOT_KEPT.isdisjoint(self.headers)

    def _read_line(self, line: bytes) -> bool:
        """Read the first line of a request of the usual form, that to a path; return False for any other."""
        command, target, version = crack_first_line(line)
        if version != b"1.1" or not _USUAL.fullmatch(target):
            return False
        path, _, query = target.partition(b"?")
        self.path, self.query = unquote_to_bytes(path).decode("latin-1"), query.decode("latin-1")
        self.proxy_scheme = self.proxy_netloc = self.fragment = ""
        self.first_line, self.command, self.version = line, command.decode("latin-1"), "1.1"
        self.request_uri, self.url_scheme = target.decode("latin-1"), self.adj.url_scheme
        return True

    def _read_strictly(self, header_plus: bytes) -> None:
        self._read(header_plus)
        if self.version.partition(".")[0] not in ("0", "1"):  # a later minor version is answered as 1.1; RFC 9110, section 2.5
            self.error, self.body_rcv = Version(self.version), None
            return
        if (self.chunked or "TRANSFER_ENCODING" in self.headers) and ("CONTENT_LENGTH" in self.headers or self.version == "1.0"):
            raise ParsingError("The length of the body is told in two ways.")
        if self.proxy_netloc:  # the absolute form; RFC 9112, section 3.2.2
            self.headers["HOST"] = self.proxy_netloc
        if "HOST" not in self.headers and self.version == "1.0":
            return
        if not is_host(self.headers.get("HOST", "")):
            raise ParsingError("The request names no host, or more than one.")

    def _read(self, header_plus: bytes) -> None:
        if _FOLDED.search(header_plus):  # RFC 9112, section 5.2
            raise ParsingError("A line of the head is folded.")
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # an address or a number that Python does not read
            raise ParsingError("The head of the request cannot be read.") from error
        if self.chunked and [line.lower() for line in _CODINGS.findall(header_plus)] != [b"chunked"]:
            raise ParsingError("The coding of the body is told twice.")
        if self.chunked and isinstance(self.body_rcv, ChunkedReceiver):
            self.body_rcv = Chunks(self.body_rcv.buf)

"""Asks one SPARQL endpoint, as a process of its own that is started for one SERVICE and may be killed at any moment.

It is run by its path with the standard library alone, reads one order as JSON from its input and writes one outcome as JSON.
The process has an empty environment (so no proxies), opens a connection to the address that it has checked, follows nothing,
and turns what comes back into rows of a VALUES block, in which no term can be anything but a term.
"""

from __future__ import annotations

import hashlib
import http.client
import ipaddress
import json
import re
import resource
import signal
import socket
import ssl
import sys
import zlib
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlencode

# SPARQL 1.1 Query Results JSON Format, section 3: an answer is five deep.
_DEEPEST: Final = 16
_PIECE: Final = 64 * 1024
_TYPES: Final = ("application/sparql-results+json", "application/json")
_BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)
# RFC 3987, section 2.2, as far as single characters are concerned.
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?:[!#$&-;=?-Z\[\]_a-z~\xa0-\ud7ff\ue000-\U0010ffff]|%[0-9A-Fa-f]{2})*")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_ESCAPED: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}
_TO_ESCAPE: Final = re.compile(r'[\\"\n\r]')
_IPV4_INSIDE: Final = ipaddress.ip_network("64:ff9b::/96")
# What of IPv6 is given out for use between networks (RFC 4291, section 2.4, as IANA keeps it); RFC 9637 takes examples from it.
_UNICAST: Final = ipaddress.ip_network("2000::/3")
_EXAMPLES: Final = ipaddress.ip_network("3fff::/20")
_MIB: Final = 1024 * 1024

Json = dict[str, Any]


class Failure(Exception):
    """The endpoint has not answered as it should: a kind for the program, and a reason for people."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


def public(address: str) -> bool:
    """Return whether an address belongs to the public network, looking into those that carry an IPv4 address."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _IPV4_INSIDE:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return public(str(inner))
        if ip not in _UNICAST or ip in _EXAMPLES:
            return False
    return ip.is_global and not ip.is_multicast


def addresses(host: str, port: int, reach: str) -> list[str]:
    """Resolve a host, and keep the addresses that its entry in the list may lead to.

    `reach`: "named" (the entry is the address itself), "loopback" (it is localhost) or "public" (any other name).
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Failure("unreachable", "its name cannot be resolved") from None
    listed = list(dict.fromkeys(str(item[4][0]) for item in found))
    tests = {"named": lambda _: True, "loopback": lambda ip: ipaddress.ip_address(ip).is_loopback, "public": public}
    allowed = [ip for ip in listed if tests[reach](ip)]
    if not allowed:
        raise Failure("address", "its name leads to an address that is not public")
    return allowed


class Pinned(http.client.HTTPConnection):
    """A connection to an address that has been checked; the host is that of the entry, for Host and for the certificate."""

    def __init__(self, order: Json, address: str) -> None:
        super().__init__(order["host"], order["port"], timeout=order["seconds"])
        self._address = address
        self._tls = bool(order["tls"])
        self._authorities = order["authorities"]
        self.default_port = 443 if self._tls else 80

    def connect(self) -> None:
        """Connect, and shake hands."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls:
            context = ssl.create_default_context()
            if self._authorities:
                context.load_verify_locations(self._authorities)
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def connect(order: Json) -> Pinned:
    """Open a connection to the first address that takes one."""
    reason = "it cannot be reached"
    for address in addresses(order["host"], order["port"], order["reach"]):
        connection = Pinned(order, address)
        try:
            connection.connect()
            return connection
        except ssl.SSLError:
            reason = "its certificate or its TLS is not accepted"
        except OSError:
            continue
    raise Failure("unreachable", reason)


def ask(connection: Pinned, order: Json, query: str, most: int) -> bytes:
    """Send a query by POST (SPARQL 1.1 Protocol, section 2.1.2) and give the body of the answer, of at most so many bytes."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": f"{_TYPES[0]}, {_TYPES[1]};q=0.5",
        "Accept-Encoding": "gzip",
        "User-Agent": order["agent"],
    }
    try:
        connection.request("POST", order["path"], body=urlencode({"query": query}), headers=headers)
        response = connection.getresponse()
        _check(response)
        return b"".join(_body(response, most))
    except (OSError, http.client.HTTPException, zlib.error):
        raise Failure("unreachable", "the connection broke") from None


def _check(response: http.client.HTTPResponse) -> None:
    if 300 <= response.status < 400:
        raise Failure("status", f"it redirects (HTTP status {response.status}), and redirects are not followed")
    if response.status != 200:
        raise Failure("status", f"it answered with HTTP status {response.status}")
    if response.headers.get_content_type() not in _TYPES:
        raise Failure("type", "its answer is no SPARQL Results JSON by its Content-Type")
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("identity", "gzip", "x-gzip"):
        raise Failure("type", "its answer has a Content-Encoding that was not asked for")


def _body(response: http.client.HTTPResponse, most: int) -> Iterator[bytes]:
    packed = "gzip" in response.headers.get("Content-Encoding", "").lower()
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS) if packed else None
    total = 0
    while piece := response.read(_PIECE):
        while piece:
            data = unpacker.decompress(piece, _PIECE) if unpacker else piece
            piece = unpacker.unconsumed_tail if unpacker else b""
            total += len(data)
            if total > most:
                raise Failure("bytes", "its answer is too long")
            yield data
    if (unpacker and not unpacker.eof) or response.length:
        raise Failure("unreachable", "the connection broke")


def parsed(body: bytes) -> list[Json]:
    """Read the solutions of an answer; raise Failure where it is anything else (SPARQL Query Results JSON, section 3)."""
    try:
        text = body.decode("utf-8-sig")
        _refuse_depth(text)
        document = json.loads(text, parse_constant=_refuse_constant)
        rows = document["results"]["bindings"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Failure("malformed", "its answer is no well-formed SPARQL Results JSON") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Failure("malformed", "its answer is no well-formed SPARQL Results JSON")
    return rows


def _refuse_constant(_: str) -> None:
    raise ValueError


def _refuse_depth(text: str) -> None:
    depth = 0
    for match in _BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match.group(), 0)
        if depth > _DEEPEST:
            raise ValueError


def written(term: Any, blank: str) -> str:
    """Write a term as SPARQL; a blank node becomes a literal of the datatype `blank`, which the query turns into a node again."""
    if not isinstance(term, dict) or not isinstance(term.get("value"), str):
        raise Failure("malformed", "its answer holds a term that is none")
    kind, value = term.get("type"), term["value"]
    if kind == "uri":
        return _iri(value)
    if kind == "bnode":
        return f"{_quoted(value)}^^<{blank}>"
    if kind not in ("literal", "typed-literal") or "its:dir" in term:
        raise Failure("malformed", "its answer holds a term of an unknown type")
    language, datatype = term.get("xml:lang"), term.get("datatype")
    if isinstance(language, str) and language:
        if not _LANGUAGE.fullmatch(language):
            raise Failure("malformed", "its answer holds a malformed language tag")
        return f"{_quoted(value)}@{language}"
    return _quoted(value) + (f"^^{_iri(datatype)}" if isinstance(datatype, str) else "")


def _iri(value: str) -> str:
    if not _IRI.fullmatch(value):
        raise Failure("malformed", "its answer holds a malformed IRI")
    return f"<{value}>"


def _quoted(value: str) -> str:
    """Write a string (SPARQL 1.1 Query, section 19.8, rule 157)."""
    if _SURROGATE.search(value):
        raise Failure("malformed", "its answer holds half of a character")
    return '"' + _TO_ESCAPE.sub(lambda match: _ESCAPED[match.group()], value) + '"'


def rows(solutions: list[Json], order: Json, number: int) -> Iterator[tuple[str, set[str]]]:
    """Write each solution as a row, and name the variables that blank nodes stand for in it."""
    columns, known = order["variables"], frozenset(order["variables"])
    for solution in solutions:
        if not known.issuperset(solution):
            raise Failure("malformed", "its answer binds a variable that was not asked for")
        blank = {name for name, term in solution.items() if isinstance(term, dict) and term.get("type") == "bnode"}
        for name in blank:
            label = f"{order['blank']} {number} {solution[name].get('value')}".encode("utf-8", "replace")
            solution[name]["value"] = f"b{hashlib.sha256(label).hexdigest()[:32]}"
        terms = (written(solution[name], order["blank"]) if name in solution else "UNDEF" for name in columns)
        yield f"({' '.join(terms)})", blank


def fulfil(order: Json) -> Json:
    """Ask every query of the order over one connection, and give all rows with the variables that hold blank nodes."""
    connection = connect(order)
    found: list[str] = []
    blank: set[str] = set()
    left = order["bytes"]
    for number, query in enumerate(order["queries"]):
        body = ask(connection, order, query, left)
        left -= len(body)
        for row, nodes in rows(parsed(body), order, number):
            found.append(row)
            blank |= nodes
            if len(found) > order["rows"]:
                raise Failure("rows", "its answer has too many rows")
        if blank and len(order["queries"]) > 1:
            # A node keeps its identity within one answer only.
            raise Failure("blank", "its answers hold blank nodes")
    return {"rows": "\n".join(found), "count": len(found), "blank": sorted(blank)}


def _confine(order: Json) -> None:
    """Give up what the task does not need, and end with the time that it has."""
    memory = 256 * _MIB + 32 * int(order["bytes"])
    for what, most in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CPU, int(order["seconds"]) + 2),
    ):
        resource.setrlimit(what, (most, most))
    signal.setitimer(signal.ITIMER_REAL, order["seconds"] + 1)


def main() -> None:
    """Fulfil the order on the standard input."""
    order = json.load(sys.stdin)
    _confine(order)
    try:
        outcome = fulfil(order)
    except Failure as failure:
        outcome = {"failure": failure.kind, "reason": str(failure)}
    except MemoryError:
        outcome = {"failure": "bytes", "reason": "its answer takes too much memory"}
    json.dump(outcome, sys.stdout)


if __name__ == "__main__":
    main()

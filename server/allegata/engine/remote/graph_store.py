"""Writes graphs into an engine by the SPARQL 1.1 Graph Store HTTP Protocol, with a name and password where it asks for them."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from typing import Final
from urllib.parse import quote

from allegata.engine.remote.connection import Address, Connection, Unreachable
from allegata.errors import EngineFailed

SECONDS: Final = 600.0
_TYPE: Final = "application/n-triples"
_MOST: Final = 1 << 20
_DONE: Final = frozenset((200, 201, 202, 204))
_PARTS: Final = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')


class GraphStore:
    """The graph store of an engine; `credentials` is a name and a password with a colon between, or nothing."""

    def __init__(self, to: Address, credentials: str = "") -> None:
        self._to = to
        self._user, _, self._password = credentials.partition(":")
        self._challenge: dict[str, str] = {}
        self._number = 0

    def put(self, graph: str, triples: bytes) -> None:
        """Replace a graph (Graph Store Protocol, section 5.3); raise EngineFailed."""
        self._send("PUT", graph, triples)

    def add(self, graph: str, triples: bytes) -> None:
        """Add to a graph (section 5.5); raise EngineFailed."""
        self._send("POST", graph, triples)

    def remove(self, graph: str) -> None:
        """Remove a graph, which need not be there (section 5.4); raise EngineFailed."""
        self._send("DELETE", graph, b"")

    def _send(self, method: str, graph: str, body: bytes) -> None:
        status, said = self._once(method, graph, body if not self._user or self._challenge else b"")
        if status == 401 and self._user:  # the first request, or a challenge that has become stale
            status, said = self._once(method, graph, body)
        elif self._user and body and status in _DONE and not self._challenge:
            status, said = self._once(method, graph, body)  # it asked for no password after all
        if status not in _DONE and not (method == "DELETE" and status == 404):
            raise EngineFailed(
                f"The graph store {self._to.text} answers {status} to {method}: {said}",
                remedy="Give its address by --graph-store, and a file with name:password by --credentials.",
                engine=self._to.name,
            )

    def _once(self, method: str, graph: str, body: bytes) -> tuple[int, str]:
        path = f"{self._to.path}{'&' if '?' in self._to.path else '?'}graph={quote(graph, safe='')}"
        head = {"Content-Type": _TYPE} if body else {}
        if self._challenge:
            head["Authorization"] = self._authorization(method, path)
        connection = Connection(self._to, SECONDS)
        try:
            reply = connection.send(method, path, body, head, _MOST)
            if reply.status == 401:
                self._take(reply.headers.get("WWW-Authenticate", ""))
            return reply.status, reply.message()
        except Unreachable as error:
            raise EngineFailed(f"The graph store {self._to.text} failed: {error}.", engine=self._to.name) from None
        finally:
            connection.close()

    def _take(self, challenge: str) -> None:
        """Take note of a challenge (RFC 7235, section 4.1)."""
        scheme, _, rest = challenge.partition(" ")
        self._challenge = {"scheme": scheme.lower(), **{name: one or other for name, one, other in _PARTS.findall(rest)}}
        self._number = 0

    def _authorization(self, method: str, path: str) -> str:
        """Return what answers the challenge: Basic (RFC 7617) or Digest with MD5 (RFC 7616)."""
        if self._challenge["scheme"] != "digest":
            return "Basic " + base64.b64encode(f"{self._user}:{self._password}".encode()).decode()
        said = self._challenge
        realm, nonce = said.get("realm", ""), said.get("nonce", "")
        self._number += 1
        count, own = f"{self._number:08x}", secrets.token_hex(8)
        secret, asked = _md5(f"{self._user}:{realm}:{self._password}"), _md5(f"{method}:{path}")
        parts = {"username": self._user, "realm": realm, "nonce": nonce, "uri": path}
        response = _md5(f"{secret}:{nonce}:{count}:{own}:auth:{asked}") if "qop" in said else _md5(f"{secret}:{nonce}:{asked}")
        parts["response"] = response
        parts |= {"opaque": said["opaque"]} if "opaque" in said else {}
        told = ", ".join(f'{name}="{value}"' for name, value in parts.items())
        return f"Digest {told}" + (f', qop=auth, nc={count}, cnonce="{own}"' if "qop" in said else "")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

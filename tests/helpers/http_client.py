"""A bare HTTP client for the tests: nothing is followed, repaired or guessed."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True)
class Reply:
    """What came back: status, headers (names in lower case), body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode("utf-8")

    @property
    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)

    @property
    def type(self) -> str:
        """Return the media type without parameters."""
        return self.headers.get("content-type", "").split(";")[0]


def fetch(
    address: str, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Reply:
    """Send one request as it is given and read the whole answer."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    finally:
        connection.close()


def ask(address: str, query: str, accept: str = "application/sparql-results+json", **parameters: str) -> Reply:
    """Ask the endpoint a query by GET."""
    return fetch(address, f"/sparql?{urlencode({'query': query, **parameters})}", headers={"Accept": accept})

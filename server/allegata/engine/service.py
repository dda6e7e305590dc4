"""Answers queries by asking a service that speaks the SPARQL 1.1 Protocol and serves the same release."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from email.message import Message
from typing import Any, Final
from urllib.parse import urlencode

from allegata import __version__
from allegata.engine.query import Answer, Query
from allegata.errors import BadRequest, LimitExceeded, QueryFailed, ReleaseError, RequestError
from allegata.settings import Settings

AGENT: Final = f"Allegata/{__version__} (+https://w3id.org/allegata/)"
#: Members of a problem (RFC 9457) that are no extension members.
_STANDARD: Final = frozenset(("type", "title", "status", "detail", "remedy"))
_MARGIN: Final = 5.0
_PIECE: Final = 64 * 1024


class ServiceEngine:
    """An engine that is a service somewhere else: its own gate, workers and limits answer, this one only asks and tells."""

    order = ""

    def __init__(self, address: str, version: str, settings: Settings):
        self.address, self._version, self._settings = address, version, settings

    def answer(self, query: Query) -> Answer:
        """Ask by POST of a form (SPARQL 1.1 Protocol, section 2.1.2); raise the error that the service reports."""
        fields = [("query", query.text)]
        fields += [("default-graph-uri", iri) for iri in query.default_graphs]
        fields += [("named-graph-uri", iri) for iri in query.named_graphs]
        fields += [("timeout", f"{query.timeout:g}")] if query.timeout else []
        request = urllib.request.Request(  # noqa: S310 - an address of a release is http or https
            self.address, urlencode(fields).encode(), {"Accept": query.format.media_type, "User-Agent": AGENT}
        )
        body, head = self._fetch(request)
        self._check(head)
        return Answer(query.format, iter((body,)), len(body), missing=_missing(head))

    def _fetch(self, request: urllib.request.Request) -> tuple[bytes, Message]:
        limit = self._settings.result_bytes
        try:
            with urllib.request.urlopen(request, timeout=self._settings.query_timeout + _MARGIN) as reply:  # noqa: S310
                body, head = reply.read(limit + 1), reply.headers
        except urllib.error.HTTPError as error:
            raise self._reported(error) from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise ReleaseError(f"{self.address} cannot be asked: {getattr(error, 'reason', error)}.") from None
        if len(body) > limit:
            raise LimitExceeded(f"The answer is over {limit} bytes.", remedy="Ask for less.", limit="result_bytes", allowed=limit)
        return body, head

    def _check(self, head: Message) -> None:
        """Raise an error where the answer is not whole, or comes from another release than the one that is open."""
        version = head.get("Allegata-Release", self._version)
        if version != self._version:
            raise ReleaseError(
                f"{self.address} answers from release {version}, not from {self._version}.", remedy="Open the release anew."
            )
        if head.get("Allegata-Truncated"):
            raise LimitExceeded(
                "The service cut the answer off at its limit.", remedy="Ask for less with LIMIT.", limit="result_bytes"
            )

    def _reported(self, error: urllib.error.HTTPError) -> RequestError | ReleaseError:
        """Return the error that a service reports as the exception that it is here (RFC 9457)."""
        if error.headers.get_content_type() != "application/problem+json":
            return ReleaseError(
                f"{self.address} answers {error.code}: {error.reason}.",
                remedy="Where only the files of a release are published, fetch them with `allegata export files`.",
            )
        try:
            body: Any = json.loads(error.read(_PIECE))
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return QueryFailed(f"{self.address} answers {error.code} without saying why.")
        slug = str(body.get("type", "")).rpartition("/")[2]
        kind = next((kind for kind in _kinds(RequestError) if kind.slug == slug), BadRequest if error.code < 500 else QueryFailed)
        members = {name: value for name, value in body.items() if name not in _STANDARD}
        return kind(str(body.get("detail", error.reason)), remedy=body.get("remedy"), **members)

    def close(self) -> None:
        """End nothing: each question is a connection of its own."""

    def figures(self) -> Mapping[str, int]:
        """Return no numbers: what goes on in the service is not seen from here."""
        return {}

    def healthy(self) -> bool:
        """Return whether a question can be put, which only the question shows."""
        return True


def _kinds(kind: type[RequestError]) -> Iterator[type[RequestError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _kinds(below)


def _missing(head: Message) -> tuple[str, ...]:
    return tuple(word.strip("<> ") for word in head.get("Allegata-Missing", "").split(",") if word.strip())

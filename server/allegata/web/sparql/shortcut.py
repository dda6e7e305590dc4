"""The short way of a query: begun and answered by the loop that reads from connections, without thread and framework.

Most queries are small, and so are their answers. What is not certain to be so goes the ordinary way, by `sparql`, which is also
where every refusal and every error is said; an answer is the same by both, to the header.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from flask import Flask
from waitress.parser import HTTPRequestParser
from waitress.utilities import build_http_date

from allegata.engine import WorkerPool, announced, inspect, repeatable
from allegata.engine.pool.begun import Begun
from allegata.engine.text_search import asks_for_words
from allegata.errors import RequestError
from allegata.model.formats import HTML, Choice, Format
from allegata.model.namespaces import uri
from allegata.release.tombstone import surrogate_key
from allegata.web.http import compression
from allegata.web.http.headers import ALWAYS
from allegata.web.http.metrics import counts
from allegata.web.http.negotiation import negotiate
from allegata.web.http.parameters import FORM_TYPE, Parameters, parse, utf8
from allegata.web.http.proxies import Proxies
from allegata.web.http.shares import lane_of
from allegata.web.http.views import Lifetime
from allegata.web.sparql.known_requests import KnownAnswer, KnownRequests
from allegata.web.sparql.responses import choose, tag_of
from allegata.web.sparql.sparql import QUERY_TYPE, query_of
from allegata.web.state import state

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PATH: Final = "/sparql"
_VARY: Final = "Accept, Accept-Encoding"
#: Characters of a request up to which it takes the loop no time to speak of to read it; a longer one is for a thread.
_LONGEST: Final = 2_000
#: Characters of a query up to which it takes the loop no time to speak of to write it for the engine.
_LONGEST_REWRITTEN: Final = 1_000
#: Bytes of an answer up to which it takes the loop no time to speak of to compress it.
_MOST_PACKED: Final = 16 * 1024
#: Headers by which an answer may be another one.
_ELSEWHERE: Final = frozenset(
    ("AUTHORIZATION", "CONTENT_ENCODING", "EXPECT", "IF_MATCH", "IF_MODIFIED_SINCE", "IF_NONE_MATCH", "IF_RANGE", "RANGE")
) | {"IF_UNMODIFIED_SINCE"}
_PARAMETERS: Final = frozenset(("query", "format", "output", "results", "timeout", "default-graph-uri", "named-graph-uri"))

#: Where the date stands in a head that is not dated yet.
_DATE: Final = "\0"

_choice = lru_cache(256)(negotiate)
_encoding = lru_cache(256)(compression.choose)


class Asked:
    """A query that was begun for a request, with what its answer depends on."""

    def __init__(self, shortcut: Shortcut, request: HTTPRequestParser, begun: Begun, choice: Choice) -> None:
        self._shortcut = shortcut
        self.request = request
        self.begun = begun
        self.choice, self.order = choice, shortcut.order
        self.started = time.monotonic()

    def finish(self) -> bytes | None:
        """Return the answer to a query that is whole, with its head; None where the ordinary way has to make it."""
        return self._shortcut.finish(self)

    def close(self) -> None:
        """Let go of the query, answered or not."""
        self.begun.close()


class Shortcut:
    """Begins queries of one application and finishes their answers."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            self._state, self._counts = state(), counts()
        self._settings, self._release = self._state.settings, self._state.release
        self._proxies = Proxies(_peer, self._settings)
        self._lane = lane_of(app)
        version = self._release.version
        said = {"Allegata-Current": self._release.name, "Allegata-Release": version, "Surrogate-Key": surrogate_key(version)}
        self._always = {**ALWAYS, **said, "Vary": _VARY}
        licence = self._release.manifest.licence
        self._links = {"Link": uri(f'<{licence}>; rel="license"')} if licence else {}
        self._known = KnownRequests(self._settings.cache_bytes // 4)
        self._clients = lru_cache(1024)(self._told_client)
        self._templates = lru_cache(256)(self._template)
        self._is_open = isinstance(self._state.engine, WorkerPool) and not self._settings.token_file

    @property
    def order(self) -> str:
        """Return the word for the order of rows of the engine."""
        return self._state.engine.order

    def fits(self, request: HTTPRequestParser) -> bool:
        """Return whether a request may be a small query that is asked in the usual way."""
        return bool(
            self._is_open
            and request.error is None
            and request.path == _PATH
            and request.command in ("GET", "POST")
            and request.version == "1.1"
            and len(request.query) + len(_PATH) <= min(_LONGEST, self._settings.address_bytes)
            and request.content_length <= min(_LONGEST, self._settings.body_bytes)
            and not request.chunked
            and request.header_bytes_received <= min(_LONGEST + len(request.query), self._settings.header_bytes)
            and _ELSEWHERE.isdisjoint(request.headers)
            and HTML.media_type not in request.headers.get("ACCEPT", "")
        )

    def known(self, data: bytes, peer: str) -> bytes | None:
        """Return the answer to a request that is whole, where the same bytes were asked before."""
        found = self._known.get(data, self.order)
        if not found:
            return None
        self._lane.turns.note(self._client(peer, found.forwarded))
        self._counts.count(found.method, _PATH, 200, 0.0)
        return found.dated(_date(int(time.time())))

    def begin(self, request: HTTPRequestParser, peer: str, is_disconnected: Callable[[], bool]) -> Asked | None:
        """Begin the query of a request; None where it goes the ordinary way, which also says what is wrong with it."""
        pool = self._state.engine
        assert isinstance(pool, WorkerPool)
        try:
            parameters = self._parameters(request)
            if parameters is None:
                return None
            inspected = inspect(parameters.one("query") or "", self._settings, self._state.engines.federation.addresses)
            choice = choose(parameters, inspected.form.formats, lambda offered: self._choose(request, offered))
            is_long = len(inspected.text) > _LONGEST_REWRITTEN and not inspected.is_plain
            if choice.is_safe or inspected.services or is_long or asks_for_words(inspected.text):
                return None
            client = self._client(peer, request.headers)
            self._lane.turns.note(client)
            known = {"base_iri": f"{self._state.base}sparql", "client": client, "is_disconnected": is_disconnected}
            begun = pool.begin(query_of(parameters, inspected, choice, **known))
        except RequestError:
            return None
        return Asked(self, request, begun, choice) if begun else None

    def _parameters(self, request: HTTPRequestParser) -> Parameters | None:
        """Read the parameters; None where there is no query, or anything beside it that the ordinary way has to look at."""
        parameters = parse(request.query, "query string")
        if request.command == "POST":
            kind, body = request.headers.get("CONTENT_TYPE"), request.get_body_stream()
            data = body.read()
            body.seek(0)
            if kind == FORM_TYPE:
                parameters += parse(data.decode("latin-1"), "body")
            elif kind == QUERY_TYPE:
                parameters += Parameters((("query", utf8(data, "body")),))
            else:
                return None
        names = {name for name, _ in parameters.pairs}
        return parameters if "query" in names and names <= _PARAMETERS else None

    def _choose(self, request: HTTPRequestParser, offered: tuple[Format, ...]) -> Choice:
        return _choice(request.headers.get("ACCEPT"), offered, self._settings.accept_ranges)

    def _client(self, peer: str, headers: Mapping[str, str]) -> str:
        return self._clients(peer, tuple(_forwarded(headers).items())) if self._settings.trusted_proxies else peer

    def _told_client(self, peer: str, forwarded: tuple[tuple[str, str], ...]) -> str:
        said = {f"HTTP_{name}": value for name, value in forwarded}
        environ: dict[str, Any] = {**said, "REMOTE_ADDR": peer, "SERVER_NAME": "", "SERVER_PORT": "", "wsgi.url_scheme": "http"}
        return b"".join(self._proxies(environ, _ignore)).decode()

    def finish(self, asked: Asked) -> bytes | None:
        """Do what `Asked` does."""
        if asked.order != self._state.engine.order:
            return None
        body, query = asked.begun.whole, asked.begun.query
        encoding = _encoding(asked.request.headers.get("ACCEPT_ENCODING"))
        if body is None or (encoding and len(body) > _MOST_PACKED):
            return None
        is_packed = bool(encoding) and len(body) >= compression.SMALLEST
        body = compression.packed(body, encoding) if is_packed else body
        tag = self._tag(asked) if repeatable(query) else ""
        shape = (asked.choice.content_type, encoding if is_packed else "", bool(tag), announced(query.inspected))
        template = self._templates(*shape, asked.request.command == "GET", asked.request.connection_close)
        before, after = (part.encode("latin-1") for part in (template % ((len(body), tag) if tag else len(body))).split(_DATE))
        seconds = time.monotonic() - asked.started
        self._counts.count(asked.request.command, _PATH, 200, seconds)
        known = KnownAnswer(asked.request.command, asked.order, before, after + body, _forwarded(asked.request.headers))
        if tag and asked.request.whole and not asked.request.connection_close:
            self._known.put(asked.request.whole, known)
        return known.dated(_date(int(time.time())))

    def _tag(self, asked: Asked) -> str:
        return tag_of(self._release.hash, asked.begun.query, asked.choice, self._settings.result_bytes, asked.order)

    def _template(self, content_type: str, coding: str, is_tagged: bool, said: Sequence[str], is_get: bool, closes: bool) -> str:
        """Write a head in which the length of the body, the date and, where there is one, the tag are left open."""
        headers = {name: value.replace("%", "%%") for name, value in self._always.items()}
        headers |= {"Content-Type": content_type, "Content-Length": "%d", "Date": _DATE}
        headers["Cache-Control"] = Lifetime.MINUTES if is_tagged else Lifetime.NONE
        if is_tagged:
            headers["Etag"] = f'"%s{f"-{coding}" if coding else ""}"'
        if coding:
            headers["Content-Encoding"] = coding
        if said:
            headers["Allegata-Departures"] = ", ".join(said)
        if is_get:
            headers |= {name: value.replace("%", "%%") for name, value in self._links.items()}
        if closes:
            headers["Connection"] = "close"
        return "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in sorted(headers.items())) + "\r\n"


def _forwarded(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers by which a proxy tells one client from another."""
    return {name: value for name, value in headers.items() if name.startswith("X_FORWARDED_")}


@lru_cache(2)
def _date(second: int) -> str:
    return str(build_http_date(second))


def _peer(environ: WSGIEnvironment, _start: StartResponse) -> Iterable[bytes]:
    return (environ["REMOTE_ADDR"].encode(),)


def _ignore(*_arguments: Any) -> Any:
    """Take the head of an answer that there is none of."""

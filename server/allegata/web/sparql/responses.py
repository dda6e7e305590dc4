"""Turns a query and the choice of a format into a response: tagged, kept for asking again, streamed, cut only with notice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from flask import Response, request
from werkzeug.wsgi import wrap_file

from allegata.budget import Budget
from allegata.engine import Answer, Query, announced, repeatable
from allegata.errors import NotAcceptable
from allegata.model.formats import Choice, Format, by_word
from allegata.release.handle import Release
from allegata.web.http.csv_tables import guard, safe_choice
from allegata.web.http.parameters import Parameters
from allegata.web.http.shares import client, lane
from allegata.web.http.views import Lifetime
from allegata.web.http.waitress_tasks import BEGUN, HANG_UP, WHEN_SENT
from allegata.web.http.whole import COUNT
from allegata.web.state import state

_PIECE: Final = 256 * 1024


def respond(release: Release, query: Query, choice: Choice, *, bound: bool) -> Response:
    """Answer a query on a release, or say that the client has the answer; `bound`: the address names the release."""
    most, order = state().settings.result_bytes, state().engines.order(release)
    tag = tag_of(release.hash, query, choice, most, order) if repeatable(query) else ""
    if tag and request.if_none_match.contains_weak(tag):
        return _headed(Response(status=304), tag, release, bound)
    asked = request.environ.pop(BEGUN, None)
    answer = asked.begun.answer() if asked else state().engines.answer(release, query)
    tag = tag if order == state().engines.order(release) else ""
    response = _response(answer, choice)
    if answer.truncated:
        response.headers["Allegata-Truncated"] = f"true; limit=result_bytes; allowed={most}"
    if answer.engine:
        response.headers["Allegata-Engine"] = answer.engine
    elif names := announced(query.inspected):
        response.headers["Allegata-Departures"] = ", ".join(names)
    if answer.missing:
        response.headers["Allegata-Missing"] = ", ".join(f"<{address}>" for address in answer.missing)
    return _headed(response, tag, release, bound)


def _response(answer: Answer, choice: Choice) -> Response:
    if choice.is_safe:
        response = Response(_guarded(answer), content_type=choice.content_type)
    elif answer.file is not None:
        # The server sends a file by itself: no thread waits for a client that reads slowly.
        file = answer.file()
        file.seek(0)
        response = Response(wrap_file(request.environ, file, _PIECE), content_type=choice.content_type)
        response.direct_passthrough = True
    elif answer.length is not None:
        response = Response(b"".join(answer.chunks), content_type=choice.content_type)
    else:
        response = Response(_passed(answer), content_type=choice.content_type)
    # What is read of a long answer is in the server's hands before it is with the client: until then its bytes count as unread.
    is_long = answer.length is None or answer.file is not None
    if when_sent := request.environ.get(WHEN_SENT) if is_long else None:
        when_sent(answer.close)
    else:
        response.call_on_close(answer.close)
    if is_long and answer.unread:
        request.environ[COUNT] = answer.unread.add
        if hang_up := request.environ.get(HANG_UP):
            answer.unread.when_ended(hang_up)
    if answer.length is not None and not choice.is_safe:
        response.content_length = answer.length
    return response


def _guarded(answer: Answer) -> Iterator[bytes]:
    """Yield CSV that is safe for spreadsheets; reading and writing it again is work of the client's, with a budget of its own."""
    budget = Budget(state().settings.work_timeout, lane(), client(), request.environ.get("waitress.client_disconnected"))
    return guard(_passed(answer), state().settings.result_bytes, budget)


def _passed(answer: Answer) -> Iterator[bytes]:
    """Yield the chunks of an answer; who ends before the last does not close it by that."""
    yield from (chunk for chunk in answer.chunks)


def tag_of(release: str, query: Query, choice: Choice, most: int, order: str) -> str:
    """Make a strong tag: a release never changes, so the answer is a function of release, query, dataset, type and order."""
    graphs = (*query.default_graphs, "\0", *query.named_graphs)
    parts = (release, query.text, *graphs, "\0", choice.content_type, str(choice.is_safe), str(most), order)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _headed(response: Response, tag: str, release: Release, bound: bool) -> Response:
    if not tag:
        response.headers["Cache-Control"] = Lifetime.NONE
    else:
        # What the address of a release gives never changes, but can be withdrawn: it is not immutable (RFC 8246).
        response.headers["Cache-Control"] = Lifetime.DAY if bound else Lifetime.MINUTES
    if tag:
        # Engines behind the service give rows without ORDER BY in any order.
        response.set_etag(tag, weak=bool(state().settings.engine))
    response.headers["Allegata-Release"] = release.version
    return response


def choose(parameters: Parameters, offered: tuple[Format, ...], accept: Callable[[tuple[Format, ...]], Choice]) -> Choice:
    """Choose the format, by word or as `accept` does by the header.

    SPARQLWrapper sends several words for one format, of which a server may know only one: the first that is known counts.
    """
    words = [word for name in ("format", "output", "results") for word in parameters.all(name) if word]
    if safe := next(filter(None, (safe_choice(word, offered) for word in words)), None):
        return safe
    for word in words:
        with suppress(NotAcceptable):
            return by_word(word, offered)
    if words:
        return by_word(words[0], offered)
    return accept(offered)

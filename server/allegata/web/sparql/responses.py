"""Turns a query and the choice of a format into a response: tagged, kept for asking again, streamed, cut only with notice."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Final

from flask import Response, request
from werkzeug.wsgi import wrap_file

from allegata.engine import Answer, Query, departures, repeatable
from allegata.errors import NotAcceptable
from allegata.model.formats import CSV_RESULTS, Choice, Format, by_word
from allegata.release.handle import Release
from allegata.web.http.parameters import Parameters
from allegata.web.http.views import Lifetime
from allegata.web.http.waitress_tasks import BEGUN
from allegata.web.state import state

#: The word for CSV that a spreadsheet takes as text: a cell that would be a formula begins with an apostrophe.
SAFE_CSV: Final = "csv-safe"
_PIECE: Final = 256 * 1024
_FORMULA: Final = re.compile(r"[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")


def respond(release: Release, query: Query, choice: Choice, *, safe: bool, bound: bool) -> Response:
    """Answer a query on a release, or say that the client has the answer; `bound`: the address names the release."""
    most, order = state().settings.result_bytes, state().engines.order(release)
    tag = tag_of(release.hash, query, choice, most, order, safe=safe) if repeatable(query) else ""
    if tag and request.if_none_match.contains_weak(tag):
        return _headed(Response(status=304), tag, release, bound)
    asked = request.environ.pop(BEGUN, None)
    answer = asked.begun.answer() if asked else state().engines.answer(release, query)
    tag = tag if order == state().engines.order(release) else ""
    response = _response(answer, choice, safe)
    if answer.truncated:
        response.headers["Allegata-Truncated"] = f"true; limit=result_bytes; allowed={most}"
    if answer.engine:
        response.headers["Allegata-Engine"] = answer.engine
    elif departures(query.text):
        response.headers["Allegata-Departures"] = ", ".join(departures(query.text))
    if answer.missing:
        response.headers["Allegata-Missing"] = ", ".join(f"<{address}>" for address in answer.missing)
    return _headed(response, tag, release, bound)


def _response(answer: Answer, choice: Choice, safe: bool) -> Response:
    if safe:
        response = Response(_guarded(_Chunks(answer), state().settings.result_bytes), content_type=choice.content_type)
    elif answer.file is not None:
        # The server sends a file by itself: no thread waits for a client that reads slowly.
        file = answer.file()
        file.seek(0)
        response = Response(wrap_file(request.environ, file, _PIECE), content_type=choice.content_type)
        response.direct_passthrough = True
        answer.close()
    elif answer.length is not None:
        response = Response(b"".join(answer.chunks), content_type=choice.content_type)
    else:
        response = Response(_Chunks(answer), content_type=choice.content_type)
    response.call_on_close(answer.close)
    if answer.length is not None and not safe:
        response.content_length = answer.length
    return response


class _Chunks(Iterator[bytes]):
    """The chunks of an answer as an iterable that the server closes."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._chunks = iter(answer.chunks)

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        """Let go of the answer, read or not."""
        self._answer.close()


def tag_of(release: str, query: Query, choice: Choice, most: int, order: str, *, safe: bool = False) -> str:
    """Make a strong tag: a release never changes, so the answer is a function of release, query, dataset, type and order."""
    graphs = (*query.default_graphs, "\0", *query.named_graphs)
    parts = (release, query.text, *graphs, "\0", choice.content_type, str(safe), str(most), order)
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


def choose(
    parameters: Parameters, offered: tuple[Format, ...], accept: Callable[[tuple[Format, ...]], Choice]
) -> tuple[Choice, bool]:
    """Choose the format, by word or as `accept` does by the header, and say whether CSV is to be safe for spreadsheets.

    SPARQLWrapper sends several words for one format, of which a server may know only one: the first that is known counts.
    """
    words = [word for name in ("format", "output", "results") for word in parameters.all(name) if word]
    if SAFE_CSV in words and CSV_RESULTS in offered:
        return Choice(CSV_RESULTS, CSV_RESULTS.content_type), True
    for word in words:
        with suppress(NotAcceptable):
            return by_word(word, offered), False
    if words:
        return by_word(words[0], offered), False
    return accept(offered), False


def _guarded(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Pass CSV on with an apostrophe before each cell that a spreadsheet would take for a formula and that is no number."""
    csv.field_size_limit(max(csv.field_size_limit(), 2 * most))  # the answer bounds its cells; it may pass its limit by a row
    lines = io.TextIOWrapper(io.BufferedReader(_Reader(chunks)), "utf-8", newline="")
    for row in csv.reader(lines):
        out = io.StringIO(newline="")
        csv.writer(out).writerow([_safe(cell) for cell in row])
        yield out.getvalue().encode()


def _safe(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.match(cell) else cell


class _Reader(io.RawIOBase):
    """Chunks as a file."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        self._rest = self._rest or next(self._chunks, b"")
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

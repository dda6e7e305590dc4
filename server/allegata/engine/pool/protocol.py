"""The messages between the pool and a worker: framed blocks one way, a query as JSON the other way."""

from __future__ import annotations

import json
import socket
import struct
from typing import IO, Final, NamedTuple

from allegata import errors
from allegata.engine.gate.rewriting import Rewritten
from allegata.engine.gate.shapes import rewritten_ahead
from allegata.engine.query import Form, Inspected, Query
from allegata.errors import RequestError
from allegata.model.formats import BINDING_FORMATS, GRAPH_FORMATS

# Kinds of frames. A worker sends READY once, and STARTED before the first answer of each of its threads; for each query ANSWER
# or FAILURE, or BLOCKs that END or FAILURE closes.
READY, STARTED, ANSWER, BLOCK, END, FAILURE, QUERY = b"R", b"S", b"A", b"B", b"Z", b"F", b"Q"
BLOCK_BYTES: Final = 256 * 1024
_HEAD: Final = struct.Struct("!c??I")
_FORMATS: Final = {form.media_type: form for form in (*BINDING_FORMATS, *GRAPH_FORMATS)}


class Frame(NamedTuple):
    """A frame: its kind, whether the worker leaves after it, whether it ends an answer that was cut, and what it carries."""

    kind: bytes
    leaving: bool
    truncated: bool
    data: bytes


def pack(kind: bytes, data: bytes = b"", *, leaving: bool = False, truncated: bool = False) -> bytes:
    """Return a frame as bytes."""
    return _HEAD.pack(kind, leaving, truncated, len(data)) + data


def read(stream: IO[bytes]) -> Frame | None:
    """Read the next frame; None when the other side is gone, also in the midst of a frame."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, leaving, truncated, length = _HEAD.unpack(head)
    data = stream.read(length)
    return Frame(kind, leaving, truncated, data) if len(data) == length else None


class Start(NamedTuple):
    """How a worker starts a query: at the lowest priority or not, in a thread that no request meets which was for another."""

    nice: bool = False
    afresh: bool = False


class Incoming:
    """A frame that is on its way; nothing is read beyond its end."""

    def __init__(self) -> None:
        self._data = b""

    def read(self, channel: socket.socket) -> Frame | None:
        """Read on without waiting; None when the other side is gone. Raises BlockingIOError as long as the frame is not whole."""
        while len(self._data) < (size := self._size()):
            piece = channel.recv(size - len(self._data), socket.MSG_DONTWAIT)
            if not piece:
                return None
            self._data += piece
        data, self._data = self._data, b""
        kind, leaving, truncated, _ = _HEAD.unpack_from(data)
        return Frame(kind, leaving, truncated, data[_HEAD.size :])

    def _size(self) -> int:
        known = len(self._data) >= _HEAD.size
        return _HEAD.size + int(_HEAD.unpack_from(self._data)[3]) if known else _HEAD.size


def pack_query(query: Query, start: Start) -> bytes:
    """Return a query, and how it is to start, as a frame."""
    seen = query.inspected
    ahead = Rewritten(seen.text) if seen.is_plain else rewritten_ahead(seen.text)
    body = {
        "inspected": [seen.text, seen.form.value, seen.prologue, seen.dataset],
        "format": query.format.media_type,
        "base": query.base_iri,
        "default": query.default_graphs,
        "named": query.named_graphs,
        "start": start,
        "rewritten": ahead and [ahead.text, ahead.departures, list(ahead.functions)],
    }
    return pack(QUERY, json.dumps(body).encode())


def unpack_query(data: bytes) -> tuple[Query, Start, Rewritten | None]:
    """Read a query from what its frame carries, how it is to start, and what it was rewritten to where that is known."""
    body = json.loads(data)
    text, form, prologue, dataset = body["inspected"]
    seen = Inspected(text, Form(form), prologue, tuple((bool(named), str(name)) for named, name in dataset))
    query = Query(seen, _FORMATS[body["format"]], body["base"], tuple(body["default"]), tuple(body["named"]))
    ahead = body["rewritten"]
    return query, Start(*body["start"]), ahead and Rewritten(ahead[0], tuple(ahead[1]), frozenset(ahead[2]))


def pack_start(thread: int) -> bytes:
    """Return the number of the thread that answers a query as a frame."""
    return pack(STARTED, thread.to_bytes(8))


def unpack_start(data: bytes) -> int:
    """Read the number of a thread from what its frame carries."""
    return int.from_bytes(data)


def pack_error(error: RequestError, *, leaving: bool = False) -> bytes:
    """Return an error as a frame."""
    body = {"type": type(error).__name__, "message": error.message, "remedy": error.remedy, "members": dict(error.members)}
    return pack(FAILURE, json.dumps(body).encode(), leaving=leaving)


def unpack_error(data: bytes) -> RequestError:
    """Read an error from what its frame carries; an unknown type is a QueryFailed."""
    body = json.loads(data)
    kind = getattr(errors, body["type"], errors.QueryFailed)
    error = kind(body["message"], remedy=body["remedy"], **body["members"])
    return error if isinstance(error, RequestError) else errors.QueryFailed(body["message"])

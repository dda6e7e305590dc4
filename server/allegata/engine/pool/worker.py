"""A worker: one process that answers one query at a time, and that may be killed at any moment."""

from __future__ import annotations

import os
import resource
import signal
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Final, NoReturn, Protocol, cast

from allegata.engine.gate.rewriting import Rewritten
from allegata.engine.pool import protocol
from allegata.engine.pool.sandbox import cap_memory, die_with_parent, drop_network, lower_priority
from allegata.engine.pool.store import Embedded
from allegata.engine.pool.truncation import cut_rows, graph_note
from allegata.engine.pool.writing import OutputLimitReached
from allegata.engine.query import Query
from allegata.errors import LimitExceeded, QueryOutOfMemory, RequestError
from allegata.model.formats import BINDING_FORMATS

# Parsers recurse on nested queries: 8 MiB end the process at 2,500 braces, this much stack does not.
_STACK_BYTES: Final = 256 * 1024 * 1024
_KIB: Final = 1024
_PAUSE: Final = 0.001


@dataclass(frozen=True)
class Limits:
    """What one query may take: bytes of memory and bytes of answer."""

    query_memory: int
    result_bytes: int


def run(channel: socket.socket, store: Embedded, limits: Limits, parent: int) -> NoReturn:
    """Serve queries from a channel until it closes; the process ends here."""
    die_with_parent(parent)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.stack_size(_STACK_BYTES)
    stream = cast(IO[bytes], channel.makefile("rb", buffering=protocol.BLOCK_BYTES))
    cap_memory(limits.query_memory + _STACK_BYTES)
    drop_network(keep_files=not store.in_memory)
    channel.sendall(protocol.pack(protocol.READY))
    _Serving(channel, stream, store, limits).run()
    os._exit(0)


class _Serving:
    """Answers the queries of a channel in a thread with a large stack; where one got the lowest priority, another follows it.

    No thread may raise its priority again, and a request to lower it that comes too late must not meet the next query.
    """

    def __init__(self, channel: socket.socket, stream: IO[bytes], store: Embedded, limits: Limits) -> None:
        self._channel = channel
        self._stream = stream
        self._store = store
        self._limits = limits
        self._at_rest = _peak()
        self._next: protocol.Frame | None = None

    def run(self) -> None:
        """Answer queries until the channel closes."""
        while self._next or (frame := protocol.read(self._stream)):
            self._next = self._next or frame
            thread = threading.Thread(target=self._answer_several)
            thread.start()
            thread.join()
            _outlive(thread)

    def _answer_several(self) -> None:
        self._channel.sendall(protocol.pack_start(threading.get_native_id()))
        is_first = True
        while self._next:
            query, start, ahead = protocol.unpack_query(self._next.data)
            if start.afresh and not is_first:
                return
            self._answer(query, ahead, nice=start.nice)
            self._next, is_first = None, False
            if os.sched_getscheduler(0) == os.SCHED_IDLE:
                return
            self._next = protocol.read(self._stream)

    def _answer(self, query: Query, ahead: Rewritten | None, *, nice: bool) -> None:
        if nice:
            lower_priority()
        most = self._limits.query_memory
        out = Blocks(self._channel, query, self._limits.result_bytes)
        try:
            with suppress(OutputLimitReached):
                self._store.answer(query, out, out.full, ahead)
            message = out.last(leaving=_peak() - self._at_rest > most // 8)
        except MemoryError:
            message = protocol.pack_error(out_of_memory(most), leaving=True)
        except RequestError as error:
            message = protocol.pack_error(error, leaving=_peak() - self._at_rest > most // 8)
        self._channel.sendall(message)


def _outlive(thread: threading.Thread) -> None:
    """Wait until a thread that is over has left the system, too: until then its stack counts as memory of the next query."""
    with suppress(ProcessLookupError):
        while True:
            os.sched_getscheduler(thread.native_id or 0)
            time.sleep(_PAUSE)


def out_of_memory(allowed: int) -> QueryOutOfMemory:
    """Make the error of a query that reached its memory limit."""
    return QueryOutOfMemory(
        f"The query reached its memory limit of {allowed >> 20} MiB and was ended.",
        remedy="Ask for less at once: add LIMIT, or group before joining.",
        limit="query_memory",
        allowed=allowed,
    )


def _peak() -> int:
    """Return the most memory that this process ever had; what a big query leaves behind would count against the next."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB


class Channel(Protocol):
    """Where frames go: a socket, or what stands for one."""

    def sendall(self, data: bytes, /) -> None:
        """Take a frame."""


class Blocks:
    """Gathers what the serialiser writes into blocks, and cuts an answer that reaches the limit.

    A block is held until it is full, so that a failure or a cut in the first one is known before anything is sent;
    the last before the limit is held to the end, so that a row to cut behind is at hand.
    """

    def __init__(self, channel: Channel, query: Query, limit: int) -> None:
        self._channel = channel
        self._form = query.format
        self._limit = limit
        self._total = 0
        self._quotes = 0
        #: Whether anything is out, so that another beginning is not possible any more.
        self.sent = False
        self._held: list[bytes] = []
        self._size = 0
        self._cut = False

    def full(self) -> bool:
        """Return whether the limit is reached; a graph ends by this, and says so itself."""
        self._cut = self._cut or self._total >= self._limit
        return self._cut

    def write(self, data: bytes) -> int:
        """Take bytes of the answer; raise Enough when bindings are cut, LimitExceeded where there is no place to cut them."""
        self._total += len(data)
        self._held.append(data)
        self._size += len(data)
        if self._total > self._limit and self._form in BINDING_FORMATS:
            self._cut_rows()
        if self._size >= protocol.BLOCK_BYTES and self._total + protocol.BLOCK_BYTES <= self._limit:
            self._send()
        return len(data)

    def _cut_rows(self) -> None:
        held = b"".join(self._held)
        kept = cut_rows(held[: self._limit - self._total], self._form, self._limit, self._quotes)
        if kept is None:
            raise over_the_limit(self._limit)
        self._held, self._cut = [kept], True
        raise OutputLimitReached

    def _send(self) -> None:
        block = b"".join(self._held)
        self._quotes += block.count(b'"')
        self._channel.sendall(protocol.pack(protocol.BLOCK, block))
        self.sent, self._held, self._size = True, [], 0

    def last(self, *, leaving: bool) -> bytes:
        """Return the last frame: the whole answer, or the end of a longer one."""
        if self._cut and self._form not in BINDING_FORMATS:
            self._held.append(graph_note(self._form, self._limit))
        kind = protocol.END if self.sent else protocol.ANSWER
        return protocol.pack(kind, b"".join(self._held), leaving=leaving, truncated=self._cut)


def over_the_limit(allowed: int) -> LimitExceeded:
    """Make the error of an answer that is over the limit and cannot be cut."""
    return LimitExceeded(
        f"The answer has over {allowed} bytes.", remedy="Add LIMIT, or load a dump.", limit="result_bytes", allowed=allowed
    )

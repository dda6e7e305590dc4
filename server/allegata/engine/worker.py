"""A worker: one process that answers one query at a time, and that may be killed at any moment."""

from __future__ import annotations

import os
import resource
import signal
import socket
import threading
from dataclasses import dataclass
from typing import IO, Final, NoReturn, cast

from allegata.engine import framing
from allegata.engine.confinement import cap_memory, die_with, drop_network
from allegata.engine.embedded import Embedded
from allegata.errors import LimitExceeded, QueryOutOfMemory, RequestError

# Parsers recurse on nested queries: 8 MiB end the process at 2,500 braces, this much stack does not.
_STACK_BYTES: Final = 256 * 1024 * 1024
_KIB: Final = 1024


@dataclass(frozen=True)
class Limits:
    """What one query may take: bytes of memory and bytes of answer."""

    query_memory: int
    result_bytes: int


def run(channel: socket.socket, store: Embedded, limits: Limits, parent: int) -> NoReturn:
    """Serve queries from a channel until it closes; the process ends here."""
    die_with(parent)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.stack_size(_STACK_BYTES)
    thread = threading.Thread(target=_confined, args=(channel, store, limits))
    thread.start()
    thread.join()
    os._exit(0)


def _confined(channel: socket.socket, store: Embedded, limits: Limits) -> None:
    stream = cast(IO[bytes], channel.makefile("rb", buffering=framing.BLOCK_BYTES))
    cap_memory(limits.query_memory)
    drop_network(keep_files=not store.in_memory)
    channel.sendall(framing.pack(framing.READY))
    _serve(channel, stream, store, limits)


def _serve(channel: socket.socket, stream: IO[bytes], store: Embedded, limits: Limits) -> None:
    at_rest = _peak()
    while frame := framing.read(stream):
        out = _Blocks(channel, limits.result_bytes)
        try:
            store.answer(framing.unpack_query(frame.data), out)
            last, data = out.last()
            message = framing.pack(last, data, leaving=_peak() - at_rest > limits.query_memory // 8)
        except MemoryError:
            allowed = limits.query_memory
            message = framing.pack_error(out_of_memory(allowed), leaving=True)
        except RequestError as error:
            message = framing.pack_error(error, leaving=_peak() - at_rest > limits.query_memory // 8)
        channel.sendall(message)


def out_of_memory(allowed: int) -> QueryOutOfMemory:
    """Make the error of a query that reached its memory limit."""
    return QueryOutOfMemory(
        f"The query reached its memory limit of {allowed >> 20} MiB and was ended.",
        remedy="Ask for less at once: add LIMIT, or group before joining.",
        limit="query_memory",
        allowed=allowed,
    )


def _peak() -> int:
    """Give the most memory that this process ever had; what a big query leaves behind would count against the next."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB


class _Blocks:
    """Gathers what the serialiser writes into blocks; the first is held until it is full, so that a late failure is honest."""

    def __init__(self, channel: socket.socket, limit: int) -> None:
        self._channel = channel
        self._limit = limit
        self._total = 0
        self._sent = False
        self._held: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> int:
        """Take bytes of the answer; raise LimitExceeded when they are over the limit."""
        self._total += len(data)
        if self._total > self._limit:
            raise LimitExceeded(
                f"The answer has over {self._limit} bytes.",
                remedy="Add LIMIT, or load a dump.",
                limit="result_bytes",
                allowed=self._limit,
            )
        self._held.append(data)
        self._size += len(data)
        if self._size >= framing.BLOCK_BYTES:
            self._channel.sendall(framing.pack(framing.BLOCK, b"".join(self._held)))
            self._sent, self._held, self._size = True, [], 0
        return len(data)

    def last(self) -> tuple[bytes, bytes]:
        """Give the kind and the bytes of the last frame: the whole answer, or the end of a longer one."""
        return framing.END if self._sent else framing.ANSWER, b"".join(self._held)

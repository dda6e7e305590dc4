"""The pool's side of the forkserver: starts it, asks it for workers, and learns how they ended."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final, cast

from allegata.engine.pool import protocol
from allegata.engine.pool.worker import out_of_memory
from allegata.engine.query import Query
from allegata.errors import QueryFailed, ReleaseError, RequestError
from allegata.settings import Settings

_MESSAGE_BYTES: Final = 65536
_PATIENCE: Final = 5.0
_PAUSE: Final = 0.01
_OUT_OF_MEMORY: Final = ("memory allocation of", "MemoryError")


class ForkServerGone(Exception):
    """The forkserver has ended; with it every worker has."""


class WorkerGone(Exception):
    """A worker had ended before it was asked."""


class Worker:
    """A worker as the pool sees it: a process that takes a query and sends frames until it is ended."""

    def __init__(self, forkserver: ForkServerProcess, pid: int, channel: socket.socket) -> None:
        self.forkserver = forkserver
        self.pid = pid
        self._channel = channel
        self._thread = 0
        self._nice = self._started_nice = False
        self._incoming = protocol.Incoming()
        self._stream = cast(IO[bytes], channel.makefile("rb", buffering=protocol.BLOCK_BYTES))

    def ask(self, query: Query, *, nice: bool) -> protocol.Frame | None:
        """Send a query, at the lowest priority or not, and wait for the first frame; None when the worker ended over it.

        Raises WorkerGone where it ended without having read the query: the system then resets the connection.
        """
        try:
            self.send(query, nice=nice)
            frame = protocol.read(self._stream)
            while frame and frame.kind == protocol.STARTED:
                self._began(frame)
                frame = protocol.read(self._stream)
            return frame
        except ConnectionError:
            raise WorkerGone from None

    def send(self, query: Query, *, nice: bool) -> None:
        """Send a query; after one that had the lowest priority, another thread answers, which says its number first."""
        start = protocol.Start(nice, afresh=self._nice)
        if self._nice or self._started_nice:
            self._thread = 0
        self._nice, self._started_nice = False, nice
        self._channel.sendall(protocol.pack_query(query, start))

    def _began(self, frame: protocol.Frame) -> None:
        self._thread = protocol.unpack_start(frame.data)
        if self._nice:
            self.tell("nice")

    def fileno(self) -> int:
        """Return the number of the channel's file, which can be read from when there is something to `receive`."""
        return self._channel.fileno()

    def receive(self) -> protocol.Frame | None:
        """Return the first frame without waiting, None when the worker has ended; raise BlockingIOError while it is not there."""
        try:
            while (frame := self._incoming.read(self._channel)) and frame.kind == protocol.STARTED:
                self._began(frame)
            return frame
        except ConnectionError:
            return None

    def read(self) -> protocol.Frame | None:
        """Wait for the next frame; None when the worker has ended."""
        try:
            return protocol.read(self._stream)
        except ConnectionError:
            return None

    def waits(self) -> bool:
        """Return whether the idle worker is still there: one that has ended makes its channel readable."""
        try:
            self._channel.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def tell(self, verb: str) -> None:
        """Have the forkserver kill, stop, continue or nice the worker; who reads from one that is killed waits no longer."""
        self._nice = self._nice or verb == "nice"
        if verb != "nice" or self._thread:
            self.forkserver.tell(verb, self.pid, self._thread)
        if verb == "kill":
            with suppress(OSError):
                self._channel.shutdown(socket.SHUT_RDWR)

    def used(self) -> float:
        """Return the processor time that the worker has used, in seconds (Linux, clock_getcpuclockid(3)); 0 when it is gone."""
        try:
            return time.clock_gettime(~self.pid << 3 | 2)
        except OSError:
            return 0.0

    def close(self) -> None:
        """Hang up; an idle worker then ends by itself."""
        self._stream.close()
        self._channel.close()

    def end(self, allowed: int) -> RequestError:
        """End the worker, wait for that, and give the error that its death means for the query it was working on."""
        self.close()
        try:
            while (ending := self.forkserver.end([self.pid])[0]) is None:
                time.sleep(_PAUSE)
        except ForkServerGone:
            return QueryFailed("The engine ended while the query was under way.", remedy="Ask again.")
        if any(words in ending["note"] for words in _OUT_OF_MEMORY):
            return out_of_memory(allowed)
        return _failure(ending["signal"])


def _failure(number: int) -> QueryFailed:
    """Tell a death by the query's fault (the stack is used up, the engine aborts) from one by somebody else's hand."""
    if number == signal.SIGKILL:
        return QueryFailed("The worker was killed while the query was under way.", remedy="Ask again.")
    how = "ran out of stack" if number == signal.SIGSEGV else "gave up"
    return QueryFailed(f"The engine {how} over the query.", remedy="Ask a simpler question.")


class ForkServerProcess:
    """One forkserver process with its socket; `workers` counts those of its workers that have not ended."""

    def __init__(self, release: Path, settings: Settings, memory_store: int) -> None:
        """Start the forkserver: it opens the release in memory where its N-Quads have at most that many bytes."""
        self.memory_store = memory_store
        self.workers, self.in_memory = 0, False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._turn = threading.Lock()
        command = [sys.executable, "-m", "allegata.engine.pool.forkserver", str(theirs.fileno())]
        self._process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, process_group=0
        )
        theirs.close()
        limits = {name: getattr(settings, name) for name in ("query_memory", "result_bytes")}
        self._send({"release": str(release.resolve()), "memory_store": memory_store, **limits})

    def opened(self, release: Path) -> None:
        """Wait until the forkserver has opened the release; raise ReleaseError where it cannot."""
        try:
            answer = self._control.recv(_MESSAGE_BYTES)
        except OSError:
            answer = b""
        told: dict[str, Any] = (
            json.loads(answer) if answer else {"error": f"{release}: the forkserver ended while it opened the release."}
        )
        if "error" in told:
            self.close()
            raise ReleaseError(told["error"])
        self.in_memory = told["in_memory"]

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Return whether the process runs."""
        return self._process.poll() is None

    def fork(self) -> Worker:
        """Get a fresh worker that is ready; raise ForkServerGone, or ReleaseError where workers cannot serve."""
        with self._turn:
            self._send({"do": "fork"})
            try:
                data, fds, _, _ = socket.recv_fds(self._control, _MESSAGE_BYTES, 1, socket.MSG_CMSG_CLOEXEC)
            except OSError:
                raise ForkServerGone from None
        if not data:
            raise ForkServerGone
        worker = Worker(self, json.loads(data)["pid"], socket.socket(fileno=fds[0]))
        with self._turn:
            self.workers += 1
        ready = worker.read()
        if ready is None or ready.kind != protocol.READY:
            raise ReleaseError(f"A worker cannot serve: {worker.end(0)}")
        return worker

    def end(self, pids: list[int]) -> list[dict[str, Any] | None]:
        """End workers without waiting: give how each ended, or None as long as it is dying; raise ForkServerGone."""
        with self._turn:
            self._send({"do": "end", "pids": pids})
            try:
                data = self._control.recv(_MESSAGE_BYTES)
            except OSError:
                raise ForkServerGone from None
        if not data:
            raise ForkServerGone
        endings: list[dict[str, Any] | None] = json.loads(data)
        with self._turn:
            self.workers -= sum(ending is not None for ending in endings)
        return endings

    def tell(self, verb: str, pid: int, thread: int) -> None:
        """Send a request that is not answered; one that comes too late does nothing."""
        try:
            self._send({"do": verb, "pid": pid, "thread": thread})
        except ForkServerGone:
            return

    def close(self) -> None:
        """End the forkserver, and by that every worker."""
        self._control.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """End a forkserver that may be at work, without waiting for what it does."""
        self._process.kill()
        self._process.wait()
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        self._control.close()

    def _send(self, message: dict[str, Any]) -> None:
        try:
            self._control.send(json.dumps(message).encode())
        except OSError:
            raise ForkServerGone from None

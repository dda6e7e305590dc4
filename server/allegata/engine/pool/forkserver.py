"""The forkserver: a process of its own that opens a release once and forks workers, which share its memory.

It is started with a fresh interpreter, so that the threads of a web process never meet a fork, and it speaks over one
socket: JSON requests, each `{"do": …}`, where `fork` and `end` are answered and signals are not. It ends when that socket closes.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

from allegata.engine.pool.sandbox import lower_priority
from allegata.engine.pool.store import Embedded, fits_memory, open_release
from allegata.engine.pool.worker import Limits, run
from allegata.errors import AllegataError

_MESSAGE_BYTES: Final = 65536
_NOTE_BYTES: Final = 1024
# How long a worker that has ended is left unburied.
_REST_SECONDS: Final = 5.0


class ForkServer:
    """The state of the forkserver: the store, where it is in memory, and the living workers with what they wrote to stderr."""

    def __init__(self, control: socket.socket, release: Path, memory_store: int, limits: Limits) -> None:
        self._control = control
        self._release = release
        self._memory_store = memory_store
        self._limits = limits
        self._workers: dict[int, IO[bytes]] = {}
        self._store: Embedded | None = None
        self._dead: deque[tuple[float, int]] = deque()

    def open(self) -> None:
        """Load the release, where it goes into memory; a store on disk has threads, so each worker opens it after the fork."""
        if fits_memory(self._release, self._memory_store):
            self._store = open_release(self._release, self._memory_store)
        gc.collect()
        gc.freeze()

    @property
    def in_memory(self) -> bool:
        """Return whether the release is in memory."""
        return self._store is not None

    def serve(self) -> None:
        """Do what the pool asks until it is gone."""
        while message := self._next():
            request = json.loads(message)
            if request["do"] == "fork":
                self._fork()
            elif request["do"] == "end":
                self._control.send(json.dumps([self._end(pid) for pid in request["pids"]]).encode())
            elif request["pid"] in self._workers:
                _signal(request["do"], request["pid"], request["thread"])

    def _next(self) -> bytes:
        """Wait for the next request, and bury meanwhile; give nothing when the pool is gone."""
        while True:
            while self._dead and self._dead[0][0] <= time.monotonic():
                os.waitpid(self._dead.popleft()[1], 0)
            self._control.settimeout(_REST_SECONDS if self._dead else None)
            try:
                return self._control.recv(_MESSAGE_BYTES)
            except TimeoutError:
                continue
            finally:
                self._control.settimeout(None)

    def _fork(self) -> None:
        theirs, ours = socket.socketpair()
        note = os.fdopen(os.memfd_create("note"), "w+b")
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            theirs.close()
            self._become_worker(ours, note, parent)
        ours.close()
        self._workers[pid] = note
        socket.send_fds(self._control, [json.dumps({"pid": pid}).encode()], [theirs.fileno()])
        theirs.close()

    def _become_worker(self, channel: socket.socket, note: IO[bytes], parent: int) -> None:
        """Go on as a worker; whatever goes wrong here is told through the note."""
        try:
            os.dup2(note.fileno(), 2)
            self._control.close()
            run(channel, self._store or open_release(self._release, 0), self._limits, parent)
        finally:
            sys.excepthook(*sys.exc_info())
            os._exit(1)

    def _end(self, pid: int) -> dict[str, Any] | None:
        """End a worker if it has not ended by itself; say how it did and what it wrote last, or None where it is not over yet."""
        if pid not in self._workers:
            return {"signal": 0, "note": ""}
        os.kill(pid, signal.SIGKILL)
        status = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return self._ending(pid, status) if status else None

    def _ending(self, pid: int, status: os.waitid_result) -> dict[str, Any]:
        """Return how a worker ended; it is buried later.

        Its last thread may have the lowest priority and still be taking its entries away from /proc: until it gets a processor,
        the system spins in waitpid(2) over them, and nobody gets a worker.
        """
        self._dead.append((time.monotonic() + _REST_SECONDS, pid))
        with self._workers.pop(pid) as note:
            note.seek(0)
            words = note.read(_NOTE_BYTES).decode("utf-8", "replace")
        return {"signal": 0 if status.si_code == os.CLD_EXITED else status.si_status, "note": words}


def _signal(verb: str, pid: int, thread: int) -> None:
    """Act on a living worker: it is not reaped before `end`, so its number cannot belong to another process."""
    if verb == "nice":
        with suppress(OSError):
            lower_priority(thread)
    else:
        os.kill(pid, {"kill": signal.SIGKILL, "stop": signal.SIGSTOP, "continue": signal.SIGCONT}[verb])


def main(arguments: list[str]) -> None:
    """Run the forkserver on the socket whose number is the only argument; its first message holds the settings."""
    control = socket.socket(fileno=int(arguments[0]))
    control.set_inheritable(False)
    start = json.loads(control.recv(_MESSAGE_BYTES))
    limits = Limits(start["query_memory"], start["result_bytes"])
    forkserver = ForkServer(control, Path(start["release"]), start["memory_store"], limits)
    try:
        forkserver.open()
    except AllegataError as error:
        control.send(json.dumps({"error": str(error)}).encode())
        return
    # The pool may hang up in the midst of a request.
    with suppress(BrokenPipeError, ConnectionResetError):
        control.send(json.dumps({"in_memory": forkserver.in_memory}).encode())
        forkserver.serve()


if __name__ == "__main__":
    main(sys.argv[1:])

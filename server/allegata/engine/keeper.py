"""The keeper: a process of its own that opens a release once and forks workers, which share its memory.

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
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

from allegata.engine.embedded import Embedded, fits_memory, open_release
from allegata.engine.worker import Limits, run
from allegata.errors import AllegataError

_MESSAGE_BYTES: Final = 65536
_NOTE_BYTES: Final = 4096
_NICE: Final = 19


class Keeper:
    """The state of the keeper: the store, where it is in memory, and the living workers with what they wrote to stderr."""

    def __init__(self, control: socket.socket, release: Path, memory_store: int, limits: Limits) -> None:
        self._control = control
        self._release = release
        self._memory_store = memory_store
        self._limits = limits
        self._workers: dict[int, IO[bytes]] = {}
        self._store: Embedded | None = None

    def open(self) -> None:
        """Load the release, where it goes into memory; a store on disk has threads, so each worker opens it after the fork."""
        if fits_memory(self._release, self._memory_store):
            self._store = open_release(self._release, self._memory_store)
        gc.collect()
        gc.freeze()

    def serve(self) -> None:
        """Do what the pool asks until it is gone."""
        while message := self._control.recv(_MESSAGE_BYTES):
            request = json.loads(message)
            if request["do"] == "fork":
                self._fork()
            elif request["do"] == "end":
                self._end(request["pid"])
            elif request["pid"] in self._workers:
                _signal(request["do"], request["pid"])

    def _fork(self) -> None:
        theirs, ours = socket.socketpair()
        note = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the worker
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

    def _end(self, pid: int) -> None:
        """End a worker if it has not ended by itself; answer how it did and what it wrote last, or that it is not over yet."""
        note = self._workers.get(pid)
        ending: dict[str, Any] = {"signal": 0, "note": ""}
        if note:
            os.kill(pid, signal.SIGKILL)
            ended, status = os.waitpid(pid, os.WNOHANG)
            ending = self._ending(pid, status) if ended else {"pending": True}
        self._control.send(json.dumps(ending).encode())

    def _ending(self, pid: int, status: int) -> dict[str, Any]:
        with self._workers.pop(pid) as note:
            note.seek(0)
            words = note.read(_NOTE_BYTES).decode("utf-8", "replace")
        return {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, "note": words}


def _signal(verb: str, pid: int) -> None:
    """Act on a living worker: it is not reaped before `end`, so its number cannot belong to another process."""
    if verb == "nice":
        # Linux, setpriority(2): the priority belongs to a thread, and a worker's query runs beside its first one.
        with suppress(OSError):
            for thread in Path(f"/proc/{pid}/task").iterdir():
                os.setpriority(os.PRIO_PROCESS, int(thread.name), _NICE)
    else:
        os.kill(pid, {"kill": signal.SIGKILL, "stop": signal.SIGSTOP, "continue": signal.SIGCONT}[verb])


def main(arguments: list[str]) -> None:
    """Run the keeper on the socket whose number is the only argument; its first message holds the settings."""
    control = socket.socket(fileno=int(arguments[0]))
    control.set_inheritable(False)
    start = json.loads(control.recv(_MESSAGE_BYTES))
    limits = Limits(start["query_memory"], start["result_bytes"])
    keeper = Keeper(control, Path(start["release"]), start["memory_store"], limits)
    try:
        keeper.open()
    except AllegataError as error:
        control.send(json.dumps({"error": str(error)}).encode())
        return
    control.send(b"{}")
    keeper.serve()


if __name__ == "__main__":
    main(sys.argv[1:])

"""Does a piece of work in a process of its own while this one goes on, where that is safe, and else at once."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from allegata.errors import ReleaseError

Made = TypeVar("Made")
_PR_SET_PDEATHSIG: Final = 1


class BackgroundTask(Generic[Made]):
    """Work under way: enter it, do something else, and leaving waits for its end and raises what it raised.

    After that `result` is what the work gave. Work that is `threaded`, as by a store on disk, is done at once where any thread
    is about, also one that Python does not know: of those that such a store has once begun, a fork has none, and waits for them.
    """

    result: Made

    def __init__(self, work: Callable[[], Made], *, threaded: bool = False):
        self._work, self._threaded = work, threaded
        self._child: Any = None

    def __enter__(self) -> BackgroundTask[Made]:
        # A fork takes over one thread alone: with others about, a lock that one of them holds would never open again.
        if (
            "fork" not in multiprocessing.get_all_start_methods()
            or threading.active_count() > 1
            or (self._threaded and _threads() > 1)
        ):
            self.result = self._work()
            return self
        context = multiprocessing.get_context("fork")
        self._pipe, theirs = context.Pipe(duplex=False)
        self._child = context.Process(target=_run, args=(self._work, theirs, os.getpid()))
        with without_collector():
            self._child.start()
        theirs.close()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if self._child is None:
            return
        if kind is not None:
            self._child.kill()
        with self._pipe:
            try:
                error, made = self._pipe.recv()
            except EOFError:
                error, made = None, None
        self._child.join()
        if kind is not None:
            return
        if self._child.exitcode:
            raise ReleaseError(f"A process of the build ended with status {self._child.exitcode}.")
        if error is not None:
            raise error
        self.result = made


@contextmanager
def without_collector() -> Iterator[None]:
    """Let the collector of cycles rest, and in a child that is forked meanwhile for good.

    What others have it call may wait for threads of theirs, such as those of a Java machine, which a fork has not.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _threads() -> int:
    """Return how many threads this process has, as the system counts them (Linux, proc(5)); one where it does not say."""
    with suppress(OSError):
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    return 1


def _run(work: Callable[[], object], pipe: Connection, parent: int) -> None:
    """Work in the child, which ends when its parent is killed, and send what came of it."""
    with suppress(AttributeError):  # Linux, prctl(2)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    gc.callbacks.clear()
    try:
        pipe.send((None, work()))
    except BaseException as error:  # noqa: BLE001 - it is raised again in the parent
        pipe.send((error, None))

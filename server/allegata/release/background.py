"""Does a piece of work in a process of its own while this one goes on, where that is safe, and else at once."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from allegata.errors import ReleaseError

Made = TypeVar("Made")


class BackgroundTask(Generic[Made]):
    """Work under way: enter it, do something else, and leaving waits for its end and raises what it raised.

    After that `result` is what the work gave.
    """

    result: Made

    def __init__(self, work: Callable[[], Made]):
        self._work = work
        self._child = 0
        self._pipe = -1

    def __enter__(self) -> BackgroundTask[Made]:
        # A fork takes over one thread alone: with others about, a lock that one of them holds would never open again.
        if not hasattr(os, "fork") or threading.active_count() > 1:
            self.result = self._work()
            return self
        self._pipe, theirs = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            _run(self._work, theirs)
        os.close(theirs)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if not self._child:
            return
        if kind is not None:
            os.kill(self._child, signal.SIGKILL)
        with os.fdopen(self._pipe, "rb") as pipe:
            word = pipe.read()
        _, status = os.waitpid(self._child, 0)
        if kind is not None:
            return
        if not word:
            raise ReleaseError(f"A process of the build ended with status {os.waitstatus_to_exitcode(status)}.")
        error, made = pickle.loads(word)  # noqa: S301 - it comes from our own child
        if error is not None:
            raise error
        self.result = made


def _run(work: Callable[[], object], pipe: int) -> None:
    """Work in the child and end it there, so that nothing of the parent is cleaned up twice."""
    said: tuple[BaseException | None, object]
    try:
        said = (None, work())
    except BaseException as error:  # noqa: BLE001 - it is raised again in the parent
        said = (error, None)
    with os.fdopen(pipe, "wb") as stream:
        stream.write(pickle.dumps(said))
    os._exit(0)

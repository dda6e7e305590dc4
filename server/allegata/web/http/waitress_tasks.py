"""Says who sees to a request that is whole: one of waitress' threads or, for a small query, the loop that reads connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final, Protocol

from waitress.parser import HTTPRequestParser
from waitress.task import ThreadedTaskDispatcher, WSGITask

from allegata.engine.pool.begun import Begun

#: Where a request carries a query that was begun before its view was called.
BEGUN: Final = "allegata.begun"
#: What a view hands something to that is to be called once all of the answer was sent, or the client is gone.
WHEN_SENT: Final = "allegata.when-sent"
#: What ends the connection, from any thread.
HANG_UP: Final = "allegata.hang-up"


class Asked(Protocol):
    """A query that was begun for a request."""

    @property
    def begun(self) -> Begun:
        """Return the query under way."""

    def finish(self) -> bytes | None:
        """Return the whole answer; None where a thread has to see to it."""

    def close(self) -> None:
        """Let go of the query, answered or not."""


class Shortcut(Protocol):
    """What begins queries without a thread, and finishes their answers."""

    def fits(self, request: HTTPRequestParser) -> bool:
        """Return whether a request may be one."""

    def known(self, data: bytes, peer: str) -> bytes | None:
        """Return the answer to a request that came before to the byte, where it is kept."""

    def begin(self, request: HTTPRequestParser, peer: str, is_disconnected: Callable[[], bool]) -> Asked | None:
        """Begin it; None where a thread has to see to it."""


class QueryTask(WSGITask):  # type: ignore[misc]
    """Answers by the application, which is given a query that was begun already."""

    def get_environment(self) -> dict[str, Any]:
        """Return what the application is told of the request."""
        environ: dict[str, Any] = super().get_environment()
        asked, self.channel.handed = self.channel.handed, None
        if asked:
            environ[BEGUN] = asked
        environ[WHEN_SENT], environ[HANG_UP] = self.channel.when_sent, self.channel.hang_up
        return environ


class Dispatcher(ThreadedTaskDispatcher):  # type: ignore[misc]
    """Hands requests to threads, but for those that the loop itself sees to, in whose thread this was made."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = threading.get_ident()

    def add_task(self, task: Any) -> None:
        """Take a connection whose first request is whole.

        The loop answers none before the one before was sent its answer: where too much is left to send, it would wait for itself.
        """
        is_loop = threading.get_ident() == self._loop and not task.total_outbufs_len
        if is_loop and task.shortcut.fits(task.requests[0]):
            task.is_short = True
        else:
            self.add_ordinary(task)

    def add_ordinary(self, task: Any) -> None:
        """Hand a connection to a thread."""
        super().add_task(task)


class Watch:
    """The channel of a worker, in the loop that reads from connections, until it has said something."""

    accepting = False
    is_settled = is_passing = True

    def __init__(self, channel: Any, begun: Begun) -> None:
        self._channel, self._begun = channel, begun
        self._map, self._file = channel._map, self._begun.fileno()
        self._map[self._file] = self

    def readable(self) -> bool:
        """Return whether to read."""
        return True

    def writable(self) -> bool:
        """Return whether to write."""
        return False

    def handle_read_event(self) -> None:
        """Read on, and have the connection go on when that decides how."""
        if self._map.get(self._file) is not self:
            return
        try:
            self._begun.receive()
        except BlockingIOError:
            return
        del self._map[self._file]
        self._channel.received_answer()

    handle_close = handle_read_event

    def handle_error(self) -> None:
        """Close the connection over whatever was not foreseen."""
        self._map.pop(self._file, None)
        self._channel.handle_error()

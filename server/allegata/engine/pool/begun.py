"""A query that was begun without waiting, by a thread that has others to see to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NoReturn

from allegata.engine.pool import protocol
from allegata.engine.pool.client import Worker
from allegata.engine.query import Answer, Query
from allegata.errors import RequestError


class Begun:
    """A query under way, or one whose answer was kept: `whole` is its bytes.

    As long as it is not whole, the channel of its worker is to be watched, and `receive` called when there is something to read:
    a small answer is whole then. For anything else `answer` goes on as the pool does, and may wait; it is called once.
    """

    def __init__(
        self,
        query: Query,
        whole: bytes | None,
        worker: Worker | None = None,
        first: Callable[[protocol.Frame | None], Answer] | None = None,
    ) -> None:
        self.query = query
        self.whole = whole
        self._worker = worker
        self._first = first
        self._frame: protocol.Frame | None = None

    def fileno(self) -> int:
        """Return the number of the file to watch."""
        return self._worker.fileno() if self._worker else -1

    def receive(self) -> None:
        """Take what the worker says first; raise BlockingIOError while that is not there."""
        if self._worker and self._first:
            self._frame = self._worker.receive()
            if self._frame and self._frame.kind == protocol.ANSWER and not self._frame.truncated:
                try:
                    self.whole = b"".join(self._first(self._frame).chunks)
                except RequestError as error:
                    self._first = partial(_fail, error)

    def answer(self) -> Answer:
        """Return the answer, or raise the error that the query has."""
        first, self._first = self._first, None
        if self.whole is not None:
            return Answer(self.query.format, iter((self.whole,)), len(self.whole))
        if first is None:
            raise RuntimeError("the answer was taken before")
        return first(self._frame)

    def close(self) -> None:
        """Let go of a query whose answer nobody takes."""
        if self._first and self.whole is None:
            with suppress(RequestError):
                self.answer().close()


def _fail(error: RequestError, _frame: protocol.Frame | None) -> NoReturn:
    raise error

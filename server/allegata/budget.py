"""Bounds the work of one request outside of the query workers: its processor time, its share, and that somebody waits for it.

Whoever begins a request sets its budget (`within`); whatever may go on for long calls `spend` at each step, which costs next to
nothing and raises once the budget is used up. Without a budget, as from Python and from the command line, it does nothing.
Work that goes on takes one of the few places of a lane, of which a client has a share, and rests between its turns
where others ask too, so that ordinary requests get theirs. No work waits for a place, so none can wait for another.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeVar

from allegata.errors import Abandoned, Busy, TooManyRequests, WorkTimeout

T = TypeVar("T")

#: Seconds of processor time from which work counts as long, and those between two looks at what it may go on for.
LONG: Final = 0.02
_TURN: Final = 0.002
#: All that goes on has this part of one processor's time together: so long it rests.
_SHARE: Final = 4
#: Seconds without any other request after which there is nobody to rest for.
_QUIET: Final = 1.0
#: Steps between two looks at the clock.
_STEPS: Final = 4
_WAIT: Final = 2
_PAUSE: Final = 0.05


class Lane:
    """The places of work that goes on: how many there are in all and for one client; `limit` begins the names of both."""

    def __init__(self, places: int, per_client: int, limit: str = "work"):
        self._places, self._per_client, self._limit = places, per_client, limit
        self._clients: Counter[str] = Counter()
        self._lock = threading.Lock()
        #: When the last request came, whatever it was.
        self.last = 0.0

    def note(self) -> float:
        """Take note that a request came, and return when."""
        self.last = time.monotonic()
        return self.last

    @property
    def taken(self) -> int:
        """Return the number of places that are taken."""
        return self._clients.total()

    def enter(self, client: str) -> None:
        """Take a place; raise TooManyRequests where the client has its share, Busy where none is free."""
        with self._lock:
            if self._clients[client] >= self._per_client:
                raise TooManyRequests(
                    f"You have {self._per_client} requests under way that take long.",
                    remedy="Wait for one of them.",
                    limit=f"{self._limit}_per_client",
                    allowed=self._per_client,
                    retryAfter=_WAIT,
                )
            if self.taken >= self._places:
                raise Busy(
                    "The places for requests that take long are all taken.",
                    remedy="Ask again a little later.",
                    limit=f"{self._limit}_places",
                    allowed=self._places,
                    retryAfter=_WAIT,
                )
            self._clients[client] += 1

    def _enter_within(self, client: str, end: float) -> None:
        while True:
            try:
                return self.enter(client)
            except (Busy, TooManyRequests):
                if time.monotonic() >= end:
                    raise
            time.sleep(_PAUSE)
            check_awaited()

    def leave(self, client: str) -> None:
        """Give a place back."""
        with self._lock:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]

    @contextmanager
    def place(self, client: str, wait: float = 0.0) -> Iterator[None]:
        """Hold a place for as long as the context is open; where there is none, look again for some seconds."""
        self._enter_within(client, time.monotonic() + wait)
        try:
            yield
        finally:
            self.leave(client)


class Budget:
    """What is left to the work of one request, which one thread does."""

    def __init__(
        self,
        seconds: float,
        lane: Lane | None = None,
        client: str = "",
        is_abandoned: Callable[[], bool] | None = None,
        clock: Callable[[], float] = time.thread_time,
    ):
        """Take the seconds of processor time that may be used, and where the work shares a processor with others, its lane."""
        self._seconds, self._lane, self._client, self._is_abandoned = seconds, lane, client, is_abandoned
        self._clock, self._began = clock, clock()
        self._came = lane.note() if lane else 0.0
        self._steps, self._looked = 0, 0.0
        self._is_long = False

    @property
    def used(self) -> float:
        """Return the seconds of processor time that were used."""
        return self._clock() - self._began

    def spend(self) -> None:
        """Take a step; raise WorkTimeout, TooManyRequests or Busy at a limit, and Abandoned where nobody waits any more."""
        self._steps += 1
        if self._steps % _STEPS == 0:
            used = self.used
            if used - self._looked >= _TURN:
                self._look(used)
                self._looked = used

    def _look(self, used: float) -> None:
        if used > self._seconds:
            raise WorkTimeout(
                f"The request took over {self._seconds:g} seconds of processor time and was ended.",
                remedy="Ask for less at once, or load a dump.",
                limit="work_timeout",
                allowed=self._seconds,
            )
        self.check_awaited()
        if used > LONG and self._lane:
            if not self._is_long:
                self._lane.enter(self._client)
                self._is_long = True
            if self._lane.taken > 1 or (self._lane.last != self._came and time.monotonic() - self._lane.last < _QUIET):
                time.sleep((used - self._looked) * (_SHARE * self._lane.taken - 1))

    def check_awaited(self) -> None:
        """Raise Abandoned where nobody waits for the answer any more."""
        if self._is_abandoned and self._is_abandoned():
            raise Abandoned("Nobody waits for the answer any more.")

    def end(self) -> None:
        """Give the place back, where one was taken."""
        if self._is_long and self._lane:
            self._lane.leave(self._client)
        self._is_long = False


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


def begin(budget: Budget) -> None:
    """Have the work of this thread or task be within a budget, until `end`."""
    _current.set(budget)


def end() -> None:
    """End the budget of this thread or task, where there is one."""
    budget = _current.get()
    if budget:
        _current.set(None)
        budget.end()


@contextmanager
def within(budget: Budget) -> Iterator[Budget]:
    """Have work be within a budget for as long as the context is open."""
    begin(budget)
    try:
        yield budget
    finally:
        end()


def spend() -> None:
    """Take a step of work within the budget, where there is one."""
    budget = _current.get()
    if budget:
        budget.spend()


def check_awaited() -> None:
    """Raise Abandoned where nobody waits for the answer to the request any more."""
    budget = _current.get()
    if budget:
        budget.check_awaited()


def paced(items: Iterable[T]) -> Iterator[T]:
    """Yield items, each a step of work."""
    for item in items:
        spend()
        yield item

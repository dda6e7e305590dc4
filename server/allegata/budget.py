"""Bounds the work of one request outside of the query workers: its processor time, its share, and that somebody waits for it.

Whoever begins a request sets its budget (`within`); whatever may go on for long calls `spend` at each step, which costs next to
nothing and raises once the budget is used up. Without a budget, as from Python and from the command line, it does nothing.
Work that goes on takes one of the few places of a lane, of which a client has a share, and rests where others ask too and its
client used much lately (`turns.py`): ordinary requests get their turns. No work waits for a place, so none can wait for another.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any, Final, Self, TypeVar, overload

from allegata.errors import Abandoned, Busy, TooManyRequests, WorkTimeout
from allegata.turns import Turns

T = TypeVar("T")

#: Seconds of processor time from which work counts as long, and those between two looks at what it may go on for.
LONG: Final = 0.02
_TURN: Final = 0.002
#: The part of one processor's time that all work which goes on has together, and the seconds that a client may use at once.
_PART: Final = 1 / 8
_BURST: Final = 0.05
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
        self.turns = Turns(_PART, _BURST)

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
        if lane:
            lane.turns.note(client)
        self._steps, self._looked = 0, 0.0
        self._is_long = False
        #: Whether others wait for the same work to be done: then it does not rest.
        self.is_shared = False

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

    def look(self) -> None:
        """Look at once at what the work may go on for, as `spend` does now and then: for work in few and large steps."""
        self._look(self.used)

    def _look(self, used: float) -> None:
        if used > self._seconds:
            raise WorkTimeout(
                f"The request took over {self._seconds:g} seconds of processor time and was ended.",
                remedy="Ask for less at once, or load a dump.",
                limit="work_timeout",
                allowed=self._seconds,
            )
        self.check_awaited()
        if used > LONG:
            self._take_place()
        self._rest(used - self._looked)
        self._looked = used

    def _take_place(self) -> None:
        if self._lane and not self._is_long:
            self._lane.enter(self._client)
            self._is_long = True

    def _rest(self, used: float) -> None:
        """Rest, in a place, for as long as the client has used more than it may, and somebody else asks."""
        if self.is_shared:  # what is done for others, too, is nobody's debt
            return
        for seconds in self._lane.turns.rests(self._client, used) if self._lane else ():
            self._take_place()
            time.sleep(seconds)
            self.check_awaited()
            if self.is_shared:
                return

    def check_awaited(self) -> None:
        """Raise Abandoned where nobody waits for the answer any more."""
        if self._is_abandoned and self._is_abandoned():
            raise Abandoned("Nobody waits for the answer any more.")

    def end(self) -> None:
        """Give the place back, where one was taken, and count what was used since the last look."""
        if self._lane and self._looked and not self.is_shared and self._lane.turns.others_ask(self._client):
            self._lane.turns.charge(self._client, self.used - self._looked)
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


def current() -> Budget | None:
    """Return the budget of this thread or task, where there is one."""
    return _current.get()


@contextmanager
def outside() -> Iterator[None]:
    """Have what is made once for everybody be outside of the budget of whoever asks for it first."""
    budget = _current.get()
    _current.set(None)
    try:
        yield
    finally:
        _current.set(budget)


class shared_property(cached_property[T]):  # noqa: N801 - a decorator, as the one that it stands on
    """A property that is worked out once for all who ask, outside of the budget of whoever asks first."""

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> T: ...

    def __get__(self, instance: object | None, owner: type[Any] | None = None) -> Any:
        """Return the value; see `cached_property`."""
        with outside():
            return super().__get__(instance, owner)


def spend() -> None:
    """Take a step of work within the budget, where there is one."""
    budget = _current.get()
    if budget:
        budget.spend()


def look() -> None:
    """Look at what the work within the budget may go on for, where there is one."""
    budget = _current.get()
    if budget:
        budget.look()


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

"""Has a page that several ask for at once be made once: the others wait for it, and the work for all of them does not rest.

Where it cannot be made, all get the error that each would get, and else one of those who wait is the next to make it.
"""

from __future__ import annotations

import threading
from copy import copy
from dataclasses import dataclass, field
from typing import Final

from allegata.budget import Budget, Lane, check_awaited
from allegata.errors import RequestError

#: Seconds after which whoever waits looks whether its own client is still there.
_LOOK: Final = 0.25


@dataclass
class _Work:
    client: str
    budget: Budget | None
    over: threading.Event = field(default_factory=threading.Event)
    is_made: bool = False
    error: RequestError | None = None


class UnderWay:
    """The pages that are being made, by what they follow from."""

    def __init__(self, waiting: int, per_client: int) -> None:
        """Take how many may wait at once, in all and of one client: each holds a thread."""
        self._lock = threading.Lock()
        self._works: dict[str, _Work] = {}
        self._waiting = Lane(waiting, per_client, "waiting")

    def begin(self, key: str, client: str, budget: Budget | None) -> bool:
        """Say that a page is being made; where another makes it, wait until it is made and return False.

        Work that somebody at another address waits for does not rest. Raises the error with which it ended where everybody would
        get it, Abandoned where whoever waits has left, TooManyRequests or Busy where too many wait.
        """
        while work := self._other(key, client, budget):
            if work.budget and client != work.client:
                work.budget.is_shared = True
            with self._waiting.place(client):
                while not work.over.wait(_LOOK):
                    check_awaited()
            if work.error:
                raise copy(work.error)
            if work.is_made:
                return False
        return True

    def _other(self, key: str, client: str, budget: Budget | None) -> _Work | None:
        """Return who makes a page, where that is another."""
        with self._lock:
            found = self._works.get(key)
            if found is None:
                self._works[key] = _Work(client, budget)
            return found

    def end(self, key: str, *, is_made: bool, error: RequestError | None = None) -> None:
        """Say whether a page is finished, or with which error it ended that everybody would get."""
        with self._lock:
            work = self._works.pop(key)
        work.is_made, work.error = is_made, error
        work.over.set()

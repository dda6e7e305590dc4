"""Has a page that several ask for at once be made once: the others wait for it, and the work for all of them does not rest."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Final

from allegata.budget import Budget, Lane, check_awaited

#: Seconds after which whoever waits looks whether its own client is still there.
_LOOK: Final = 0.25


@dataclass
class _Work:
    client: str
    budget: Budget | None
    over: threading.Event = field(default_factory=threading.Event)


class UnderWay:
    """The pages that are being made, by what they follow from."""

    def __init__(self, waiting: int, per_client: int) -> None:
        """Take how many may wait at once, in all and of one client: each holds a thread."""
        self._lock = threading.Lock()
        self._works: dict[str, _Work] = {}
        self._waiting = Lane(waiting, per_client, "waiting")

    def begin(self, key: str, client: str, budget: Budget | None) -> bool:
        """Say that a page is being made; where another makes it, wait until that is over and return False.

        Work that somebody at another address waits for does not rest. Raises Abandoned where whoever waits has left,
        TooManyRequests or Busy where too many wait.
        """
        with self._lock:
            work = self._works.get(key)
            if work is None:
                self._works[key] = _Work(client, budget)
                return True
        if work.budget and client != work.client:
            work.budget.is_shared = True
        with self._waiting.place(client):
            while not work.over.wait(_LOOK):
                check_awaited()
        return False

    def end(self, key: str) -> None:
        """Say that a page is finished, or will not be."""
        with self._lock:
            work = self._works.pop(key)
        work.over.set()

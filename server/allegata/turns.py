"""Shares a part of one processor among the clients whose work goes on, while others ask too: who used more than its part rests.

What a client used lately is a debt that goes down with time (a leaky bucket), each client's as fast as another's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Final

#: The longest rest between two looks.
_REST: Final = 0.25
#: How many seconds of processor time a debt has at most beyond what may be used at once: what goes on rests as it goes, so that
#: only much at once comes to more. And how many clients share at most: many that used little are not to hold one up for long.
_MOST: Final = 0.25
_SHARERS: Final = 3
#: Seconds without a request of anybody else after which there is nobody to rest for.
_QUIET: Final = 1.0


class Turns:
    """The part of one processor's time that all clients have together, and the seconds of it that one may use at once."""

    def __init__(self, part: float, burst: float) -> None:
        self._part, self._burst = part, burst
        #: Of each client with a debt when that will be paid, in seconds of processor time that every one of them was given by
        #: then; how many they were given so far, and when that was reckoned and those without a debt left out.
        self._paid_at: dict[str, float] = {}
        self._given = self._reckoned = self._looked_through = 0.0
        self._lock = threading.Lock()
        #: The two clients that asked last, and when each did.
        self._last = ("", -_QUIET), ("", -_QUIET)

    def note(self, client: str) -> None:
        """Take note that a client asks for something."""
        with self._lock:
            last, before = self._last
            self._last = (client, time.monotonic()), (before if last[0] == client else last)

    def others_ask(self, client: str) -> bool:
        """Return whether anybody else asked for something not long ago."""
        return any(name != client and time.monotonic() - at < _QUIET for name, at in self._last)

    def rests(self, client: str, used: float) -> Iterator[float]:
        """Charge seconds of processor time to a client, and yield for how many seconds it has to rest, as often as it has to."""
        while self.others_ask(client) and (rest := self.charge(client, used)):
            yield min(rest, _REST)
            used = 0.0

    def charge(self, client: str, used: float) -> float:
        """Add seconds of processor time to what a client used, and return for how long its work has to rest."""
        with self._lock:
            now = time.monotonic()
            self._given += (now - self._reckoned) * self._part / self._sharers
            self._reckoned = now
            if now - self._looked_through > _REST:
                self._paid_at = {name: at for name, at in self._paid_at.items() if at > self._given}
                self._looked_through = now
            at = min(max(self._paid_at.get(client, 0.0), self._given) + used, self._given + self._burst + _MOST)
            if used:
                self._paid_at[client] = at
            return max(0.0, at - self._given - self._burst) * self._sharers / self._part

    @property
    def _sharers(self) -> int:
        return min(_SHARERS, max(1, len(self._paid_at)))

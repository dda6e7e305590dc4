"""Waits for all connections at once, and looks anew only at those that may have changed: idle ones cost nothing (epoll(7))."""

from __future__ import annotations

import select
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

from waitress import wasyncore

#: Seconds after which all are looked at anew: connections that were idle for long are told to close from outside.
_ALL: Final = 1.0


class Sockets(dict[int, Any]):
    """What the loop of waitress sees to, by descriptor: connections, workers that are waited for, and what takes connections."""

    def __init__(self) -> None:
        super().__init__()
        self._poll = select.epoll()
        #: For what each is waited, those that may wait for something else now, and those that other threads work for.
        self._events: dict[int, int] = {}
        self._changed: set[int] = set()
        self._under_way: set[int] = set()
        #: What takes connections and what wakes the loop: the server's own, which look at how many connections there are.
        self._own: set[int] = set()
        self._looked = 0.0
        #: When anything could be read or written last.
        self.last = 0.0

    def __setitem__(self, number: int, item: Any) -> None:
        super().__setitem__(number, item)
        self._changed.add(number)
        self._note(item)

    def _note(self, item: Any) -> None:
        """Have the server look at its connections, where another one came or went."""
        if not getattr(item, "is_passing", False):
            self._changed |= self._own

    def __delitem__(self, number: int) -> None:
        self._note(self.get(number))
        super().__delitem__(number)
        self._own.discard(number)
        self._changed.discard(number)
        self._under_way.discard(number)
        if self._events.pop(number, 0):
            with suppress(OSError, ValueError):  # it was closed already
                self._poll.unregister(number)

    def pop(self, number: int, *default: Any) -> Any:
        """Take something out and return it."""
        found = super().get(number, *default)
        if number in self:
            del self[number]
        return found

    def change(self, number: int) -> None:
        """Have one be looked at anew."""
        self._changed.add(number)

    def turn(self, seconds: float) -> None:
        """Wait until something can be read or written, for so many seconds at most, and have it be done."""
        for number in self._to_look_at():
            try:
                self._look(number)
            except OSError:  # it is no socket any more: what had it closes
                wasyncore.readwrite(self[number], select.EPOLLHUP)
                self.pop(number, None)
        found = [(number, self.get(number), events) for number, events in self._poll.poll(seconds)]
        self.last = time.monotonic() if found else self.last
        for number, item, events in found:
            if item is not None and self.get(number) is item:
                wasyncore.readwrite(item, events)
                self._changed.add(number)

    def _to_look_at(self) -> Iterable[int]:
        now = time.monotonic()
        if now - self._looked > _ALL:
            self._looked = now
            return list(self)
        return list(self._changed | self._under_way)

    def _look(self, number: int) -> None:
        self._changed.discard(number)
        item = self.get(number)
        if item is None:
            return
        settled = getattr(item, "is_settled", None)
        if settled is None:
            self._own.add(number)
        else:
            (self._under_way.discard if settled else self._under_way.add)(number)
        wanted = select.EPOLLIN if item.readable() else 0  # urgent data is no data of HTTP
        if item.writable() and not item.accepting:
            wanted |= select.EPOLLOUT
        known = self._events.get(number, 0)
        if wanted and known:
            if wanted != known:
                self._poll.modify(number, wanted)
        elif wanted:
            self._poll.register(number, wanted)
        elif known:
            self._poll.unregister(number)
        self._events[number] = wanted

"""Bounds the bytes of answers that wait in files for clients to read them: in all, and of each client.

Where there is no room left, whoever has most unread makes it for those who have less: many cannot shut others out together.
"""

from __future__ import annotations

import io
import os
import threading
from collections import Counter
from collections.abc import Callable
from typing import Final

from allegata.errors import Busy, TooManyRequests
from allegata.settings import Settings

_WAIT: Final = 5


class Unread:
    """What waits for whom."""

    def __init__(self, settings: Settings) -> None:
        # One answer may be as long as that is allowed to be.
        self._most = max(settings.unread_bytes, settings.result_bytes)
        self._per_client = max(settings.unread_bytes_per_client, settings.result_bytes)
        self._clients: Counter[str] = Counter()
        self._answers: dict[Held, int] = {}
        self._lock = threading.Lock()
        #: The bytes that wait in all.
        self.total = 0

    def check(self, client: str) -> None:
        """Raise TooManyRequests where a client has as much unread as it may, Busy where all have, and nobody more than it."""
        with self._lock:
            self._check_share(client, 0)
            if self.total >= self._most and self._clients[client] >= self._clients[self._largest]:
                raise self._full

    def add(self, held: Held, size: int) -> None:
        """Count bytes that were written of an answer, and end answers of those who have more unread where there is no room.

        Raises as `check` does, and counts nothing, where they are too many, and Busy where the answer was ended itself.
        """
        ended: list[Held] = []
        try:
            with self._lock:
                self._check_share(held.client, size - 1)
                self._make_room(held, size, ended)
                self._count(held, size)
        finally:
            for other in ended:
                other.hang_up()

    def take(self, held: Held) -> None:
        """Count an answer no more that was read, or that nobody wants, nor what comes of it later."""
        with self._lock:
            held.is_ended = True
            self._count(held, -self._answers.get(held, 0))
            self._answers.pop(held, None)

    def _count(self, held: Held, size: int) -> None:
        self.total += size
        self._clients[held.client] += size
        self._answers[held] = self._answers.get(held, 0) + size
        if not self._clients[held.client]:
            del self._clients[held.client]

    def _make_room(self, held: Held, size: int, ended: list[Held]) -> None:
        """End the longest answers of whoever has most unread, as long as that is more than the client of an answer then has."""
        while not held.is_ended and self.total + size > self._most:
            largest = self._largest
            if self._clients[held.client] + size >= self._clients[largest]:
                break
            longest = max((item for item in self._answers if item.client == largest), key=self._answers.__getitem__)
            longest.is_ended = True
            self._count(longest, -self._answers[longest])
            ended.append(longest)
        if held.is_ended or self.total + size > self._most:
            raise self._full

    @property
    def _largest(self) -> str:
        return max(self._clients, key=self._clients.__getitem__, default="")

    def _check_share(self, client: str, more: int) -> None:
        if self._clients[client] + more >= self._per_client:
            raise TooManyRequests(
                f"Answers of {self._per_client} bytes wait for you to read them.",
                remedy="Read them, or close their connections.",
                limit="unread_bytes_per_client",
                allowed=self._per_client,
                retryAfter=_WAIT,
            )

    @property
    def _full(self) -> Busy:
        return Busy(
            "There is no room for the answer.",
            remedy="Add LIMIT, or ask again later.",
            limit="unread_bytes",
            allowed=self._most,
            retryAfter=_WAIT,
        )


class Held:
    """The bytes of one answer: counted until the last file that it can be read from is closed, or it is ended for others."""

    def __init__(self, unread: Unread, client: str) -> None:
        self._unread, self.client = unread, client
        self._files = 1
        self._lock = threading.Lock()
        #: Whether its bytes are counted no more: it is over, or others, who have less unread, were in need of the room.
        self.is_ended = False
        self._hang_up: Callable[[], None] | None = None

    def check(self) -> None:
        """Raise Busy where the answer was ended."""
        if self.is_ended:
            self._unread.add(self, 0)

    def add(self, size: int) -> None:
        """Count bytes more; raise as `Unread.add` does."""
        self._unread.add(self, size)

    def when_ended(self, call: Callable[[], None]) -> None:
        """Have something be called, from any thread, where the answer is ended for others."""
        self._hang_up = call
        if self.is_ended:
            call()

    def hang_up(self) -> None:
        """Have whoever reads the answer read no more."""
        if self._hang_up:
            self._hang_up()

    def open(self, number: int) -> io.FileIO:
        """Return another file to read the answer from, by a descriptor that is its own."""
        own = os.dup(number)
        with self._lock:
            self._files += 1
        return _File(own, self)

    def close(self) -> None:
        """Close one of the files."""
        with self._lock:
            self._files -= 1
            is_last = not self._files
        if is_last:
            self._unread.take(self)


class _File(io.FileIO):
    """A file that says when it is closed, also where whoever had it forgot to."""

    def __init__(self, number: int, held: Held) -> None:
        super().__init__(number, "rb")
        self._held = held

    def close(self) -> None:
        """Close it, once."""
        is_open = not self.closed
        super().close()
        if is_open:
            self._held.close()

    def __del__(self) -> None:
        self.close()

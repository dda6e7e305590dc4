"""Bounds the bytes of answers that wait in files for clients to read them: in all, and of each client."""

from __future__ import annotations

import io
import os
import threading
from collections import Counter
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
        self._lock = threading.Lock()

    @property
    def total(self) -> int:
        """Return the bytes that wait in all."""
        return self._clients.total()

    def check(self, client: str) -> None:
        """Raise TooManyRequests where a client has as much unread as it may, Busy where all clients together have."""
        with self._lock:
            self._check(client, 0)

    def add(self, client: str, size: int) -> None:
        """Count bytes that were written for a client; raise as `check` does, and count nothing, where they are too many."""
        with self._lock:
            self._check(client, size - 1)
            self._clients[client] += size

    def take(self, client: str, size: int) -> None:
        """Count bytes no more that were read, or that nobody wants."""
        with self._lock:
            self._clients[client] -= size
            if not self._clients[client]:
                del self._clients[client]

    def _check(self, client: str, more: int) -> None:
        if self._clients[client] + more >= self._per_client:
            raise TooManyRequests(
                f"Answers of {self._per_client} bytes wait for you to read them.",
                remedy="Read them, or close their connections.",
                limit="unread_bytes_per_client",
                allowed=self._per_client,
                retryAfter=_WAIT,
            )
        if self._clients.total() + more >= self._most:
            raise Busy(
                "There is no room for the answer.",
                remedy="Add LIMIT, or ask again later.",
                limit="unread_bytes",
                allowed=self._most,
                retryAfter=_WAIT,
            )


class Held:
    """The bytes of one answer: counted until the last file that it can be read from is closed."""

    def __init__(self, unread: Unread, client: str) -> None:
        self._unread, self._client = unread, client
        self._size, self._files = 0, 1
        self._lock = threading.Lock()

    def add(self, size: int) -> None:
        """Count bytes more; raise as `Unread.add` does."""
        self._unread.add(self._client, size)
        with self._lock:
            self._size += size

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
            size, self._size = (0, self._size) if self._files else (self._size, 0)
        self._unread.take(self._client, size)


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

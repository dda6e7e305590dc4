"""Bounds how many queries are put to engines at once, how many wait, and how many one client has under way."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

from allegata.engine.query import Query
from allegata.errors import Abandoned, Busy, TooManyRequests
from allegata.settings import Settings

_TICK = 0.1


class Places:
    """The places for queries; whoever takes one gives it back."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._clients: Counter[str] = Counter()
        self._running = 0
        self._free = threading.Condition()

    def take(self, query: Query, end: float) -> Callable[[], None]:
        """Wait for a place until an end; return what gives it back, once. Raise Busy or TooManyRequests."""
        with self._free:
            self._refuse(query.client)
            self._clients[query.client] += 1
            try:
                while self._running >= self._settings.engine_queries:
                    self._wait(query, end)
                self._running += 1
            except BaseException:
                self._leave(query.client)
                raise
        return self._giving_back(query.client)

    def _wait(self, query: Query, end: float) -> None:
        if query.is_disconnected and query.is_disconnected():
            raise Abandoned("Nobody waits for the answer any more.")
        left = end - time.monotonic()
        if left <= 0:
            raise self._busy()
        self._free.wait(min(left, _TICK))

    def _giving_back(self, client: str) -> Callable[[], None]:
        given = threading.Event()

        def give_back() -> None:
            with self._free:
                if not given.is_set():
                    given.set()
                    self._running -= 1
                    self._leave(client)
                    self._free.notify()

        return give_back

    def _leave(self, client: str) -> None:
        self._clients[client] -= 1
        self._clients += Counter()

    def _refuse(self, client: str) -> None:
        allowed = self._settings.query_per_client
        if self._clients[client] >= allowed:
            raise TooManyRequests(
                f"You have {allowed} queries under way.",
                remedy="Wait for one of them.",
                limit="query_per_client",
                allowed=allowed,
                retryAfter=1,
            )
        if self._clients.total() - self._running >= self._settings.query_queue:
            raise self._busy()

    def _busy(self) -> Busy:
        return Busy(
            "As many queries as the engines are given are under way.",
            remedy="Ask again a little later.",
            limit="engine_queries",
            allowed=self._settings.engine_queries,
            retryAfter=1,
        )

    def figures(self) -> dict[str, int]:
        """Return the numbers of queries that run and that wait."""
        with self._free:
            return {"running": self._running, "waiting": self._clients.total() - self._running}

"""Answers queries with SERVICE: asks the endpoints first, and puts their solutions in its place as inline data.

That is what SPARQL 1.1 Federated Query (section 4) makes of SERVICE: a multiset of solutions that is joined where the pattern
stood. Workers see no SERVICE and need no network.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from allegata.engine.federation.client import endpoints
from allegata.engine.federation.resolution import Resolution
from allegata.engine.query import Answer, Query
from allegata.errors import Busy, QuerySyntaxError, ServiceFailed, TooManyRequests, UsageError
from allegata.settings import Settings

Ask = Callable[[Query], Answer]

#: How a SERVICE can end.
OUTCOMES: Final = ("answered", "unneeded", "failed", "late", "over")


class Federation:
    """The endpoints that may be asked, how many queries ask any of them now, and how their answers came out."""

    def __init__(self, settings: Settings) -> None:
        """Read the list; raise UsageError for an entry that is no address."""
        self._settings = settings
        self._endpoints = endpoints(settings.services)
        self._lock = threading.Lock()
        self._clients: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()

    @property
    def addresses(self) -> frozenset[str]:
        """Return the addresses that SERVICE may name."""
        return frozenset(self._endpoints)

    def check(self) -> None:
        """Raise UsageError where the file of authorities cannot be read; the list was read before."""
        file = self._settings.service_authorities
        if file is not None and not file.is_file():
            raise UsageError(f"ALLEGATA_SERVICE_AUTHORITIES names {file}, which is no file.")

    def figures(self) -> dict[str, int]:
        """Return the number of SERVICEs by outcome."""
        with self._lock:
            return {outcome: self._outcomes[outcome] for outcome in OUTCOMES}

    def _count(self, outcome: str) -> None:
        with self._lock:
            self._outcomes[outcome] += 1

    def answer(self, query: Query, ask: Ask) -> Answer:
        """Answer a query; `ask` answers one without SERVICE. All of it takes no longer than the query may."""
        limit = min(self._settings.query_timeout, query.timeout or self._settings.query_timeout)
        end = time.monotonic() + limit
        with self._place(query.client):
            resolution = Resolution(query, self._endpoints, self._settings, ask, end, self._count)
            resolved = resolution.run()
        try:
            return replace(ask(resolved), missing=tuple(resolution.missing))
        except QuerySyntaxError:
            raise ServiceFailed(
                "An endpoint that SERVICE asks answered with a term that is malformed.",
                remedy="Ask it for other variables.",
                service=" ".join(dict.fromkeys(query.inspected.services)),
            ) from None

    @contextmanager
    def _place(self, client: str) -> Iterator[None]:
        """Hold a place; endpoints that are slow must not take all the threads of the service."""
        with self._lock:
            self._refuse(client)
            self._clients[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._clients[client] -= 1
                self._clients += Counter()

    def _refuse(self, client: str) -> None:
        allowed = self._settings.service_queries
        half = max(1, allowed // 2)
        if self._clients[client] >= half:
            raise TooManyRequests(
                f"You have {half} queries with SERVICE under way.",
                remedy="Wait for one of them.",
                limit="service_queries",
                allowed=half,
                retryAfter=1,
            )
        if self._clients.total() >= allowed:
            raise Busy(
                "As many queries with SERVICE as are allowed are under way.",
                remedy="Ask again a little later.",
                limit="service_queries",
                allowed=allowed,
                retryAfter=1,
            )

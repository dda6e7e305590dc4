"""Caches by bytes, and with it small answers: a release never changes, so an answer stays true as long as its engine is open."""

from __future__ import annotations

import re
from collections.abc import Hashable
from threading import Lock
from typing import Final, Generic, TypeVar

from cachetools import LRUCache

from allegata.engine.query import Form, Query

T = TypeVar("T")

# SPARQL 1.1 Query, section 17.4: functions whose value is not the same each time.
_CHANGING: Final = re.compile("RAND|NOW|UUID|BNODE", re.IGNORECASE)
_OVERHEAD: Final = 1024


class ByteCache(Generic[T]):
    """Things by their key, up to a number of bytes; what was not asked for longest is given up first. Threads may share it."""

    def __init__(self, limit: int):
        self._things: LRUCache[Hashable, tuple[T, int]] = LRUCache(limit, getsizeof=lambda sized: sized[1])
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._things)

    def get(self, key: Hashable) -> T | None:
        """Return what has a key, or nothing."""
        with self._lock:
            found = self._things.get(key)
        return found[0] if found else None

    def clear(self) -> None:
        """Give up all."""
        with self._lock:
            self._things.clear()

    def put(self, key: Hashable, thing: T, size: int) -> T:
        """Keep a thing, unless it alone is over the limit, and give it back."""
        with self._lock:
            if size <= self._things.maxsize:
                self._things[key] = thing, size
        return thing

    def put_small(self, key: Hashable, thing: T, size: int) -> None:
        """Keep a thing of so many bytes, with what it takes beside them, unless it is too big a part of what may be kept."""
        if (taken := size + _OVERHEAD) <= self._things.maxsize // 8:
            self.put(key, thing, taken)


class AnswerCache:
    """The answers that were used last; one engine has one cache, so the release is in the key."""

    def __init__(self, limit: int) -> None:
        self._answers: ByteCache[bytes] = ByteCache(limit)

    @property
    def count(self) -> int:
        """Return the number of answers."""
        return len(self._answers)

    def clear(self) -> None:
        """Give up all answers."""
        self._answers.clear()

    def get(self, query: Query) -> bytes | None:
        """Return the answer to the same query on the same dataset in the same format, if it is kept."""
        return self._answers.get(_key(query))

    def put(self, query: Query, answer: bytes) -> None:
        """Keep an answer unless it may differ next time or is too big a part of the cache; the oldest go."""
        if repeatable(query):
            self._answers.put_small(_key(query), answer, len(query.text) + len(answer))


def repeatable(query: Query) -> bool:
    """Return whether the same question has the same answer to the byte: nothing remote, no changing function, no new node."""
    if query.inspected.services:
        return False
    makes_nodes = query.inspected.form is Form.CONSTRUCT and ("_:" in query.text or "[" in query.text)
    return not makes_nodes and not _CHANGING.search(query.text)


def _key(query: Query) -> Hashable:
    return (query.text, query.format.media_type, query.base_iri, query.default_graphs, query.named_graphs)

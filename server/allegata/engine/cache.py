"""Keeps small answers for asking again: a release never changes, so an answer stays true as long as its engine is open."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from allegata.engine.query import Form, Query

Key = tuple[str, str, str | None, tuple[str, ...], tuple[str, ...]]

# SPARQL 1.1 Query, section 17.4: functions whose value is not the same each time.
_CHANGING: Final = ("RAND", "NOW", "UUID", "BNODE")
_OVERHEAD: Final = 1024


class AnswerCache:
    """The answers that were used last, up to a number of bytes; one engine has one cache, so the release is in the key."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._answers: OrderedDict[Key, bytes] = OrderedDict()
        self._size = 0

    @property
    def count(self) -> int:
        """Return the number of answers."""
        return len(self._answers)

    def get(self, query: Query) -> bytes | None:
        """Return the answer to the same query on the same dataset in the same format, if it is kept."""
        with self._lock:
            found = self._answers.get(_key(query))
            if found is not None:
                self._answers.move_to_end(_key(query))
            return found

    def put(self, query: Query, answer: bytes) -> None:
        """Keep an answer unless it may differ next time or is too big a part of the cache; the oldest go."""
        size = _size(query, answer)
        if size > self._limit // 8 or not repeatable(query):
            return
        with self._lock:
            old = self._answers.pop(_key(query), None)
            self._size += size - (_size(query, old) if old is not None else 0)
            self._answers[_key(query)] = answer
            while self._size > self._limit:
                key, gone = self._answers.popitem(last=False)
                self._size -= len(key[0]) + len(gone) + _OVERHEAD


def repeatable(query: Query) -> bool:
    """Return whether the same question has the same answer to the byte: nothing remote, no changing function, no new node."""
    if query.inspected.services:
        return False
    text = query.text.upper()
    makes_nodes = query.inspected.form is Form.CONSTRUCT and ("_:" in text or "[" in text)
    return not makes_nodes and not any(word in text for word in _CHANGING)


def _key(query: Query) -> Key:
    return (query.text, query.format.media_type, query.base_iri, query.default_graphs, query.named_graphs)


def _size(query: Query, answer: bytes) -> int:
    return len(query.text) + len(answer) + _OVERHEAD

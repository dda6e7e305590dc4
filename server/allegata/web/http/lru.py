"""Remembers things up to a number of bytes; what was not asked for longest is given up first."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class LruCache(Generic[T]):
    """Things by their key, each with its size."""

    def __init__(self, most: int):
        self._most = most
        self._size = 0
        self._things: OrderedDict[str, tuple[T, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._things)

    def get(self, key: str) -> T | None:
        """Return what has a key, or nothing."""
        with self._lock:
            if key not in self._things:
                return None
            self._things.move_to_end(key)
            return self._things[key][0]

    def put(self, key: str, thing: T, size: int) -> T:
        """Remember a thing, and give it back."""
        with self._lock:
            self._size += size - (self._things.pop(key)[1] if key in self._things else 0)
            self._things[key] = thing, size
            while self._size > self._most:
                self._size -= self._things.popitem(last=False)[1][1]
        return thing

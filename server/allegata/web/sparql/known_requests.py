"""Keeps answers to whole requests: one that comes again to the byte is answered by the loop without being read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from allegata.engine.cache import ByteCache


class KnownAnswer(NamedTuple):
    """An answer in two parts, between which the date stands, and what the request said that does not show in it.

    `order` is the word for the order of rows under which it was made, `forwarded` holds the headers that tell one client from
    another, by their name as the parser of requests has it.
    """

    method: str
    order: str
    before: bytes
    after: bytes
    forwarded: Mapping[str, str]

    def dated(self, date: str) -> bytes:
        """Return the answer with its date (RFC 9110, section 6.6.1)."""
        return b"%b%b%b" % (self.before, date.encode(), self.after)


class KnownRequests:
    """The requests that were answered last, by their bytes, and their answers; together at most so many bytes."""

    def __init__(self, limit: int) -> None:
        self._answers: ByteCache[KnownAnswer] = ByteCache(limit)

    def get(self, request: bytes, order: str) -> KnownAnswer | None:
        """Return what answers a request, where rows still come in the order that they had."""
        found = self._answers.get(request)
        return found if found and found.order == order else None

    def put(self, request: bytes, answer: KnownAnswer) -> None:
        """Keep an answer unless it is too big a part of what may be kept; the oldest go."""
        self._answers.put_small(request, answer, len(request) + len(answer.before) + len(answer.after))

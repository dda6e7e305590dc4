"""Gives long answers their bounds: bytes that wait to be read, in all and for one client, and turns while others ask."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Final

from allegata.engine.pool import protocol
from allegata.engine.pool.spool import Done, Source, Spool
from allegata.engine.pool.unread import Held, Unread
from allegata.engine.pool.worker import over_the_limit
from allegata.errors import Busy, TooManyRequests
from allegata.settings import Settings
from allegata.turns import Turns

#: The part of one processor with which they are taken off the hands of whoever makes them while others ask, and the seconds of it
#: that a client may use at once. A megabyte takes 1.2 ms: 25 MB a second for all clients, 125 MB at once for one.
_PART: Final = 1 / 32
_BURST: Final = 0.15


class LongAnswers:
    """The long answers of one engine."""

    def __init__(self, settings: Settings) -> None:
        self._unread = Unread(settings)
        self._turns = Turns(_PART, _BURST)
        self._result_bytes = settings.result_bytes

    @property
    def unread(self) -> int:
        """Return the bytes that wait to be read."""
        return self._unread.total

    def come(self, client: str) -> None:
        """Take note that a client asks.

        Raises TooManyRequests or Busy where too much waits to be read, TooManyRequests where the client had too many long answers
        lately while others ask.
        """
        self._turns.note(client)
        self._unread.check(client)
        if self._turns.others_ask(client) and (wait := self._turns.charge(client, 0.0)):
            raise TooManyRequests(
                "You had many long answers lately, and others ask too.",
                remedy="Ask for less at once, or load a dump.",
                limit="long_answers",
                allowed=_BURST,
                retryAfter=math.ceil(wait),
            )

    def spool(self, client: str, first: protocol.Frame, source: Source, done: Done, cancel: Callable[[], None]) -> Spool:
        """Hand the answer that begins with a block to a spool; raise Busy where no file can be made."""
        cut, held, charge = over_the_limit(self._result_bytes), Held(self._unread, client), partial(self._turns.charge, client)
        try:
            return Spool(first, source, done, cancel, cut=cut, held=held, charge=charge)
        except OSError as error:
            raise Busy("There is no room for the answer.", remedy="Add LIMIT, or ask again later.", retryAfter=1) from error

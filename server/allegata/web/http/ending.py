"""Ends the service as its supervisor asks for it: nobody new is taken, and who waits for an answer gets it."""

from __future__ import annotations

import signal
import time
from types import FrameType
from typing import Final

from waitress import wasyncore

from allegata.web.http.sockets import Sockets
from allegata.web.http.waitress_channel import Channel

#: How long answers that are under way may take once the service is to end.
SECONDS: Final = 20.0
_PAUSE: Final = 0.1


def run(sockets: Sockets, timeout: float) -> None:
    """Serve until SIGTERM, then until every answer is out, for `SECONDS` at most; a second SIGTERM ends it at once.

    `timeout`: seconds between two looks at whether anything else is to be done, where nothing comes.
    """
    stop = _Stop()
    signal.signal(signal.SIGTERM, stop)
    while not stop.asked:
        sockets.turn(timeout)
    for listener in [item for item in sockets.values() if item.accepting]:
        wasyncore.dispatcher.close(listener)
    end = time.monotonic() + SECONDS
    while stop.asked < 2 and time.monotonic() < end and _finish(sockets):
        sockets.turn(_PAUSE)


class _Stop:
    """Counts how often the service was asked to end."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked += 1


def _finish(sockets: Sockets) -> int:
    """Close the connections on which nothing is under way, and return how many there are at all."""
    channels = [item for item in sockets.values() if isinstance(item, Channel)]
    for channel in channels:
        if channel.is_idle:
            channel.close_soon()
    return len(channels)

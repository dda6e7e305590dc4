"""Has the full collection of garbage in cycles, which everything waits for, come when nobody asks for anything."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from typing import Final

#: Seconds between two looks, those without a request that count as quiet, those until a collection if it is, and if it is not.
_LOOK: Final = 1.0
_QUIET: Final = 2.0
_SOON: Final = 300.0
_LATE: Final = 3600.0
#: How many objects are made until those of them are collected that did not last; how often those are that lasted for a while.
_YOUNG, _MIDDLE, _NEVER = 10_000, 10, 1 << 30


class Collector:
    """Collects in a thread of its own; young objects are collected as Python does it, in milliseconds."""

    def __init__(self, last: Callable[[], float]) -> None:
        """Take what says when the last request came, by the monotonic clock."""
        self._last = last
        self._over = threading.Event()
        self._collected = time.monotonic()
        self._thread = threading.Thread(target=self._run, daemon=True, name="collector")

    def start(self) -> None:
        """Begin."""
        gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._over.set()
        self._thread.join()

    def look(self) -> bool:
        """Collect where it is time to, and return whether it was."""
        now = time.monotonic()
        since = now - self._collected
        is_time = since > _LATE or (since > _SOON and now - self._last() > _QUIET)
        if is_time:
            gc.collect()
            self._collected = time.monotonic()
        return is_time

    def _run(self) -> None:
        while not self._over.wait(_LOOK):
            self.look()

"""Tells of the steps of a long command: on a terminal a bar with what is left, elsewhere a line a step with the seconds."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import click

from allegata.cli.terminal import plain, say

#: Step → its share of a whole build in thousandths, as measured at 420,000 statements; how far a step has come follows from it.
SHARES: Final = {
    **{"read": 10, "link": 10, "infer": 140, "validate": 150},
    **{"describe": 10, "dump": 490, "load": 180, "freeze": 10},
}
#: What a check goes through of the steps of a build.
CHECKS: Final = ("read", "link", "infer", "validate")
#: Seconds between two looks at the clock.
_TICK: Final = 0.5


@contextmanager
def progress(steps: tuple[str, ...] = tuple(SHARES)) -> Iterator[Callable[[str], None]]:
    """Yield what tells of steps and of notes, on standard error; `steps` are those that are to come."""
    if not sys.stderr.isatty() or threading.current_thread() is not threading.main_thread():
        start = time.monotonic()
        yield lambda step: say(f"{time.monotonic() - start:6.1f} s  {step}", err=True)
        return
    bar: Any = click.progressbar(length=sum(SHARES[step] for step in steps), file=sys.stderr, label="begin".ljust(9))
    told = Bar(bar, time.monotonic)
    before = signal.signal(signal.SIGALRM, lambda _signal, _frame: told.tick())
    signal.siginterrupt(signal.SIGALRM, False)
    signal.setitimer(signal.ITIMER_REAL, _TICK, _TICK)
    try:
        yield told.tell
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        bar.render_finish()


class Bar:
    """A bar that knows which share of the whole each step has: how fast those before went says how far this one is."""

    def __init__(self, bar: Any, clock: Callable[[], float]):
        self._bar, self._clock, self._start = bar, clock, clock()
        self._began, self._behind, self._share = self._start, 0, 0

    def tell(self, text: str) -> None:
        """Begin a step; what is no step is a note, written above the bar."""
        if text not in SHARES:
            click.echo(f"\r\x1b[K{plain(text)}", err=True)
            self._bar.render_progress()
            return
        self._behind, self._share, self._began = self._behind + self._share, SHARES[text], self._clock()
        self._bar.label = text.ljust(9)
        self._move(self._behind)
        self._bar.render_progress()

    def tick(self) -> None:
        """Move on within a step: by the pace of the steps before, and never to its end."""
        if self._behind:
            pace = (self._began - self._start) / self._behind
            expected = (self._clock() - self._began) / pace if pace else 0.0
            self._move(self._behind + int(min(expected, self._share * 0.95)))

    def _move(self, position: int) -> None:
        if position > self._bar.pos:
            self._bar.update(position - self._bar.pos)

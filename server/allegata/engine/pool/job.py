"""A query on its way through the lanes: where it is, whose it is, how long it may run, and why it was ended if it was."""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from allegata.errors import RequestError

Tell = Callable[[str], None]


class Lane(enum.IntEnum):
    """Where a query is; HALTED ones hold a worker without running, ENDED ones have lost their place, LEFT ones are over."""

    WAITING = enum.auto()
    SHORT = enum.auto()
    LONG = enum.auto()
    HALTED = enum.auto()
    ENDED = enum.auto()
    LEFT = enum.auto()


@dataclass(eq=False)
class Job:
    """One query under way: whose, how long it may run, where it is, and why it was ended if it was."""

    client: str
    limit: float
    is_disconnected: Callable[[], bool] | None = None
    nice: bool = False
    halted: bool = False
    used: Callable[[], float] = float
    before: float = 0.0
    lane: Lane = Lane.WAITING
    since: float = 0.0
    ran: float = 0.0
    tell: Tell | None = None
    verdict: RequestError | None = None
    admitted: threading.Event = field(default_factory=threading.Event)

"""Collecting garbage: cycles go, when nobody asks for anything, or after an hour in which somebody always did."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from allegata.web.http.collector import Collector


class Node:
    other: Node


def old_cycle() -> weakref.ref[Node]:
    """Return a reference to a cycle that nothing holds and that is in the oldest generation."""
    first, second = Node(), Node()
    first.other, second.other = second, first
    gc.freeze()
    gc.unfreeze()
    return weakref.ref(first)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)


def test_all_is_collected_when_it_is_quiet_and_else_late(monkeypatch: pytest.MonkeyPatch) -> None:
    now = last = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    collector = Collector(lambda: last)
    for passed, since_last, is_time in ((299, 60, False), (301, 1, False), (301, 3, True), (3599, 0, False), (3601, 0, True)):
        known = old_cycle()
        now = 1000.0 + passed
        last = now - since_last
        collector._collected = 1000.0
        assert collector.look() is is_time and (known() is None) is is_time


def test_no_full_collection_is_left_to_chance() -> None:
    collector = Collector(lambda: 0.0)
    collector.start()
    try:
        assert gc.get_threshold()[2] > 1 << 20 and gc.isenabled()
        known = old_cycle()
        garbage = [[number] for number in range(200_000)]
        assert known() is not None and len(garbage) == 200_000
    finally:
        collector.close()

"""Builders, service, forkserver and workers killed at random moments: `make faults` does it 500 times, this a few."""

from __future__ import annotations

from pathlib import Path

from faults import NAMES, campaign

COUNT = 24


def test_whatever_is_killed_only_what_was_or_is_published_is_served_and_nothing_is_left_over(tmp_path: Path) -> None:
    seen = campaign(tmp_path, COUNT, seed=3)
    assert seen.killed.total() == COUNT and len(seen.killed) == 4
    assert set(seen.served) <= set(NAMES) and seen.served.total() > COUNT

"""Long seeded series: whole by `make series`, a fixed tenth in `make test`."""

from __future__ import annotations

import os

import pytest

#: Marks a test that runs over a series.
series = pytest.mark.series


def seeds(count: int) -> range:
    """Return the seeds of a series of so many: all where SERIES=all is in the environment, else the first tenth."""
    return range(count if os.environ.get("SERIES") == "all" else -(-count // 10))

"""Whatever is wrong with a workbook, it is told with place and remedy, within bounds, and nothing is written."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from bad_workbooks import KINDS, SECONDS, outcomes
from series import seeds, series

SEEDS = seeds(200)


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, Any]]:
    """Return what came of taking over each of the workbooks."""
    return outcomes(tmp_path_factory.mktemp("bad"), list(SEEDS))


def test_there_are_many_kinds_of_mistakes() -> None:
    assert len(KINDS) >= 30


@series
@pytest.mark.parametrize("seed", SEEDS)
def test_a_mistake_is_told_and_nothing_is_written(taken: dict[int, dict[str, Any]], seed: int) -> None:
    found = taken[seed]
    assert found["error"] and not found["written"], found
    assert re.search(found["expected"], found["message"]), found
    assert re.search(r"row \d+|workbook|column [A-Z]+|\.txt|^[A-Z][a-z]+: ", found["message"]), found
    lines = found["message"].splitlines()
    assert found["remedy"] or all(re.search(r"[.…)] \S.*[.…:]|save it|wait", line) for line in lines[1:] or lines), found
    assert "Traceback" not in found["message"] and found["seconds"] < SECONDS


@series
@pytest.mark.parametrize("seed", SEEDS)
def test_one_cause_is_told_once(taken: dict[int, dict[str, Any]], seed: int) -> None:
    """Each workbook has one mistake, which may show in two ways: a column that is gone in each of its own."""
    lines = taken[seed]["message"].splitlines()
    assert len(lines) <= 4, lines


def test_the_whole_series_is_long() -> None:
    assert len(SEEDS) == (200 if os.environ.get("SERIES") == "all" else 20)
    assert Path(__file__).is_file()

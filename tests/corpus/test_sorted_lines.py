"""Sorting on disk: the same lines in the same order whatever the size of a run, each once."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from allegata.corpus.sorted_lines import LineSorter, merged, missing

LINES = [
    f'<urn:{number % 700}> <urn:p> "{"x" * (number % 40)}\u2028é{number % 13}" <urn:g> .\n'.encode() for number in range(4000)
]


@pytest.mark.parametrize("run", [1, 500, 20_000, 1 << 20])
def test_the_size_of_a_run_changes_nothing(tmp_path: Path, run: int) -> None:
    given = LINES[:]
    random.Random(run).shuffle(given)
    sorter = LineSorter(tmp_path, run)
    for start in range(0, len(given), 37):
        sorter.add(b"".join(given[start : start + 37]))
    assert list(sorter.lines()) == sorted(set(LINES))
    assert not list(tmp_path.iterdir())


def test_bytes_are_in_the_order_of_code_points(tmp_path: Path) -> None:
    sorter = LineSorter(tmp_path)
    sorter.add("".join(f"{letter}\n" for letter in "\U0001f600\uffeeéza").encode())
    assert b"".join(sorter.lines()).decode().split() == sorted("\U0001f600\uffeeéza")


def test_parts_are_merged_and_what_is_missing_is_told() -> None:
    assert list(merged([b"a\n", b"c\n"], [b"b\n", b"c\n"], [])) == [b"a\n", b"b\n", b"c\n"]
    assert list(merged([b"a\n", b"a\n"])) == [b"a\n"]
    assert list(missing([b"a\n", b"b\n", b"d\n"], [b"b\n", b"c\n"])) == [b"a\n", b"d\n"]
    assert list(missing([b"a\n"], [])) == [b"a\n"]

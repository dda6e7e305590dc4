"""Sorts lines on disk: in runs of a bounded size, merged at the end, so that no more than one run is in memory."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Final

#: How many bytes of lines are sorted at once.
RUN: Final = 48 << 20


class LineSorter:
    """Sorts lines that come in any order, and gives each once; longer ones than a run lie in a folder until they are read."""

    def __init__(self, folder: Path, run: int = RUN):
        self._folder, self._run = folder, run
        self._held: list[bytes] = []
        self._size = 0
        self._runs: list[IO[bytes]] = []

    def add(self, lines: bytes) -> None:
        """Add whole lines, each with its end."""
        self._held.append(lines)
        self._size += len(lines)
        if self._size >= self._run:
            self._write_run()

    def lines(self) -> Iterator[bytes]:
        """Yield all lines in the order of their bytes, each once, with its end."""
        if not self._runs:
            held = self._sorted()
            yield from held
            return
        self._write_run()
        for run in self._runs:
            run.seek(0)
        yield from merged(*self._runs)
        for run in self._runs:
            run.close()

    def _sorted(self) -> list[bytes]:
        # Python cuts bytes at a carriage return too; N-Quads has none that is not escaped.
        lines = b"".join(self._held).splitlines(keepends=True)
        self._held, self._size = [], 0
        return sorted(set(lines))

    def _write_run(self) -> None:
        if self._held:
            run: IO[bytes] = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed when it was read
            run.writelines(self._sorted())
            self._runs.append(run)


def merged(*parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of some sorted parts in order, each once."""
    last = b""
    for line in heapq.merge(*parts) if len(parts) > 1 else chain(*parts):
        if line != last:
            yield line
        last = line


def missing(expected: Iterable[bytes], found: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what of sorted lines is not among others, sorted too."""
    others = iter(found)
    other = next(others, None)
    for line in expected:
        while other is not None and other < line:
            other = next(others, None)
        if other != line:
            yield line

"""Looks at the processes of the system: who lives in a session, and whose child is whose (Linux, proc(5))."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Process(NamedTuple):
    """A living process: its number, its parent's, and that of its session."""

    pid: int
    parent: int
    session: int


def living() -> Iterator[Process]:
    """Yield the processes that live; those that only wait to be buried do not."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            yield Process(int(path.parent.name), int(fields[1]), int(fields[3]))


def members(session: int) -> list[int]:
    """Return the living processes of a session."""
    return [process.pid for process in living() if process.session == session]


def children(parent: int) -> list[int]:
    """Return the living children of a process."""
    return [process.pid for process in living() if process.parent == parent]

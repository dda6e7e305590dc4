"""What the steps of a build cost: seconds, processor time and the most memory, over all of its processes."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from support import ROOT

#: Seconds between two looks at the processes.
_TICK = 0.25
_CLOCK = os.sysconf("SC_CLK_TCK")


@dataclass
class Step:
    """A step of a build: when it began, by the clock and in processor time, and the most memory that was seen meanwhile."""

    name: str
    began: float
    spent: float
    memory: int = 0


class Build:
    """A build that runs, with its steps as it tells of them."""

    def __init__(self, root: Path, site: Path):
        command = [sys.executable, "-m", "allegata", "build", "--root", str(root), "--site", str(site)]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self._told: list[str] = []
        self._began, self._spent = time.monotonic(), 0.0
        self.steps = [Step("begin", 0.0, 0.0)]
        threading.Thread(target=self._listen, daemon=True).start()

    def watch(self) -> int:
        """Look at the build until it ends, and return its status."""
        while (status := self._process.poll()) is None:
            self._look()
            time.sleep(_TICK)
        self.steps.append(Step("", time.monotonic() - self._began, self._spent))
        return status

    def _listen(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            step = line.partition(" s  ")[2].strip()
            if step.isalpha():
                self._told.append(step)
            else:
                sys.stderr.write(line)

    def _look(self) -> None:
        processes = list(_tree(self._process.pid))
        self._spent = max(self._spent, sum(map(_processor, processes)))
        while self._told:
            self.steps.append(Step(self._told.pop(0), time.monotonic() - self._began, self._spent))
        self.steps[-1].memory = max(self.steps[-1].memory, sum(map(_memory, processes)))


def _tree(pid: int) -> Iterator[int]:
    """Yield a process and those that it began."""
    yield pid
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield from _tree(int(child))


def _processor(pid: int) -> float:
    """Return the processor time of a process, and of those of its children that have ended."""
    with suppress(OSError):
        return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15])) / _CLOCK
    return 0.0


def _memory(pid: int) -> int:
    """Return the bytes of a process, its share of what it has in common with others (proc(5), Pss)."""
    with suppress(OSError):
        rows = dict(row.split(":", 1) for row in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
        return int(rows["Pss"].split()[0]) << 10
    return 0


def main(given: Sequence[str] = ()) -> None:
    """Build a corpus, the bundled one where no other is given, and print what each step cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", nargs="?", type=Path, default=ROOT)
    parser.add_argument("--site", type=Path, help="where the release is to stay")
    chosen = parser.parse_args(given)
    with tempfile.TemporaryDirectory() as scratch:
        build = Build(chosen.root, chosen.site or Path(scratch) / "site")
        status = build.watch()
    steps = build.steps
    sys.stdout.write(f"\n{'':10}{'seconds':>10}{'processor':>11}{'MiB':>8}\n")
    for step, after in pairwise(steps):
        row = f"{after.began - step.began:10.1f}{after.spent - step.spent:11.1f}{step.memory >> 20:8,}"
        sys.stdout.write(f"{step.name:10}{row}\n")
    last, most = steps[-1], max(step.memory for step in steps)
    sys.stdout.write(f"{'whole':10}{last.began:10.1f}{last.spent:11.1f}{most >> 20:8,}\n")
    if status:
        sys.exit(status)


if __name__ == "__main__":
    main(sys.argv[1:])

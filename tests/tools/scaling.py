"""Reckons what a release of more statements takes, from what one that is built takes: sizes, memory, and what engines hold of it."""

from __future__ import annotations

import argparse
import gzip
import sys
from dataclasses import dataclass
from pathlib import Path

from allegata.release.handle import MASTER, STORE, Release
from allegata.release.search_index import FILE as SEARCH_INDEX
from allegata.release.site import current

SIZES = (1_000_000, 10_000_000, 100_000_000, 300_000_000)
#: What a build took: memory before the first statement and for each (docs/operating.md: 118,000 and 420,000 statements), and
#: seconds of processor time for each (docs/performance.md: 816,454 statements).
BUILD_BASE, BUILD_BYTES, BUILD_SECONDS = 0.33 * 2**30, 2_500.0, 114 / 816_454
#: A store in memory for each byte of N-Quads (docs/operating.md).
IN_MEMORY = 3.5


@dataclass(frozen=True)
class Cost:
    """What one statement takes in a release, in bytes, and how many an engine holds for it."""

    lines: float
    store: float
    index: float
    dumps: float
    reports: float
    held: float


def cost(release: Release) -> Cost:
    """Measure a release."""
    manifest, folder = release.manifest, release.folder
    with gzip.open(folder / MASTER) as packed:
        lines = sum(map(len, iter(lambda: packed.read(1 << 20), b"")))
    stated = manifest.triples - manifest.graphs.get(f"{manifest.base}graph/inferred", 0)
    held = manifest.quads + manifest.triples + stated
    parts = (
        lines,
        _bytes(folder / STORE),
        _bytes(folder / SEARCH_INDEX),
        _bytes(folder / "dumps"),
        _bytes(folder / "reports"),
        held,
    )
    return Cost(*(part / manifest.quads for part in parts))


def _bytes(path: Path) -> int:
    return sum(item.stat().st_size for item in (path.rglob("*") if path.is_dir() else (path,)) if item.is_file())


def table(one: Cost) -> str:
    """Write what releases of several sizes take."""
    gib = 2**30
    rows = {
        "N-Quads": [f"{one.lines * size / gib:,.1f} GiB" for size in SIZES],
        "store on disk": [f"{one.store * size / gib:,.1f} GiB" for size in SIZES],
        "store in memory": [f"{one.lines * IN_MEMORY * size / gib:,.1f} GiB" for size in SIZES],
        "full-text index": [f"{one.index * size / gib:,.1f} GiB" for size in SIZES],
        "dumps and reports": [f"{(one.dumps + one.reports) * size / gib:,.1f} GiB" for size in SIZES],
        "build: memory": [f"{(BUILD_BASE + BUILD_BYTES * size) / gib:,.1f} GiB" for size in SIZES],
        "build: processor time": [_time(BUILD_SECONDS * size) for size in SIZES],
        "statements in an engine": [f"{one.held * size / 1e6:,.0f} million" for size in SIZES],
    }
    head = "| statements | " + " | ".join(f"{size / 1e6:,.0f} million" for size in SIZES) + " |"
    lines = [head, "| --- |" + " ---: |" * len(SIZES), *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items())]
    return "\n".join(lines) + "\n"


def _time(seconds: float) -> str:
    return f"{seconds / 60:,.0f} min" if seconds < 7200 else f"{seconds / 3600:,.1f} h"


def main() -> None:
    """Print what a statement takes, and the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=Path("build"))
    release = current(parser.parse_args().site)
    one = cost(release)
    sys.stdout.write(
        f"{release.manifest.quads:,} statements; for each, in bytes: N-Quads {one.lines:.0f}, store {one.store:.0f}, "
    )
    sys.stdout.write(
        f"index {one.index:.0f}, dumps {one.dumps:.0f}, reports {one.reports:.0f}; in an engine {one.held:.2f} statements\n\n"
    )
    sys.stdout.write(table(one))


if __name__ == "__main__":
    main()

"""Odd corpora, one after the other: each is checked, and built where it conforms; all that may come is a report or an error with its remedy."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from allegata.errors import AllegataError
from allegata.release.build import build
from mutations import Mutations

#: Seconds within which the smallest of corpora is done with, whatever it says.
LONGEST = 120.0


def outcome(mutations: Mutations, site: Path) -> str:
    """Return how the build of the corpus ends: made, or the kind of error; an error that is none of the project's is raised."""
    try:
        build(mutations.root, site, lambda _step: None)
    except AllegataError as error:
        if not error.message.strip():
            raise
        return type(error).__name__
    return "made"


def run(seeds: Iterable[int], seen: Counter[str]) -> Iterator[str]:
    """Yield what is wrong with each seed."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error")
        mutations = Mutations(Path(folder))
        for seed in seeds:
            what = mutations.write(seed)
            began = time.monotonic()
            try:
                seen[outcome(mutations, Path(folder) / f"site-{seed}")] += 1
            except Exception:  # noqa: BLE001 - what this looks for
                seen["FAULT"] += 1
                yield f"seed {seed} ({what}):\n{traceback.format_exc(limit=-6)}"
            if time.monotonic() - began > LONGEST:
                yield f"seed {seed} ({what}): it took {time.monotonic() - began:.0f} seconds"


def main() -> int:
    """Run a series, and give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    seen: Counter[str] = Counter()
    faults = 0
    for fault in run(range(options.seed, options.seed + options.count), seen):
        faults += 1
        sys.stdout.write(f"{fault}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{options.count} corpora from seed {options.seed}: {dict(seen.most_common())}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""Kills builders, the service, its forkserver and its workers at random moments; `make faults` runs it, COUNT= and SEED= choose.

It fails if anything but what was or is published is served, if a process is left over, or if the service does not answer again
within two seconds, on a machine with nothing else to do; it prints the longest wait.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from faults import campaign

#: Seconds after which the service has to answer again: what it takes to start it, on two processors of their own.
BACK = 2.0


def main() -> None:
    """Run a campaign and say what it saw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seen = campaign(Path(folder), given.count, given.seed)
    sys.stdout.write(
        f"killed: {dict(seen.killed)}; served: {dict(seen.served)}; longest wait for an answer: {seen.longest:.1f} s\n"
    )
    if seen.longest > BACK:
        raise SystemExit(f"The service was away for {seen.longest:.1f} s, and {BACK} s is the bound.")


if __name__ == "__main__":
    main()

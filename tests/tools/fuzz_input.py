"""Generated input to the gate, the negotiator, the importers and the editors, each for some minutes; `make fuzz` runs it.

What is found is shrunk and printed with its seed; it becomes a case in `tests/tools/fuzz-cases.yaml`, and is mended.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from types import FrameType
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings

from fuzz_targets import TARGETS, run

#: Seconds that one input may take: each is small.
LONGEST: Final = 10
#: Inputs of one round.
ROUND: Final = 500


def attempt(name: str, number: int, examples: int) -> str:
    """Feed a target with so many inputs of a seed; return what is wrong, or nothing."""

    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        print_blob=False,
    )
    @given(TARGETS[name].inputs())
    def feed(given: Any) -> None:
        signal.alarm(LONGEST)
        try:
            run(TARGETS[name], given)
        finally:
            signal.alarm(0)

    before = signal.signal(signal.SIGALRM, _overdue)
    try:
        feed()
    except Exception as error:  # noqa: BLE001 - what this looks for
        notes = "\n".join(getattr(error, "__notes__", ()))
        return f"{name}, seed {number}: {''.join(traceback.format_exception(error, limit=-4))}{notes}"
    finally:
        signal.signal(signal.SIGALRM, before)
    return ""


def _overdue(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"one input took over {LONGEST} seconds")


def main() -> int:
    """Feed each target for the seconds asked for, and give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", choices=TARGETS)
    options = parser.parse_args()
    faults = 0
    for name in [options.target] if options.target else TARGETS:
        end, number = time.monotonic() + options.seconds, options.seed
        found = ""
        while time.monotonic() < end and not found:
            found, number = attempt(name, number, ROUND), number + 1
        faults += bool(found)
        told = found or f"{name}: {(number - options.seed) * ROUND} inputs, nothing found"
        sys.stdout.write(f"{told}\n")
        sys.stdout.flush()
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

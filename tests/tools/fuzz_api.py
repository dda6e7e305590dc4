"""Sends generated requests, right and wrong ones, to every operation of /openapi.json (Schemathesis), and reports what does not fit."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from allegata.release.build import build
from service import PATIENT, serve
from support import ROOT

#: Requests that each operation gets at most in the long run; the tests send a tenth.
EXAMPLES: Final = 30
EXCUSES: Final = Path(__file__).with_name("schemathesis.toml")
_PHASES: Final = ("examples", "fuzzing")


def fuzz(address: str, folder: Path, examples: int, seed: int, *more: str) -> subprocess.CompletedProcess[str]:
    """Put requests that follow from the seed to a running service; `more` are further phases. What is kept goes into the folder."""
    command = [
        *(
            sys.executable,
            "-m",
            "schemathesis.cli",
            "--no-color",
            "--config-file",
            str(EXCUSES),
            "run",
            f"{address}/openapi.json",
        ),
        *("--url", address, "--phases", ",".join((*_PHASES, *more)), "--max-examples", str(examples), "--seed", str(seed)),
        *("--request-timeout", "600", "--suppress-health-check", "all", "--continue-on-failure"),
    ]
    return subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True)


def main() -> int:
    """Build the bundled corpus, serve it, send the requests, and give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="requests to each operation")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(ROOT, folder, lambda _step: None)
        with serve(folder, **PATIENT) as running:
            done = fuzz(running.address, folder, given.examples, given.seed, "coverage")
    sys.stdout.write(done.stdout + done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())

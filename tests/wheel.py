"""Builds the wheel through the sdist, installs it into a clean environment, and validates the corpus that it carries."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(sys.executable, "-m", "build", "--outdir", folder, str(ROOT))
        wheel = next(Path(folder).glob("*.whl"))
        environment = Path(folder) / "environment"
        venv.create(environment, with_pip=True)
        run(str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel))
        run(str(environment / "bin" / "allegata"), "validate", cwd=folder)


def run(*command: str, cwd: str | None = None) -> None:
    subprocess.run(command, check=True, cwd=cwd)


if __name__ == "__main__":
    main()

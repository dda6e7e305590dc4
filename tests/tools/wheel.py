"""Builds the wheel through the sdist, twice to the byte, installs it into a clean environment, and validates the corpus that it carries."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

from allegata.corpus.partition import partition
from allegata.corpus.reader import read

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(sys.executable, "-m", "build", "--outdir", folder, str(ROOT))
        wheel = next(Path(folder).glob("*.whl"))
        is_reproducible(Path(folder))
        carries_what_was_built(wheel)
        carries_nothing_restricted(wheel)
        environment = Path(folder) / "environment"
        venv.create(environment, with_pip=True)
        run(str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel))
        run(str(environment / "bin" / "allegata"), "validate", cwd=folder)
        # What is registered by entry points, and the public names, without anything that only tests need.
        run(str(environment / "bin" / "allegata"), "export", "--list", cwd=folder)
        run(str(environment / "bin" / "python"), "-c", "import allegata; assert allegata.Corpus().read().quads", cwd=folder)


def is_reproducible(folder: Path) -> None:
    """Build both files once more, and check that they have the same bytes."""
    again = folder / "again"
    run(sys.executable, "-m", "build", "--outdir", str(again), str(ROOT))
    for path in (path for path in folder.iterdir() if path.is_file()):
        if path.read_bytes() != (again / path.name).read_bytes():
            raise SystemExit(f"{path.name} is another one when it is built again.")


def carries_what_was_built(wheel: Path) -> None:
    """Check that the scripts of the pages are in the wheel, where they were built; no source of them and no package is."""
    prefix = "allegata/web/static/built/"
    built = {f"{prefix}{path.name}" for path in (ROOT / "server" / prefix).glob("*")}
    with zipfile.ZipFile(wheel) as files:
        carried = {name for name in files.namelist() if name.startswith(prefix) or "node_modules" in name}
    if carried != built:
        raise SystemExit(f"The wheel carries {sorted(carried)} of {sorted(built)}.")


def carries_nothing_restricted(wheel: Path) -> None:
    """Check that nothing of restricted/ is in the wheel, and no record of data/ that a public release would not hold."""
    with zipfile.ZipFile(wheel) as files:
        apart = [name for name in files.namelist() if "/restricted/" in name]
    withheld = partition(read(ROOT)).misplaced
    if apart or withheld:
        raise SystemExit(f"The wheel would carry what is not for everybody: {sorted([*apart, *withheld])}.")


def run(*command: str, cwd: str | None = None) -> None:
    subprocess.run(command, check=True, cwd=cwd)


if __name__ == "__main__":
    main()

"""Asks for advisories on what is locked, Python's and npm's: `make audit`. Where none can be read, it says so and fails: nothing was checked."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
LOCK: Final = ROOT / "requirements.lock"
#: Exit status: advisories were found; none could be read.
FOUND, UNREAD = 1, 2


def python() -> tuple[int, str]:
    """Return the status and what is to be said of the Python packages."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--disable-pip",
        "--require-hashes",
        "--requirement",
        str(LOCK),
        "--format",
        "json",
    ]
    done = subprocess.run([*command, "--progress-spinner", "off"], capture_output=True, text=True, check=False)
    try:
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except ValueError:
        return UNREAD, f"Python: no advisories could be read: {done.stderr.strip().splitlines()[-1:]}"
    return told(packages)


def told(packages: list[dict[str, Any]]) -> tuple[int, str]:
    """Return the status and what is to be said of packages as pip-audit reports them."""
    looked_up = [item for item in packages if "skip_reason" not in item]
    lines = [
        f"{item['name']} {item['version']}: {one['id']}, mended in {', '.join(one['fix_versions']) or 'no version yet'}"
        for item in looked_up
        for one in item["vulns"]
    ]
    if lines:
        return FOUND, "\n".join(lines)
    if len(looked_up) < len(packages):
        return UNREAD, f"Python: no advisories could be read for {len(packages) - len(looked_up)} of {len(packages)} packages."
    return 0, f"Python: no advisory on any of {len(packages)} packages."


def npm() -> tuple[int, str]:
    """Return the status and what is to be said of the packages of npm that are bundled."""
    if not shutil.which("npm"):
        return UNREAD, "npm: it is not installed, so nothing was checked."
    command = ["npm", "audit", "--omit=dev", "--json", "--fetch-retries=0", "--fetch-timeout=20000"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT / "server" / "web")
    try:
        said: dict[str, Any] = json.loads(done.stdout)
        total = said["metadata"]["vulnerabilities"]["total"]
    except (ValueError, KeyError):
        return UNREAD, "npm: no advisories could be read."
    return (FOUND if total else 0), f"npm: {total} advisories{': ' * bool(total)}{', '.join(said.get('vulnerabilities', {}))}."


def main() -> int:
    """Ask for both, and give the exit status: found before not read."""
    results = [python(), npm()]
    sys.stdout.write("".join(f"{text}\n" for _, text in results))
    statuses = {status for status, _ in results}
    return FOUND if FOUND in statuses else max(statuses)


if __name__ == "__main__":
    sys.exit(main())

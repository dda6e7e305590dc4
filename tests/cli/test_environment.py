"""Places that are not as one wishes: each is said in one plain line, never by a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from allegata import settings
from allegata.settings import Settings
from service import make_site
from support import numbers

ORCHESTRATED = {
    "ALLEGATA_PORT": "tcp://10.96.0.7:80",
    "ALLEGATA_PORT_80_TCP": "tcp://10.96.0.7:80",
    "ALLEGATA_PORT_80_TCP_ADDR": "10.96.0.7",
    "ALLEGATA_PORT_80_TCP_PORT": "80",
    "ALLEGATA_PORT_80_TCP_PROTO": "tcp",
    "ALLEGATA_SERVICE_HOST": "10.96.0.7",
    "ALLEGATA_SERVICE_PORT": "80",
    "ALLEGATA_SERVICE_PORT_HTTP": "80",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_site(tmp_path_factory.mktemp("site"), numbers(20_000))
    (folder / "all.rq").write_text("SELECT * { ?s ?p ?o }", "utf-8")
    return folder


def run(
    *arguments: object, before: Sequence[str] = (), memory: int = 0, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    shell = f'{f"ulimit -v {memory}; " if memory else ""}exec "$@"'
    command = ["bash", "-c", shell, "run", *before, sys.executable, "-m", "allegata", *map(str, arguments)]
    whole = {**os.environ, "RUST_BACKTRACE": "0", **(environment or {})}
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env=whole, check=False)


def test_what_an_orchestrator_sets_is_no_setting() -> None:
    assert settings.load(environ=ORCHESTRATED) == Settings()
    assert settings.unknown(ORCHESTRATED) == []
    assert settings.orchestrated(ORCHESTRATED) == [("ALLEGATA_PORT", "tcp://10.96.0.7:80")]
    assert settings.load(environ={"ALLEGATA_PORT": "81", "ALLEGATA_SERVICE_CALLS": "2"}).service_calls == 2


def test_what_an_orchestrator_sets_is_said_in_one_line(site: Path) -> None:
    done = run("query", "--site", site, site / "all.rq", environment=ORCHESTRATED)
    assert done.returncode == 0 and done.stderr.count("\n") == 1 and "ALLEGATA_PORT=tcp://" in done.stderr


@pytest.fixture(scope="module")
def denied() -> list[str]:
    """Return the words before a command that take from root what other users lack."""
    if os.getuid():
        return []
    if not shutil.which("setpriv"):
        pytest.skip("setpriv is not installed: apt-get install util-linux")
    rights = "-dac_override,-dac_read_search"
    return ["setpriv", "--bounding-set", rights, f"--inh-caps={rights}"]


@pytest.mark.parametrize(
    "command",
    [
        ["serve", "--port", "0", "--site", "{}"],
        ["releases", "--site", "{}"],
        ["validate", "--root", "{}"],
        ["new", "{}/corpus"],
        ["verify", "{}/release"],
        ["diff", "{}/one", "{}/other"],
        ["serve", "--port", "0"],
        ["verify", "1.0"],
        ["diff", "1.0", "2.0"],
    ],
    ids=" ".join,
)
def test_a_folder_that_may_not_be_read_is_named(tmp_path: Path, denied: list[str], command: list[str]) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0)
    done = run(*(word.format(locked) for word in command), before=denied, environment={"ALLEGATA_SITE": str(locked)})
    locked.chmod(0o700)
    assert done.returncode in (1, 2) and "Traceback" not in done.stderr and str(locked) in done.stderr, done.stderr
    assert "holds no release" not in done.stderr


def test_a_pipe_that_ends_is_no_fault(site: Path) -> None:
    command = [sys.executable, "-m", "allegata", "query", "--site", str(site), str(site / "all.rq")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        assert process.stdout.readline() == b"s,p,o\r\n"
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (141, b"")


@pytest.mark.parametrize("memory", [300_000, 700_000])
def test_a_service_with_too_little_memory_says_so(site: Path, memory: int) -> None:
    done = run("serve", "--port", "0", "--site", site, memory=memory)
    assert done.returncode == 2 and "MiB of memory" in done.stderr and done.stderr.count("\n") <= 2


def test_a_full_disk_is_said_in_one_line(site: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("the system has no /dev/full")
    command = f"exec {sys.executable} -m allegata releases --site {site} >/dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stderr == "allegata: The system: No space left on device.\n"

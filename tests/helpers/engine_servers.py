"""Engines of others, each run for real in a folder of a test until it is no longer needed, with a release in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from allegata.engine.remote.push import Push
from allegata.release.handle import Release
from jena import installed
from ports import kept_port
from support import until

VIRTUOSO = """\
[Database]
DatabaseFile = v.db
ErrorLogFile = v.log
LockFile = v.lck
TransactionFile = v.trx
xa_persistent_file = v.pxa
[TempDatabase]
DatabaseFile = v-temp.db
TransactionFile = v-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{internal}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
ThreadsPerQuery = 1
AsyncQueueMaxThreads = 0
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = 10000
"""


@contextmanager
def started(command: list[str], address: str, folder: Path) -> Iterator[str]:
    """Run a server until it is no longer needed, and give the address of its endpoint once it answers."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        until(lambda: answers(address, process, folder / "log"))
        yield address
    finally:
        process.kill()
        process.wait()


def answers(address: str, process: subprocess.Popen[bytes], log: Path) -> bool:
    """Return whether a server answers; fail with what it said where it has ended."""
    assert process.poll() is None, log.read_text("utf-8", "replace")[-2000:]
    try:
        with urllib.request.urlopen(urllib.request.Request(address, b"query=ASK%7B%7D"), timeout=60) as reply:
            return bool(reply.read())
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@contextmanager
def oxigraph(release: Release, folder: Path) -> Iterator[str]:
    """Run `oxigraph serve` in memory, and push the release there."""
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if program is None:
        pytest.skip("oxigraph is not installed: pip install --group engines")
    with kept_port() as port:
        command = [program, "serve", "--bind", f"127.0.0.1:{port}"]
        with started(command, f"http://127.0.0.1:{port}/query", folder) as address:
            Push(release, address).run()
            yield address


@contextmanager
def virtuoso(release: Release, folder: Path) -> Iterator[str]:
    """Run Virtuoso on a folder of its own, and push the release there."""
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("virtuoso-t is not installed: Debian virtuoso-opensource-7-bin")
    with kept_port() as port, kept_port() as internal:
        (folder / "virtuoso.ini").write_text(VIRTUOSO.format(port=port, internal=internal), "utf-8")
        command = [program, "+foreground", "+configfile", "virtuoso.ini"]
        with started(command, f"http://127.0.0.1:{port}/sparql", folder) as address:
            Push(release, address, credentials="dba:dba").run()
            yield address


@contextmanager
def jena(release: Release, folder: Path) -> Iterator[str]:
    """Run Jena's engine behind a launcher that speaks as Fuseki does, and push the release there."""
    if not installed():
        pytest.skip("Jena is not installed: Debian libapache-jena-java")
    with kept_port() as port:
        command = [sys.executable, str(Path(__file__).with_name("jena_server.py")), str(port)]
        with started(command, f"http://127.0.0.1:{port}/ds/sparql", folder) as address:
            Push(release, address).run()
            yield address

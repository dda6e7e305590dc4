"""A service of its own for a test: a small site, and the command that people use, on a port of its own, with the settings given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from http_client import fetch
from ports import kept_port
from support import EX, STATEMENTS, make_release, until

#: Limits that nothing comes near on the slowest of machines, for tests of something else.
PATIENT: dict[str, Any] = {"query_timeout": 120.0, "service_timeout": 60.0, "result_hold": 60.0}
META = f'<{EX}dataset> <http://purl.org/dc/terms/title> "A small release" <{EX}graph/meta> .\n'


@dataclass(frozen=True)
class Service:
    """A running service: where it listens, its process, and where what it logs is kept."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def port(self) -> int:
        """Return the port."""
        return int(self.address.rsplit(":", 1)[1])

    def figures(self, family: str) -> dict[str, int]:
        """Return the numbers of a family with one label, such as `allegata_engine`, by the value of the label."""
        lines = fetch(self.address, "/metrics").text.splitlines()
        return {line.split('"')[1]: int(float(line.split()[-1])) for line in lines if line.startswith(f"{family}{{")}


def make_site(folder: Path, statements: Iterable[str] = STATEMENTS) -> Path:
    """Write a site whose current release holds the statements."""
    lines = sorted({*statements, META})
    release = make_release(folder / "releases" / "1.0+test", lines)
    graphs: dict[str, int] = {}
    for line in lines:
        name = line.rstrip(" .\n").rsplit("<", 1)[1].rstrip(">")
        graphs[name] = graphs.get(name, 0) + 1
    manifest = {
        **{"title": "A small release", "description": "", "version": "1.0", "created": "2026-01-01", "base": EX},
        **{"software": "allegata", "licence": EX, "rights": "", "language": "en", "publisher": {"iri": EX, "name": "Nobody"}},
        **{"quads": len(lines), "triples": len(lines), "graphs": graphs, "rdfc10": "0" * 64, "files": {}, "keywords": []},
    }
    (release / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (folder / "current").symlink_to(release.relative_to(folder))
    return folder


def serve(
    site: Path, environment: Mapping[str, str] | None = None, files: int = 0, **settings: object
) -> AbstractContextManager[Service]:
    """Serve a site with settings, each as its environment variable, and end the service afterwards; `files`: most open ones."""
    variables = {f"ALLEGATA_{name.upper()}": str(value) for name, value in settings.items()}
    command = ["-m", "allegata", "serve", "--site", str(site), "--port"]
    return running(lambda port: [*command, str(port)], site, {**variables, **(environment or {})}, files=files)


@contextmanager
def running(
    arguments: Callable[[int], list[str]],
    logs: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    files: int = 0,
) -> Iterator[Service]:
    """Run a server by the Python that runs the tests, on a port that is kept for it, until it is no longer needed."""
    with kept_port() as port:
        log = logs / f"log-{port}"
        whole = {**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})}
        with log.open("wb") as out:
            limit = ["prlimit", f"--nofile={files}"] if files else []
            command = [*limit, sys.executable, *arguments(port)]
            process = subprocess.Popen(command, env=whole, cwd=folder, stdout=out, stderr=out)
        service = Service(f"http://127.0.0.1:{port}", process, log)
        try:
            until(lambda: is_ready(service))
            yield service
        finally:
            end(process)


def is_ready(service: Service) -> bool:
    """Return whether a service answers; fail with what it said where it has ended."""
    if service.process.poll() is not None:
        raise RuntimeError(f"the server ended with {service.process.returncode}: {service.log.read_text('utf-8')[-2000:]}")
    try:
        with urllib.request.urlopen(f"{service.address}/readyz", timeout=60):
            return True
    except urllib.error.HTTPError as error:
        return error.code == 401  # it asks for a token, and so it answers
    except OSError:
        return False


def end(process: subprocess.Popen[bytes]) -> None:
    """End a server as its supervisor would; one that does not end is killed, and is an error."""
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise

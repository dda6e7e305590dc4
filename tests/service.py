"""A service of its own for a test: a small site, and the command that people use, on a free port, with the settings given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ports import free_port, wait_until_ready
from support import EX, STATEMENTS, make_release

META = f'<{EX}dataset> <http://purl.org/dc/terms/title> "A small release" <{EX}graph/meta> .\n'


@dataclass(frozen=True)
class Service:
    """A running service: where it listens, its process, and where what it logs is kept."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def port(self) -> int:
        """Give the port."""
        return int(self.address.rsplit(":", 1)[1])


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


@contextmanager
def serve(site: Path, environment: Mapping[str, str] | None = None, **settings: object) -> Iterator[Service]:
    """Serve a site with settings, each as its environment variable, and end the service afterwards."""
    port = free_port()
    log = site / f"log-{port}"
    variables = {f"ALLEGATA_{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "allegata", "serve", "--site", str(site), "--port", str(port)]
    with log.open("wb") as out:
        whole = {**os.environ, "PYTHONUNBUFFERED": "1", **variables, **(environment or {})}
        process = subprocess.Popen(command, env=whole, stdout=out, stderr=out)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(address, process)
        yield Service(address, process, log)
    finally:
        process.terminate()
        process.wait(20)

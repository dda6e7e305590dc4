"""The servers that a measurement compares, each on the same data: how it is started, and what it takes of the machine."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ports import kept_port
from service import end

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Peer:
    """A kind of server: its name, its command on a port, where it answers, and what loads the data where the command does not."""

    name: str
    command: Callable[[Path, Path, int], list[str]]
    path: str = "/sparql"
    loads: bool = False


def _allegata(site: Path, _data: Path, port: int) -> list[str]:
    return [sys.executable, "-m", "allegata", "serve", "--site", str(site), "--port", str(port)]


def _oxigraph(_site: Path, _data: Path, port: int) -> list[str]:
    return [str(Path(sys.executable).with_name("oxigraph")), "serve", "--bind", f"127.0.0.1:{port}"]


def _rdflib(_site: Path, data: Path, port: int) -> list[str]:
    program = str(Path(sys.executable).with_name("rdflib-endpoint"))
    return [program, "serve", "--host", "127.0.0.1", "--port", str(port), str(data)]


PEERS = (
    Peer("allegata", _allegata),
    Peer("oxigraph serve", _oxigraph, "/query", loads=True),
    Peer("rdflib-endpoint", _rdflib, "/"),
)


@dataclass(frozen=True)
class Running:
    """A server that runs: its name, where it answers, and its process."""

    name: str
    port: int
    path: str
    process: subprocess.Popen[bytes]

    def seconds(self) -> float:
        """Return the processor time of the process and all below it, those that were waited for included."""
        return sum(sum(map(int, stat[11:15])) for stat in _stats(self.process.pid)) / _TICKS

    def memory(self) -> int:
        """Return the bytes of memory that the process and all below it take, what they share counted once."""
        return sum(_share(pid) for pid in _below(self.process.pid))


def _below(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from _below(int(child))


def _stats(pid: int) -> Iterator[list[str]]:
    for found in _below(pid):
        try:
            yield Path(f"/proc/{found}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue


def _share(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024


@contextmanager
def running(peer: Peer, site: Path, data: Path, logs: Path) -> Iterator[Running]:
    """Run a server with the data, an N-Triples file, until it is no longer needed."""
    with kept_port() as port, (logs / f"log-{port}").open("wb") as log:
        environment = {**os.environ, "ALLEGATA_TRUSTED_PROXIES": "1"}
        process = subprocess.Popen(peer.command(site, data, port), stdout=log, stderr=log, env=environment)
        try:
            _wait(process, port)
            if peer.loads:
                address = f"http://127.0.0.1:{port}/store?default"
                with data.open("rb") as body:
                    headers = {"Content-Type": "application/n-triples", "Content-Length": str(data.stat().st_size)}
                    urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=3600).close()
            yield Running(peer.name, port, peer.path, process)
        finally:
            end(process)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    while process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"a server ended with {process.returncode} before it answered")

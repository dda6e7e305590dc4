"""Ordinary clients of a running service, without attack and under each kind of attack in turn; `make soak` runs it.

DURATION= sets the seconds, ATTACK= chooses one kind. Attackers are a process of their own at the lowest priority, so that what
slows ordinary requests is the service and not the making of attacks. Each round has a quiet phase and one with the attack, of as
many ordinary requests; of three rounds the median counts. It fails if an ordinary request fails, if the slowest hundredth under an
attack takes more than twice as long, if memory grows by more than a tenth, or if a process is left over.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from allegata.model.namespaces import ALG
from allegata.release.build import build
from service import Service, serve
from soak_attacks import ATTACKS
from support import ROOT

CLIENTS = 24
# Seconds for which a client thinks, in the mean.
THINK = 0.1
ACTORS = ("dprk", "china", "russian-federation", "republic-of-korea", "japan", "united-states")
PAGES = ("/", "/page/actor/dprk", "/search?q=camps", "/votes", "/compare?topic=sanctions", "/timeline", "/healthz")
ATTACKER = Path(__file__).resolve().parents[1] / "helpers" / "soak_attacks.py"
# Ordinary requests of a phase at least, and rounds of which the median counts.
LEAST = 5_000
ROUNDS = 3
# How many times as long the slowest hundredth may take under attack.
WORST = 2.0
_SEEDS = itertools.count()


def ordinary(chance: random.Random) -> tuple[str, str]:
    """Return a query as a researcher asks it, hardly ever the same, with a format."""
    n = chance.randrange(1 << 20)
    actor = f"<https://w3id.org/allegata/actor/{chance.choice(ACTORS)}>"
    return chance.choice(
        (
            (f"SELECT ?p ?o {{ {actor} ?p ?o }} # {n}", "json"),
            (f"SELECT ?a ?c {{ ?a <{ALG}assertedBy> {actor} ; <{ALG}asserts> ?c }} LIMIT {1 + n % 100}", "csv"),
            (f"ASK {{ ?s <{ALG}about> {actor} }} # {n}", "json"),
            (f"DESCRIBE {actor} # {n}", "turtle"),
            (f"SELECT ?s ?v {{ ?s <{ALG}polarity> ?v }} OFFSET {n % 1000} LIMIT 50", "xml"),
            (f"CONSTRUCT {{ ?s <{ALG}topic> ?v }} WHERE {{ ?s <{ALG}topic> ?v }} OFFSET {n % 500} LIMIT 20", "ntriples"),
        )
    )


@dataclass
class Load:
    """Clients that ask until there were enough answers and the time is over, and what they saw."""

    port: int
    wanted: int
    seconds: float
    times: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def run(self) -> Load:
        """Run the clients; each thinks for some milliseconds between questions."""
        end = time.monotonic() + self.seconds
        arguments = ((random.Random(next(_SEEDS)), {"X-Forwarded-For": f"192.0.2.{n + 1}"}, end) for n in range(CLIENTS))
        threads = [threading.Thread(target=self._ask, args=given, daemon=True) for given in arguments]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self

    def _ask(self, chance: random.Random, headers: dict[str, str], end: float) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        while time.monotonic() < end or len(self.times) < self.wanted:
            time.sleep(chance.expovariate(1 / THINK))
            query, word = ordinary(chance)
            path = f"/sparql?{urlencode({'query': query, 'format': word})}" if chance.random() < 0.8 else chance.choice(PAGES)
            began = time.monotonic()
            try:
                connection.request("GET", path, headers=headers)
                response = connection.getresponse()
                body = response.read()
            except (OSError, HTTPException) as error:
                self.failures.append(repr(error))
                connection.close()
                continue
            self.times.append(time.monotonic() - began)
            if response.status != 200:
                self.failures.append(f"{path} {response.status}: {body[:200]!r}")


def tree(pid: int) -> list[int]:
    """Return a process with all that came from it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
    found = [pid]
    for item in found:
        found += [child for child, parent in parents.items() if parent == item]
    return found


def ours(pid: int) -> bool:
    """Return whether a process is one of the service's."""
    with suppress(OSError):
        return b"allegata" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def memory(pids: list[int]) -> int:
    """Return the memory that processes have to themselves or share, each page once (Linux, proc(5), Pss)."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += int(text.split("Pss:", 1)[1].split()[0]) * 1024
    return total


def at_rest(service: Service) -> int:
    """Return the memory of the service when nothing has run for a while."""
    time.sleep(12)
    return memory(tree(service.process.pid))


def percentile(times: list[float], part: int) -> float:
    """Return a percentile in milliseconds."""
    return statistics.quantiles(times, n=100)[part - 1] * 1000


@contextmanager
def attack(name: str, port: int) -> Iterator[None]:
    """Attack a port from a process of its own for as long as the context is open."""
    command = [sys.executable, str(ATTACKER), name, str(port), str(next(_SEEDS))]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ATTACKER.parent)})
    try:
        time.sleep(1.0)
        yield
    finally:
        process.kill()
        process.wait()


def phase(service: Service, name: str, wanted: int, seconds: float) -> Load:
    """Load the service, under an attack where one is named, and report."""
    with attack(name, service.port) if name else nullcontext():
        load = Load(service.port, wanted, seconds).run()
    p50, p99 = percentile(load.times, 50), percentile(load.times, 99)
    worst = max(load.times) * 1000
    say(
        f"  {name or 'quiet':10} {len(load.times):6} ordinary answers, p50 {p50:7.1f} ms, p99 {p99:7.1f} ms, worst {worst:6.0f} ms"
    )
    return load


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(service: Service, attacks: Sequence[str], least: int, seconds: float) -> list[str]:
    """Run each attack in rounds beside quiet phases, and give what is wrong."""
    for name in ("", *attacks):  # every thread and each place has worked before memory is looked at
        phase(service, name, least // 5, 2)
    before, wrong = at_rest(service), []
    for name in attacks:
        pairs = [(phase(service, "", least, seconds), phase(service, name, least, seconds)) for _ in range(ROUNDS)]
        quiet, loaded = (statistics.median(percentile(pair[at].times, 99) for pair in pairs) for at in (0, 1))
        say(f"{name}: p99 {quiet:.1f} -> {loaded:.1f} ms, {loaded / quiet:.2f} times (median of {ROUNDS} rounds)")
        wrong += [f"{name}: p99 grew {loaded / quiet:.2f} times"] if loaded > WORST * quiet else []
        failures = [failure for pair in pairs for load in pair for failure in load.failures]
        wrong += [f"{name}: {len(failures)} ordinary requests failed, the first: {failures[0]}"] if failures else []
    after = at_rest(service)
    say(f"memory {before >> 20} -> {after >> 20} MiB")
    return [*wrong, *([f"memory grew from {before} to {after}"] if after > 1.1 * before else [])]


def main() -> int:
    """Run the soak test and give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--duration", type=float, default=600, help="seconds for all attacks; a phase goes on until it has its requests"
    )
    parser.add_argument("--attack", choices=ATTACKS, help="one kind of attack alone")
    parser.add_argument("--least", type=int, default=LEAST, help="ordinary requests of a phase")
    options = parser.parse_args()
    attacks = [options.attack] if options.attack else list(ATTACKS)
    seconds = options.duration / (2 * ROUNDS * len(attacks))
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        build(ROOT, site, lambda _step: None)
        with serve(site, trusted_proxies=1, cache_bytes=1 << 20) as service:
            pids = tree(service.process.pid)
            wrong = run(service, attacks, options.least, seconds)
            pids += tree(service.process.pid)
        time.sleep(2)
        left = [pid for pid in set(pids) if ours(pid)]
        wrong += [f"{len(left)} processes are left: {left}"] if left else []
        log = service.log.read_text()
        wrong += [f"errors in the log:\n{log[-2000:]}"] if "unforeseen" in log else []
    for line in wrong:
        say(f"FAILED: {line}")
    say("failed" if wrong else "passed: no ordinary request failed or was slowed down, no memory grew, no process was left")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

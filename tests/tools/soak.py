"""A long mixed load on a running service: ordinary clients, one in ten hostile; `make soak` runs it, DURATION= sets the seconds.

It prints the times of ordinary queries without and with attack, and fails if an ordinary request fails or takes over a second, if
the times of the slowest hundredth more than double, if memory grows by more than a tenth, or if a process is left over.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from service import Service, make_site, serve
from support import EX

CLIENTS = 32
QUADS = 20_000
# Hostile queries that one client has under way.
AT_ONCE = 8
# Seconds within which every ordinary query is to be answered.
WORST = 1.0
_SEEDS = itertools.count()


def statements() -> Iterator[str]:
    """Yield statements about numbers: values, and a chain from each to the next."""
    for n in range(QUADS // 2):
        yield f'<{EX}n{n}> <{EX}value> "{n}" <{EX}graph/values> .\n'
        yield f"<{EX}n{n}> <{EX}next> <{EX}n{(n + 1) % (QUADS // 2)}> <{EX}graph/order> .\n"


def ordinary(chance: random.Random) -> tuple[str, str]:
    """Return a query as a researcher asks it, never the same, with a format."""
    n = chance.randrange(QUADS // 2)
    return chance.choice(
        (
            (f"SELECT ?v {{ <{EX}n{n}> <{EX}value> ?v }}", "json"),
            (f"SELECT ?a ?v {{ <{EX}n{n}> <{EX}next>/<{EX}next> ?a . ?a <{EX}value> ?v }}", "csv"),
            (f"ASK {{ <{EX}n{n}> <{EX}next> <{EX}n{n + 1}> }}", "json"),
            (f"DESCRIBE <{EX}n{n}>", "turtle"),
            (f"SELECT ?s ?v {{ ?s <{EX}value> ?v }} OFFSET {n} LIMIT 50", "xml"),
            (f"CONSTRUCT {{ ?s <{EX}value> ?v }} WHERE {{ ?s <{EX}value> ?v ; <{EX}next> <{EX}n{n}> }}", "ntriples"),
        )
    )


def hostile(chance: random.Random) -> str:
    """Return a query that runs away, never the same."""
    n = chance.randrange(1 << 30)
    return chance.choice(
        (
            f"SELECT (COUNT(*) AS ?n{n}) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}",
            f"SELECT * {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} ORDER BY ?f ?c ?i{n}",
            f"SELECT (COUNT(*) AS ?n{n}) {{ ?a (<{EX}next>|^<{EX}next>)* ?b }}",
            f"SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d), '{n}')) AS ?x) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}",
            f"SELECT * {{ ?a ?b ?c . ?d ?e ?f . FILTER(REGEX(STR(?c), '^(([0-9])+)+${n}') && STR(?f) = '{n}') }}",
            "SELECT * " + "{" * 2_500 + "}" * 2_500,
            f"SELECT * {{ SERVICE <http://127.0.0.1:9/{n}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ FILTER(1{'+1' * 3_000}) }} # {n}",
            f"SELECT * {{ ?a ?b ?c . ?d ?e ?f }} # {n}",
        )
    )


@dataclass
class Load:
    """Clients that ask until they are stopped, and what they saw."""

    port: int
    times: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    answered: Counter[int | str] = field(default_factory=Counter)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, ordinary_clients: int, hostile_clients: int) -> None:
        """Start clients; each thinks for some milliseconds between questions."""
        tasks = [self._ask_ordinary] * ordinary_clients + [self._ask_hostile] * hostile_clients
        for number, task in enumerate(tasks):
            headers = {"X-Forwarded-For": f"192.0.2.{number + 1}"}
            self._threads.append(threading.Thread(target=task, args=(random.Random(next(_SEEDS)), headers), daemon=True))
            self._threads[-1].start()

    def stop(self) -> None:
        """Stop the clients."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask_ordinary(self, chance: random.Random, headers: dict[str, str]) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self._stop.wait(chance.expovariate(1 / 0.25)):
            query, word = ordinary(chance)
            began = time.monotonic()
            try:
                connection.request("GET", f"/sparql?{urlencode({'query': query, 'format': word})}", headers=headers)
                response = connection.getresponse()
                body = response.read()
            except (OSError, HTTPException) as error:
                self.failures.append(repr(error))
                connection.close()
                continue
            self.times.append(time.monotonic() - began)
            if response.status != 200:
                self.failures.append(f"{response.status}: {body[:200]!r}")

    def _ask_hostile(self, chance: random.Random, headers: dict[str, str]) -> None:
        """Ask as often as an ordinary client does, without waiting for the answers, up to so many at once."""
        places = threading.BoundedSemaphore(AT_ONCE)
        while not self._stop.wait(chance.expovariate(1 / 0.25)):
            if places.acquire(blocking=False):
                arguments = (hostile(chance), chance.random() < 0.2, headers, places)
                threading.Thread(target=self._attack, args=arguments, daemon=True).start()
        for _ in range(AT_ONCE):
            places.acquire()

    def _attack(self, query: str, hangs_up: bool, headers: dict[str, str], places: threading.BoundedSemaphore) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", "/sparql", query, {"Content-Type": "application/sparql-query", **headers})
            if hangs_up:
                self.answered["hung up"] += 1
            else:
                response = connection.getresponse()
                response.read(1 << 20)
                self.answered[response.status] += 1
        except (OSError, HTTPException):
            self.answered["broken off"] += 1
        finally:
            connection.close()
            places.release()


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


def phase(service: Service, seconds: float, hostile_clients: int) -> Load:
    """Load the service for so long and report."""
    load = Load(service.port)
    load.start(CLIENTS - hostile_clients, hostile_clients)
    time.sleep(seconds)
    load.stop()
    p50, p99 = percentile(load.times, 50), percentile(load.times, 99)
    name = "attack" if hostile_clients else "normal"
    say(f"{name}: {len(load.times)} ordinary answers, p50 {p50:.1f} ms, p99 {p99:.1f} ms, worst {max(load.times) * 1000:.0f} ms")
    if load.answered:
        say("        hostile ones: " + ", ".join(f"{what} {count}" for what, count in load.answered.most_common()))
    return load


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(service: Service, duration: float) -> list[str]:
    """Run the phases in turn, and give what is wrong."""
    # Memory is compared in the same state: behind an attack and an ordinary phase, when every thread and each place has worked.
    turns = itertools.cycle((CLIENTS // 10, 0))
    for hostile_clients in itertools.islice(turns, 4):
        phase(service, duration / 20, hostile_clients)
    before = at_rest(service)
    loads = [phase(service, duration / 10, hostile_clients) for hostile_clients in itertools.islice(turns, 8)]
    after = at_rest(service)
    calm = [time for load in loads[1::2] for time in load.times]
    attacked = [time for load in loads[::2] for time in load.times]
    ratio = percentile(attacked, 99) / percentile(calm, 99)
    say(
        f"p50 {percentile(calm, 50):.1f} -> {percentile(attacked, 50):.1f} ms, p99 {percentile(calm, 99):.1f} -> {percentile(attacked, 99):.1f} ms"
    )
    say(f"p99 during attack is {ratio:.2f} times the normal one; memory {before >> 20} -> {after >> 20} MiB")
    failures = [failure for load in loads for failure in load.failures]
    wrong = [f"{len(failures)} ordinary requests failed, the first: {failures[0]}"] if failures else []
    worst = max(calm + attacked)
    wrong += [f"an ordinary answer took {worst:.2f} s"] if worst > WORST else []
    wrong += [f"p99 grew by {ratio:.2f}"] if ratio > 2 else []
    wrong += [f"memory grew from {before} to {after}"] if after > 1.1 * before else []
    return wrong


def main() -> int:
    """Run the soak test and give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--duration", type=float, default=float(os.environ.get("DURATION") or 600), help="seconds")
    duration = parser.parse_args().duration
    with tempfile.TemporaryDirectory() as folder:
        with serve(make_site(Path(folder), statements()), trusted_proxies=1, cache_bytes=1 << 20) as service:
            pids = tree(service.process.pid)
            wrong = run(service, duration)
            pids += tree(service.process.pid)
        time.sleep(2)
        left = [pid for pid in set(pids) if ours(pid)]
        wrong += [f"{len(left)} processes are left: {left}"] if left else []
        log = service.log.read_text()
        wrong += [f"errors in the log:\n{log[-2000:]}"] if "unforeseen" in log else []
    for line in wrong:
        say(f"FAILED: {line}")
    say("failed" if wrong else "passed: no ordinary request failed or was late, no memory grew, no process was left")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""Kills whatever runs, at random moments: builders, the service, its forkserver, its workers; and says what must hold after each.

Only what was published before or is published now is served; no process is left over; the service answers again by itself, or
where it was killed itself once its supervisor has started it anew.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from urllib.parse import quote

from allegata.release.build import build
from allegata.release.site import current
from allegata.release.verify import verify
from http_client import fetch
from ports import kept_port
from processes import children, members
from support import until

#: What the place of the corpus is called, in turn.
NAMES = ("Somewhere", "Elsewhere")
_LABEL = "SELECT ?name { <https://example.org/place/somewhere> <http://www.w3.org/2000/01/rdf-schema#label> ?name }"
_BUSY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
_CORPUS = """\
@base <https://example.org/> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix schema: <http://schema.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<dataset> a dcat:Dataset ; dct:title "One place"@en ; dcat:version "1.0" ; dct:issued "2026-01-01"^^xsd:date ; void:uriSpace "https://example.org/" .
<place/somewhere> a schema:Place ; rdfs:label "%s"@en .
"""


def write_corpus(root: Path, name: str) -> None:
    """Write a corpus of one place, without shapes and rules of its own, so that building it takes no time."""
    for folder in ("data", "shapes", "ontology/rules"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "data" / "corpus.ttl").write_text(_CORPUS % name, "utf-8")


@dataclass
class Seen:
    """What a campaign saw: what was killed how often, which names were served, and the longest wait until answers came again."""

    killed: Counter[str] = field(default_factory=Counter)
    served: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0


class Campaign:
    """A site, a service on it, a client that never ends asking, and the hand that kills."""

    def __init__(self, folder: Path, port: int, seed: int):
        self.folder, self.site, self.root = folder, folder / "site", folder / "corpus"
        self.address, self._port = f"http://127.0.0.1:{port}", port
        self._chance, self.seen = random.Random(seed), Seen()
        self._name, self._stopped = NAMES[0], threading.Event()
        write_corpus(self.root, self._name)
        began = time.monotonic()
        build(self.root, self.site, lambda _step: None)
        self._build_seconds = 2 * (time.monotonic() - began) + 1
        self._service = self._start_service()

    def run(self, count: int) -> Seen:
        """Do so much harm, and after each see that everything is as it has to be."""
        with self._asking():
            for _ in range(count):
                kind = self._chance.choice(("builder", "service", "forkserver", "worker"))
                getattr(self, f"_kill_{kind}")()
                self.seen.killed[kind] += 1
                self._check()
        return self.seen

    def close(self) -> None:
        """End the service; nothing of it is left."""
        self._service.terminate()
        self._service.wait(60)
        until(lambda: not members(self._service.pid))

    def _kill_builder(self) -> None:
        """Kill a build that publishes another name, somewhere on its way or when it has ended."""
        other = next(name for name in NAMES if name != self._published())
        write_corpus(self.root, other)
        command = [sys.executable, "-m", "allegata", "build", "--root", str(self.root), "--site", str(self.site)]
        builder = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with suppress(subprocess.TimeoutExpired):
            builder.wait(self._chance.uniform(0, self._build_seconds))
        builder.kill()
        builder.wait()
        until(lambda: not members(builder.pid))

    def _kill_service(self) -> None:
        self._rest()
        self._service.kill()
        self._service.wait()
        until(lambda: not members(self._service.pid))  # forkserver and workers end with it
        self._service = self._start_service()

    def _kill_forkserver(self) -> None:
        self._rest()
        self._kill_one(children(self._service.pid))

    def _kill_worker(self) -> None:
        self._rest()
        self._kill_one([worker for forkserver in children(self._service.pid) for worker in children(forkserver)])

    def _kill_one(self, pids: list[int]) -> None:
        if pids:
            with suppress(ProcessLookupError):
                os.kill(self._chance.choice(pids), signal.SIGKILL)

    def _rest(self) -> None:
        time.sleep(self._chance.uniform(0, 0.3))

    def _start_service(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "allegata", "serve", "--site", str(self.site), "--port", str(self._port)]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(command, start_new_session=True, stdout=log, stderr=log)

    def _check(self) -> None:
        """See that what is published is whole, and that the service gives that and nothing else, with processes of its own alone."""
        began = time.monotonic()
        published = self._published()
        failed = [check.text() for check in verify(current(self.site), only=["files", "manifest", "store"]) if check.problems]
        assert not failed, failed
        until(lambda: self._asked(_LABEL) == published)
        self.seen.longest = max(self.seen.longest, time.monotonic() - began)
        assert self._service.poll() is None, "the service has ended"
        forkservers = children(self._service.pid)
        mine = {self._service.pid, *forkservers, *(worker for pid in forkservers for worker in children(pid))}
        until(lambda: set(members(self._service.pid)) <= mine | set(self._now()))

    def _now(self) -> Iterator[int]:
        yield self._service.pid
        for forkserver in children(self._service.pid):
            yield forkserver
            yield from children(forkserver)

    def _published(self) -> str:
        lines = current(self.site).checked_lines
        return next(name for name in NAMES if any(f'"{name}"' in line for line in lines))

    def _asked(self, query: str) -> str:
        """Return the name that the service gives, or nothing where it does not answer now."""
        try:
            reply = fetch(self.address, f"/sparql?query={quote(query)}", headers={"Accept": "text/csv"})
        except (OSError, HTTPException):
            return ""
        if reply.status != 200:
            assert reply.status in (429, 500, 503), reply
            return ""
        return reply.text.split("\r\n")[1]

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Have clients ask all the time, one of them long questions; what they are told is one of the names or nothing."""
        wrong: list[str] = []

        def ask(number: int) -> None:
            while not self._stopped.wait(0.02):
                answer = self._asked(f"{_LABEL} # {time.monotonic_ns()}" if number else f"{_BUSY} # {time.monotonic_ns()}")
                if number and answer:
                    self.seen.served[answer] += 1
                    wrong.extend([answer] if answer not in NAMES else [])

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            for thread in threads:
                thread.join()
        assert not wrong, wrong


def campaign(folder: Path, count: int, seed: int) -> Seen:
    """Run a campaign in a folder, from the service's first answer to its end."""
    with ExitStack() as stack:
        running = Campaign(folder, stack.enter_context(kept_port()), seed)
        stack.callback(running.close)
        return running.run(count)

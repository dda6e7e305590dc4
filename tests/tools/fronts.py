"""Measures how many requests several services on one release answer behind nginx, with its cache and without, as ratios of one run."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count, islice, takewhile
from pathlib import Path
from urllib.parse import quote

from allegata.release.build import build
from ports import kept_port
from proxies import certified, plain_command, run_nginx
from service import Service, serve
from support import ROOT

#: The fronts of a turn, and whether nginx keeps answers.
TURNS = tuple((fronts, kept) for kept in (False, True) for fronts in (1, 2, 3))
LOOKUP = "SELECT ?p ?o WHERE {{ <https://w3id.org/allegata/source/report-2025> ?p ?o }} # {}"
PAGES = ("/", "/search?q=food", "/compare", "/votes", "/catalog")
QUESTIONS = 20


@dataclass(frozen=True)
class Load:
    """What clients ask: a name, and the paths for a turn, of which a client takes one after the other."""

    name: str
    fresh: bool

    def paths(self, turn: int, client: int) -> Iterator[str]:
        """Yield addresses without end: never the same, or the same ones again and again."""
        for number in count():
            if self.fresh:
                yield f"/sparql?format=csv&query={quote(LOOKUP.format(f'{turn} {client} {number}'))}"
            elif number % 2:
                yield PAGES[number // 2 % len(PAGES)]
            else:
                yield f"/sparql?format=csv&query={quote(LOOKUP.format(f'again {number // 2 % QUESTIONS}'))}"


LOADS = (Load("look-ups, none asked twice", fresh=True), Load("pages and look-ups, again and again", fresh=False))


@contextmanager
def proxy(folder: Path, fronts: Sequence[Service], *, kept: bool) -> Iterator[int]:
    """Run nginx, as it is shipped, before services; yield the port on which it speaks without TLS."""
    with kept_port() as port, kept_port() as unused:
        command = plain_command(folder, [front.port for front in fronts], unused, port, kept=kept)
        with run_nginx(command, folder, lambda: _status(_connection(port), "/readyz") == 200):
            yield port


def _connection(port: int, client: int = 0) -> HTTPConnection:
    """Return a connection from an address of the client's own, so that each has its share."""
    return HTTPConnection("127.0.0.1", port, timeout=60, source_address=(f"127.0.0.{client + 2}", 0))


def _status(connection: HTTPConnection, path: str) -> int:
    connection.request("GET", path)
    reply = connection.getresponse()
    reply.read()
    return reply.status


def turn(port: int, load: Load, number: int, clients: int, seconds: float) -> float:
    """Ask by so many clients for so many seconds; return the requests a second. Any answer but 200 ends the run."""
    if not load.fresh:
        for path in islice(load.paths(number, 0), 2 * QUESTIONS):
            _status(_connection(port), path)
    done, wrong = [0] * clients, list[str]()
    end = time.monotonic() + seconds

    def ask(client: int) -> None:
        connection = _connection(port, client)
        for path in takewhile(lambda _: time.monotonic() < end and not wrong, load.paths(number, client)):
            status = _status(connection, path)
            wrong.extend([f"{path}: {status}"] if status != 200 else [])
            done[client] += 1
        connection.close()

    threads = [threading.Thread(target=ask, args=(client,)) for client in range(clients)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(wrong[0])
    return sum(done) / (time.monotonic() - began)


def measured(
    folder: Path, fronts: Sequence[Service], load: Load, options: argparse.Namespace
) -> dict[tuple[int, bool], list[float]]:
    """Return the requests a second of each turn, round by round; each round begins with another of them."""
    found: dict[tuple[int, bool], list[float]] = {one: [] for one in TURNS}
    for number in range(options.rounds):
        shift = number % len(TURNS)
        for fronts_now, kept in (*TURNS[shift:], *TURNS[:shift]):
            with proxy(folder, fronts[:fronts_now], kept=kept) as port:
                found[fronts_now, kept].append(turn(port, load, number, options.clients, options.seconds))
    return found


def report(load: Load, found: dict[tuple[int, bool], list[float]]) -> str:
    """Write a table: the median, the least and the most, and the ratio to one front without a cache in the same round."""
    base = found[1, False]
    lines = [
        f"| {load.name} | cache | requests/s: median | least | most | times one front without cache |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for (fronts, kept), rates in found.items():
        ratios = sorted(rate / one for rate, one in zip(rates, base, strict=True))
        told = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        figures = " | ".join(f"{figure:,.0f}" for figure in (statistics.median(rates), min(rates), max(rates)))
        lines.append(f"| {fronts} {'front' if fronts == 1 else 'fronts'} | {'yes' if kept else 'no'} | {figures} | {told} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Serve the bundled corpus, or the site that is given, by three services, and measure one, two and three of them in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, help="a site; without it the bundled corpus is built")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.6)
    parser.add_argument("--load", type=int, choices=range(len(LOADS)), help="one of the loads alone")
    parser.add_argument("--clients", type=int, default=6)
    options = parser.parse_args()
    if not shutil.which("nginx"):
        sys.exit("nginx is not installed: Debian nginx-light")
    with ExitStack() as stack:
        folder = certified(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        site = folder / "site"
        if options.site:
            site.symlink_to(options.site.resolve())
        else:
            build(ROOT, site, lambda _step: None)
        fronts = [stack.enter_context(serve(site, {"ALLEGATA_TRUSTED_PROXIES": "1"})) for _ in range(3)]
        sys.stdout.write(f"{os.cpu_count()} processors, a load of {os.getloadavg()[0]:.1f} before the first request; ")
        sys.stdout.write(f"{options.rounds} rounds, {options.clients} clients, {options.seconds:g} s a turn\n\n")
        for load in LOADS if options.load is None else LOADS[options.load :][:1]:
            sys.stdout.write(report(load, measured(folder, fronts, load, options)) + "\n")


if __name__ == "__main__":
    main()

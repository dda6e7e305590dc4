"""What the way to an answer costs: one corpus, several servers in turn, every kind of question; `make bench` runs it.

It writes the figures into docs/performance.md, with their conditions, and draws docs/performance.svg. Nothing fails by a time.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store

import build_costs
import page_costs
from allegata.release.build import build
from allegata.release.site import current
from bench_clients import Refused, load
from bench_questions import Questions
from bench_report import Cell, Refusal, cell, picture, tables, written_into
from bench_servers import PEERS, Running, running
from support import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "performance.svg"
#: Asked by one, by several and by many clients at once; each kind by itself is asked by one.
_LOADS = ("mix", "point", "repeated")
_CLIENTS = (1, 8, 32)
_LIBRARY = "pyoxigraph itself"
# What takes the slowest server longer than a turn is asked of it often enough for a median.
_LEAST = 3


def arguments(given: list[str] | None) -> argparse.Namespace:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, help="a site that is built; without it the bundled corpus is built")
    parser.add_argument("--queries", type=Path, help="competency questions; without it those of the release")
    parser.add_argument("--rounds", type=int, default=5, help="how often each server gets its turn")
    parser.add_argument("--requests", type=int, default=2_000, help="the most requests of a turn")
    parser.add_argument("--seconds", type=float, default=4.0, help="the longest turn")
    parser.add_argument("--clients", type=int, nargs="+", default=list(_CLIENTS))
    parser.add_argument("--peers", nargs="+", default=[peer.name for peer in PEERS], choices=[peer.name for peer in PEERS])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="write the figures into docs/performance.md")
    parser.add_argument("--costs", action="store_true", help="then measure the steps of a build and the pages, too")
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> None:
    """Measure, print the tables, and write them where that is asked for."""
    chosen = arguments(given)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if chosen.site is None:
            chosen.site = folder / "site"
            build(ROOT, chosen.site, lambda _step: None)
        release = current(chosen.site)
        data = folder / "data.nt"
        with gzip.open(release.folder / "dumps" / "allegata.nt.gz") as packed, data.open("wb") as plain:
            shutil.copyfileobj(packed, plain)
        store = Store()
        store.bulk_load(data.read_bytes(), RdfFormat.N_TRIPLES)
        questions = Questions(store, chosen.queries or release.folder / "questions", chosen.seed)
        peers = [peer for peer in PEERS if peer.name in chosen.peers]
        servers = [stack.enter_context(running(peer, chosen.site, data, folder)) for peer in peers]
        began = os.getloadavg()[0]
        cells, refusals = measured(servers, questions, chosen)
        cells += [library(store, questions, kind, chosen) for _ in range(chosen.rounds) for kind in questions.kinds]
        memory = {server.name: server.memory() for server in servers}
    figures = f"{conditions(chosen, len(store), began)}\n\n{tables(cells, memory, refusals)}"
    sys.stdout.write(figures + "\n")
    if chosen.write:
        DOCUMENT.write_text(written_into(DOCUMENT.read_text("utf-8"), figures), "utf-8")
        PICTURE.write_text(picture(cells), "utf-8")
    if chosen.costs:
        build_costs.main()
        page_costs.main()


def conditions(chosen: argparse.Namespace, triples: int, load_before: float) -> str:
    """Say what was measured, on what, and how busy that was with other work."""
    cores = os.cpu_count() or 1
    busy = f"The machine was busy with other work: a load of {load_before:.1f} on {cores} cores before the first request."
    quiet = f"The machine was quiet: a load of {load_before:.1f} on {cores} cores before the first request."
    return (
        f"{time.strftime('%Y-%m-%d', time.gmtime())}: {triples:,} triples; {chosen.rounds} rounds, the servers in turn, each turn at most"
        f" {chosen.requests:,} requests and {chosen.seconds:g} s; Python {platform.python_version()}, {', '.join(_versions())}."
        f" {busy if load_before > 1 else quiet}"
    )


def _versions() -> Iterator[str]:
    for name in ("pyoxigraph", "oxigraph", "rdflib-endpoint"):
        with suppress(PackageNotFoundError):
            yield f"{name} {version(name)}"


def measured(servers: list[Running], questions: Questions, chosen: argparse.Namespace) -> tuple[list[Cell], list[Refusal]]:
    """Put every load on every server in turn, round by round; each server gets other words, and the same kinds."""
    loads = [(kind, clients) for kind in _LOADS for clients in chosen.clients]
    loads += [(kind, 1) for kind in questions.kinds if kind not in _LOADS]
    for server in servers:
        with suppress(Refused):
            load(server.port, server.path, [questions.several("mix", 20)], chosen.seconds)
    cells: list[Cell] = []
    refusals: list[Refusal] = []
    for _ in range(chosen.rounds):
        for kind, clients in loads:
            each = max(_LEAST, chosen.requests // clients)
            for server in servers:
                queries = [questions.several(kind, each) for _ in range(clients)]
                before = server.seconds()
                try:
                    times, whole = load(server.port, server.path, queries, chosen.seconds)
                except Refused as refusal:
                    refusals.append(Refusal(server.name, kind, clients, str(refusal)))
                    continue
                cells.append(cell(server.name, kind, clients, times, whole, server.seconds() - before))
    return cells, refusals


def library(store: Store, questions: Questions, kind: str, chosen: argparse.Namespace) -> Cell:
    """Ask the library itself, in this process, without any server."""
    times, began, used = [], time.perf_counter(), time.process_time()
    for query in questions.several(kind, min(200, chosen.requests)):
        start = time.perf_counter()
        found = store.query(query)
        found.serialize(None, QueryResultsFormat.JSON) if isinstance(found, QuerySolutions) else bytes(str(list(found)), "utf-8")  # type: ignore[arg-type]
        times.append(time.perf_counter() - start)
        if time.perf_counter() - began > chosen.seconds:
            break
    return cell(_LIBRARY, kind, 1, times, time.perf_counter() - began, time.process_time() - used)


if __name__ == "__main__":
    main()

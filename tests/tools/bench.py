"""What the way to an answer costs: the same queries by the bare library, by a worker, over HTTP and by rdflib; pages; the steps of a build."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import rdflib
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store

import page_costs
from allegata.corpus.inference import infer_all, union_store
from allegata.corpus.quad_file import QuadFile
from allegata.corpus.reader import read
from allegata.corpus.sssom import read_links
from allegata.corpus.statements import Statements, StoredStatements
from allegata.corpus.validation import validate
from allegata.engine import WorkerPool
from allegata.model.formats import CSV_RESULTS
from allegata.release.canonical import canonical_hash_of_file
from allegata.release.dumps import write_dumps, write_union
from allegata.release.loading import load_store
from allegata.release.search_index import write_index
from allegata.release.void import describe
from service import Service, make_site, serve
from soak import statements
from support import EX, ROOT, ask, settings

QUERIES = {
    "point": f"SELECT ?v {{ <{EX}n77> <{EX}value> ?v }}",
    "join": f"SELECT ?a ?v {{ ?a <{EX}next>/<{EX}next> ?b . ?b <{EX}value> ?v FILTER(STRENDS(?v, '77')) }}",
    "count": "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p",
    "long answer": f"SELECT ?s ?v {{ ?s <{EX}value> ?v }}",
}
ROUNDS = 15
Made = TypeVar("Made")


def median(task: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median seconds of a task."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        task()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def over_http(service: Service, query: str, encoding: str) -> Callable[[], bytes]:
    """Ask over one connection, as a client does that asks much."""
    connection = HTTPConnection("127.0.0.1", service.port, timeout=60)
    counter = iter(range(1 << 30))

    def once() -> bytes:
        text = f"{query} # {encoding} {next(counter)}"
        connection.request(
            "GET",
            f"/sparql?{urlencode({'query': text, 'format': 'csv'})}",
            headers={"Accept-Encoding": encoding, "Connection": "keep-alive"},
        )
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RuntimeError(body.decode())
        return body

    return once


def bare(store: Store, query: str) -> bytes | None:
    """Ask the library."""
    results = store.query(query)
    if not isinstance(results, QuerySolutions):
        raise TypeError(query)
    return results.serialize(None, QueryResultsFormat.CSV)


def kept(service: Service, query: str) -> Callable[[], bytes]:
    """Ask the same again, which needs no worker."""
    connection = HTTPConnection("127.0.0.1", service.port, timeout=60)

    def once() -> bytes:
        connection.request("GET", f"/sparql?{urlencode({'query': query, 'format': 'csv'})}")
        return connection.getresponse().read()

    return once


def main() -> None:
    """Measure queries, the steps of a build, and pages."""
    queries()
    steps()
    page_costs.main()


def steps() -> None:
    """Build the bundled corpus and print the processor time of what a build does, as multiples of reading the files."""
    began = time.process_time()
    corpus = read(ROOT)
    reading = time.process_time() - began

    def step(name: str, work: Callable[[], Made]) -> Made:
        began = time.process_time()
        made = work()
        sys.stdout.write(f"{name:12}{(time.process_time() - began) / reading:12.1f}\n")
        return made

    sys.stdout.write(f"\n{'':12}{'x reading':>12}\n{'read ms':12}{reading * 1000:12.0f}\n")
    quads = [*corpus.quads, *step("link", lambda: read_links(corpus))]
    quads += step("infer", lambda: infer_all(quads, ROOT / "ontology" / "rules", corpus.inferred_graph))
    step("validate", lambda: validate(quads, ROOT / "shapes"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data, union = QuadFile.of(quads, folder / "data.nq"), union_store(quads)
        quads += step("describe", lambda: describe(corpus, data, union))
        master = step("sort", lambda: QuadFile.of(quads, folder / "master.nq"))
        step("dump", lambda: write_dumps(master, folder / "dumps", corpus.base))
        step("load", lambda: load_store(master, write_union(master, folder / "union.nt"), folder / "store"))
        step("index", lambda: write_index(StoredStatements(union), Statements([]), folder))
        step("hash", lambda: canonical_hash_of_file(master))


def queries() -> None:
    """Measure and print one row a query, each column as a multiple of the library's time."""
    lines = list(statements())
    store = Store()
    store.load("".join(lines).encode(), RdfFormat.N_QUADS)
    store.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
    graph = rdflib.Graph()
    for triple in rdflib.Dataset().parse(data="".join(lines), format="nquads").quads():
        graph.add(triple[:3])
    columns = ("library ms", "worker", "HTTP", "HTTP gzip", "HTTP kept", "rdflib")
    sys.stdout.write(f"{'':12}" + "".join(f"{name:>12}" for name in columns) + "\n")
    with ExitStack() as stack:
        site = make_site(Path(stack.enter_context(tempfile.TemporaryDirectory())), lines)
        service = stack.enter_context(serve(site))
        pool = stack.enter_context(closing(WorkerPool((site / "current").resolve(), settings())))
        for name, query in QUERIES.items():
            first = median(lambda query=query: bare(store, query))  # type: ignore[misc]
            row = [
                median(lambda query=query: ask(pool, query, CSV_RESULTS)),  # type: ignore[misc]
                median(over_http(service, query, "identity")),
                median(over_http(service, query, "gzip")),
                median(kept(service, query)),
                median(lambda query=query: len(list(graph.query(query))), 3),  # type: ignore[misc]
            ]
            sys.stdout.write(f"{name:12}{first * 1000:12.2f}" + "".join(f"{value / first:12.1f}" for value in row) + "\n")


if __name__ == "__main__":
    main()

"""Puts random queries to the engine, behind its gate, and to Jena; rdflib is the third voice where they differ.

    python tests/tools/fuzz_sparql.py --seconds 1800 --seed 1

A difference for which none of the explanations in `sparql_differences` holds is made as small as it goes and printed.
"""

from __future__ import annotations

import argparse
import io
import logging
import re
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyoxigraph
from rdflib import Dataset, URIRef

import solutions
from allegata.engine import Form, Query, inspect
from allegata.engine.pool.store import Embedded
from allegata.errors import AllegataError
from allegata.model.formats import JSON_RESULTS, N_TRIPLES
from jena import Jena
from sparql_differences import Difference, explain
from sparql_grammar import PROLOGUE, STATEMENTS, Grammar, Node, apart, plain, smaller
from support import settings

_FROM = re.compile(r"FROM (NAMED )?:(\w+) ")
_UNION = "INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"


def quads() -> bytes:
    """Return the dataset as N-Quads: three graphs, and their union as the default graph."""
    store = pyoxigraph.Store()
    for statement in STATEMENTS:
        triple, graph = statement.rsplit(" ", 1)
        store.update(f"{PROLOGUE} INSERT DATA {{ GRAPH :{graph} {{ {triple} }} }}")
    store.update(_UNION)
    return store.dump(format=pyoxigraph.RdfFormat.N_QUADS) or b""


class Engines:
    """The engine and the other one on the same data; `difference` compares them on a query."""

    def __init__(self, folder: Path) -> None:
        data = quads()
        store = pyoxigraph.Store()
        store.load(data, pyoxigraph.RdfFormat.N_QUADS)
        self.store = Embedded(store, True)
        self.jena = Jena(folder, data)
        logging.getLogger("rdflib").setLevel(logging.CRITICAL)
        self.data = data
        self.settings = settings()

    def ours(self, text: str) -> bytes:
        """Answer by the engine as a worker does; a refusal is an answer too."""
        seen = inspect(text, self.settings)
        out = io.BytesIO()
        form = JSON_RESULTS if seen.form in (Form.SELECT, Form.ASK) else N_TRIPLES
        self.store.answer(Query(seen, form), out)
        return out.getvalue()

    def difference(self, marked: str) -> Difference | None:
        """Return how the engines differ on a query; None where they agree, or where a refusal says so itself."""
        return self._compare(plain(marked), apart(marked))

    def _compare(self, text: str, put: str, *, reference: bool = False, refusing: bool = True) -> Difference | None:
        try:
            theirs = (self.jena.reference if reference else self.jena.answer)(put, extended=" distinct(" in put)
        except ValueError as error:
            if not refusing:
                raise
            return self._refused(text, put, str(error))
        try:
            ours = self.ours(text)
        except AllegataError as error:
            return Difference(text, put, f"refused: {error}", _show(theirs))
        if ours[:1] != b"{":
            one, other = (Counter(part.splitlines()) for part in (ours, theirs))
            return None if one == other else Difference(text, put, _show(ours), _show(theirs))
        (one_rows, in_order), (other_rows, _) = solutions.read(ours), solutions.read(theirs)
        if one_rows != other_rows:
            rows = one_rows - other_rows, other_rows - one_rows
            return Difference(text, put, _rows(rows[0]), _rows(rows[1]), rows)
        wrong = _order(text, in_order)
        return Difference(text, put, wrong, "the order of section 15.1") if wrong else None

    def _refused(self, text: str, put: str, reason: str) -> Difference | None:
        try:
            return Difference(text, put, _show(self.ours(text)), f"refused: {reason.splitlines()[0][:200]}")
        except AllegataError:
            return None

    def third(self, text: str) -> bytes:
        """Return what rdflib answers; nothing where it fails. It is given the dataset, as it would fetch the graphs of FROM."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                dataset = _dataset(self.data, tuple(_FROM.findall(text)))
                return dataset.query(_FROM.sub("", text)).serialize(format="json") or b""
            except Exception:  # noqa: BLE001 - rdflib's own faults are of all kinds
                return b""

    def explanation(self, found: Difference) -> str | None:
        """Return the name of the explanation that holds for a difference."""
        return explain(found, self._again)

    def _again(self, text: str, put: str, reference: bool) -> Difference | None:
        """Compare once more; what Jena refuses then shows nothing, even where the engine refuses it, too."""
        try:
            return self._compare(text, put, reference=reference, refusing=False)
        except ValueError as error:
            return Difference(text, put, "", f"refused: {error}")


@cache
def _dataset(data: bytes, clauses: tuple[tuple[str, str], ...]) -> Dataset:
    """Return the dataset that FROM clauses make (SPARQL 1.1 Query, section 13.2)."""
    whole, chosen = Dataset(default_union=False), Dataset(default_union=False)
    whole.parse(data=data, format="nquads")
    if not clauses:
        return whole
    for named, name in clauses:
        graph = URIRef(f"urn:x:{name}")
        target = chosen.graph(graph) if named else chosen.default_graph
        for triple in whole.graph(graph):
            target.add(triple)
    return chosen


def _show(body: bytes) -> str:
    return body.decode()[:600]


def _rows(rows: Counter[solutions.Row]) -> str:
    return f"{sum(rows.values())} alone: " + "; ".join(f"{count}x {dict(row)}" for row, count in list(rows.items())[:40])


def _order(text: str, rows: list[dict[str, solutions.Value]]) -> str:
    head, found, key = text.rpartition(" ORDER BY ")
    if not found or " " in key or head.count("{") != head.count("}"):
        return ""
    name = key.strip().removeprefix("DESC(").rstrip(")").removeprefix("?")
    wrong = solutions.misplaced([row.get(name) for row in rows], key.startswith("DESC"))
    return f"{wrong[0]} before {wrong[1]}" if wrong else ""


@dataclass
class Figures:
    """What a run has seen."""

    queries: int = 0
    explained: Counter[str] = field(default_factory=Counter)
    open: list[Difference] = field(default_factory=list)


def run(engines: Engines, seed: int, go_on: Callable[[int], bool], report: Callable[[str], None]) -> Figures:
    """Compare the engines on queries for as long as one is to go on."""
    grammar, figures = Grammar(seed), Figures()
    while go_on(figures.queries):
        tree = grammar.query()
        figures.queries += 1
        found = engines.difference(str(tree))
        if found is None:
            continue
        known = engines.explanation(found)
        if known:
            figures.explained[known] += 1
            continue
        found = shrink(engines, tree, found)
        figures.open.append(found)
        third = engines.third(found.text).decode()[:300]
        report(f"{found.text.removeprefix(PROLOGUE)}\n  engine: {found.ours}\n  Jena:   {found.theirs}\n  rdflib: {third}\n")
    return figures


def shrink(engines: Engines, tree: Node, found: Difference) -> Difference:
    """Leave out parts of a query as long as the engines still differ, and no explanation holds."""
    again = True
    while again:
        again = False
        for less in smaller(tree):
            other = engines.difference(str(less))
            if other and other.refused == found.refused and engines.explanation(other) is None:
                tree, found, again = less, other, True
                break
    return found


def main() -> int:
    """Run for the seconds asked for; return 1 where a difference has no explanation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=20, help="end after so many differences without explanation")
    options = parser.parse_args()
    end = time.monotonic() + options.seconds
    with tempfile.TemporaryDirectory() as folder:
        found: list[str] = []

        def report(line: str) -> None:
            found.append(line)
            sys.stdout.write(line)
            sys.stdout.flush()

        figures = run(Engines(Path(folder)), options.seed, lambda _: time.monotonic() < end and len(found) < options.most, report)
    lines = [f"{figures.queries} queries, seed {options.seed}, {sum(figures.explained.values())} differences explained:"]
    lines += [f"  {count:6} {name}" for name, count in figures.explained.most_common()]
    sys.stdout.write("\n".join([*lines, f"{len(figures.open)} without explanation.", ""]))
    return 1 if figures.open else 0


if __name__ == "__main__":
    sys.exit(main())

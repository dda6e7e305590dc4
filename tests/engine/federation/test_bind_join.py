"""What is sent along with a SERVICE never changes an answer: random queries on two small stores, with it and without."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store

from allegata.engine import Answer, Query, inspect
from allegata.engine.federation import bind_join, fetch_process, resolution
from allegata.engine.federation.client import Call, Rows
from allegata.engine.federation.federation import Federation
from allegata.engine.pool.store import Embedded
from allegata.model.formats import JSON_RESULTS
from support import EX, settings

ADDRESS = "http://127.0.0.1/sparql"
NAMES = "abcd"
XSD = "http://www.w3.org/2001/XMLSchema#"
Multiset = Counter[tuple[tuple[str, str], ...]]


class Maker:
    """Makes random data and random queries with SERVICE anywhere in them."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._count = 0

    def store(self) -> Store:
        """Make a store of some statements in two graphs."""
        things = [f"<{EX}n{n}>" for n in range(8)]
        store = Store()
        for _ in range(40):
            value = self._of(*things, f'"{self._random.randrange(4)}"', f'"{self._random.randrange(4)}"^^<{XSD}integer>')
            line = f"{self._of(*things)} {self._property()} {value} <{EX}g{self._random.randrange(2)}> .\n"
            store.load(line.encode(), RdfFormat.N_QUADS)
        store.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
        return store

    def query(self) -> str:
        """Make a query with at least one SERVICE."""
        while "SERVICE" not in (text := f"SELECT * WHERE {self._group(3, False)}"):
            pass
        return text

    def _of(self, *choices: str) -> str:
        return self._random.choice(choices)

    def _property(self) -> str:
        return f"<{EX}{self._of('p', 'q', 'r')}>"

    def _variable(self) -> str:
        return f"?{self._of(*NAMES)}"

    def _term(self, *others: str) -> str:
        return self._variable() if self._random.random() < 0.9 else self._of(f"<{EX}n{self._random.randrange(8)}>", *others)

    def _value(self) -> str:
        return self._term('"1"', "2")

    def _triples(self) -> str:
        return " . ".join(f"{self._term()} {self._property()} {self._value()}" for _ in range(self._random.choice((1, 1, 2))))

    def _expression(self) -> str:
        name = self._variable()
        return self._of(f"BOUND({name})", f"!BOUND({name})", f"ISIRI({name})", f"{name} = {self._variable()}", f"{name} < 3")

    def _group(self, depth: int, inside: bool) -> str:
        return f"{{ {' '.join(self._element(depth, inside) for _ in range(self._random.choice((1, 2, 2, 3))))} }}"

    def _element(self, depth: int, inside: bool) -> str:
        kind = self._random.random()
        if depth <= 0 or kind < 0.35:
            return f"{self._triples()} ."
        if kind < 0.55:
            return self._triples() + " ." if inside else f"SERVICE <{ADDRESS}> {self._group(depth - 1, True)}"
        self._count += 1
        ways = (
            lambda: f"OPTIONAL {self._group(depth - 1, inside)}",
            lambda: f"{self._group(depth - 1, inside)} UNION {self._group(depth - 1, inside)}",
            lambda: f"MINUS {self._group(depth - 1, inside)}",
            lambda: f"FILTER({self._expression()})",
            lambda: f"FILTER({self._expression()})",
            # Oxigraph evaluates BIND by what is bound around its group where it joins in a loop: so it stands with what binds.
            lambda: f"?a {self._property()} ?b . BIND({self._of('?a', 'STR(?b)')} AS ?x{self._count})",
            lambda: f'VALUES (?a ?b) {{ (<{EX}n1> UNDEF) (UNDEF "1") (<{EX}n2> <{EX}n3>) }}',
            lambda: self._group(depth - 1, inside),
            lambda: f"{{ SELECT ?a ?b WHERE {self._group(depth - 1, inside)} {self._of('', 'ORDER BY ?a ?b ?c ?d LIMIT 3')} }}",
            lambda: f"FILTER {self._of('', 'NOT ')}EXISTS {self._group(depth - 1, inside)}",
        )
        return self._random.choice(ways)()


class Pair:
    """Two stores, of which the one asks the other, without a network between them."""

    def __init__(self, maker: Maker) -> None:
        self._here, self._there = Embedded(maker.store(), True), maker.store()
        self.narrowed = 0

    def ask(self, query: Query) -> Answer:
        """Answer a query here."""
        written = Written()
        self._here.answer(query, written)
        return Answer(query.format, iter((written.data,)), len(written.data))

    def call(self, asked: Call, *_: object) -> Rows:
        """Answer a call there."""
        order = {"variables": list(asked.variables), "blank": asked.blank}
        self.narrowed += "WHERE { VALUES" in asked.queries[0]
        rows: list[str] = []
        for number, text in enumerate(asked.queries):
            found = self._there.query(text)
            assert isinstance(found, QuerySolutions)
            body = found.serialize(format=QueryResultsFormat.JSON) or b""
            rows += [row for row, _ in fetch_process.rows(fetch_process.parsed(body), order, number)]
        return Rows("\n".join(rows), len(rows), ())

    def solve(self, text: str) -> Multiset:
        """Answer a query across both."""
        chosen = settings(services=ADDRESS, service_calls=100)
        federation = Federation(chosen)
        answer = federation.answer(Query(inspect(text, chosen, federation.addresses), JSON_RESULTS), self.ask)
        found = json.loads(b"".join(answer.chunks))["results"]["bindings"]
        return Counter(tuple(sorted((name, json.dumps(term, sort_keys=True)) for name, term in row.items())) for row in found)


class Written:
    """Where an answer is written."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> int:
        """Take the next bytes."""
        self.data += data
        return len(data)


@pytest.mark.parametrize("seed", range(4))
def test_narrowing_changes_no_answer(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    maker = Maker(seed)
    pair = Pair(maker)
    monkeypatch.setattr(resolution, "call", pair.call)
    nonempty = 0
    for _ in range(150):
        text = maker.query()
        monkeypatch.setattr(resolution, "beside", bind_join.beside)
        narrowed = pair.solve(text)
        monkeypatch.setattr(resolution, "beside", lambda _: None)
        assert pair.solve(text) == narrowed, text
        nonempty += bool(narrowed)
    assert pair.narrowed >= 30 and nonempty >= 30

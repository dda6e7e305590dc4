"""Random queries to the engine and to Jena, as many as fit a test; `make fuzz` asks on for as long as one likes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from pyoxigraph import Literal

import fuzz_sparql
import jena
from allegata.engine import inspect
from allegata.engine.gate import paths, rewriting, shapes
from allegata.engine.gate.rewriting import MINIMUM, TRUTH
from allegata.engine.pool import functions
from jena_faults import FAULTS as FAULTS_OF_JENA
from jena_faults import OPEN, mended
from sparql_grammar import EXPRESSIONS, LITERALS, PROLOGUE, VARIABLES, Grammar, apart, plain, smaller

HERE = Path(__file__).parent
CASES: list[dict[str, str]] = yaml.safe_load((HERE / "differences.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[fuzz_sparql.Engines]:
    if not jena.installed():
        pytest.skip("Jena is not installed: apt-get install libapache-jena-java")
    yield fuzz_sparql.Engines(tmp_path_factory.mktemp("jena"))


def test_no_difference_is_without_explanation(engines: fuzz_sparql.Engines) -> None:
    figures = fuzz_sparql.run(engines, seed=2026, go_on=lambda number: number < 600, report=print)
    assert figures.queries == 600 and [found.text for found in figures.open] == []


TERMS = " ".join((":a", ":b", *LITERALS, "UNDEF"))
FEW = """:a 0 1.5 "a" "b"@ko "x"^^xsd:integer true "NaN"^^xsd:double "2001-02-03"^^xsd:date UNDEF"""


@pytest.mark.parametrize("form", dict.fromkeys(EXPRESSIONS))
def test_each_expression_is_the_same_for_all_terms(engines: fuzz_sparql.Engines, form: str) -> None:
    names = VARIABLES[: form.count("@")]
    text = form
    for name in names:
        text = text.replace("@", name, 1)
    values = " ".join(f"VALUES {name} {{ {TERMS if len(names) < 3 else FEW} }}" for name in names)
    found = engines.difference(f"{PROLOGUE}SELECT * {{ {values} BIND({text} AS ?v) }}")
    assert found is None or engines.explanation(found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_known_difference_has_its_explanation(engines: fuzz_sparql.Engines, case: dict[str, str]) -> None:
    found = engines.difference(PROLOGUE + case["query"])
    assert found is not None and engines.explanation(found) == case["explanation"]


@pytest.mark.parametrize("case", [case for case in CASES if case["query"].startswith("SELECT")], ids=lambda case: case["name"])
def test_no_explanation_hides_another_fault(
    engines: fuzz_sparql.Engines, case: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An explanation holds for the one thing that it names: not where a solution is missing or stands twice beside it."""
    ours = engines.ours
    monkeypatch.setattr(engines, "ours", lambda text: _altered(ours(text), lambda rows: [*rows, *rows, {}]))
    found = engines.difference(PROLOGUE + case["query"])
    assert found is not None and engines.explanation(found) is None
    monkeypatch.setattr(
        engines, "ours", lambda text: _altered(ours(text), lambda rows: [{}, *rows[1 if rows and rows[0] else 0 :]])
    )
    found = engines.difference(PROLOGUE + case["query"])
    assert found is None or engines.explanation(found) is None


@pytest.mark.parametrize(
    ("dataset", "graph", "rows"),
    [("FROM NAMED :none", ":none", 1), ("FROM :g1 FROM NAMED :none", ":none", 1), ("FROM NAMED :g2", ":g1", 0), ("", ":none", 0)],
)
def test_a_graph_that_is_named_is_there_as_others_have_it(
    engines: fuzz_sparql.Engines, dataset: str, graph: str, rows: int
) -> None:
    """SPARQL 1.1 Query, sections 13.2 and 18.6."""
    text = f"{PROLOGUE}SELECT (1 AS ?one) {dataset} {{ GRAPH {graph} {{}} }}"
    assert engines.difference(text) is None
    assert len(json.loads(engines.ours(text))["results"]["bindings"]) == rows
    if rows:  # rdflib takes a graph that the dataset lacks for an empty one
        assert len(json.loads(engines.third(text))["results"]["bindings"]) == rows


def _altered(answer: bytes, change: Callable[[list[object]], list[object]]) -> bytes:
    document = json.loads(answer)
    document["results"]["bindings"] = change(document["results"]["bindings"])
    return json.dumps(document).encode()


@pytest.mark.parametrize("name", [*FAULTS_OF_JENA, *OPEN])
def test_what_is_put_another_way_still_parses(engines: fuzz_sparql.Engines, name: str) -> None:
    """A query that both refuse would look like one on which both agree."""
    grammar = Grammar(11)
    for _ in range(150):
        text = str(grammar.query())
        engines.jena.parse(mended(apart(text), (name,)))
        inspect(mended(plain(text), (name,)), engines.settings)


def _true(_term: object) -> Literal:
    return Literal(True)


FAULTS: dict[str, tuple[str, tuple[object, str, object]]] = {
    "a truth for what is ill-typed": (
        'SELECT ?v { VALUES ?a { "x"^^xsd:integer } BIND(?a && true AS ?v) }',
        (functions, "_FUNCTIONS", {**functions._FUNCTIONS, TRUTH: _true}),
    ),
    "a truth for what has none": (
        "SELECT ?v { VALUES ?a { :b } BIND(IF(?a, 1, 2) AS ?v) }",
        (functions, "_FUNCTIONS", {**functions._FUNCTIONS, TRUTH: _true}),
    ),
    "alternatives that give a solution once": ("SELECT ?x { :a :p|:p ?x }", (paths, "has_alternatives", lambda _path: False)),
    "NaN beside numbers as an error": (
        'SELECT ?v { VALUES ?a { "NaN"^^xsd:double } BIND(?a < 9 AS ?v) }',
        (functions, "_is_nan", lambda *_terms: False),
    ),
    "the least for the greatest": ("SELECT (MIN(?a) AS ?v1) { VALUES ?a { 100 8 } }", (functions, "MAXIMUM", MINIMUM)),
    "a graph that is not there": (
        "SELECT ?x { GRAPH :none { VALUES ?x { 1 } } }",
        (rewriting._Rewriting, "_pattern", lambda _self, part: rewriting._joined(part)),
    ),
}


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Have every query rewritten anew, by the fault of a test too, and nothing of it left for others."""
    shapes._rewritten.cache_clear()
    yield
    shapes._rewritten.cache_clear()


@pytest.mark.parametrize("name", FAULTS)
def test_no_explanation_hides_a_fault_of_ours(engines: fuzz_sparql.Engines, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    query, fault = FAULTS[name]
    sound = engines.difference(PROLOGUE + query)
    assert sound is None or engines.explanation(sound)
    monkeypatch.setattr(*fault)
    shapes._rewritten.cache_clear()
    found = engines.difference(PROLOGUE + query)
    assert found is not None and engines.explanation(found) is None


def test_a_fault_of_ours_is_found(engines: fuzz_sparql.Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "zero_length", lambda _path: 0)
    reports: list[str] = []
    figures = fuzz_sparql.run(engines, seed=7, go_on=lambda number: number < 600 and not reports, report=reports.append)
    assert figures.open


def test_the_same_seed_gives_the_same_queries() -> None:
    one, other = Grammar(5), Grammar(5)
    assert [str(one.query()) for _ in range(50)] == [str(other.query()) for _ in range(50)]


def test_a_smaller_tree_lacks_one_part() -> None:
    tree = Grammar(1).query()
    assert all(len(str(less)) < len(str(tree)) for less in smaller(tree))

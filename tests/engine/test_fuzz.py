"""Random queries to the engine and to Jena, as many as fit a test; `make fuzz` asks on for as long as one likes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import fuzz_sparql
import jena
from sparql_grammar import PROLOGUE, Grammar, smaller

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


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_known_difference_has_its_explanation(engines: fuzz_sparql.Engines, case: dict[str, str]) -> None:
    found = engines.difference(PROLOGUE + case["query"])
    assert found is not None and engines.explanation(found) == case["explanation"]


def test_a_wrong_answer_is_noticed(engines: fuzz_sparql.Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "ours", lambda _text: b'{"head":{},"boolean":false}')
    found = engines.difference(f"{PROLOGUE}ASK {{ :a :p :b }}")
    assert found is not None and engines.explanation(found) is None


def test_the_same_seed_gives_the_same_queries() -> None:
    one, other = Grammar(5), Grammar(5)
    assert [str(one.query()) for _ in range(50)] == [str(other.query()) for _ in range(50)]


def test_a_smaller_tree_lacks_one_part() -> None:
    tree = Grammar(1).query()
    assert all(len(str(less)) < len(str(tree)) for less in smaller(tree))

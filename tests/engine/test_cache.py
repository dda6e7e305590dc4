"""The cache of answers: what is the same stays, what may change is not kept, and the size is bounded."""

from __future__ import annotations

import pytest

from allegata.engine.cache import AnswerCache
from allegata.model.formats import CSV_RESULTS, JSON_RESULTS
from support import query

SAME = "SELECT * { ?s ?p ?o }"


def test_an_answer_belongs_to_its_query_dataset_and_format() -> None:
    cache = AnswerCache(100_000)
    cache.put(query(SAME, client="a"), b"answer")
    assert cache.get(query(SAME, client="b", timeout=1.0)) == b"answer"
    assert cache.get(query(SAME, CSV_RESULTS)) is None
    assert cache.get(query(SAME, base_iri="https://example.org/")) is None
    assert cache.get(query(SAME, default_graphs=("https://example.org/",))) is None
    assert cache.get(query(SAME, named_graphs=("https://example.org/",))) is None
    assert cache.get(query(SAME + " ")) is None


@pytest.mark.parametrize("call", ["RAND()", "now()", "UUID()", "STRUUID()", "BNODE()"])
def test_an_answer_that_changes_is_not_kept(call: str) -> None:
    cache = AnswerCache(100_000)
    cache.put(query(f"SELECT ({call} AS ?x) {{}}"), b"answer")
    assert cache.get(query(f"SELECT ({call} AS ?x) {{}}")) is None


def test_the_oldest_answers_make_room() -> None:
    cache = AnswerCache(16_000)
    asked = [query(f"SELECT ?x{number} {{}}", JSON_RESULTS) for number in range(20)]
    for item in asked:
        cache.put(item, b"x" * 500)
        cache.get(asked[0])
    kept = [cache.get(item) is not None for item in asked]
    assert kept[0] and not kept[1] and kept[-1] and sum(kept) == 10


def test_an_answer_may_be_put_again_and_a_big_one_is_left_out() -> None:
    cache = AnswerCache(16_000)
    for _ in range(100):
        cache.put(query(SAME), b"x" * 500)
    cache.put(query(SAME, CSV_RESULTS), b"x" * 2_000)
    assert cache.get(query(SAME)) is not None and cache.get(query(SAME, CSV_RESULTS)) is None

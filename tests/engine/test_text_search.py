"""Full-text search in queries: what it finds, how it joins, and what is refused by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

import allegata
from allegata.domain.search import Search
from allegata.engine import inspect
from allegata.engine.query import Query
from allegata.engine.text_search import MOST_TOKENS, WORDS, with_words_found
from allegata.errors import BadRequest, LimitExceeded, QueryTimeout
from allegata.model.formats import JSON_RESULTS
from allegata.release.handle import Release
from allegata.settings import Settings
from http_client import ask, fetch
from support import ROOT

PROLOGUE = "PREFIX search: <https://w3id.org/allegata/search#> PREFIX alg: <https://w3id.org/allegata/ns#>\n"


@pytest.fixture(scope="module")
def opened(release: Release) -> Iterator[allegata.Release]:
    """Open the bundled release."""
    with allegata.open(release.folder) as found:
        yield found


@pytest.fixture(scope="module")
def search(release: Release) -> Search:
    """Open its index."""
    return Search(release.folder)


def rows(opened: allegata.Release, query: str) -> list[dict[str, Any]]:
    """Return the rows of a SELECT."""
    return list(opened.query(PROLOGUE + query))


def test_finds_what_the_search_page_finds_in_its_order(opened: allegata.Release, search: Search) -> None:
    """Claims and things come once, ranked from 1, as `/search` has them."""
    expected = [hit.iri for hit in search.ask("famine deaths", {}).hits if hit.kind not in ("question", "page")]
    found = rows(opened, 'SELECT * { (?thing ?rank) search:words "famine deaths" } ORDER BY ?rank')
    assert expected
    assert [row["thing"] for row in found] == expected
    assert [row["rank"] for row in found] == list(range(1, len(expected) + 1))


@pytest.mark.parametrize(
    "pattern",
    [
        '?claim search:words "famine" ; alg:statement ?text .',
        '?claim alg:statement ?text ; search:words "famine"@en',
        '?claim alg:statement ?text . ?claim search:words "famine" . ?claim a alg:Claim',
        f'?claim a alg:Claim ; <{WORDS}> "famine" ; alg:statement ?text ;',
        "{ ?claim search:words 'famine' } ?claim alg:statement ?text",
        '?claim alg:statement ?text FILTER EXISTS { ?claim search:words """famine""" }',
        'GRAPH ?graph { ?claim search:words "famine" ; alg:statement ?text }',
    ],
)
def test_joins_in_every_place_of_a_pattern(opened: allegata.Release, search: Search, pattern: str) -> None:
    """A search gives the same claims wherever it stands among the statements."""
    expected = {hit.iri for hit in search.ask("famine", {}).hits if hit.kind == "claim"}
    found = {row["claim"] for row in rows(opened, f"SELECT ?claim {{ {pattern} }}")}
    assert expected
    assert found == expected


def test_two_searches_hold_together(opened: allegata.Release, search: Search) -> None:
    """Who speaks, and what is said: each is searched by itself."""
    query = """SELECT DISTINCT ?claim ?who { ?claim search:words "famine" . ?who search:words "quintana" .
      ?said alg:asserts ?claim ; alg:assertedBy|alg:relayedBy ?who }"""
    claims = set(search.things("famine", 1000))
    people = set(search.things("quintana", 1000))
    assert all(row["claim"] in claims and row["who"] in people for row in rows(opened, query))


def test_what_is_not_found_gives_no_row(opened: allegata.Release) -> None:
    """Words that nothing has are no error, and neither are no words."""
    assert rows(opened, 'SELECT * { ?thing search:words "zzzqqq" }') == []
    assert rows(opened, 'SELECT * { ?thing search:words "  " }') == []


@pytest.mark.parametrize(
    "pattern",
    [
        '<claim/x> search:words "famine"',
        "?thing search:words ?words",
        '?thing search:words "famine", "hunger"',
        '[ a alg:Claim ] search:words "famine"',
        '(?thing ?rank ?more) search:words "famine"',
        '(?thing ?rank) search:words "famine" ; a alg:Claim',
        '?thing (search:words|alg:topic) "famine"',
        '?thing ^search:words "famine"',
        "?thing ?any search:words",
        "?thing search:words 5",
    ],
)
def test_other_forms_are_refused_with_the_right_one(opened: allegata.Release, pattern: str) -> None:
    """What cannot be searched for is said, never silently empty."""
    with pytest.raises(BadRequest) as caught:
        opened.query(f"{PROLOGUE}SELECT * {{ {pattern} }}")
    assert "?thing search:words" in str(caught.value.remedy)


def test_limits_have_names(search: Search) -> None:
    """How many searches, how much each may find, and for how long."""

    def resolve(pattern: str, timeout: float | None = None, **values: int) -> None:
        settings = Settings(**values)  # type: ignore[arg-type]
        query = Query(inspect(f"{PROLOGUE}SELECT * {{ {pattern} }}", settings), JSON_RESULTS, timeout=timeout)
        with_words_found(query, search, settings)

    with pytest.raises(LimitExceeded) as caught:
        resolve(" ".join(f'?t{n} search:words "a{n}" .' for n in range(3)), search_calls=2)
    assert caught.value.members["limit"] == "search_calls"
    with pytest.raises(LimitExceeded) as caught:
        resolve('?thing search:words "korea"', search_hits=3)
    assert caught.value.members["limit"] == "search_hits"
    with pytest.raises(LimitExceeded) as caught:
        resolve(f'?thing search:words "famine" FILTER(1 IN (1{", 1" * MOST_TOKENS}))')
    assert caught.value.members["limit"] == "query_tokens"
    with pytest.raises(QueryTimeout):
        resolve('?thing search:words "a* of the human rights korea"', timeout=1e-9)


def test_is_answered_and_described_over_http(server: str) -> None:
    """The endpoint answers it, by the ordinary way and by the short one, and says so in its description."""
    found = ask(server, f'{PROLOGUE}SELECT ?thing {{ ?thing search:words "famine" }}')
    assert found.status == 200
    assert found.json["results"]["bindings"]
    assert ask(server, f"{PROLOGUE}SELECT ?thing {{ ?thing search:words 1 }}").status == 400
    described = fetch(server, "/sparql", headers={"Accept": "text/turtle"})
    assert "sd:propertyFeature" in described.text


def test_what_does_not_parse_is_the_engine_s_to_say(opened: allegata.Release) -> None:
    """A mistake elsewhere in the query is told with its place."""
    with pytest.raises(allegata.AllegataError, match="Line 2"):
        opened.query(f'{PROLOGUE}SELECT * {{ ?thing search:words "famine" . ?x }}')


def test_the_example_of_the_documentation_is_answered(opened: allegata.Release) -> None:
    """The query of docs/endpoint.md has claims by rank, each with who says it."""
    block = re.search(r"```sparql\n([^`]*search:words.*?)```", (ROOT / "docs" / "endpoint.md").read_text("utf-8"), re.DOTALL)
    assert block
    found = list(opened.query(block[1]))
    assert found
    assert [row["rank"] for row in found] == sorted(row["rank"] for row in found)

"""Searching: words and facets over the index of a release; what people send is never a statement."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from allegata.domain.search import Search
from allegata.errors import ReleaseError
from allegata.model.site_pages import site_pages
from allegata.release.handle import Release
from allegata.release.search_index import FACETS, FILE

BASE = "https://w3id.org/allegata/"


@pytest.fixture(scope="module")
def search(release: Release) -> Search:
    return Search(release.folder)


def test_all_words_must_be_there_and_the_last_may_be_a_beginning(search: Search) -> None:
    camps, prison, both = (search.ask(words, {}).total for words in ("camp", "prison", "prison cam"))
    assert 0 < both <= min(camps, prison)
    assert search.ask("prison cam", {}).missing == 0


def test_names_come_before_what_merely_mentions_them(search: Search) -> None:
    first = search.ask("Songbun", {}).hits[0]
    assert "songbun" in first.label.lower()


def test_aliases_find_a_thing(search: Search) -> None:
    assert f"{BASE}actor/dprk" in {hit.iri for hit in search.ask("DPRK", {"kind": ["actor"]}).hits}


def test_a_claim_is_one_hit_with_how_and_by_whom_it_is_put(search: Search) -> None:
    hits = {hit.iri: hit for hit in search.ask("camps 200,000", {"kind": ["claim"]}).hits}
    hit = hits[f"{BASE}claim/camps-hold-about-200000"]
    assert hit.note.startswith("affirms: ") and "report" in hit.note
    assert hit.assertions == (f"{BASE}assertion/report-2025/camps-hold-about-200000",)
    contested = next(hit for hit in search.ask("abused", {}).hits if hit.iri == f"{BASE}claim/rights-are-abused-in-the-dprk")
    assert len(contested.assertions) > 2 and "denies: North Korean government" in contested.note


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("how many people are held in the camps", "claim/camps-hold-about-200000"),
        ("how many people are held in the camps", "questions/people-in-camps"),
        ("number of prisoners", "actor/political-prisoners"),
        ("200000", "claim/camps-hold-about-200000"),
        ("200,000", "claim/camps-hold-about-200000"),
        ("torture convention", "instrument/cat"),
        ("conventions tortured", "instrument/cat"),
        ("China vote 2014", "vote/a-hrc-res-25-25"),
        ("Thomas Quintana", "actor/tomas-ojea-quintana"),
        ("China vote", "questions/votes-of-china"),
        ("treaties binding", "questions/treaties-binding-on-a-date"),
        ("중국 투표", "questions/votes-of-china"),
        ("votes", "votes"),
        ("표결", "votes"),
        ("download CSV", "dumps"),
        ("timeline", "timeline"),
        ("이의 제기", "method"),
        ("labor", "claim/nuclear-programme-relies-on-forced-labour"),
        ("children convention", "instrument/crc"),
        ("고문", "instrument/cat"),
        ("고문", "scheme/topic/torture"),
        ("수용소", "scheme/topic/politicalPrisonCamps"),
        ("탈북민", "actor/north-korean-defectors"),
    ],
)
def test_people_find_what_they_ask_for_on_the_first_page(search: Search, question: str, name: str) -> None:
    assert f"{BASE}{name}" in [hit.iri for hit in search.ask(question, {}, limit=50).hits]


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("torture convention", "instrument/cat"),
        ("Convention against Torture", "instrument/cat"),
        ("고문방지협약", "instrument/cat"),
        ("ICC", "actor/icc"),
        ("Rome Statute", "instrument/rome-statute"),
        ("refugee conventions", "instrument/refugee-convention-1951"),
        ("UN", "actor/united-nations"),
        ("고문", "scheme/topic/torture"),
        ("탈북민", "actor/north-korean-defectors"),
        ("정치범수용소", "scheme/topic/politicalPrisonCamps"),
        ("timeline", "timeline"),
    ],
)
def test_what_is_called_by_the_words_and_no_others_comes_first(search: Search, question: str, name: str) -> None:
    found = search.ask(question, {}, limit=50).hits
    named = [hit.iri for hit in found if hit.kind != "claim"]
    assert f"{BASE}{name}" in {hit.iri for hit in found[:2]}, named[:5]


def test_a_release_without_names_in_its_index_is_searched_as_before(release: Release, tmp_path: Path) -> None:
    shutil.copy(release.folder / FILE, tmp_path / FILE)
    with sqlite3.connect(tmp_path / FILE) as base:
        base.execute("DROP TABLE name")
    assert f"{BASE}instrument/cat" in {hit.iri for hit in Search(tmp_path).ask("torture convention", {}).hits}


def test_questions_and_pages_are_kinds_of_their_own(search: Search, release: Release) -> None:
    kinds = {value: count for item in search.ask("", {}).facets if item.name == "kind" for value, _, count, _ in item.values}
    assert kinds["question"] == len(list((release.folder / "questions").glob("*.rq"))) > 150
    assert kinds["page"] == len(site_pages()) > 10
    assert not {hit.kind for hit in search.ask("", {}, limit=50).hits} & {"question", "page"}


def test_where_nothing_has_all_words_what_has_most_is_found_and_it_says_so(search: Search) -> None:
    found = search.ask("Quintana zeppelin sanctions", {})
    assert found.missing == 1 and found.total == search.ask("Quintana sanctions", {}).total > 0


def test_british_and_american_spelling_find_the_same(search: Search) -> None:
    for one, other in (("labour", "labor"), ("organisation", "organization"), ("criminalization", "criminalisation")):
        assert {hit.iri for hit in search.ask(one, {}).hits} == {hit.iri for hit in search.ask(other, {}).hits} != set(), one


def test_many_words_take_no_longer_for_being_combined(search: Search) -> None:
    assert search.ask(" ".join(f"zeppelin{n}" for n in range(500)), {}).total == 0


@pytest.mark.parametrize("name", ["kind", *FACETS])
def test_each_facet_narrows_to_as_many_as_it_says(search: Search, name: str) -> None:
    facet = next(facet for facet in search.ask("human rights", {}).facets if facet.name == name)
    assert facet.values
    value, _, count, chosen = facet.values[-1]
    narrowed = search.ask("human rights", {name: [value]})
    assert (narrowed.total, chosen) == (count, False)
    assert (value, True) in {(other, on) for item in narrowed.facets if item.name == name for other, _, _, on in item.values}


def test_facets_of_several_names_hold_of_one_assertion(search: Search) -> None:
    denies, factsheet = f"{BASE}scheme/polarity/denies", f"{BASE}source/factsheet"
    both = search.ask("", {"polarity": [denies], "document": [factsheet]})
    alone = search.ask("", {"polarity": [denies]})
    assert both.total < alone.total
    assert all(hit.note.startswith("denies") for hit in alone.hits)


def test_a_misspelt_word_gets_suggestions_that_find_something(search: Search) -> None:
    found = search.ask("testimny", {})
    assert (found.total, found.suggestions[0]) == (0, "testimony")
    assert search.ask("prisn testimny", {}).suggestions[0] == "prison testimony"


@pytest.mark.parametrize(
    "text", ['"', "'; DROP TABLE item; --", "NEAR(", "a AND OR", "*", "label:", "\0", "x" * 500, "^", "한국"]
)
def test_what_people_send_is_words_and_nothing_else(search: Search, text: str) -> None:
    before = search.ask("", {}).total
    search.ask(text, {"polarity": [text]})
    assert search.ask("", {}).total == before > 500


def test_pages_follow_each_other(search: Search) -> None:
    first, second = (search.ask("", {}, limit=10, offset=offset).hits for offset in (0, 10))
    assert len({*first, *second}) == 20


def test_the_index_is_opened_for_reading_only(search: Search, release: Release) -> None:
    with pytest.raises(sqlite3.OperationalError):
        sqlite3.connect(f"file:{release.folder / FILE}?mode=ro&immutable=1", uri=True).execute("DELETE FROM item")


def test_a_release_without_an_index_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="allegata build"):
        Search(tmp_path)


def test_of_many_words_all_or_any_are_asked_for_and_what_is_missing_is_not_understated(search: Search) -> None:
    words = " ".join([*(f"zeppelin{n}" for n in range(9)), "camps"])
    found = search.ask(words, {})
    assert found.total == search.ask("camps", {}).total and found.missing == len(found.words) - 1 == 9

"""Pages of questions: each answers with the rows that are expected, in names and not in IRIs, in both languages, with links and a form."""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from allegata.corpus.question_words import question_words
from allegata.corpus.questions import Question, questions
from allegata.corpus.reader import base_of
from allegata.engine import open_engine
from allegata.errors import QueryTimeout
from allegata.release.handle import Release
from allegata.settings import Settings
from allegata.web import create_app
from allegata.web.pages.questions import SHOWN
from support import ROOT

QUESTIONS = questions(ROOT, base_of(ROOT))
ANSWERS = ROOT / "tests" / "questions"
WITH_ANSWERS = [item.name for item in QUESTIONS if (ANSWERS / f"{item.name}.csv").is_file()]
CELL = re.compile(r"<td data-label=.*?</td>", re.DOTALL)
ROW = re.compile(r"<tr><td data-label=")
COMPUTED = re.compile(r"\((?:[^()]|\([^()]*(?:\([^()]*\))*[^()]*\))* AS (\?\w+)\)")
SELECT = re.compile(r"^SELECT .*? WHERE", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def client(site: Path, release: Release) -> Iterator[FlaskClient]:
    settings = Settings(site=site)
    with closing(open_engine(release.folder, settings)) as engine:
        yield create_app(settings, release, engine).test_client()


def get(client: FlaskClient, address: str, accept: str = "text/html") -> TestResponse:
    return client.get(address, headers={"Accept": accept})


def words(text: str) -> str:
    return re.sub(r"<[^>]*>", "", text)


def test_the_list_leads_to_every_question_once_under_its_theme(client: FlaskClient) -> None:
    english, korean = get(client, "/questions").text, get(client, "/questions?lang=ko").text
    for asked in QUESTIONS:
        assert english.count(f'href="/questions/{asked.name}"') == 1, asked.name
        assert f'href="/questions/{asked.name}?lang=ko"' in korean and asked.titles["ko"] in korean, asked.name
    assert english.index(">Who says what</h2>") < english.index(">Law</h2>") < english.index(">About the dataset</h2>")


@pytest.mark.parametrize("name", WITH_ANSWERS)
def test_a_page_has_the_rows_of_the_answer_in_names_and_no_iri(client: FlaskClient, name: str) -> None:
    rows = list(csv.reader((ANSWERS / f"{name}.csv").read_text("utf-8").splitlines()))[1:]
    for language in ("en", "ko")[: 1 + (len(name) % 4 == 0)]:
        reply = get(client, f"/questions/{name}?lang={language}")
        title = next(item.titles[language] for item in QUESTIONS if item.name == name)
        assert reply.status_code == 200 and f"<h1>{title}</h1>" in html.unescape(reply.text)
        assert len(ROW.findall(reply.text)) == min(len(rows), SHOWN) or not rows
        assert ("Nothing is recorded" in reply.text) == (not rows and language == "en")
        cells = CELL.findall(reply.text)
        assert not [cell for cell in cells if "https://w3id.org/allegata" in words(cell)], "a bare IRI"
        assert not rows or '<a href="/' in " ".join(cells) or name in ("contents-in-figures", "relay-depth", "withheld")


def test_a_row_leads_to_what_it_names(client: FlaskClient) -> None:
    text = get(client, "/questions/referral-to-the-court").text
    assert re.search(r'href="/assertion/report-2025/china-cites-concern-for-diplomacy">There is concern that referring', text)
    assert 'href="/actor/china">China</a>' in text and "The same" not in text
    votes = get(client, "/questions/votes-of-china").text
    assert 'href="/instrument/a-res-60-173"' in votes and "<figure>" in votes
    korean = get(client, "/questions/votes-of-china?lang=ko").text
    assert '<td data-label="투표" class="short">반대</td>' in korean and "기권" in korean


def test_a_column_that_says_one_thing_stands_above_the_table(client: FlaskClient) -> None:
    text = get(client, "/questions/speakers-by-document").text
    assert 'data-label="Speaker"' in text and "In every row:" not in text
    text = get(client, "/questions/recommendations-to-north-korea").text
    assert re.search(r'In every row: Document: <a href="/source/report-2025">Report of March 2025', text)
    assert 'data-label="Document"' not in text


def test_another_value_can_be_chosen(client: FlaskClient) -> None:
    text = get(client, "/questions/votes-of-china").text
    assert re.search(r'<form action="/questions/votes-of-a-state" method="get"', text)
    assert '<option value="actor/china" selected>China</option>' in text and '<option value="actor/cuba">Cuba</option>' in text
    cuba = get(client, "/questions/votes-of-a-state?state=actor/cuba").text
    assert "<h1>How did a state vote in every recorded vote, and who records it?</h1>" in cuba
    assert '<option value="actor/cuba" selected>Cuba</option>' in cuba and "no  A/RES/60/173" in cuba
    assert "How did a state vote" in get(client, "/questions/votes-of-china?state=actor/cuba").text
    several = get(client, "/questions/north-korean-government").text
    assert 'value="actor/dprk actor/dprk-government" selected>North Korea, North Korean government</option>' in several
    dated = get(client, "/questions/treaties-of-a-state-on-a-date?state=actor/dprk&date=1985-01-01").text
    assert (
        'type="date" value="1985-01-01"' in dated and "Civil and Political Rights" in dated and "Rights of the Child" not in dated
    )


def test_the_language_is_changed_without_losing_what_was_chosen(client: FlaskClient) -> None:
    for address in ("/questions/votes-of-a-state?state=actor/cuba", "/query?example=votes-of-a-state&state=actor/cuba"):
        text = get(client, address).text
        other = next(item for item in re.findall(r'href="([^"]*)" hreflang="ko" lang="ko"', text))
        assert "state=actor%2Fcuba" in other
        assert "actor/cuba" in get(client, other.replace("&amp;", "&")).text


def test_a_page_and_the_query_lead_to_each_other(client: FlaskClient) -> None:
    text = get(client, "/questions/votes-of-a-state?state=actor/cuba").text
    assert (
        'href="/query?example=votes-of-a-state&amp;state=actor%2Fcuba"' in text
        and "<summary>How this was asked</summary>" in text
    )
    query = get(client, "/query?example=votes-of-a-state&state=actor/cuba").text
    assert 'href="/questions/votes-of-a-state?state=actor/cuba"' in query
    assert re.search(r'href="/cite/query\?query=[^"]+">Cite</a>', text)


def test_the_files_hold_the_answer(client: FlaskClient) -> None:
    for name in ("votes-of-china", "people-in-camps"):
        given = get(client, f"/questions/{name}?format=csv")
        assert given.mimetype == "text/csv" and given.headers["ETag"]
        assert given.data.replace(b"\r\n", b"\n") == (ANSWERS / f"{name}.csv").read_bytes().replace(b"\r\n", b"\n")
    cuba = json.loads(get(client, "/questions/votes-of-a-state?state=actor/cuba", "application/sparql-results+json").data)
    assert {row["choice"]["value"] for row in cuba["results"]["bindings"]} >= {"no"}


def test_pages_are_kept_by_what_was_chosen(client: FlaskClient) -> None:
    first = get(client, "/questions/votes-of-a-state?state=actor/cuba")
    other = get(client, "/questions/votes-of-a-state?state=actor/china")
    assert first.text != other.text and get(client, "/questions/votes-of-a-state?state=actor/cuba").text == first.text


def test_what_cannot_be_asked_is_said(client: FlaskClient) -> None:
    assert get(client, "/questions/nothing").status_code == 404
    assert get(client, "/questions/votes-of-a-state?state=a:%3Cb").status_code == 400
    moved = get(client, "/questions/79-votes-of-china")
    assert (moved.status_code, moved.location) == (301, "/questions/votes-of-china")


def test_an_answer_that_takes_too_long_is_an_error_on_the_page(site: Path, release: Release) -> None:
    class Slow:
        """An engine that answers nothing in time."""

        def answer(self, query: object) -> object:
            raise QueryTimeout("The query took too long.", remedy="Ask for less.")

    settings = replace(Settings(), site=site)
    reply = get(create_app(settings, release, Slow()).test_client(), "/questions/licence")  # type: ignore[arg-type]
    assert reply.status_code == 503 and 'role="alert"' in reply.text and "How this was asked" in reply.text


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.name)
def test_a_question_is_worded_in_both_languages(asked: Question) -> None:
    table = question_words(ROOT)
    assert re.search("[가-힣]", asked.titles["ko"])
    assert not {
        text for text in (asked.theme, *asked.notes, *(item.says for item in asked.parameters)) if text not in table.sentences
    }
    selected = SELECT.search(asked.text)
    columns = set(re.findall(r"\?(\w+)", COMPUTED.sub(r"\1", selected[0]) if selected else ""))
    drawn = {name for name in asked.picture.split()[1:] if name != "by"} - {item.name for item in asked.parameters}
    assert drawn < columns <= set(table.columns)

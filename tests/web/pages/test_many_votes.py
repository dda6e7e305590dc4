"""Pages of votes stay small where there are many: the latest are shown, and years lead to the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from html import unescape

import pytest
from flask.testing import FlaskClient

from allegata.corpus.ga_votes.importer import IMPORTER
from allegata.corpus.importers import write_files
from allegata.corpus.scaffold import LICENCE, Scaffold, create_corpus
from allegata.engine import open_engine
from allegata.release.build import build
from allegata.settings import Settings
from allegata.web import create_app
from allegata.web.pages import votes
from support import ROOT

BASE = "https://example.org/votes/"
STATE = "https://w3id.org/allegata/actor/eritrea"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Serve a corpus with an extract of the roll calls of the General Assembly, from the library's states."""
    folder = tmp_path_factory.mktemp("many")
    root = folder / "corpus"
    create_corpus(root, Scaffold("Votes", BASE, LICENCE, date(2026, 1, 1)), ROOT)
    table = ROOT / "tests" / "fixtures" / "ga-votes" / "votes.csv"
    write_files(root, IMPORTER.read(table, BASE, {"root": (str(root),)}))
    release = build(root, folder / "site", lambda _step: None)
    settings = Settings(root=root, site=folder / "site")
    with closing(open_engine(release.folder, settings)) as engine:
        yield create_app(settings, release, engine).test_client()


def words(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
    assert answer.status_code == 200
    text = re.sub(r"(?s)<(script|style|select).*?</\1>", "", answer.get_data(as_text=True))
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_a_page_of_more_votes_than_it_shows_has_the_latest_and_says_so(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = words(client, "/votes")
    assert "These are the latest" not in whole and "By state" in whole
    monkeypatch.setattr(votes, "SHOWN", 3)
    monkeypatch.setattr(votes, "WITH_POSITIONS", 2)
    some = words(client, "/votes?lang=en&shown")
    assert "These are the latest 3 of 11 votes." in some and "By state" not in some
    assert "69/188" in some and "60/173" not in some


def test_what_is_not_recorded_of_a_state_is_counted_over_all_votes(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(votes, "SHOWN", 2)
    text = words(client, "/votes?state=eritrea&lang=en")
    assert "yes 1 · no 0 · abstain 5 · absent 0 · no position recorded: 5" in text, text[:900]


def test_a_state_has_its_numbers_by_year_and_a_page_for_each(client: FlaskClient) -> None:
    text = words(client, f"/votes?state={STATE}")
    assert "Votes of Eritrea" in text
    assert re.search(r"2014 0 0 1 0 2010 0 0 2 0 2005 0 0 1 0 2002 1 0 1 0", text), text
    year = words(client, f"/votes?state={STATE}&year=2010")
    assert "Votes of Eritrea in 2010" in year and year.count("abstain") >= 2 and "69/188" not in year
    assert "none recorded" in words(client, f"/votes?state={STATE}&year=1948")


def test_what_a_vote_was_on_stands_beside_it_and_month_without_day(client: FlaskClient) -> None:
    assert "part of a text" in words(client, "/votes?year=2002")
    vote = words(client, "/vote/ga-text-r-3-930-roll-call-123")
    assert "Vote on an amendment to General Assembly, session 3, R/3/930" in vote
    assert re.search(r"1948-12, recorded vote ?, amendment", vote), vote[:600]


def test_the_page_of_a_state_leads_to_its_votes(client: FlaskClient) -> None:
    text = words(client, "/actor/eritrea")
    assert "Recorded votes by year 6" in text or "Recorded votes by year" in text


def test_a_question_about_a_state_of_the_library_is_asked_by_its_path(client: FlaskClient) -> None:
    for state in ("actor/eritrea", STATE):
        text = words(client, f"/questions/votes-of-a-state?state={state}")
        assert "A/RES/69/188" in text and "abstain" in text, state

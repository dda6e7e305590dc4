"""The sections of the site and what the search knows of them are the same pages by the same names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from allegata.engine import open_engine
from allegata.model.site_pages import site_pages
from allegata.release.handle import Release
from allegata.settings import Settings
from allegata.web import create_app
from allegata.web.pages.sections import sections

CHOSEN = (
    *("people-in-camps", "claims-in-both-documents", "resting-on-testimony"),
    *("north-korean-government", "treaties-binding-on-a-date", "votes-of-china"),
)


@pytest.fixture(scope="module")
def app(site: Path, release: Release) -> Iterator[Flask]:
    settings = Settings(site=site)
    with closing(open_engine(release.folder, settings)) as engine:
        yield create_app(settings, release, engine)


def page(app: Flask, address: str) -> str:
    return app.test_client().get(address, headers={"Accept": "text/html"}).text


def test_the_search_finds_every_page_of_a_section_by_its_name(app: Flask) -> None:
    with app.test_request_context("/"):
        entries = {entry.address.strip("/"): entry.name for section in sections() for entry in section.entries}
    assert {item.path: item.name for item in site_pages()} == entries and len(entries) > 10


def test_questions_lead_the_section_and_stay_in_it(app: Flask) -> None:
    text = page(app, "/questions/licence")
    assert (
        '<a href="/questions" aria-current="true">Questions</a>' in text and '<a href="/questions" aria-current="page">' in text
    )


def test_the_home_page_has_six_questions_that_the_corpus_chose(app: Flask) -> None:
    english, korean = page(app, "/"), page(app, "/?lang=ko")
    for name in CHOSEN:
        assert english.count(f'href="/questions/{name}"') == korean.count(f'href="/questions/{name}?lang=ko"') == 1, name
    assert english.count('href="/questions/') == 6 and "How did China vote in every recorded vote" in english
    assert "중국은 조선민주주의인민공화국에 관한 모든 기록 표결에서" in korean


def test_hits_are_named_in_the_language_of_the_page(app: Flask) -> None:
    korean = page(app, "/search?q=%ED%91%9C%EA%B2%B0&lang=ko")
    assert '<a href="/votes?lang=ko">표결</a></h2><p class="meta">페이지</p>' in korean
    assert (
        '<a href="/questions/votes-of-a-state?lang=ko">한 국가는 모든 기록 표결에서' in korean
        and '<p class="meta">질문</p>' in korean
    )
    english = page(app, "/search?q=China+vote&kind=question")
    assert '<h2 class="statement"><a href="/questions/votes-of-china">How did China vote' in english


def test_language_models_are_told_what_this_is_and_where_its_answers_are(app: Flask) -> None:
    reply = app.test_client().get("/llms.txt")
    assert reply.mimetype == "text/plain" and reply.text.startswith("# Allegata") and "as attributions" in reply.text
    addresses = re.findall(r"\]\((http://localhost/[^)]*)\)", reply.text)
    assert len(addresses) > 15 and f"http://localhost/questions/{CHOSEN[0]}?format=csv" in addresses
    for address in addresses:
        assert app.test_client().get(address, headers={"Accept": "*/*"}).status_code == 200, address

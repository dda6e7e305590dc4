"""The interface in several languages: negotiation, links that stay in one, catalogues that lack nothing."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Message

from allegata.web.tongues import carried
from http_client import fetch
from messages import extracted, path_of, translated, words_of, written

_PLACE = re.compile(r"%(?:\((\w+)\))?[sd]")
PATHS = ("/", "/compare?topic=politicalPrisonCamps", "/search?q=camps", "/page/claim/camps-hold-about-200000", "/nowhere")


def places(text: str) -> list[str]:
    return sorted(set(_PLACE.findall(text.replace("%%", ""))))


def problem(item: Message | None) -> str:
    """Say what is wrong with an entry of a catalogue."""
    if item is None:
        return "is missing: make messages"
    forms = words_of(item)
    if not forms or not all(form.strip() for form in forms):
        return "has no words"
    if item.fuzzy:
        return "is fuzzy"
    known = places(item.id if isinstance(item.id, str) else item.id[-1])
    return "" if all(places(form) == known for form in forms) else "has other placeholders"


@pytest.mark.parametrize("tag", list(translated()))
def test_every_string_of_the_interface_has_words_in_every_language(tag: str) -> None:
    catalogue, template = written(tag), extracted()
    assert len(template) > 15
    found = {str(item.id): problem(catalogue.get(item.id, item.context)) for item in template if item.id}
    assert {key: what for key, what in found.items() if what} == {}
    known = {(str(item.id), item.context) for item in template}
    assert [item.id for item in catalogue if (str(item.id), item.context) not in known] == []
    assert "#, fuzzy" not in path_of(tag).read_text("utf-8")


def test_an_entry_without_words_or_with_other_placeholders_is_noticed() -> None:
    assert problem(None)
    assert problem(Message("Release %(version)s", "")) == "has no words"
    assert problem(Message(("%(n)s claim", "%(n)s claims"), ("",))) == "has no words"
    assert problem(Message("Release %(version)s", "배포판 %(release)s")) == "has other placeholders"
    assert problem(Message("Release %(version)s", "배포판 %(version)s", flags=["fuzzy"])) == "is fuzzy"
    assert problem(Message("Release %(version)s", "배포판 %(version)s")) == ""


@pytest.mark.parametrize(
    ("asked", "header", "language"),
    [
        ("", None, "en"),
        ("", "ko", "ko"),
        ("", "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("", "en-US,ko;q=0.5", "en"),
        ("", "fr,ko;q=0.4,en;q=0.2", "ko"),
        ("", "ko;q=0,de", "en"),
        ("", "*", "en"),
        ("", ";;;", "en"),
        ("ko", "en", "ko"),
        ("ko-KR", None, "ko"),
        ("en", "ko", "en"),
    ],
)
def test_the_address_chooses_the_language_then_the_reader_s_preference(
    server: str, asked: str, header: str | None, language: str
) -> None:
    reply = fetch(server, f"/?lang={asked}" if asked else "/", headers={"Accept-Language": header} if header else {})
    assert (reply.status, reply.headers["content-language"]) == (200, language)
    assert f'<html lang="{language}">' in reply.text
    assert ("accept-language" in reply.headers["vary"].lower()) is not bool(asked)


def test_a_language_that_there_is_not_is_named_as_a_mistake_in_one_that_there_is(server: str) -> None:
    reply = fetch(server, "/?lang=tlh", headers={"Accept": "text/html", "Accept-Language": "ko"})
    assert (reply.status, reply.headers["content-language"]) == (400, "ko")
    assert "lang=ko" in reply.text


@pytest.mark.parametrize("path", PATHS)
def test_languages_have_their_own_tags_and_one_is_not_taken_for_the_other(server: str, path: str) -> None:
    replies = {tag: fetch(server, path, headers={"Accept": "text/html", "Accept-Language": tag}) for tag in ("en", "ko")}
    tags = {tag: reply.headers.get("etag") for tag, reply in replies.items()}
    assert "set-cookie" not in {name.lower() for reply in replies.values() for name in reply.headers}
    if path == "/nowhere":
        return
    assert tags["en"] and tags["ko"] and tags["en"] != tags["ko"]
    crossed = fetch(server, path, headers={"Accept": "text/html", "Accept-Language": "ko", "If-None-Match": str(tags["en"])})
    again = fetch(server, path, headers={"Accept": "text/html", "Accept-Language": "ko", "If-None-Match": str(tags["ko"])})
    assert (crossed.status, again.status) == (200, 304)
    assert "accept-language" in again.headers["vary"].lower()


@pytest.mark.parametrize("path", PATHS)
def test_a_chosen_language_is_carried_on_by_links_and_forms_and_can_be_changed(server: str, path: str) -> None:
    asked = f"{path}{'&' if '?' in path else '?'}lang=ko"
    text = fetch(server, asked, headers={"Accept": "text/html"}).text
    links = re.findall(r'<a [^>]*?href="(/[^"]*)"', text)
    assert len(links) > 10
    for link in links:
        address = link.replace("&amp;", "&")
        assert "lang=" in address or carried(address, "ko") == address, link
    assert sum("lang=ko" in link for link in links) > 10
    forms = re.findall(r"<form[^>]*>(.{0,60})", text)
    assert all(form.startswith('<input type="hidden" name="lang" value="ko">') for form in forms)
    switch = re.search(r'<a href="([^"]+)" hreflang="en" lang="en"', text)
    assert (
        switch
        and fetch(server, switch[1].replace("&amp;", "&"), headers={"Accept": "text/html"}).headers["content-language"] == "en"
    )
    for tag in ("en", "ko", "x-default"):
        assert text.count(f'<link rel="alternate" hreflang="{tag}"') == 1


def test_a_kept_page_leads_to_itself_whatever_else_it_was_asked_with(server: str) -> None:
    fetch(server, "/votes?secret=1")
    assert "secret" not in fetch(server, "/votes").text + fetch(server, "/votes?secret=1").text


def test_the_way_from_a_thing_to_its_page_keeps_the_language_and_data_has_none(server: str) -> None:
    path = "/claim/camps-hold-about-200000?lang=ko"
    page = fetch(server, path, headers={"Accept": "text/html"})
    data = fetch(server, path, headers={"Accept": "text/turtle"})
    assert page.headers["location"].endswith("/page/claim/camps-hold-about-200000?lang=ko")
    assert data.headers["location"].endswith("/data/claim/camps-hold-about-200000.ttl")
    assert "content-language" not in {**page.headers, **data.headers}


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/compare", "/compare?lang=ko"),
        ("/method#object", "/method?lang=ko#object"),
        ("/search?q=a", "/search?q=a&lang=ko"),
        ("/search?q=a&lang=en", "/search?q=a&lang=en"),
        ("/dumps", "/dumps?lang=ko"),
        ("/release/0.1.0", "/release/0.1.0?lang=ko"),
        ("/cite/claim/x", "/cite/claim/x?lang=ko"),
        ("https://example.org/", "https://example.org/"),
        ("//example.org/", "//example.org/"),
        ("#main", "#main"),
        ("/dumps/manifest.json", "/dumps/manifest.json"),
        ("/data/claim/x.ttl", "/data/claim/x.ttl"),
        ("/sparql?query=a", "/sparql?query=a"),
        ("/cite/claim/x.bib", "/cite/claim/x.bib"),
        ("/search?q=a&format=json", "/search?q=a&format=json"),
        ("/release/0.1.0/dumps/a.ttl.gz", "/release/0.1.0/dumps/a.ttl.gz"),
        ("/timemap/claim/x", "/timemap/claim/x"),
    ],
)
def test_pages_carry_the_language_and_files_do_not(address: str, found: str) -> None:
    assert carried(address, "ko") == found

"""The interface in several languages: negotiation, links that stay in one, catalogues that lack nothing."""

from __future__ import annotations

import re
from contextvars import copy_context

import pytest
from babel.messages.catalog import Message
from flask import Flask, url_for

from allegata.release.handle import Release
from allegata.web import _register_views
from allegata.web.http.views import View
from allegata.web.i18n import links
from http_client import fetch
from messages import extracted, path_of, translated, words_of, written
from page_texts import Texts, untranslated
from page_types import addresses, saved_query

_HANGUL = re.compile(r"[\uac00-\ud7a3]")
#: Every type of page, and what some say only now and then.
PAGES = (
    *addresses("{version}", "{digest}"),
    *("/search?q=testimny", "/search?q=zzqq&kind=actor", "/page/event/famine-1990s", "/page/scheme/act/ratification"),
)
_TAG = re.compile(r"</?[a-z][^>]*>")
_PLACE = re.compile(r"%(?:\((\w+)\))?[sd]")
PATHS = ("/", "/compare?topic=politicalPrisonCamps", "/search?q=camps", "/page/claim/camps-hold-about-200000", "/nowhere")


ROUTES = Flask("allegata.web")
_register_views(ROUTES)
links.register(ROUTES)


def is_page(address: str) -> bool:
    """Return whether an address of this host leads to a page; a citation with a suffix is a file."""
    if address.startswith("/cite/") and re.search(r"\.(bib|ris|json|txt)$", address):
        return False
    endpoint, _ = ROUTES.url_map.bind("localhost").match(address.partition("?")[0].partition("#")[0])
    view = ROUTES.view_functions[endpoint]
    return isinstance(view, View) and view.is_page


def places(text: str) -> list[str]:
    return sorted(set(_PLACE.findall(text.replace("%%", ""))))


def problem(item: Message | None) -> str:
    """Return what is wrong with an entry of a catalogue."""
    if item is None:
        return "is missing: make messages"
    forms = words_of(item)
    if not forms or not all(form.strip() for form in forms):
        return "has no words"
    if item.fuzzy:
        return "is fuzzy"
    known = places(item.id if isinstance(item.id, str) else item.id[-1])
    if not all(places(form) == known for form in forms):
        return "has other placeholders"
    tags = sorted(_TAG.findall(item.id if isinstance(item.id, str) else item.id[-1]))
    return "" if all(sorted(_TAG.findall(form)) == tags for form in forms) else "has other tags"


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
    assert problem(Message('<a href="/ns">Model</a>', '<a href="/query">모델</a>')) == "has other tags"
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
    leads = [lead.replace("&amp;", "&") for lead in re.findall(r'<a [^>]*?href="(/[^"]*)"', text)]
    assert len(leads) >= 7
    assert [lead for lead in leads if "lang=" not in lead and "format=" not in lead and is_page(lead)] == []
    assert sum("lang=ko" in lead for lead in leads) >= 7
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
    ("endpoint", "values", "found"),
    [
        ("compare.compare", {}, "/compare?lang=ko"),
        ("method.method", {"_anchor": "object"}, "/method?lang=ko#object"),
        ("search.search", {"q": "a"}, "/search?q=a&lang=ko"),
        ("search.search", {"q": "a", "lang": "en"}, "/search?q=a&lang=en"),
        ("search.search", {"q": "a", "lang": None}, "/search?q=a"),
        ("search.search", {"q": "a", "format": "json"}, "/search?q=a&format=json"),
        ("dumps.index", {}, "/dumps?lang=ko"),
        ("releases.release", {"version": "0.1.0"}, "/release/0.1.0?lang=ko"),
        ("citations.thing", {"path": "claim/x"}, "/cite/claim/x?lang=ko"),
        ("things.thing", {"kind": "dataset"}, "/dataset?lang=ko"),
        ("dumps.dump", {"name": "manifest.json"}, "/dumps/manifest.json"),
        ("things.data", {"path": "claim/x.ttl"}, "/data/claim/x.ttl"),
        ("sparql.by_get", {"query": "a"}, "/sparql?query=a"),
        ("sparql.release_by_get", {"version": "0.1.0"}, "/release/0.1.0/sparql"),
        ("releases.dump", {"version": "0.1.0", "name": "a.ttl.gz"}, "/release/0.1.0/dumps/a.ttl.gz"),
        ("memento.timemap", {"path": "claim/x"}, "/timemap/claim/x"),
        ("static", {"filename": "site.css"}, "/static/site.css"),
    ],
)
def test_links_to_pages_carry_the_language_and_those_to_files_do_not(
    endpoint: str, values: dict[str, str | None], found: str
) -> None:
    def made(address: str) -> str:
        with ROUTES.test_request_context(address):
            return url_for(endpoint, **values)  # type: ignore[arg-type]

    assert copy_context().run(made, "/?lang=ko") == found
    assert copy_context().run(made, "/") == re.sub(r"[?&]lang=ko", "", found)


@pytest.fixture
def address(request: pytest.FixtureRequest, release: Release) -> str:
    """Return an address of this release."""
    return str(request.param).format(version=release.version, digest=saved_query(release))


every_page = pytest.mark.parametrize("address", PAGES, indirect=True)


@every_page
def test_nothing_is_left_in_english_on_korean_pages_but_what_is_marked_so(server: str, address: str) -> None:
    reply = fetch(server, address, headers={"Accept": "text/html", "Accept-Language": "ko"})
    assert reply.type == "text/html" and reply.status < 500
    assert untranslated(reply.text, "ko", _HANGUL) == []
    assert sum(language == "ko" and bool(_HANGUL.search(found)) for _, language, found in Texts(reply.text).found) > 3


@every_page
def test_english_pages_have_korean_words_only_where_they_are_marked(server: str, address: str) -> None:
    reply = fetch(server, address, headers={"Accept": "text/html"})
    assert [found for _, language, found in Texts(reply.text).found if language == "en" and _HANGUL.search(found)] == []


def test_a_string_left_in_english_is_noticed() -> None:
    assert untranslated('<html lang="ko"><p>Nobody</p></html>', "ko", _HANGUL) == ["Nobody"]
    assert untranslated('<html lang="ko"><p aria-label="Site">주장</p></html>', "ko", _HANGUL) == ["Site"]
    assert untranslated('<html lang="ko"><p lang="en">Nobody <b>here</b></p><p>CSV 파일</p></html>', "ko", _HANGUL) == []


def test_things_are_called_by_their_korean_names_and_terms_by_the_catalogue(server: str) -> None:
    def heading(path: str, tag: str) -> str:
        text = fetch(server, path, headers={"Accept": "text/html", "Accept-Language": tag}).text
        return re.sub(r"<[^>]+>", "", text.split("<h1", 1)[1].split(">", 1)[1].split("</h1>")[0])

    assert heading("/page/actor/dprk", "ko") == "조선민주주의인민공화국"
    assert heading("/page/actor/republic-of-korea", "ko") == "대한민국"
    assert heading("/page/instrument/udhr", "ko") == "세계인권선언"
    assert heading("/page/scheme/act/ratification", "ko") == "비준"
    assert heading("/page/scheme/act/ratification", "en") == "ratification"
    claim = fetch(server, "/page/claim/camps-hold-about-200000", headers={"Accept": "text/html", "Accept-Language": "ko"}).text
    assert '<h1 lang="en">About 200,000 people' in claim


def test_what_is_found_by_a_korean_name_is_shown_by_it(server: str) -> None:
    reply = fetch(server, "/search?q=%EC%84%B8%EA%B3%84%EC%9D%B8%EA%B6%8C%EC%84%A0%EC%96%B8&lang=ko")
    assert ">세계인권선언</a>" in reply.text


def test_programs_get_the_same_whatever_language_their_user_reads(server: str) -> None:
    for path in ("/search?q=camps&format=json", "/data/claim/camps-hold-about-200000.ttl", "/nowhere"):
        replies = [
            fetch(server, path, headers={"Accept": "*/*", **({"Accept-Language": tag} if tag else {})}) for tag in ("", "ko")
        ]
        assert replies[0].body == replies[1].body
        assert "accept-language" not in replies[1].headers.get("vary", "").lower()


def test_a_form_that_posts_carries_the_language_in_its_address(server: str) -> None:
    text = fetch(server, "/validate?lang=ko", headers={"Accept": "text/html"}).text
    assert '<form action="/validate?lang=ko" method="post">' in text and 'name="lang"' not in text.split("<main", 1)[1]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/query?query=ASK+{?s+?p+(1)}", "/query?query=ASK+%7B%3Fs+%3Fp+%281%29%7D"),
        ("/query?query=a%26b%23c&lang=ko", "/query?query=a%26b%23c&lang=ko"),
        ("/query", "/query"),
    ],
)
def test_the_address_of_a_query_is_escaped_as_forms_escape_it(address: str, found: str) -> None:
    assert links.escaped(address) == found


#: Of these a page says one, too; behind such a word it says how many there are where it does not show all of them.
_COUNTED = re.compile(
    r"(?<!All )(?<!all )(?<!of )%\(\w+\)s (assertions|claims|disputes|documents|questions|sources|stances|votes)\b"
)


def test_what_is_counted_has_a_form_for_one() -> None:
    assert not [item.id for item in extracted() if isinstance(item.id, str) and _COUNTED.search(item.id)]

"""Feeds: well-formed Atom with what RFC 4287 asks for, of all that changed and of what changed on a subject; nothing is unescaped."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

import pytest

import allegata.web.state as state_module
from allegata.domain.dataset import Dataset
from allegata.engine import open_engine
from allegata.model.namespaces import SCHEMES
from allegata.release.site import current
from allegata.settings import Settings
from allegata.web import create_app
from allegata.web.publishing import feeds
from allegata.web.state import State
from http_client import fetch
from releases import BASE, build_versions
from service import PATIENT, serve

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(text: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring(text).findall(f"{ATOM}entry")


def links(entry: ElementTree.Element) -> list[str]:
    return [str(item.get("href")) for item in entry.iter("{http://www.w3.org/1999/xhtml}a")]


def test_a_feed_of_the_releases_has_what_the_standard_asks_for(server: str) -> None:
    reply = fetch(server, "/feed")
    assert (reply.status, reply.type) == (200, "application/atom+xml")
    root = ElementTree.fromstring(reply.text)
    for parent in (root, *root.findall(f"{ATOM}entry")):
        assert all(len(parent.findall(ATOM + name)) == 1 for name in ("id", "title", "updated")), parent
        stamp = datetime.fromisoformat(str(parent.findtext(f"{ATOM}updated")))
        assert stamp.tzinfo is not None
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    own = next(item for item in root.findall(f"{ATOM}link") if item.get("rel") == "self")
    assert own.get("href") == f"{server}/feed"
    assert entries(reply.text) and len({item.findtext(f"{ATOM}id") for item in entries(reply.text)}) == len(entries(reply.text))


@pytest.mark.parametrize("path", ["/", "/votes", "/page/claim/camps-hold-about-200000"])
def test_every_page_leads_to_the_feed_of_releases(server: str, path: str) -> None:
    head = fetch(server, path, headers={"Accept": "text/html"}).text.split("</head>")[0]
    assert re.search(r'<link rel="alternate" type="application/atom\+xml" href="/feed"', head)


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("/page/actor/dprk", "/feed?actor=dprk"),
        ("/page/source/factsheet", "/feed?document=factsheet"),
        ("/page/scheme/topic/sanctions", "/feed?topic=sanctions"),
    ],
)
def test_pages_of_subjects_lead_to_their_own_feed(server: str, page: str, feed: str) -> None:
    assert f'href="{feed}"' in fetch(server, page).text.split("</head>")[0]
    assert fetch(server, feed).status == 200


def test_one_subject_is_asked_for_and_has_to_be_there(server: str) -> None:
    assert fetch(server, "/feed?topic=sanctions&actor=dprk").status == 400
    assert fetch(server, "/feed?topic=%3Cnothing%3E").status == 404


def test_the_changes_of_the_release_served_stand_at_the_root(server: str) -> None:
    page = fetch(server, "/changes", headers={"Accept": "text/html"})
    assert page.status == 200 and "<h1>Changes in release" in page.text
    told = fetch(server, "/changes", headers={"Accept": "application/json"}).json
    assert told == fetch(server, f"/release/{told['release']}/changes", headers={"Accept": "application/json"}).json


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve two releases, the second of which adds, removes and changes."""
    with serve(build_versions(tmp_path_factory.mktemp("fed"), "1.0", "1.2"), **PATIENT) as running:
        yield running.address


@pytest.mark.parametrize(
    ("asked", "changed", "not_changed"),
    [
        ("", {"claim/visited", "assertion/ministry-closed", "stance/differs", "claim/counted", "claim/closed"}, set()),
        ("?actor=ministry", {"assertion/ministry-closed", "stance/differs"}, {"claim/visited", "assertion/institute-counted"}),
        ("?actor=institute", {"assertion/institute-closed", "assertion/institute-counted"}, {"assertion/ministry-closed"}),
        ("?document=survey", {"assertion/ministry-closed", "assertion/institute-visited", "stance/differs"}, {"claim/visited"}),
        ("?topic=education", {"claim/visited", "claim/counted", "assertion/institute-visited", "stance/differs"}, set()),
    ],
)
def test_a_feed_has_what_changed_on_its_subject_and_nothing_else(
    versions: str, asked: str, changed: set[str], not_changed: set[str]
) -> None:
    found = entries(fetch(versions, f"/feed{asked}").text)
    told = {address.removeprefix(BASE) for address in links(found[0])}
    assert changed <= told and not not_changed & told
    assert len(found) == (1 if asked else 2)
    title = str(found[0].findtext(f"{ATOM}title"))
    assert title == f"Release 1.2: {len(told)} changes"


def test_a_feed_follows_the_language_of_whoever_reads_it(server: str) -> None:
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    chosen = fetch(server, "/feed?topic=sanctions&lang=ko")
    wanted = fetch(server, "/feed?topic=sanctions", headers={"Accept-Language": "ko"})
    english = fetch(server, "/feed?topic=sanctions", headers={"Accept-Language": "fr, en;q=0.5"})
    for reply, tag in ((chosen, "ko"), (wanted, "ko"), (english, "en")):
        assert ElementTree.fromstring(reply.text).get(language) == tag == reply.headers["content-language"]
    roots = [ElementTree.fromstring(reply.text) for reply in (chosen, wanted, english)]
    titles = [str(root.findtext(f"{ATOM}title")) for root in roots]
    assert titles[0] == titles[1] and re.search("[가-힣]", titles[0]) and titles[2].endswith("changes on sanctions")
    assert [root.find(f"{ATOM}subtitle").get(language) for root in roots] == ["en", "en", None]  # type: ignore[union-attr]
    assert len({root.findtext(f"{ATOM}id") for root in roots}) == 2
    own = next(item for item in roots[0].findall(f"{ATOM}link") if item.get("rel") == "self")
    assert own.get("href") == f"{server}/feed?topic=sanctions&lang=ko"
    assert fetch(server, "/feed?lang=xx").status == 400


def test_a_page_in_a_language_leads_to_the_feed_in_it(server: str) -> None:
    head = fetch(server, "/page/actor/dprk?lang=ko", headers={"Accept": "text/html"}).text.split("</head>")[0]
    assert 'href="/feed?lang=ko"' in head and "/feed?actor=dprk&amp;lang=ko" in head


def test_a_feed_in_korean_says_in_korean_what_changed(versions: str) -> None:
    found = entries(fetch(versions, "/feed?lang=ko").text)
    title = str(found[0].findtext(f"{ATOM}title"))
    assert re.search("[가-힣]", title) and "Release" not in title
    named = list(found[0].iter("{http://www.w3.org/1999/xhtml}a"))
    assert named and all(item.get("{http://www.w3.org/XML/1998/namespace}lang") == "en" for item in named)


def test_a_feed_is_made_once_for_each_language_and_subject(versions: str) -> None:
    for asked in ("", "?lang=ko", "?topic=education"):
        first = fetch(versions, f"/feed{asked}")
        again = fetch(versions, f"/feed{asked}", headers={"If-None-Match": first.headers["etag"]})
        assert (first.status, again.status, again.body) == (200, 304, b"")
        assert not first.headers["etag"].startswith("W/") and fetch(versions, f"/feed{asked}").body == first.body


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """Open two releases as a service does, without one."""
    release = current(build_versions(tmp_path_factory.mktemp("opened"), "1.0", "1.2"))
    settings = Settings(site=release.folder.parent.parent)
    with closing(open_engine(release.folder, settings)) as engine:
        yield State(settings, release, engine, Dataset(release))


def test_a_feed_that_is_asked_for_again_is_not_made_again(opened: State, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(opened.settings, opened.release, opened.engine)
    made: list[str] = []
    entries_of = feeds._entries

    def counted(subject: str, paths: tuple[str, ...]) -> Iterator[feeds.Entry]:
        made.append(subject)
        return entries_of(subject, paths)

    monkeypatch.setattr(feeds, "_entries", counted)
    client = app.test_client()
    for address in ("/feed", "/feed", "/feed?lang=ko", "/feed?lang=ko", "/feed?topic=education", "/feed?topic=education"):
        assert client.get(address).status_code == 200
    assert made == ["", "", f"{SCHEMES}topic/education"]


def test_no_more_releases_are_kept_open_than_a_few(opened: State, monkeypatch: pytest.MonkeyPatch) -> None:
    first, last = opened.site.offered
    one = opened.at(first)
    assert opened.at(first) is one and opened.at(last) is opened
    monkeypatch.setattr(state_module, "KEPT", 0)
    assert opened.at(first).release is first and opened.at(first) is not opened.at(first)
    assert one.descriptions.label_of(f"{BASE}actor/institute") == "Institute", "whoever reads it reads on"

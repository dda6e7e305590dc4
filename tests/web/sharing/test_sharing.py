"""What is shared of claims and comparisons: the head of the page, the picture, the page to embed, and the fields to copy."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from allegata import budget
from allegata.domain.dataset import Dataset
from allegata.engine import open_engine
from allegata.engine.cache import ByteCache
from allegata.release.handle import Release
from allegata.settings import Settings
from allegata.web import create_app
from allegata.web.http.under_way import UnderWay
from allegata.web.i18n.languages import LANGUAGES
from allegata.web.sharing import views
from allegata.web.sharing.card import Card
from allegata.web.sharing.shared import share_claim
from http_client import fetch
from support import until

CLAIM = "claim/camps-hold-about-200000"
SHARED = {f"/page/{CLAIM}": f"/embed/{CLAIM}", "/compare?topic=sanctions": "/embed/compare/topic/sanctions"}


@pytest.fixture(scope="module")
def app(site: Path, release: Release) -> Iterator[Flask]:
    settings = Settings(site=site)
    with closing(open_engine(release.folder, settings)) as engine:
        yield create_app(settings, release, engine)


def head(page: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', page.split("</head>")[0])
    return {name: html.unescape(text) for name, text in found}


def behind_root(address: str, server: str) -> str:
    assert address.startswith(f"{server}/"), address
    return address.removeprefix(server)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("path", SHARED)
def test_the_head_says_what_a_link_shows_and_leads_to_the_picture(server: str, path: str, language: str) -> None:
    mark = "&" if "?" in path else "?"
    said = head(fetch(server, f"{path}{mark}lang={language}", headers={"Accept": "text/html"}).text)
    assert said["description"] == said["og:description"] and len(said["description"]) > 20
    assert said["twitter:card"] == "summary_large_image" and said["og:title"]
    assert behind_root(said["og:url"], server) == f"{path}{mark}lang={language}"
    picture = fetch(server, behind_root(said["og:image"], server))
    assert (picture.status, picture.type) == (200, "image/png") and f"lang={language}" in said["og:image"]
    assert picture.body.startswith(b"\x89PNG") and picture.body[16:24] == (1200).to_bytes(4, "big") + (630).to_bytes(4, "big")
    assert (said["og:image:width"], said["og:image:height"]) == ("1200", "630")


def test_every_claim_is_shared_with_those_who_say_it_and_dispute_it(app: Flask, release: Release) -> None:
    dataset, wrong = Dataset(release), []
    for sides in dataset.claims():
        summary = dataset.summary(sides.claim.iri)
        with app.test_request_context("/"):
            shared = share_claim(summary)
        named = (*summary.said[:1], *(dispute.stance.source for dispute in summary.disputes[:1]), *summary.denied[:1])
        if shared.title != f"“{sides.claim.text}”" or not all(item.asserters[0].text in shared.sentence for item in named):
            wrong.append(sides.claim.iri)
    assert wrong == []


def test_pictures_differ_by_claim_and_language_and_are_the_same_again(server: str) -> None:
    paths = [
        f"/picture/{CLAIM}.png?lang=en",
        f"/picture/{CLAIM}.png?lang=ko",
        "/picture/claim/rights-are-abused-in-the-dprk.png?lang=en",
        "/picture/compare/topic/sanctions.png?lang=en",
    ]
    first, again = ([fetch(server, path).body for path in paths] for _ in range(2))
    assert first == again and len(set(first)) == len(paths)


@pytest.mark.parametrize("path", ["/picture/claim/nothing.png", "/picture/actor/dprk.png", "/picture/compare/topic/nothing.png", "/embed/actor/dprk", "/embed/compare/state/dprk", "/embed/compare/topic/nothing"])  # fmt: skip
def test_what_is_no_claim_and_no_subject_is_not_shared(server: str, path: str) -> None:
    assert fetch(server, path).status == 404


@pytest.mark.parametrize("path", SHARED.values())
def test_a_page_to_embed_is_light_runs_nothing_and_may_stand_in_any_frame(server: str, path: str) -> None:
    reply = fetch(server, path)
    policy = dict(rule.strip().split(" ", 1) for rule in reply.headers["content-security-policy"].split(";"))
    assert (policy["frame-ancestors"], policy["default-src"], policy["form-action"]) == ("*", "'none'", "'none'")
    assert "script-src" not in policy and "x-frame-options" not in reply.headers
    assert "<script" not in reply.text and "<form" not in reply.text and len(reply.body) < 40_000
    assert '<base target="_blank">' in reply.text


def test_nothing_else_may_stand_in_a_frame(server: str) -> None:
    for path in ("/", f"/page/{CLAIM}", "/compare?topic=sanctions", "/search?q=camps", "/embed/claim/nothing", "/nowhere"):
        policy = fetch(server, path, headers={"Accept": "text/html"}).headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy and "*" not in policy, path


@pytest.mark.parametrize(("path", "embed"), SHARED.items())
def test_the_row_offers_the_link_and_the_code_whole(server: str, path: str, embed: str) -> None:
    row = fetch(server, path, headers={"Accept": "text/html"}).text.split('<div class="actions">', 1)[1].split("</div>", 1)[0]
    assert "<iframe" not in row
    link, code = (html.unescape(text) for text in re.findall(r"<textarea [^>]*>(.*?)</textarea>", row, re.DOTALL))
    assert behind_root(link, server) == path
    source = html.unescape(re.search(r'<iframe src="([^"]+)"', code)[1])  # type: ignore[index]
    assert (
        urlsplit(behind_root(source, server)).path == urlsplit(embed).path
        and fetch(server, behind_root(source, server)).status == 200
    )
    assert re.findall(r"<(?!iframe|/iframe)", code) == []


@pytest.mark.parametrize(
    "path", [f"/page/{CLAIM}", f"/embed/{CLAIM}", "/compare?topic=sanctions", "/embed/compare/topic/sanctions"]
)
def test_what_a_client_says_of_the_host_ends_no_attribute(app: Flask, path: str) -> None:
    page = app.test_client().get(path, headers={"Accept": "text/html"}, base_url='http://a.example/x"><script>y').text
    assert '"><script>y' not in page and page.count("<script") <= 4


def test_pictures_are_work_of_the_client_that_asks_for_them(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """One is drawn within the budget of the first who asks, for all who ask at once."""
    drawn: list[str] = []

    def slowly(_card: Card, client: str) -> bytes:
        assert budget.current()
        drawn.append(client)
        until(lambda: works._waiting.taken == 5)
        return b"a picture"

    works = UnderWay(16, 4)
    monkeypatch.setattr(views, "draw", slowly)
    monkeypatch.setitem(app.extensions, views._KEY, ByteCache[bytes](1 << 20))
    monkeypatch.setitem(app.extensions, views._UNDER_WAY, works)

    def ask(number: int) -> bytes:
        found = app.test_client().get(f"/picture/{CLAIM}.png", environ_base={"REMOTE_ADDR": f"192.0.2.{number}"})
        return bytes(found.data)

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, range(6))) == [b"a picture"] * 6
    assert len(drawn) == 1 and drawn[0].startswith("192.0.2.")


def test_a_picture_that_cannot_be_drawn_is_drawn_by_one_after_another(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "draw", lambda _card, _client: 1 / 0)
    monkeypatch.setitem(app.extensions, views._KEY, ByteCache[bytes](1 << 20))
    for _ in range(2):
        assert app.test_client().get(f"/picture/{CLAIM}.png").status_code == 500

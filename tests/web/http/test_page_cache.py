"""Keeping pages: rendered once, sent with a tag, given up by size."""

from __future__ import annotations

import pytest

from allegata.engine.cache import ByteCache
from http_client import fetch


def test_the_page_that_was_not_asked_for_longest_is_given_up_first() -> None:
    pages: ByteCache[str] = ByteCache(25)
    made = []
    for key in ("a", "b", "a", "c", "a", "b"):
        if pages.get(key) is None:
            made.append(pages.put(key, key, 10))
    assert made == ["a", "b", "c", "b"]


def test_pages_come_with_a_strong_tag(server: str) -> None:
    for path in ("/page/claim/camps-hold-about-200000", "/votes", "/"):
        first = fetch(server, path)
        again = fetch(server, path, headers={"If-None-Match": first.headers["etag"]})
        assert (first.status, again.status, again.body) == (200, 304, b"")
        assert not first.headers["etag"].startswith("W/")
        assert fetch(server, path).body == first.body


def test_what_is_put_again_is_counted_once() -> None:
    things: ByteCache[str] = ByteCache(10)
    for _ in range(5):
        things.put("a", "first", 6)
    things.put("b", "second", 4)
    assert (things.get("a"), things.get("b")) == ("first", "second")
    things.put("c", "third", 1)
    assert (things.get("a"), things.get("b"), things.get("c")) == (None, "second", "third")


@pytest.mark.parametrize("path", ["/compare?topic=sanctions", "/search?q=camps", "/ns", "/dumps", "/cite/dataset", "/release"])
def test_a_finished_page_is_the_same_as_the_first_with_its_headers_and_tag(server: str, path: str) -> None:
    page = {"Accept": "text/html"}
    replies = [fetch(server, path, headers=page) for _ in range(3)]
    assert {reply.body for reply in replies} == {replies[0].body} and replies[0].status == 200
    for name in ("etag", "vary", "content-language", "content-security-policy", "content-length", "cache-control"):
        assert {reply.headers.get(name) for reply in replies} == {replies[0].headers[name]}, name
    again = fetch(server, path, headers={**page, "If-None-Match": replies[0].headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    head = fetch(server, path, method="HEAD", headers=page)
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", replies[0].headers["content-length"])


def test_a_finished_page_is_given_in_no_other_language_and_to_no_program(server: str) -> None:
    path = "/compare?topic=sanctions"
    for _ in range(2):
        english = fetch(server, path, headers={"Accept": "text/html"})
        korean = fetch(server, path, headers={"Accept": "text/html", "Accept-Language": "ko"})
        chosen = fetch(server, f"{path}&lang=ko", headers={"Accept": "text/html"})
        assert [reply.headers["content-language"] for reply in (english, korean, chosen)] == ["en", "ko", "ko"]
        assert '<html lang="en">' in english.text and '<html lang="ko">' in korean.text and '<html lang="ko">' in chosen.text
        assert "lang=ko" in chosen.text.split("<main")[1] and chosen.text.count('name="lang"') == chosen.text.count("<form")
        assert fetch(server, path, headers={"Accept": "application/json"}).json["disputes"]


def test_an_error_is_not_kept(server: str) -> None:
    for path, status in (("/compare?topic=nothing", 404), ("/search?page=x", 400), ("/query?query=SELECT+%7B", 400)):
        assert [fetch(server, path, headers={"Accept": "text/html"}).status for _ in range(2)] == [status, status]


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_a_packed_page_is_the_same_each_time(server: str, encoding: str) -> None:
    asked = {"Accept": "text/html", "Accept-Encoding": encoding}
    replies = [fetch(server, "/timeline", headers=asked) for _ in range(2)]
    other = fetch(server, "/votes", headers=asked)
    assert replies[0].headers["content-encoding"] == encoding and replies[0].body == replies[1].body != other.body


@pytest.mark.parametrize("path", ["/query", "/release/0.1.0/page/actor/dprk", "/dumps"])
def test_a_finished_page_is_given_under_its_own_host_with_each_link_once(server: str, path: str) -> None:
    page = {"Accept": "text/html"}
    other = fetch(server, path, headers={**page, "Host": "elsewhere.example"})
    assert other.status == 200
    for reply in (fetch(server, path, headers=page) for _ in range(2)):
        assert "elsewhere.example" not in reply.text + reply.headers["link"]
        links = reply.headers["link"].split(", ")
        assert links and sorted(set(links)) == sorted(links)

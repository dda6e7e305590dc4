"""Keeping pages: rendered once, sent with a tag, given up by size."""

from __future__ import annotations

from allegata.web.keeping import Pages
from http_client import fetch


def test_a_page_is_made_once() -> None:
    made: list[str] = []
    pages = Pages(100)
    for _ in range(3):
        assert pages.get("a", lambda: made.append("a") or "page")[0] == b"page"  # type: ignore[func-returns-value]
    assert made == ["a"]


def test_the_page_that_was_not_asked_for_longest_is_given_up_first() -> None:
    pages, made = Pages(25), []

    def ask(key: str) -> None:
        pages.get(key, lambda: made.append(key) or key * 10)  # type: ignore[func-returns-value]

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert made == ["a", "b", "c", "b"]


def test_a_page_over_the_limit_is_given_and_not_kept() -> None:
    pages = Pages(5)
    body, tag = pages.get("a", lambda: "x" * 10)
    assert (len(body), len(tag)) == (10, 32)
    assert pages.get("a", lambda: "y" * 10)[0] == b"y" * 10


def test_pages_come_with_a_strong_tag(server: str) -> None:
    for path in ("/page/claim/camps-hold-about-200000", "/votes", "/"):
        first = fetch(server, path)
        again = fetch(server, path, headers={"If-None-Match": first.headers["etag"]})
        assert (first.status, again.status, again.body) == (200, 304, b"")
        assert not first.headers["etag"].startswith("W/")
        assert fetch(server, path).body == first.body

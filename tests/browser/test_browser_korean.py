"""A reader's path in Korean: switched without scripts, kept from page to page, accessible, legible on narrow screens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from waiting import follow, wait_until_complete

PAGES = (
    *("/", "/compare?topic=politicalPrisonCamps", "/search?q=camps", "/query", "/treaties", "/votes", "/evidence", "/places"),
    *(
        "/method",
        "/ns",
        "/dumps",
        "/page/claim/camps-hold-about-200000",
        "/page/actor/dprk",
        "/page/instrument/iccpr",
        "/nowhere",
    ),
    *("/page/assertion/factsheet/quintana-on-sanctions", "/page/stance/testimony-doubt-undercuts-200000"),
)


def with_language(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang=ko"


def walk(page: Any) -> None:
    """Go from the English home page to a comparison in Korean, by links and forms alone, and back to English there."""
    page.goto("/")
    follow(page.get_by_role("link", name="한국어"))
    assert page.locator("html").get_attribute("lang") == "ko"
    form = page.get_by_role("banner").get_by_role("search")
    form.get_by_label("진술, 화자, 출처, 주제 검색").fill("200,000 camps")
    follow(form.get_by_role("button", name="검색"))
    assert "찾았으며" in page.get_by_role("status").inner_text()
    follow(page.get_by_role("link", name="About 200,000 people were held in the political prison camps as of 2017.").first)
    assert page.locator("html").get_attribute("lang") == "ko"
    assert page.locator("h1").get_attribute("lang") == "en"
    assert [heading.split()[0] for heading in page.locator("#sides + .sides h3").all_inner_texts()] == ["긍정"]
    follow(page.get_by_role("link", name="나란히 비교"))
    page.get_by_role("heading", name="답변 없는 다툼").wait_for()
    follow(page.get_by_role("navigation", name="사이트").get_by_role("link", name="기록"))
    page.get_by_role("link", name="가입", exact=False).first.wait_for()
    follow(page.get_by_role("link", name="English"))
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("heading", name="Treaties").wait_for()


def test_a_walk_in_korean(tab: Any) -> None:
    walk(tab)


def test_a_walk_in_korean_without_scripts(browser: Any, server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False)
    walk(context.new_page())
    assert context.cookies() == []
    context.close()


def test_a_browser_set_to_korean_gets_korean_pages(browser: Any, server: str) -> None:
    context = browser.new_context(base_url=server, locale="ko-KR")
    page = context.new_page()
    page.goto("/page/actor/dprk")
    assert page.get_by_role("heading", level=1).inner_text() == "조선민주주의인민공화국"
    page.goto("/?lang=en")
    assert page.get_by_role("heading", level=1).inner_text().startswith("Who says what")
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_serious_issue_in_korean(tab: Any, issues: Callable[[Any], list[Any]], path: str) -> None:
    tab.goto(with_language(path))
    assert tab.locator("html").get_attribute("lang") == "ko"
    assert issues(tab) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_narrow_screen_needs_no_sideways_scrolling_in_korean(tab: Any, path: str) -> None:
    tab.set_viewport_size({"width": 360, "height": 740})
    tab.goto(with_language(path))
    wait_until_complete(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360

"""Every type of page in a real browser: axe finds no serious issue; pages are light, fit narrow screens and paper, ask nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from allegata.release.handle import Release
from page_types import BUILT, addresses, saved_query
from waiting import CUT, follow, loaded, wait_until_complete

PAGES = tuple(addresses("{version}", "{digest}"))
#: Bytes over the wire for a page with all that it loads, the scripts of the editors aside.
FIRST_LOAD = 300_000
#: Width of a sheet of A4 less its margins, in CSS pixels.
PAPER = 718


@pytest.fixture
def address(request: pytest.FixtureRequest, release: Release) -> str:
    """Return an address of this release."""
    return str(request.param).format(version=release.version, digest=saved_query(release))


every_page = pytest.mark.parametrize("address", PAGES, indirect=True)


def width(tab: Any) -> int:
    return int(tab.evaluate("document.documentElement.scrollWidth"))


def open_page(tab: Any, address: str) -> None:
    """Open an address, or skip where it shows an editor that was not built."""
    reply = tab.goto(address)
    if address in BUILT and reply.status == 404:
        pytest.skip("the editors are not built: make web")


def test_there_are_many_types_of_page() -> None:
    assert len(set(PAGES)) == len(PAGES) >= 55


@every_page
def test_axe_finds_no_serious_issue(tab: Any, issues: Callable[[Any], list[Any]], address: str) -> None:
    open_page(tab, address)
    assert issues(tab) == []


@every_page
def test_axe_finds_no_serious_issue_in_the_dark(tab: Any, issues: Callable[[Any], list[Any]], address: str) -> None:
    tab.emulate_media(color_scheme="dark")
    open_page(tab, address)
    assert issues(tab) == []
    ground = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert tab.locator("body.light").count() or not tab.locator("header").count() or ground == "rgb(20, 25, 29)"


@every_page
def test_a_page_is_light_and_fits_narrow_screens_and_paper(tab: Any, address: str) -> None:
    tab.set_viewport_size({"width": 360, "height": 740})
    open_page(tab, address)
    wait_until_complete(tab)
    own = [file for file in loaded(tab) if not file.built]
    assert all(file.wire for file in own) and 0 < sum(file.wire for file in own) < FIRST_LOAD, own
    assert width(tab) <= 360 and (address in BUILT or tab.evaluate(CUT) == [])
    tab.set_viewport_size({"width": PAPER, "height": 1000})
    tab.emulate_media(media="print")
    assert width(tab) <= PAPER, "cut on paper"
    navigation = tab.get_by_role("navigation", name="Site")
    assert not navigation.count() or not navigation.is_visible()


def test_pages_print_with_their_pictures_and_citation(tab: Any) -> None:
    tab.goto("/page/claim/camps-hold-about-200000")
    tab.emulate_media(media="print")
    assert tab.get_by_role("img").first.is_visible()
    assert tab.locator("details.cite").get_by_text("Allegata curators").is_visible()
    assert tab.pdf(format="A4").startswith(b"%PDF")


def test_words_facets_and_a_way_back(tab: Any) -> None:
    tab.goto("/")
    form = tab.locator("main").get_by_role("search")
    form.get_by_label("Search statements").fill("testimny")
    follow(form.get_by_role("button", name="Search"))
    follow(tab.get_by_role("link", name="testimony", exact=True))
    before = tab.locator("article.hit").count()
    follow(tab.get_by_role("link", name="Fact sheet of Korea Peace Now!").first)
    assert 0 < tab.locator("article.hit").count() < before


def test_the_code_tabs_work_without_scripts(browser: Any, server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False)
    opened = context.new_page()
    opened.goto("/query")
    assert opened.locator(".panel-1").is_visible() and not opened.locator(".panel-2").is_visible()
    opened.get_by_text("Python", exact=True).click()
    assert opened.locator(".panel-2").is_visible() and not opened.locator(".panel-1").is_visible()
    context.close()

"""Walking through stances in a real browser: a graph in the place of the picture once it is wanted, and the way back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from http_client import fetch
from support import ROOT
from waiting import loaded, wait_until_complete

BUILT = ROOT / "server" / "allegata" / "web" / "static" / "built"
pytestmark = pytest.mark.skipif(not (BUILT / "explore.js").is_file(), reason="the graph is not built: make web")

CLAIM = "/page/claim/camps-hold-about-200000"
BASE = "https://w3id.org/allegata"


def given(server: str, path: str) -> dict[str, Any]:
    """Return the stances that a page has as data."""
    found = re.search(r'<script type="application/json" id="stances">(.*?)</script>', fetch(server, path).text)
    assert found, path
    data: dict[str, Any] = json.loads(found[1])
    return data


def explore(tab: Any, path: str) -> None:
    """Open a page and ask for the graph with the keyboard."""
    tab.goto(path)
    tab.get_by_role("button", name="Explore").focus()
    tab.keyboard.press("Enter")
    tab.locator(".canvas[data-drawn]").wait_for()


def point_at_a_thing(tab: Any) -> None:
    """Move the pointer to where a thing is drawn until the graph, which learns of a scroll in a later frame, shows that it is there."""
    tab.locator(".canvas").scroll_into_view_if_needed()
    box = tab.locator(".canvas").bounding_box()
    for step in range(600):
        tab.mouse.move(box["x"] + 60 + step % 2, box["y"] + box["height"] / 2)
        if tab.locator(".canvas.over").count():
            return
        tab.wait_for_timeout(50)
    pytest.fail("nothing is drawn there")


def test_the_graph_has_what_the_picture_has_and_the_way_leads_back(tab: Any, inked: Callable[[Any], int], server: str) -> None:
    data = given(server, CLAIM)
    assert len(data["things"]) >= 4 and len(data["stances"]) >= 3
    tab.goto(CLAIM)
    picture = tab.locator("figure.pictured svg").evaluate("picture => picture.outerHTML")
    explore(tab, CLAIM)
    pairs = {(stance["from"], stance["to"]) for stance in data["stances"]}
    assert tab.locator(".canvas").get_attribute("data-drawn") == f"{len(data['things'])} {len(pairs)}"
    assert inked(tab) > 1000 and not tab.locator("figure.pictured").is_visible()
    said = tab.locator(".explored ul.edges").inner_text()
    for thing in data["things"].values():
        assert thing["name"] in said and thing["said"] in said
    for stance in data["stances"]:
        assert stance["kind"] in said
    tab.keyboard.press("Enter")
    assert tab.get_by_role("button", name="Explore").evaluate("button => button === document.activeElement")
    assert tab.locator("figure.pictured svg").evaluate("picture => picture.outerHTML") == picture
    assert tab.locator("figure.pictured").is_visible() and not tab.locator(".explored").is_visible()


def test_both_sides_are_drawn_alike_but_for_the_line(server: str) -> None:
    data = given(server, CLAIM)
    assert {stance["side"] for stance in data["stances"]} <= {"for", "against", "neither"}
    kinds = {stance["kind"]: stance["side"] for stance in data["stances"]}
    assert kinds["undercuts"] == "against"


def test_nothing_is_loaded_for_the_graph_before_it_is_wanted(tab: Any) -> None:
    def sizes() -> dict[str, int]:
        return {file.url.rsplit("/", 1)[-1]: file.size for file in loaded(tab)}

    tab.goto(CLAIM)
    wait_until_complete(tab)
    scripts = {name: size for name, size in sizes().items() if name.endswith(".js")}
    assert "explore.js" in scripts and sum(scripts.values()) < 8_000
    assert not any("cytoscape" in name or name == "query.css" for name in sizes())
    tab.get_by_role("button", name="Explore").click()
    tab.locator(".canvas[data-drawn]").wait_for()
    assert any("cytoscape" in name for name in sizes()) and "query.js" not in sizes()


def test_one_more_ring_has_the_stances_of_what_stands_at_the_rim(tab: Any, server: str) -> None:
    data = given(server, CLAIM)
    expected = {(stance["from"], stance["to"]) for stance in data["stances"]}
    for iri in data["things"]:
        around = fetch(server, f"/page{iri.removeprefix(BASE)}").text
        if 'id="stances"' in around:
            expected |= {(stance["from"], stance["to"]) for stance in given(server, f"/page{iri.removeprefix(BASE)}")["stances"]}
    explore(tab, CLAIM)
    tab.get_by_role("button", name="One more ring").focus()
    tab.keyboard.press("Enter")
    tab.locator(f".canvas[data-drawn$=' {len(expected)}']").wait_for()
    assert len(expected) > len(data["stances"])
    assert tab.locator(".explored ul.edges").get_by_text("→").count() >= len(expected)


def test_things_lead_to_their_pages_from_the_graph_and_from_the_list(tab: Any, server: str) -> None:
    things = {f"{server}/page{iri.removeprefix(BASE)}" for iri in given(server, CLAIM)["things"]}
    explore(tab, CLAIM)
    point_at_a_thing(tab)
    tab.mouse.down()
    tab.mouse.up()
    tab.wait_for_url(lambda address: address in things)
    tab.go_back()
    explore(tab, CLAIM)
    tab.locator(".explored ul.edges a").first.focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url(lambda address: address in things)


def test_the_keys_move_and_zoom_what_is_drawn(tab: Any, inked: Callable[[Any], int]) -> None:
    def picture() -> str:
        return str(tab.evaluate("() => [...document.querySelectorAll('.canvas canvas')].map(c => c.toDataURL()).join()"))

    explore(tab, CLAIM)
    inked(tab)
    tab.locator(".canvas").focus()
    for key in ("ArrowRight", "+", "ArrowDown", "-"):
        before = picture()
        tab.keyboard.press(key)
        tab.wait_for_function(
            "before => [...document.querySelectorAll('.canvas canvas')].map(c => c.toDataURL()).join() !== before", arg=before
        )
    before = picture()
    tab.get_by_role("button", name="Zoom in").press("Enter")
    tab.wait_for_function(
        "before => [...document.querySelectorAll('.canvas canvas')].map(c => c.toDataURL()).join() !== before", arg=before
    )


@pytest.mark.parametrize("path", [CLAIM, f"{CLAIM}?lang=ko"], ids=["English", "Korean"])
def test_axe_finds_no_serious_issue_and_the_graph_fits_a_narrow_screen(
    tab: Any, issues: Callable[[Any], list[Any]], path: str
) -> None:
    tab.set_viewport_size({"width": 360, "height": 740})
    tab.goto(path)
    tab.locator(".explore button").click()
    tab.locator(".canvas[data-drawn]").wait_for()
    assert issues(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    if "lang=ko" in path:
        assert tab.locator(".explored ul.edges a").first.get_attribute("href").endswith("?lang=ko")


def test_paper_has_the_picture_whatever_the_screen_shows(tab: Any) -> None:
    explore(tab, CLAIM)
    tab.emulate_media(media="print")
    assert tab.locator("figure.pictured svg").is_visible()
    assert not tab.locator(".explored").is_visible() and not tab.locator(".explore").is_visible()


def test_without_scripts_there_is_the_picture_and_no_button(browser: Any, server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False)
    opened = context.new_page()
    opened.goto(CLAIM)
    assert opened.get_by_role("button", name="Explore").count() == 0
    assert opened.get_by_role("img", name="Stances around").is_visible()
    context.close()

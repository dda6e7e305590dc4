"""A reader's path in a real browser: nothing leaves the host, axe finds no serious issue, narrow screens and print work."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install --group browser")

HERE = Path(__file__).parent
CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
PAGES = (
    *(
        "/",
        "/compare",
        "/compare?topic=politicalPrisonCamps",
        "/compare?measure=peopleHeldInPoliticalPrisonCamps",
        "/search?q=camps",
    ),
    *("/query", "/query?example=01-fact-sheet-against-report", "/timeline", "/treaties", "/votes", "/evidence", "/method", "/ns"),
    *("/page/claim/camps-hold-about-200000", "/page/assertion/report-2025/camps-hold-about-200000", "/page/actor/dprk"),
    *(
        "/page/stance/testimony-doubt-undercuts-200000",
        "/page/source/factsheet",
        "/page/instrument/iccpr",
        "/page/provision/iccpr-9",
    ),
    *("/page/vote/a-res-60-173", "/page/commitment/dprk-iccpr-accession", "/page/evidence-line/coi-report", "/page/scheme/topic"),
    *(
        "/page/scheme/topic/politicalPrisonCamps",
        "/page/scheme/right/libertyOfPerson",
        "/page/graph/record/commitments",
        "/nowhere",
    ),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed: apt-get install chromium")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """Give the rules of axe, installed from the lockfile beside this file."""
    script = HERE / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        if not shutil.which("npm"):
            pytest.skip("axe needs npm")
        subprocess.run(
            ["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=HERE, check=True, capture_output=True, timeout=300
        )
    return script.read_text("utf-8")


@pytest.fixture
def tab(browser: Any, server: str) -> Iterator[Any]:
    """Give a fresh tab, and check afterwards that it asked nobody but the server and was refused nothing."""
    context = browser.new_context(base_url=server, accept_downloads=True)
    opened = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on(
        "requestfailed",
        lambda request: complaints.append(f"{request.url}: {request.failure}") if "/static/" in request.url else None,
    )
    opened.on(
        "response",
        lambda response: (
            complaints.append(f"{response.url}: {response.status}")
            if "/static/" in response.url and response.status >= 400
            else None
        ),
    )
    opened.on("console", lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None)
    yield opened
    assert asked and [url for url in asked if not url.startswith((server, "data:"))] == []
    assert complaints == []
    assert context.cookies() == []
    context.close()


def test_from_the_home_page_to_a_downloaded_answer(tab: Any) -> None:
    tab.goto("/")
    tab.get_by_role("link", name="people held in political prison camps").click()
    tab.get_by_role("img", name="Estimates: people held in political prison camps").wait_for()
    row = tab.get_by_role("row").filter(has_text="as of 2017")
    row.get_by_role("link", name="about 200,000 persons").click()
    assert "About 200,000 people" in tab.get_by_role("heading", level=1).inner_text()
    tab.get_by_role("heading", name="What speaks against it").wait_for()
    tab.get_by_role("link", name="the assertion").first.click()
    assert "code points 9005 to 9063" in tab.locator(".passage").inner_text()
    tab.get_by_role("navigation", name="Site").get_by_role("link", name="Query").click()
    tab.get_by_role("link", name="Which assertions of the fact sheet rebut or undercut").click()
    shown = tab.locator("table.answer tbody tr").count()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="CSV").click()
    with Path(download.value.path()).open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert len(rows) - 1 == shown >= 10


def test_words_facets_and_a_way_back(tab: Any) -> None:
    tab.goto("/")
    tab.get_by_label("Search statements").fill("testimny")
    tab.get_by_role("button", name="Search").click()
    tab.get_by_role("link", name="testimony", exact=True).click()
    before = tab.locator("article.hit").count()
    tab.get_by_role("link", name="Fact sheet of Korea Peace Now!").first.click()
    assert 0 < tab.locator("article.hit").count() < before


def test_the_code_tabs_work_without_scripts(browser: Any, server: str) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False)
    opened = context.new_page()
    opened.goto("/query")
    assert opened.locator(".panel-1").is_visible() and not opened.locator(".panel-2").is_visible()
    opened.get_by_text("Python", exact=True).click()
    assert opened.locator(".panel-2").is_visible() and not opened.locator(".panel-1").is_visible()
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_serious_issue(tab: Any, axe: str, path: str) -> None:
    tab.goto(path)
    tab.evaluate(f"() => {{ {axe} }}")
    result = tab.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    assert len(result["passes"]) > 10
    serious = [
        (issue["id"], [node["html"][:160] for node in issue["nodes"][:3]])
        for issue in result["violations"]
        if issue["impact"] in ("serious", "critical", "moderate")
    ]
    assert serious == []


@pytest.mark.parametrize("path", PAGES)
def test_a_narrow_screen_needs_no_sideways_scrolling(tab: Any, path: str) -> None:
    tab.set_viewport_size({"width": 360, "height": 740})
    tab.goto(path)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360


def test_pages_print(tab: Any) -> None:
    tab.goto("/compare?topic=politicalPrisonCamps")
    tab.emulate_media(media="print")
    assert not tab.get_by_role("navigation", name="Site").is_visible()
    assert tab.get_by_role("img").first.is_visible()
    assert tab.pdf(format="A4").startswith(b"%PDF")

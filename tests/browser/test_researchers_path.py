"""A researcher's path from the home page to a downloaded answer, with the source texts at hand, with scripts and without."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from allegata.corpus.questions import questions
from allegata.corpus.reader import base_of
from allegata.release.handle import Release
from http_client import ask
from service import PATIENT, serve
from support import ROOT
from waiting import follow

CLAIM = "claim/camps-hold-about-200000"
QUESTION = "fact-sheet-against-report"
#: Where the anchor of the assertion lies in the text.
START, END = 9005, 9063


@pytest.fixture(scope="module")
def server(site: Path, sources: Path) -> Iterator[str]:
    """Serve with the setting that names the folder of source texts, in the place of the server that has none."""
    with serve(site, sources=sources, **PATIENT) as running:
        yield running.address


def estimates(tab: Any) -> None:
    """Go from the home page to the estimates of prisoners side by side."""
    tab.goto("/")
    follow(tab.get_by_role("link", name="people held in political prison camps", exact=True))
    picture = tab.get_by_role("img", name="Estimates: people held in political prison camps")
    assert "about 80,000 to 120,000 persons, 2014; about 200,000 persons, as of 2017" in picture.locator("desc").text_content()
    rows = tab.locator("tbody tr").filter(has_text="persons")
    assert [row.locator("td").first.inner_text() for row in rows.all()] == ["2010-01", "2014", "as of 2017", "no date given"]
    assert "Commission of Inquiry" in rows.nth(1).inner_text() and "not stated" in rows.nth(2).inner_text()
    follow(rows.nth(2).get_by_role("link", name="about 200,000 persons"))


def claim(tab: Any) -> None:
    """Read what is said of the claim: who affirms it, what speaks against it, what it has to do with treaties."""
    assert tab.url.endswith(f"/page/{CLAIM}")
    assert (
        tab.get_by_role("heading", level=1).inner_text()
        == "About 200,000 people were held in the political prison camps as of 2017."
    )
    sides = tab.locator("#sides + .sides .side")
    assert [side.locator("h3").inner_text() for side in sides.all()] == ["Affirms 1"]
    both = tab.locator("#stances-on-it + .sides .side").all()
    assert [side.locator("h3").inner_text() for side in both] == ["What speaks for it 0", "What speaks against it 2"]
    assert both[0].bounding_box()["width"] == both[1].bounding_box()["width"]
    assert "undercuts" in both[1].inner_text() and "Korea Peace Now!" in both[1].inner_text()
    assert "ICCPR, article 9" in tab.get_by_role("region", name="Obligations concerned").inner_text()
    follow(tab.get_by_role("link", name="the assertion").first)


def passage(tab: Any, text: str) -> None:
    """Read the passage of the source in its context, with the anchor marked."""
    block = tab.locator(".passage")
    assert "section 4, paragraph 2" in block.inner_text()
    block.get_by_text("For whoever holds the text").click()
    assert f"Code points {START} to {END}" in block.inner_text()
    marked = block.locator("mark")
    assert marked.text_content() == text[START:END] and marked.is_visible()
    assert marked.evaluate("mark => getComputedStyle(mark).backgroundColor") != "rgba(0, 0, 0, 0)"
    quoted = block.locator("blockquote").text_content()
    around = quoted.removeprefix("… ").removesuffix(" …")
    assert around in text and len(around) > 400 and around.index(text[START:END]) > 100
    tab.locator(".passage").get_by_role("link", name="Report of March 2025").wait_for()


def cite(tab: Any, version: str) -> None:
    """Take the citation from the page, and in every form."""
    tab.get_by_text("Cite this", exact=True).click()
    block = tab.locator("details.cite")
    assert f"(Version {version})" in block.inner_text() and "https://w3id.org/allegata/assertion/" in block.inner_text()
    follow(block.get_by_role("link", name="all of them"))
    assert tab.get_by_role("heading", level=1).inner_text() == "Cite"
    headings = tab.get_by_role("heading", level=2).all_inner_texts()
    assert headings == ["BibTeX", "RIS", "CSL-JSON", "plain text"]
    bibtex = tab.locator("pre").first.inner_text()
    assert bibtex.startswith("@") and version in bibtex and "camps-hold-about-200000" in bibtex


def query(tab: Any, server: str) -> None:
    """Ask a question of the list, and take the rows that the page shows as a file."""
    follow(tab.get_by_role("navigation", name="Site").get_by_role("link", name="Questions"))
    follow(tab.get_by_role("navigation", name="Questions").get_by_role("link", name="SPARQL", exact=True))
    asked = "Which assertions of the fact sheet rebut or undercut"
    tab.locator("main details").filter(has_text=asked).locator("summary").click()
    follow(tab.get_by_role("link", name=asked))
    assert f"example={QUESTION}" in tab.url
    shown = tab.locator("table.answer tbody tr").count()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="CSV").click()
    with Path(download.value.path()).open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    text = next(asked.text for asked in questions(ROOT, base_of(ROOT)) if asked.name == QUESTION)
    assert rows == list(csv.reader(io.StringIO(ask(server, text, "text/csv").text, newline="")))
    assert len(rows) - 1 == shown >= 20


def walk(tab: Any, server: str, sources: Path, release: Release) -> None:
    estimates(tab)
    claim(tab)
    passage(tab, (sources / "report-2025.txt").read_bytes().decode())
    cite(tab, release.version)
    query(tab, server)


def test_the_path(tab: Any, server: str, sources: Path, release: Release) -> None:
    walk(tab, server, sources, release)


def test_the_path_without_scripts(browser: Any, server: str, sources: Path, release: Release) -> None:
    context = browser.new_context(base_url=server, java_script_enabled=False, accept_downloads=True)
    tab = context.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    walk(tab, server, sources, release)
    assert len(asked) > 10 and [url for url in asked if not url.startswith((f"{server}/", "data:"))] == []
    assert not [url for url in asked if url.endswith(".js")] and context.cookies() == []
    context.close()

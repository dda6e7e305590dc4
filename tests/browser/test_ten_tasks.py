"""Ten tasks that people come with, each within two steps from where they stand, on a phone and on a desk, in both languages.

A step is a link that is followed, a fold that is opened, or a search. Scripts are off: none of the tasks needs one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from waiting import CUT, follow

CLAIM = "/page/claim/camps-hold-about-200000"
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
#: Words of the interface, by language.
WORDS = {
    "en": {"disputes": "Disputes", "data": "Data", "search": "Search", "cite": "Cite", "object": "Object or reply"},
    "ko": {"disputes": "다툼", "data": "데이터", "search": "검색", "cite": "인용", "object": "이의"},
}


@dataclass
class Reader:
    """Somebody with a task: the page open before her, her language, and the steps that she has taken."""

    page: Any
    language: str
    steps: int = 0

    def at(self, address: str) -> Reader:
        """Begin at an address."""
        self.page.goto(f"{address}{'&' if '?' in address else '?'}lang={self.language}")
        self.steps = 0
        return self

    def word(self, name: str) -> str:
        """Return a word of the interface in her language."""
        return WORDS[self.language][name]

    def search(self, words: str) -> None:
        """Search by the field in the head of the page."""
        form = self.page.get_by_role("banner").get_by_role("search")
        form.get_by_role("searchbox").fill(words)
        follow(form.get_by_role("button"))
        self._step()

    def go(self, lead: Any) -> None:
        """Follow a link."""
        follow(lead)
        self._step()

    def open(self, fold: Any) -> None:
        """Open a fold."""
        fold.click()
        self._step()

    def download(self, lead: Any) -> str:
        """Take the file that a link leads to, and return its text."""
        with self.page.expect_download() as found:
            lead.click()
        self._step()
        return Path(found.value.path()).read_text("utf-8-sig")

    def link(self, path: str) -> Any:
        """Return the first link of the page that leads to a path."""
        return self.page.locator(f"main a[href*='{path}']").first

    def text(self) -> str:
        """Return what the page says, once nothing of it is cut."""
        assert self.page.evaluate(CUT) == []
        assert self.page.locator("html").get_attribute("lang") == self.language
        return str(self.page.locator("main").inner_text())

    def section(self, name: str) -> Any:
        """Return the link of a section in the head of the page."""
        return self.page.get_by_role("banner").get_by_role("link", name=self.word(name), exact=True)

    def _step(self) -> None:
        self.steps += 1
        assert self.steps <= 2


@pytest.fixture(scope="module", params=[(size, language) for size in SIZES for language in WORDS], ids="-".join)
def reader(browser: Any, server: str, request: pytest.FixtureRequest) -> Iterator[Reader]:
    size, language = request.param
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=server, viewport={"width": width, "height": height}, java_script_enabled=False, accept_downloads=True
    )
    yield Reader(context.new_page(), language)
    context.close()


def test_how_many_people_are_held_in_the_camps(reader: Reader) -> None:
    reader.at("/").search("how many people are held in the camps" if reader.language == "en" else "수용소")
    reader.go(reader.link("/claim/camps-hold-about-200000"))
    text = reader.text()
    assert "200,000" in text and "80,000" in text  # the figures of the others stand beside it


def test_the_fact_sheet_against_the_report_on_sanctions(reader: Reader) -> None:
    reader.at("/").go(reader.section("disputes"))
    reader.go(reader.link("topic=sanctions"))
    text = reader.text()
    assert "Korea Peace Now!" in text and "2025" in text
    assert reader.page.locator("article.card").count() > 4


def test_who_was_bound_by_the_convention_against_torture_in_2014(reader: Reader) -> None:
    reader.at("/").search("torture convention" if reader.language == "en" else "고문방지협약")
    reader.go(reader.page.locator("main a[href$='/instrument/cat'], main a[href*='/instrument/cat?']").first)
    heads = reader.page.locator("main h2").all_inner_texts()
    assert len(heads) > 1
    text = reader.text()
    assert ("North Korea" if reader.language == "en" else "조선민주주의인민공화국") in text


def test_how_china_voted_in_2014(reader: Reader) -> None:
    reader.at("/").search("China vote 2014" if reader.language == "en" else "중국 2014 표결")
    text = reader.text()
    assert "2014" in text and "China voted against the Assembly text of 2014" in text


def test_bibtex_of_a_claim(reader: Reader) -> None:
    reader.at(CLAIM).open(reader.page.locator("details.cite summary"))
    assert reader.download(reader.page.locator("details.cite a[href$='.bib']")).startswith("@")


def test_all_claims_as_a_table_with_their_speakers(reader: Reader) -> None:
    reader.at("/").go(reader.section("data"))
    reader.text()
    table = reader.download(reader.page.locator("main a[href$='who-says-what.csv']").first)
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert len(rows) > 1000 and all(row["statement"] for row in rows)
    assert sum("Korea Peace Now!" in row["speakers"] for row in rows) > 50


def test_all_that_one_speaker_says(reader: Reader) -> None:
    reader.at("/").search("Thomas Quintana")
    reader.go(reader.link("/actor/tomas-ojea-quintana"))
    assert reader.page.locator("article.card").count() > 3 and "Tomás Ojea Quintana" in reader.text()


def test_claims_that_rest_on_testimony_only(reader: Reader) -> None:
    reader.at("/").go(reader.link("/evidence"))
    lead = reader.page.locator("main a[href*='witnessTestimony'][href*='only=']").first
    number = int(lead.inner_text().split()[0])
    reader.go(lead)
    assert reader.page.locator("article.hit").count() == number > 0
    reader.text()


def test_sharing_and_embedding_a_comparison(reader: Reader) -> None:
    reader.at("/compare?topic=sanctions").open(reader.page.locator("#embed summary"))
    code = reader.page.locator("#embed textarea").input_value()
    assert code.startswith("<iframe ") and "/embed/" in code
    reader.open(reader.page.locator("#link summary"))
    assert "topic=sanctions" in reader.page.locator("#link textarea").input_value()
    reader.text()


def test_objecting_to_a_record(reader: Reader) -> None:
    reader.at(CLAIM).go(reader.page.locator("main a[href*='record=']").first)
    assert "claim/camps-hold-about-200000" in reader.page.content() and reader.page.url.endswith("#object")
    reader.text()

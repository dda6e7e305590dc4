"""The pages of the record hold what the data has: votes by state and year, the timeline by year."""

from __future__ import annotations

import re
from html import unescape

import pytest
from pyoxigraph import NamedNode

from allegata.domain import Descriptions
from allegata.domain.record import Record
from allegata.release.handle import Release
from http_client import fetch

BASE = "https://w3id.org/allegata/"
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def read(release: Release) -> Descriptions:
    return Descriptions(release.folder, BASE)


def rows(text: str, label: str) -> list[str]:
    """Return the rows of the table under a label, as words."""
    part = text.split(f'aria-label="{label}"', 1)[1].split("</tbody>", 1)[0].split("<tbody>", 1)[1]
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in re.findall(r"<tr>(.*?)</tr>", part, re.DOTALL)]


@pytest.mark.parametrize("name", ["actor/china", "china", f"{BASE}actor/china"])
def test_the_votes_of_a_state_in_a_year_are_those_of_the_data(server: str, read: Descriptions, name: str) -> None:
    text = fetch(server, f"/votes?state={name}&year=2014", headers=BROWSER).text
    china = [
        (vote.date, choice.text)
        for vote in Record(read).votes()
        for country, choice in vote.positions
        if country.iri == f"{BASE}actor/china" and vote.date.startswith("2014")
    ]
    found = rows(text, "Totals by vote")
    assert len(found) == 3 and {choice for _, choice in china} == {"no"}
    for (date, choice), row in zip(sorted(china, reverse=True), found, strict=True):
        assert row.startswith(date) and f" {choice} " in row
    assert "<h1>Votes of China in 2014</h1>" in text and '<option value="actor/china" selected' in text


def test_the_numbers_of_each_vote_are_those_of_the_record(server: str, read: Descriptions) -> None:
    recorded = [vote for vote in Record(read).votes() if vote.is_roll_call]
    found = rows(fetch(server, "/votes", headers=BROWSER).text, "Totals by vote")
    assert len(found) == len(recorded) > 25
    for vote, row in zip(recorded[::-1], found, strict=True):
        assert vote.date in row and " ".join(str(number) for _, number in vote.numbers()[:3]) in row
    assert [dict(vote.numbers())["yes"] for vote in recorded if vote.date == "2014-12-18"] == [116]


def test_a_year_without_votes_says_so_and_a_name_of_no_state_is_an_error(server: str) -> None:
    assert "No vote of 1999 is recorded in this release." in fetch(server, "/votes?year=1999", headers=BROWSER).text
    assert fetch(server, "/votes?state=atlantis", headers=BROWSER).status == 404
    assert fetch(server, "/votes?year=20", headers=BROWSER).status == 400


def test_the_timeline_has_each_dated_claim_under_its_year(server: str, read: Descriptions) -> None:
    text = fetch(server, "/timeline", headers=BROWSER).text
    years = {int(year): part for year, part in re.findall(r'<section class="year" id="y(\d+)">(.*?)</section>', text, re.DOTALL)}
    assert list(years) == sorted(years) and len(years) > 20
    dated = 0
    for claim in read.instances("alg:Claim"):
        for period in read.nodes(claim, "dct:temporal"):
            start, end = (read.text(period, f"dcat:{name}Date") for name in ("start", "end"))
            if start or end:
                assert claim.value.removeprefix(BASE) in years[int((start or end)[:4])], claim
                dated += 1
    listed = sum(part.count("<li>") for part in years.values())
    assert listed > dated > 80 and f'/{NamedNode(BASE + "event/armistice-1953").value.removeprefix(BASE)}"' in years[1953]

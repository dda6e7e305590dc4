"""The pages of the record hold what the data has: votes by state and year, the timeline by year."""

from __future__ import annotations

import re
from html import unescape

import pytest
from pyoxigraph import NamedNode

from allegata.domain import Descriptions
from allegata.domain.record import Record
from allegata.domain.standings import standings
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


def words(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def part(text: str, heading: str) -> str:
    """Return what stands under a heading, as words."""
    return words(re.split(rf"<h2[^>]*>{heading} ", text, maxsplit=1)[1].split("<h2", 1)[0])


def test_a_state_says_to_what_it_is_a_party_since_when_and_to_what_not(server: str) -> None:
    text = fetch(server, "/page/actor/dprk", headers=BROWSER).text
    party, outside = part(text, "Party to"), part(text, "Not a party to")
    covenant = party.split("International Covenant on Civil and Political Rights ", 1)[1]
    assert covenant.startswith("1981-09-14 accession 1981-12-14 withdrawal notice 1997")
    assert "Convention against Torture" not in party and "Convention against Torture" in outside
    assert "Table of the status of human rights treaties" in party and "record/coverage" in outside
    assert text.index(">Party to ") < text.index(">Recorded votes by year ") < text.index("affirms, denies and doubts")


def test_every_standing_follows_from_the_acts_on_record(read: Descriptions) -> None:
    record = Record(read)
    binding = {"ratification", "accession", "succession", "acceptance", "definitiveSignature"}
    acts = {(item.state.iri, item.instrument.iri, item.word) for item in record.commitments()}
    whole = {(state, one) for one in read.instances("alg:Treaty") for state in read.nodes(one, "alg:actsRecordedFor")}
    seen = set()
    for state in read.instances("schema:Country"):
        for item in standings(record, "alg:state", state.value):
            bound = any((item.state.iri, item.instrument.iri, word) in acts for word in binding)
            assert (item.word in ("party", "left")) == bound, item
            assert item.word != "none" or (state, NamedNode(item.instrument.iri)) in whole
            assert item.sources
            seen.add((state, NamedNode(item.instrument.iri)))
    assert whole <= seen


def test_an_instrument_says_who_is_bound_since_when_with_what_reservations(server: str) -> None:
    found = rows(fetch(server, "/page/instrument/iccpr", headers=BROWSER).text, "How states stand to it")
    assert [row.split(" party ")[0] for row in found if " 19" in row][:1] == ["China signed, not a"] and len(found) == 6
    assert next(row for row in found if row.startswith("North Korea")).startswith(
        "North Korea party 1981-09-14 accession 1981-12-14"
    )
    assert "reservation 1992" in next(row for row in found if row.startswith("United States"))
    torture = rows(fetch(server, "/page/instrument/cat", headers=BROWSER).text, "How states stand to it")
    assert next(row for row in torture if row.startswith("North Korea")).startswith("North Korea not a party")


def test_government_and_state_lead_to_each_other(server: str, read: Descriptions) -> None:
    pairs = [
        (government, state)
        for state in read.instances("schema:Country")
        for government in read.subjects("prov:actedOnBehalfOf", state)
    ]
    assert len(pairs) >= 3
    for one, other in [*pairs, *((state, government) for government, state in pairs)]:
        text = fetch(server, f"/page/{one.value.removeprefix(BASE)}", headers=BROWSER).text
        facts = text.split('<dl class="facts">', 1)[1].split("</dl>", 1)[0]
        assert f'"/{other.value.removeprefix(BASE)}"' in facts, one


def test_nobody_is_called_it(server: str, read: Descriptions) -> None:
    for person in sorted(read.instances("schema:Person"), key=str)[:12]:
        text = fetch(server, f"/page/{person.value.removeprefix(BASE)}", headers=BROWSER).text
        headings = words(" ".join(re.findall(r"<(?:h[1-3]|summary|dt|caption)[^>]*>(.*?)</", text, re.DOTALL)))
        assert not re.search(r"\b(it|its)\b", headings, re.IGNORECASE), (person, headings)

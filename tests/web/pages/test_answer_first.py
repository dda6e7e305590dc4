"""The first lines of every claim against the data, the disputes of the home page, the sections, and the way to object."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from allegata.domain.contacts import contacts
from allegata.domain.dataset import Dataset
from allegata.errors import UsageError
from allegata.release.handle import Release
from http_client import fetch
from page_types import PAGES
from service import serve

BASE = "https://w3id.org/allegata/"
CLAIM = "claim/camps-hold-about-200000"


@pytest.fixture(scope="module")
def dataset(release: Release) -> Iterator[Dataset]:
    yield Dataset(release)


def test_the_first_lines_of_every_claim_are_those_of_the_data(dataset: Dataset) -> None:
    wrong, disputed, recorded = [], 0, 0
    for sides in dataset.claims():
        summary = dataset.summary(sides.claim.iri)
        own = {item.iri for _, items in sides.sides for item in items} | {sides.claim.iri}
        turned = {item.iri for word, items in sides.sides if word in ("denies", "doubts") for item in items}
        against = {
            stance.source.iri
            for iri in own
            for stance in dataset.attributions.stances_to(iri)
            if stance.word in ({"supports", "restates"} if iri in turned else {"rebuts", "undercuts"})
        }
        shown = {item.stance.source.iri for item in summary.disputes} | {item.source.iri for item in summary.record}
        disputed += bool(summary.disputes)
        recorded += bool(summary.record)
        if not against <= shown:
            wrong.append(sides.claim.iri)
    assert wrong == []
    assert disputed > 60 and recorded > 60


def test_every_denial_stands_in_the_first_lines(dataset: Dataset) -> None:
    for sides in dataset.claims():
        denied = {item.iri for word, items in sides.sides if word == "denies" for item in items}
        assert {item.iri for item in dataset.summary(sides.claim.iri).denied} == denied


def test_a_claim_opens_with_who_says_it_who_disputes_it_and_who_denies_it(server: str) -> None:
    page = fetch(server, f"/page/{CLAIM}").text
    lines = page.split('<div class="answer-first">', 1)[1].split("</dl>", 1)[0]
    assert page.index("<h1") < page.index("answer-first") < page.index("<h2")
    heads = re.findall(r"<dt>(.*?)</dt>", lines)
    assert heads[:3] == ["Who says it", "Who disputes it", "The reply"]
    assert {"Other figures", "Denied outright"} <= set(heads)
    assert "This questions what it rests on, not the conclusion." in lines
    assert "The link between the two is the curators’ reading." in lines
    assert "By nobody recorded in this release." in lines


def test_columns_that_are_empty_are_one_sentence(server: str) -> None:
    page = fetch(server, f"/page/{CLAIM}").text
    assert "Recorded for nobody in this release: denies, doubts" in page
    assert "Denies <span" not in page


def test_a_claim_can_be_cited_taken_along_and_objected_to_from_its_first_lines(server: str) -> None:
    page = fetch(server, f"/page/{CLAIM}").text
    actions = page.split('<div class="actions">', 1)[1].split("</div>", 1)[0]
    links = re.findall(r'href="([^"]+)"', actions)
    assert links[0] == "#cite" and 'id="cite"' in page
    for suffix in ("csv", "jsonld", "ttl"):
        assert fetch(server, f"/data/{CLAIM}.{suffix}").status == 200 and f"/data/{CLAIM}.{suffix}" in links
    objection = fetch(server, links[-1].split("#")[0]).text
    assert f"<code>{BASE}{CLAIM}</code>" in objection and "No address for objections is set up in this release." in objection


@pytest.mark.parametrize("address", PAGES["/page/<path:path>"])
def test_every_kind_of_record_leads_to_an_objection_that_names_it(server: str, address: str) -> None:
    path = address.removeprefix("/page/")
    assert f'href="/method?record={path}#object"' in fetch(server, address).text
    if not path.startswith("graph/"):
        assert f"<code>{BASE}{path}</code>" in fetch(server, f"/method?record={path}").text


def test_the_method_says_by_which_means_records_were_read_and_who_answers(server: str) -> None:
    page = fetch(server, "/method").text
    assert re.search(r"each reading says its means: .*automated</a> \(\d+\)", page)
    assert "Curators of the dataset" in page.split('id="object"')[1]


def test_a_record_that_is_not_there_is_not_repeated_on_the_page_of_objections(server: str) -> None:
    page = fetch(server, "/method?record=claim/%3Cscript%3Enothing").text
    assert "About the record" not in page and "nothing" not in page.split('id="object"')[1][:600]


def test_the_home_page_opens_with_disputes_in_both_voices(server: str, dataset: Dataset) -> None:
    page = fetch(server, "/").text
    assert re.search(r"<h1>Who says what about human rights in <a [^>]*>North Korea</a>", page)
    cards = page.split("Disputes to start with", 1)[1].split("All topics")[0].split('<article class="card dispute">')[1:]
    assert 4 <= len(cards) <= 6
    for card in cards:
        assertions = re.findall(r'href="/(assertion/[^"]+)"', card)
        found = [dataset.assertion(name) for name in assertions]
        documents = [{document.iri for document in item.documents} for item in found]
        assert len(found) == 2 and documents[0].isdisjoint(documents[1]), assertions


def test_no_dispute_of_the_home_page_comes_twice_and_no_side_always_first(dataset: Dataset) -> None:
    disputes = dataset.disputes()
    assert len({item.topic.iri for item in disputes}) == len(disputes)
    statements = [voice.claim.iri for item in disputes for voice in item.voices]
    assert len({frozenset(statements[i : i + 2]) for i in range(0, len(statements), 2)}) == len(disputes)


def test_the_head_of_every_page_leads_to_five_sections_and_searches(server: str) -> None:
    for path in ("/", f"/page/{CLAIM}", "/votes", "/dumps", "/method"):
        head = fetch(server, path, headers={"Accept": "text/html"}).text.split("<header>", 1)[1].split("</header>", 1)[0]
        names = re.findall(r">(Disputes|Questions|Record|Data|About)</a>", head)
        assert names == ["Disputes", "Questions", "Record", "Data", "About"], path
        assert 'name="q"' in head and 'hreflang="ko"' in head
    votes = fetch(server, "/votes").text.split("</header>", 1)[0]
    assert re.search(r'href="/votes" aria-current="page"', votes) and ">Treaties</a>" in votes


def test_objections_go_to_the_configured_address_with_the_record_named(site: Path) -> None:
    with serve(site, contact="replies@example.org") as running:
        page = fetch(running.address, f"/method?record={CLAIM}").text
        told = running.log.read_text("utf-8")
    assert f'href="mailto:replies@example.org?subject={quote(BASE + CLAIM, safe="/")}"' in page
    assert "No address for objections" not in page + told


def test_an_address_that_is_none_is_refused_with_the_remedy(release: Release) -> None:
    descriptions = Dataset(release).descriptions
    assert contacts(descriptions) == ()
    assert contacts(descriptions, "https://example.org/reply") == ("https://example.org/reply",)
    for wrong in ("nobody", "a b@example.org", "mailto:nobody"):
        with pytest.raises(UsageError, match="contact is"):
            contacts(descriptions, wrong)

"""Korean pages show what disputed claims say beside the original; whatever reads the statements finds one text as before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode

from allegata.corpus.rdf import parse_turtle
from allegata.domain.dataset import Dataset
from allegata.domain.search import Search
from allegata.model.namespaces import expand
from allegata.release.handle import GLOSSES, Release
from http_client import fetch

BASE = "https://w3id.org/allegata/"
CLAIM = "claim/camps-hold-about-200000"
_NUMBER = re.compile(r"\d[\d,]*\d|\d")
MARK = '<span class="gloss"><span class="tag">큐레이터의 한국어 풀이:</span> '


@pytest.fixture(scope="module")
def dataset(release: Release) -> Iterator[Dataset]:
    yield Dataset(release)


def test_every_disputed_claim_and_what_disputes_it_has_a_gloss(dataset: Dataset) -> None:
    needed = {voice.claim for dispute in dataset.disputes() for voice in dispute.voices}
    for sides in dataset.claims():
        summary = dataset.summary(sides.claim.iri)
        against = [item for item in summary.record if item.bearing_on_claim == "against"]
        turned = any(items for word, items in sides.sides if word in ("denies", "doubts"))
        if summary.disputes or against or turned:
            needed |= {sides.claim, *(dispute.stance.source.claim for dispute in summary.disputes)}
    assert len(needed) > 140
    assert [claim.iri for claim in needed if not dataset.descriptions.glosses.of(claim.iri, "ko")] == []


def test_glosses_keep_numbers(release: Release, dataset: Dataset) -> None:
    glosses = [(triple.subject, triple.object) for triple in parse_turtle(release.folder / GLOSSES)]
    texts = {iri.value: said.value for iri, said in glosses if isinstance(iri, NamedNode) and isinstance(said, Literal)}
    assert len(texts) == len(glosses)
    statements = {iri: dataset.descriptions.label_of(iri) for iri in texts}
    assert {
        iri for iri, text in texts.items() if not set(_NUMBER.findall(statements[iri])) <= set(_NUMBER.findall(text))
    } == set()
    assert all(re.search("[가-힣]", text) and text.endswith((".", ")")) for text in texts.values())


def test_no_statement_of_a_release_is_a_gloss(release: Release, dataset: Dataset) -> None:
    statement = NamedNode(expand("alg:statement"))
    found = list(dataset.descriptions.store.quads_for_pattern(None, statement, None, DefaultGraph()))
    assert {quad.object.language for quad in found if isinstance(quad.object, Literal)} == {"en"}
    assert max(Counter(quad.subject for quad in found).values()) == 1
    assert not any("/glosses" in name for name in release.manifest.graphs)
    assert GLOSSES in release.manifest.files
    for report in sorted((release.folder / "reports").glob("*.md")):
        assert not re.search("[가-힣]", report.read_text("utf-8")), report


@pytest.mark.parametrize(
    "path",
    [
        f"/page/{CLAIM}",
        "/page/assertion/report-2025/camps-hold-about-200000",
        "/page/stance/testimony-doubt-undercuts-200000",
        "/",
        "/compare?topic=politicalPrisonCamps",
        "/compare?claim=camps-hold-about-200000",
        "/search?q=camps+200,000",
        "/questions/fact-sheet-against-report",
        f"/embed/{CLAIM}",
    ],
)
def test_pages_show_the_gloss_beside_the_original(server: str, path: str) -> None:
    korean = fetch(server, f"{path}{'&' if '?' in path else '?'}lang=ko").text
    assert MARK in korean
    assert 'class="gloss"' not in fetch(server, path).text


def test_a_claim_is_found_by_words_of_its_gloss(release: Release) -> None:
    search = Search(release.folder)
    for words, claim in [
        ("약 200,000명 수감", CLAIM),
        ("외교적 관여 필수적", "claim/diplomatic-engagement-with-dprk-is-essential"),
    ]:
        found = search.ask(words, {})
        assert (found.missing, f"{BASE}{claim}" in {hit.iri for hit in found.hits[:5]}) == (0, True), words

"""Comparisons with fixed sides: each document keeps its column, one target has all that bears on it, filters and pages narrow."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from allegata.domain.dataset import Dataset
from allegata.engine import open_engine
from allegata.release.handle import Release
from allegata.settings import Settings
from allegata.web import create_app
from allegata.web.pages.compare_disputes import by_target, documents_of

BASE = "https://w3id.org/allegata/"
TOPIC = "/compare?topic=humanRightsSituation"
TARGET = re.compile(r'<section class="target.*?</section>', re.DOTALL)
COLUMN = re.compile(r'<div class="col-(\d)"><p class="side-name">(.*?)</p>')


@pytest.fixture(scope="module")
def app(site: Path, release: Release) -> Iterator[Flask]:
    settings = Settings(site=site)
    with closing(open_engine(release.folder, settings)) as engine:
        yield create_app(settings, release, engine)


def get(app: Flask, address: str, accept: str = "text/html") -> TestResponse:
    return app.test_client().get(address, headers={"Accept": accept})


def disputes(app: Flask, address: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(get(app, address, "application/json").data)["disputes"]
    return found


def test_every_document_keeps_its_column_for_every_topic(release: Release) -> None:
    comparisons = Dataset(release).comparisons
    seen = 0
    for topic, _ in comparisons.subjects("topic"):
        found = comparisons.compare(topic.iri).disputes
        documents = documents_of(found, comparisons.read_through)
        assert not documents or {document.iri for document in documents[:-1]} <= comparisons.read_through
        groups = by_target(found, documents)
        assert len({group.target.iri for group in groups}) == len(groups)
        for group in groups:
            seen += sum(map(len, group.columns))
            for at, items in enumerate(group.columns):
                for item in items:
                    own = documents[at] in item.stance.source.documents
                    assert own or not documents[at].iri, "a source stands in another's column"
                    assert item.stance.target.iri == group.target.iri
    assert seen > 500


def test_the_columns_have_the_same_names_all_the_way(app: Flask) -> None:
    names: dict[str, set[str]] = {}
    sections = TARGET.findall(get(app, TOPIC).text)
    for section in sections:
        for number, name in COLUMN.findall(section):
            names.setdefault(number, set()).add(name)
    assert len(sections) == 10 and len(names) > 1 and all(len(found) == 1 for found in names.values())


def test_filters_narrow_page_and_json_alike(app: Flask) -> None:
    every = disputes(app, TOPIC)
    for name, value in (("stance", "undercuts"), ("between", "documents"), ("basis", "explicit")):
        some = disputes(app, f"{TOPIC}&{name}={value}")
        assert 0 < len(some) < len(every), name
        text = get(app, f"{TOPIC}&{name}={value}").text
        assert f'<span class="count">{len(some)}</span>' in text
        assert re.search(
            rf'name="{name}" value="{value}" checked' if name != "stance" else r'<option value="undercuts" selected', text
        )
    crossing = disputes(app, f"{TOPIC}&between=documents")
    for item in crossing:
        source, target = (item["stance"][end]["documents"] for end in ("source", "target_assertion"))  # type: ignore[index]
        assert not {value["iri"] for value in source} & {value["iri"] for value in target}


def test_pages_keep_the_filters_and_together_have_every_target(app: Flask) -> None:
    address, seen = f"{TOPIC}&between=documents", list[str]()
    while address:
        text = get(app, address).text
        seen += re.findall(r'class="disputed"><article class="card">.*?href="(/assertion/[^"]*)"', text, re.DOTALL)
        after = re.search(r'<a href="([^"]*)" rel="next"', text)
        address = after[1].replace("&amp;", "&") if after else ""
        assert not address or "between=documents" in address
    targets = {item["stance"]["target"]["iri"] for item in disputes(app, f"{TOPIC}&between=documents")}  # type: ignore[index]
    assert len(seen) == len(targets) == len(set(seen))


def test_broad_topics_stay_light_and_lead_to_the_rest(app: Flask) -> None:
    text = get(app, TOPIC).text
    assert len(text.encode()) < 300_000 and 'href="/search?topic=https:' in text
    assert re.search(r'href="/stance/[^"]+">Link to this pair</a>', text)


@pytest.mark.parametrize("bad", ["stance=supports", "between=all", "basis=inferred", "page=0"])
def test_a_filter_that_there_is_not_is_told(app: Flask, bad: str) -> None:
    assert get(app, f"{TOPIC}&{bad}").status_code == 400


def test_claims_on_one_kind_of_evidence_alone(app: Flask, release: Release) -> None:
    dataset = Dataset(release)
    kind = f"{BASE}scheme/evidence-kind/witnessTestimony"
    expected = {
        sides.claim.iri
        for sides in dataset.claims()
        if (said := dict(sides.sides)["affirms"]) and {value.iri for item in said for value in item.kinds} == {kind}
    }
    found = dataset.search("", {"evidence": [kind]}, only="evidence", limit=500)
    assert {hit.iri for hit in found.hits} == expected != set()
    assert len(expected) < dataset.search("", {"evidence": [kind], "kind": ["claim"]}).total
    text = get(app, f"/search?evidence={kind}&only=evidence").text
    assert "✓ on no other evidence" in text and f"{len(expected)} found" in text
    assert re.search(
        rf'only=evidence">{len(expected)}<span class="visually-hidden"> claims on it alone: witness testimony',
        get(app, "/evidence").text,
    )
    assert get(app, "/search?only=topic").status_code == 400

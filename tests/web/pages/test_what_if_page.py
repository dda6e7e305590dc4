"""What is withdrawn on a page is answered as the data answers it: as a page, as JSON, as a table."""

from __future__ import annotations

import csv
import io
import json
import random
from html import unescape
from urllib.parse import urlencode

import pytest

from allegata.domain.dataset import Dataset
from allegata.domain.what_if import as_dictionary
from allegata.release.handle import Release
from http_client import fetch

BASE = "https://w3id.org/allegata/"


@pytest.fixture(scope="module")
def dataset(release: Release) -> Dataset:
    return Dataset(release)


def address(*things: str, **more: str) -> str:
    return f"/what-if?{urlencode([*(('without', thing) for thing in things), *more.items()])}"


@pytest.mark.parametrize("seed", range(8))
def test_every_form_says_what_the_data_says(server: str, dataset: Dataset, seed: int) -> None:
    things = [ground.thing.iri for ground in random.Random(seed).sample(dataset.grounds(), 6)]
    answer = dataset.what_if(*things)
    assert json.loads(fetch(server, address(*things, format="json")).text) == as_dictionary(answer)
    rows = list(csv.DictReader(io.StringIO(fetch(server, address(*things, format="csv")).text)))
    assert [row["claim"] for row in rows] == [support.claim.iri for support in (*answer.lost, *answer.kept)]
    page = unescape(fetch(server, address(*(thing.removeprefix(BASE) for thing in things))).text)
    lost, kept = page.split("<h3>", 2)[1:]
    for block, supports in ((lost, answer.lost), (kept.split("<form", 1)[0], answer.kept)):
        assert block.count('<article class="card">') == len(supports)
        for support in supports:
            assert f'/{support.claim.iri.removeprefix(BASE)}"' in block
    assert page.count(" checked>") == len(things)


def test_most_claims_are_behind_some_ground_and_the_numbers_count_them(dataset: Dataset) -> None:
    grounds = dataset.grounds()
    for ground in grounds:
        answer = dataset.what_if(ground.thing.iri)
        touched = {support.claim.iri for support in (*answer.lost, *answer.kept)}
        assert len(touched) <= ground.claims and (not ground.is_line or len(touched) == ground.claims)
    assert sum(ground.is_line for ground in grounds) > 40


def test_a_line_and_a_source_lead_to_it(server: str) -> None:
    for path in ("evidence-line/coi-report", "source/factsheet"):
        assert f"/what-if?without={path}" in fetch(server, f"/page/{path}").text


def test_what_no_claim_can_rest_on_is_refused(server: str) -> None:
    assert fetch(server, address("actor/dprk", format="json")).status == 400
    assert fetch(server, address(*(f"evidence-line/{number}" for number in range(101)), format="json")).status == 400

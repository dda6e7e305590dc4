"""Describing one thing: labels for people, its parts with it, and what refers to it."""

from __future__ import annotations

import pytest

from allegata.describing import Descriptions, by_document, figures
from allegata.release import Release

BASE = "https://w3id.org/allegata/"
CLAIM = f"{BASE}claim/camps-hold-about-200000"


@pytest.fixture(scope="module")
def descriptions(release: Release) -> Descriptions:
    return Descriptions(release.folder, BASE)


def test_a_thing_has_its_label_parts_and_references(descriptions: Descriptions) -> None:
    thing = descriptions.thing(CLAIM)
    assert thing.label.endswith(".")
    assert {part.iri.removeprefix(CLAIM) for part in thing.parts} == {"/quantity", "/period"}
    assert any(value.iri.endswith("assertion/report-2025/camps-hold-about-200000") for row in thing.incoming for value in row.values)


def test_what_is_not_described_is_known_to_be_absent(descriptions: Descriptions) -> None:
    assert descriptions.has(CLAIM)
    assert not descriptions.has(f"{BASE}claim/nowhere")


def test_labels_fall_back_to_a_short_name(descriptions: Descriptions) -> None:
    assert descriptions.label_of(f"{BASE}actor/china") == "China"
    assert descriptions.label_of(f"{BASE}nothing/here") == "nothing/here"
    assert descriptions.label_of("http://www.w3.org/ns/prov#unheardOf") == "prov:unheardOf"


def test_the_data_of_a_thing_is_sorted_and_without_repetition(descriptions: Descriptions) -> None:
    triples = descriptions.triples(CLAIM)
    assert triples == sorted(set(triples), key=str)
    assert len(triples) > 10


def test_figures_count_by_class_and_document(descriptions: Descriptions) -> None:
    counts = figures(descriptions)
    documents = by_document(descriptions)
    assert counts["Claim"] > 100 and counts["Actor"] > 100
    assert documents[f"{BASE}source/factsheet"] > 90 and documents[f"{BASE}source/report-2025"] > 150
    assert sum(documents.values()) >= counts["Assertion"]

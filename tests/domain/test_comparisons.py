"""Comparing: the sides of claims, disputes and their answers, estimates of one measure, evidence by document."""

from __future__ import annotations

import pytest

from allegata.domain import Attributions, Descriptions
from allegata.domain.attributions import POLARITIES
from allegata.domain.comparisons import Comparisons
from allegata.release.handle import Release

BASE = "https://w3id.org/allegata/"
TOPIC = f"{BASE}scheme/topic/politicalPrisonCamps"


@pytest.fixture(scope="module")
def comparisons(release: Release) -> Comparisons:
    return Comparisons(Attributions(Descriptions(release.folder, BASE)))


def test_a_topic_takes_in_the_claims_of_narrower_topics(comparisons: Comparisons) -> None:
    broader = comparisons.descriptions.nodes(
        next(n for n in comparisons.descriptions.instances("skos:Concept") if n.value == TOPIC), "skos:broader"
    )
    assert broader
    assert set(comparisons.claims(TOPIC)) < set(comparisons.claims(broader[0].value))


def test_every_claim_has_its_sides_in_one_order(comparisons: Comparisons) -> None:
    comparison = comparisons.compare(TOPIC)
    assert len(comparison.claims) > 10
    assert {tuple(word for word, _ in sides.sides) for sides in comparison.claims} == {POLARITIES}
    counted = sum(len(items) for sides in comparison.claims for _, items in sides.sides)
    assert sum(number for _, number in comparison.polarities) == counted


def test_contested_claims_stand_first(comparisons: Comparisons) -> None:
    found = [comparisons.compare(topic.iri) for topic, _ in comparisons.subjects("topic")]
    contested = [comparison for comparison in found if comparison.contested]
    assert contested
    for comparison in contested:
        flags = [sides.contested for sides in comparison.claims]
        assert flags == sorted(flags, reverse=True)


def test_disputes_are_attacks_and_answers_come_from_those_who_are_attacked(comparisons: Comparisons) -> None:
    disputes = comparisons.compare(TOPIC).disputes
    assert f"{BASE}stance/testimony-doubt-undercuts-200000" in {dispute.stance.iri for dispute in disputes}
    assert {dispute.stance.word for dispute in disputes} <= {"rebuts", "undercuts"}
    answered = [d for topic, _ in comparisons.subjects("topic") for d in comparisons.compare(topic.iri).disputes if d.answers]
    assert answered
    for dispute in answered:
        target = dispute.stance.target_assertion
        assert target
        attacked = {value.iri for value in (*target.asserters, *target.relayers)}
        for answer in dispute.answers:
            assert attacked & {value.iri for value in (*answer.source.asserters, *answer.source.relayers)}
            assert answer.target.iri in (dispute.stance.source.iri, dispute.stance.source.claim.iri)


def test_estimates_stand_together_by_measure_alone(comparisons: Comparisons) -> None:
    groups = dict(comparisons.compare(TOPIC).estimates)
    held = next(items for measure, items in groups.items() if measure.iri.endswith("/peopleHeldInPoliticalPrisonCamps"))
    assert {item.measure.iri for item in held} == {f"{BASE}scheme/measure/peopleHeldInPoliticalPrisonCamps"}
    texts = {(item.number, item.time) for item in held}
    assert {("about 200,000", "as of 2017"), ("about 200,000", "no date given")} <= texts
    assert [item.end or item.start or "~" for item in held] == sorted(item.end or item.start or "~" for item in held)


def test_evidence_is_counted_for_the_same_kinds_in_each_document(comparisons: Comparisons) -> None:
    comparison = comparisons.compare(TOPIC)
    kinds = [tuple(kind.iri for kind, _ in row) for _, row in comparison.evidence]
    assert len(kinds) >= 2 and len(set(kinds)) == 1
    expected = sum(
        len(item.documents) * len(item.kinds) for sides in comparison.claims for _, items in sides.sides for item in items
    )
    assert sum(number for _, row in comparison.evidence for _, number in row) == expected


def test_the_evidence_alone_is_that_of_the_comparison(comparisons: Comparisons) -> None:
    topics = [topic.iri for topic, _ in comparisons.subjects("topic")]
    assert len(topics) > 20
    for iri in topics:
        assert comparisons.evidence(iri) == comparisons.compare(iri).evidence

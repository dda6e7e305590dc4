"""Describing one thing: labels for people, its parts with it, and what refers to it."""

from __future__ import annotations

import pytest

from allegata.domain import Attributions, Descriptions, Record, by_document, figures
from allegata.model.namespaces import ALG
from allegata.release.handle import Release

BASE = "https://w3id.org/allegata/"
CLAIM = f"{BASE}claim/camps-hold-about-200000"


@pytest.fixture(scope="module")
def descriptions(release: Release) -> Descriptions:
    return Descriptions(release.folder, BASE)


def test_a_thing_has_its_label_parts_and_references(descriptions: Descriptions) -> None:
    thing = descriptions.thing(CLAIM)
    assert thing.label.endswith(".")
    assert {part.iri.removeprefix(CLAIM) for part in thing.parts} == {"/quantity", "/period"}
    assert any(
        value.iri.endswith("assertion/report-2025/camps-hold-about-200000") for row in thing.incoming for value in row.values
    )


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
    assert counts["alg:Claim"] > 100 and counts["prov:Agent"] > 100
    assert documents[f"{BASE}source/factsheet"] > 90 and documents[f"{BASE}source/report-2025"] > 150
    assert sum(documents.values()) >= counts["alg:Assertion"]


def test_what_has_no_label_is_named_by_what_it_says(descriptions: Descriptions) -> None:
    assert descriptions.label_of(f"{BASE}assertion/report-2025/dprk-denies-abuses").endswith(
        "”, denied by North Korean government"
    )
    stance = descriptions.label_of(f"{BASE}stance/testimony-doubt-undercuts-200000")
    assert " undercuts " in stance and "affirmed by Korea Peace Now!" in stance
    assert descriptions.label_of(f"{CLAIM}/quantity") == "about 200000 persons"
    assert descriptions.label_of(f"{CLAIM}/period") == "as of 2017"


def test_everything_that_has_a_page_of_its_own_has_a_title_for_people(descriptions: Descriptions) -> None:
    kinds = (
        "Claim",
        "Assertion",
        "Stance",
        "EvidenceLine",
        "Commitment",
        "Vote",
        "Instrument",
        "Provision",
        "Source",
        "Event",
        "Comparison",
    )
    nodes = [node for kind in kinds for node in descriptions.instances(f"alg:{kind}")]
    nodes += descriptions.instances("prov:Agent")
    assert len(nodes) > 2000
    assert [node.value for node in nodes if descriptions.label(node) == descriptions.names.short(node.value)] == []


def test_what_follows_stands_apart_from_what_the_files_say(descriptions: Descriptions) -> None:
    thing = descriptions.thing(CLAIM)
    given, follows = ({row.property.iri for row in rows} for rows in (thing.statements, thing.inferred))
    assert f"{ALG}statement" in given and f"{ALG}isAssertedIn" in follows - given
    assert [file.iri for file in thing.files] == [f"{BASE}graph/claims/report-2025/systematic-violations"]


def test_an_assertion_has_speakers_relays_evidence_and_passage(descriptions: Descriptions) -> None:
    assertion = Attributions(descriptions).assertion(f"{BASE}assertion/factsheet/quintana-on-sanctions")
    assert [value.iri for value in assertion.asserters] == [f"{BASE}actor/tomas-ojea-quintana"]
    assert [value.iri for value in assertion.relayers] == [f"{BASE}actor/korea-peace-now"]
    assert [value.text for value in assertion.gaps] == ["citation target lost"]
    (passage,) = assertion.passages
    assert (passage.start, passage.end, passage.source.iri) == (3049, 3136, f"{BASE}source/factsheet")
    assert len(passage.digest) == 64


def test_an_assertion_offers_evidence_in_the_direction_of_its_use(descriptions: Descriptions) -> None:
    attributions = Attributions(descriptions)
    (offered,) = attributions.assertion(f"{BASE}assertion/report-2025/intl-resp-everard-no-evidence").lines
    assert [value.text for value in offered.direction] == ["disputes"]
    assert offered.line.iri == f"{BASE}evidence-line/everard-memoir" and offered.use.endswith("/evidence/everard-memoir")
    assert descriptions.label_of(offered.use) == f"{offered.line.text}: disputes"
    assert [value.text for value in attributions.evidence(offered.line.iri).direction] == ["disputes"]


def test_an_event_is_told_by_each_source_for_itself(descriptions: Descriptions) -> None:
    event = f"{BASE}event/coi-report-release-2014"
    told = Record(descriptions).told(event)
    assert [(item.period.text if item.period else "", [actor.iri for actor in item.actors]) for item in told] == [
        ("2014", [f"{BASE}actor/un-human-rights-council"]),
        ("2014-02", [f"{BASE}actor/coi-dprk"]),
    ]
    assert descriptions.label_of(told[0].iri) == f"{descriptions.label_of(event)}, by {told[0].source.text}"


def test_the_sides_of_a_claim_are_all_there_even_when_empty(descriptions: Descriptions) -> None:
    sides = dict(Attributions(descriptions).sides(f"{BASE}claim/rights-are-abused-in-the-dprk").sides)
    assert list(sides) == ["affirms", "denies", "doubts", "leavesOpen"]
    assert any(item.iri.endswith("/dprk-denies-abuses") for item in sides["denies"])


def test_stances_are_found_from_both_ends(descriptions: Descriptions) -> None:
    attributions = Attributions(descriptions)
    (stance,) = [
        stance
        for stance in attributions.stances_to(f"{BASE}assertion/report-2025/camps-hold-about-200000")
        if stance.iri == f"{BASE}stance/testimony-doubt-undercuts-200000"
    ]
    assert (stance.word, stance.basis.text) == ("undercuts", "curator inferred")
    assert stance in attributions.stances_from(stance.source.iri)


def test_obligations_join_rights_provisions_and_acts(descriptions: Descriptions) -> None:
    rows = Record(descriptions).obligations(CLAIM)
    acts = {(row.provision.iri, item.iri) for row in rows for item in row.commitments}
    assert (f"{BASE}provision/iccpr-9", f"{BASE}commitment/dprk-iccpr-accession") in acts
    bound = {row.provision.iri: row.binding for row in rows}
    assert bound[f"{BASE}provision/iccpr-9"] == "bound"
    assert {"bound", ""} <= set(bound.values()) <= {"bound", "not bound", ""}


def test_a_vote_has_its_positions(descriptions: Descriptions) -> None:
    vote = Record(descriptions).vote(f"{BASE}vote/a-res-60-173")
    assert (vote.date, dict(vote.counts)) == ("2005-12-16", {"yes": "88", "no": "21", "abstain": "60"})
    assert vote.tally()["yes"] == 88
    assert {choice.text for country, choice in vote.positions if country.text == "China"} == {"no"}


def test_a_graph_is_described_by_what_is_in_it(descriptions: Descriptions) -> None:
    graph = f"{BASE}graph/record/commitments"
    assert descriptions.holds(graph) and not descriptions.holds(f"{graph}/nowhere")
    assert descriptions.triples(graph) == descriptions.graph(graph)

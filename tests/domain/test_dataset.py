"""The façade over a release: each question of it on three releases that are known whole, and names in another language."""

from __future__ import annotations

from pathlib import Path

import pytest

from allegata.domain.dataset import Dataset
from allegata.errors import NotFound
from allegata.release.handle import Release
from allegata.release.site import current
from releases import BASE, build_versions


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Return the small release in which a ministry denies what an institute affirms."""
    return Dataset(current(build_versions(tmp_path_factory.mktemp("dataset"), "1.1")))


def last(iri: str) -> str:
    return iri.removeprefix(BASE)


def test_a_thing_is_named_by_its_iri_or_its_path(dataset: Dataset) -> None:
    assert dataset.base == BASE
    assert (
        dataset.iri("claim/closed") == dataset.iri("/claim/closed") == dataset.iri(f"{BASE}claim/closed") == f"{BASE}claim/closed"
    )
    assert dataset.label("actor/ministry") == "Ministry"
    assert dataset.thing("place/somewhere").label == "Somewhere else"
    for absent in ("claim/absent", f"{BASE}absent", "https://elsewhere.example/x", "no iri <>"):
        with pytest.raises(NotFound):
            dataset.iri(absent)


def test_claims_come_with_their_sides(dataset: Dataset) -> None:
    assert [last(sides.claim.iri) for sides in dataset.claims()] == ["claim/closed", "claim/visited"]
    sides = dict(dataset.claim("claim/closed").sides)
    assert [item.asserters[0].text for item in sides["affirms"]] == ["Institute"]
    assert [item.asserters[0].text for item in sides["denies"]] == ["Ministry"]
    assert sides["doubts"] == ()


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({}, {"institute-closed", "institute-visited", "ministry-closed"}),
        ({"by": "actor/institute"}, {"institute-closed", "institute-visited"}),
        ({"by": "actor/institute", "claim": "claim/closed"}, {"institute-closed"}),
        ({"document": "source/survey", "by": "actor/ministry"}, {"ministry-closed"}),
        ({"by": "actor/curators"}, set()),
    ],
)
def test_assertions_are_narrowed_by_what_is_given(dataset: Dataset, narrowed: dict[str, str], expected: set[str]) -> None:
    assert {last(item.iri).removeprefix("assertion/") for item in dataset.assertions(**narrowed)} == expected


def test_an_assertion_is_one(dataset: Dataset) -> None:
    assert dataset.assertion("assertion/ministry-closed").said == "denied by Ministry"
    with pytest.raises(NotFound, match="is no assertion"):
        dataset.assertion("claim/closed")


def test_stances_and_comparisons(dataset: Dataset) -> None:
    (stance,) = dataset.stances()
    assert stance.word == "rebuts" and dataset.stances(on="assertion/institute-closed") == (stance,)
    assert dataset.stances(by="assertion/ministry-closed") == (stance,) and dataset.stances(on="assertion/ministry-closed") == ()
    comparison = dataset.compare("claim/closed")
    assert [dispute.stance for dispute in comparison.disputes] == [stance]
    assert [last(sides.claim.iri) for sides in comparison.contested] == ["claim/closed"]


def test_words_places_and_figures(dataset: Dataset) -> None:
    assert [last(hit.iri) for hit in dataset.search("ministry", {"kind": ["actor"]}).hits] == ["actor/ministry"]
    assert {place.place.text for place in dataset.places()} == {"Somewhere else", "A place that is withdrawn later"}
    figures = dataset.figures()
    expected = {"alg:Claim": 2, "alg:Assertion": 3, "alg:Stance": 1, "alg:Source": 1, "prov:Agent": 3}
    assert {name: figures[name] for name in expected} == expected
    assert [(document.text, count) for document, count in dataset.documents()] == [("Survey", 3)]
    assert not dataset.commitments() and not dataset.votes()


def test_a_document_has_its_name_however_small_it_is(dataset: Dataset) -> None:
    (survey,) = (document for document, count in dataset.documents() if count < 5)
    mix = dataset.comparisons.evidence_mix([dataset.assertion("assertion/ministry-closed")])
    assert [document for document, _ in mix] == [survey]


def test_the_record_is_narrowed_by_state_and_instrument(release: Release) -> None:
    dataset = Dataset(release)
    every = dataset.commitments()
    chosen = every[len(every) // 2]
    both = dataset.commitments(state=chosen.state.iri, instrument=chosen.instrument.iri)
    assert chosen in both and len(both) < len(dataset.commitments(state=chosen.state.iri)) < len(every)
    assert {item.instrument.iri for item in both} == {chosen.instrument.iri}
    vote = next(vote for vote in dataset.votes() if vote.positions)
    assert vote in dataset.votes(vote.instrument.iri)


def test_things_are_named_in_the_language_where_the_data_has_a_name(release: Release) -> None:
    english, korean = Dataset(release), Dataset(release, "ko")
    named = {iri: (english.descriptions.label_of(iri), korean.descriptions.label_of(iri)) for iri in _states(english)}
    hangul = [pair for pair in named.values() if any("\uac00" <= letter <= "\ud7a3" for letter in pair[1])]
    assert len(hangul) > 5 and all(one != other for one, other in hangul)
    without = [pair for pair in named.values() if pair not in hangul]
    assert all(one == other for one, other in without), "what has no name in the language keeps its English one"
    assert korean.claims()[0].claim.text == english.claims()[0].claim.text, "what is claimed is not translated"


def _states(dataset: Dataset) -> list[str]:
    return [node.value for node in dataset.descriptions.instances("schema:Country")]


def test_passages_need_the_text_that_was_read(release: Release, tmp_path: Path, sources: Path) -> None:
    passage = next(item.passages[0] for item in Dataset(release).assertions() if item.passages)
    assert Dataset(release).context(passage) is None
    assert Dataset(release, sources=tmp_path).context(passage) is None
    shown = Dataset(release, sources=sources).context(passage)
    assert shown is not None and len(shown.passage) == passage.end - passage.start

"""What each stance does to the claim of its target, for each way in which the target puts the claim."""

from __future__ import annotations

from dataclasses import fields

import pytest
from rdflib import SKOS, Graph

from allegata.domain import Assertion, ClaimSides, Stance, Value
from allegata.domain.attributions import POLARITIES
from allegata.model.namespaces import SCHEMES
from support import ROOT

#: Stance → what it does to a claim that its target affirms, and to one that its target denies or doubts.
EFFECTS = {
    **dict.fromkeys(("supports", "restates", "upholds"), ("for", "against")),
    **dict.fromkeys(("rebuts", "undercuts", "setsAside"), ("against", "for")),
    **{
        word: (word, word)
        for word in ("qualifies", "corrects", "differsInQuantity", "retracts", "revises", "disputesAttribution")
    },
}


def concepts(scheme: str) -> set[str]:
    graph = Graph().parse(ROOT / "ontology" / "schemes" / f"{scheme}.ttl")
    return {str(concept).rsplit("/", 1)[-1] for concept in graph.subjects(SKOS.inScheme)}


def assertion(polarity: str) -> Assertion:
    given = {field.name: "" if field.type == "str" else () for field in fields(Assertion)}
    return Assertion(**{**given, "polarity": Value(polarity, f"{SCHEMES}polarity/{polarity}")})  # type: ignore[arg-type]


def stance(word: str, target: Assertion | None) -> Stance:
    nothing = Value("")
    return Stance("", Value(word, f"{SCHEMES}stance/{word}"), nothing, assertion("affirms"), nothing, target, "", (), "")


def test_every_stance_and_polarity_of_the_schemes_is_known() -> None:
    assert set(EFFECTS) == concepts("stance")
    assert set(POLARITIES) == concepts("polarity")


@pytest.mark.parametrize("word", EFFECTS)
def test_a_stance_is_turned_by_a_target_that_denies_or_doubts(word: str) -> None:
    plain, turned = EFFECTS[word]
    assert stance(word, None).bearing_on_claim == stance(word, assertion("affirms")).bearing_on_claim == plain
    assert [stance(word, assertion(polarity)).bearing_on_claim for polarity in ("denies", "doubts")] == [turned, turned]


@pytest.mark.parametrize("word", EFFECTS)
def test_a_stance_on_who_leaves_a_claim_open_does_neither_to_the_claim(word: str) -> None:
    assert stance(word, assertion("leavesOpen")).bearing_on_claim == word


@pytest.mark.parametrize(
    ("polarities", "contested", "shown"),
    [
        (("affirms", "denies"), True, 3),
        (("affirms", "affirms"), False, 3),
        (("affirms", "leavesOpen"), False, 4),
        (("doubts", "leavesOpen", "affirms"), True, 4),
    ],
)
def test_who_leaves_a_claim_open_contests_nothing_and_has_a_side_where_there_is_one(
    polarities: tuple[str, ...], contested: bool, shown: int
) -> None:
    sides = ClaimSides(
        Value("a claim"), tuple((word, tuple(assertion(p) for p in polarities if p == word)) for word in POLARITIES)
    )
    assert sides.contested is contested
    assert len(sides.shown) == shown

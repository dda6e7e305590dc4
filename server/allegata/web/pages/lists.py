"""Lists what pages show of many things: assertions up to a number, claims and other things by name, stances by what they do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from pyoxigraph import NamedNode

from allegata.domain import Assertion, Stance, Value
from allegata.domain.attributions import SPEECH
from allegata.domain.dataset import Dataset
from allegata.model.kinds import KINDS
from allegata.model.namespaces import expand

Content = dict[str, Any]
#: Assertions that one page lists; the search has the rest.
SHOWN = 100
_DIGITS = re.compile(r"(\d+)")


def kind_of(dataset: Dataset, iri: str) -> str:
    """Return the name of the page that a thing has."""
    if dataset.descriptions.holds(iri):
        return "graph"
    classes = dataset.descriptions.classes(NamedNode(iri))
    return next((kind.page for kind in KINDS if kind.page and expand(kind.curie) in classes), "thing")


def by_effect(stances: Iterable[Stance], *, on_claim: bool = False) -> Content:
    """Part stances into those that speak for, those that speak against, corrections, words taken back, and the rest.

    On the page of a claim `on_claim` counts what each does to the claim: who rebuts a denial speaks for what is denied.
    """
    parts: dict[str, list[Stance]] = {"for": [], "against": [], "corrects": [], "speech": [], "other": []}
    for stance in stances:
        name = stance.bearing_on_claim if on_claim else stance.bearing
        parts["speech" if name in SPEECH else name if name in parts else "other"].append(stance)
    return parts


def tree(dataset: Dataset, node: NamedNode) -> list[tuple[Value, str, Any]]:
    """Return the narrower concepts of a concept with their definitions and narrower ones; no hierarchy has a cycle."""
    read = dataset.descriptions
    rows = [
        (read.value(item), read.text(item, "skos:definition"), tree(dataset, item))
        for item in read.subjects("skos:broader", node)
    ]
    return sorted(rows, key=lambda row: row[0].text)


def first_of(assertions: tuple[Assertion, ...], query: dict[str, str]) -> Content:
    """Return the first assertions of many, how many there are, and the search that has the rest."""
    return {"assertions": assertions[:SHOWN], "count": len(assertions), "more": query if len(assertions) > SHOWN else {}}


def claims(dataset: Dataset, curie: str, node: NamedNode, leave: Sequence[NamedNode] = ()) -> list[Value]:
    """Return the claims that lead to a thing by a property, by name."""
    found = (dataset.descriptions.value(item) for item in dataset.descriptions.subjects(curie, node) if item not in leave)
    return sorted(found, key=lambda value: value.text)


def values(dataset: Dataset, curie: str, iri: str) -> list[Value]:
    """Return the things that lead to a thing by a property, by name, numbers in names as numbers."""
    found = (dataset.descriptions.value(item) for item in dataset.descriptions.subjects(curie, NamedNode(iri)))
    return sorted(found, key=lambda value: [(part.isdigit(), part.zfill(6)) for part in _DIGITS.split(value.text)])

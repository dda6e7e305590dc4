"""Chooses disputes to begin with: of the topics that are disputed most across documents one pair each, both voices in full."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from pyoxigraph import NamedNode

from allegata.domain import Assertion, Stance, Value
from allegata.domain.attributions import AGAINST
from allegata.domain.comparisons import Comparisons


@dataclass(frozen=True)
class FeaturedDispute:
    """A topic with a pair of assertions on it, of which one is disputed by the other, and the number of such pairs."""

    topic: Value
    stance: Stance
    count: int

    @property
    def voices(self) -> tuple[Assertion, ...]:
        """Return what is disputed and what disputes it, in the order of their documents, so that none always comes first."""
        target = self.stance.target_assertion
        pair = (self.stance.source,) if target is None else (self.stance.source, target)
        return tuple(sorted(pair, key=lambda item: [document.text for document in item.documents]))


def featured(comparisons: Comparisons, number: int) -> tuple[FeaturedDispute, ...]:
    """Return at most `number` disputes of different topics and statements, the topic with the most disputes first."""
    read, attributions = comparisons.descriptions, comparisons.attributions
    pairs: dict[Value, list[Stance]] = defaultdict(list)
    for node in read.instances("alg:Stance"):
        stance = attributions.stance(node.value)
        if stance and stance.word in AGAINST and stance.target_assertion and _crosses(stance, comparisons.read_through):
            for topic in read.values(NamedNode(stance.target_assertion.claim.iri), "alg:topic"):
                pairs[topic].append(stance)
    found: list[FeaturedDispute] = []
    shown: set[str] = set()
    for topic in sorted(pairs, key=lambda topic: (-len(pairs[topic]), topic.text)):
        fresh = [item for item in pairs[topic] if not _statements(item) & shown]
        if fresh and len(found) < number:
            stance = min(fresh, key=_preference)
            shown |= _statements(stance)
            found.append(FeaturedDispute(topic, stance, len(pairs[topic])))
    return tuple(found)


def _crosses(stance: Stance, read_through: frozenset[str]) -> bool:
    """Return whether the two ends stand in different documents; where one document alone was read, whether two speak."""
    source, target = stance.source, stance.target_assertion
    if target is None:
        return False
    ends = [{document.iri for document in item.documents} & read_through for item in (source, target)]
    if len(read_through) < 2:
        return {value.iri for value in source.asserters} != {value.iri for value in target.asserters}
    return all(ends) and ends[0].isdisjoint(ends[1])


def _statements(stance: Stance) -> set[str]:
    return {stance.source.claim.iri} | ({stance.target_assertion.claim.iri} if stance.target_assertion else set())


def _preference(stance: Stance) -> tuple[bool, int, str]:
    """Prefer what speaks against the conclusion, then what is short."""
    target = stance.target_assertion
    return (stance.word != "rebuts", len(stance.source.claim.text) + len(target.claim.text if target else ""), stance.iri)

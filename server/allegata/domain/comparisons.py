"""Compares what is said about one topic, claim or measure: sides, disputes and their answers, estimates, evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from pyoxigraph import NamedNode

from allegata.domain import Assertion, Attributions, ClaimSides, Stance, Value, documents
from allegata.domain.attributions import AGAINST, POLARITIES
from allegata.domain.labels import period
from allegata.model.namespaces import expand, scheme_path

OTHERS = Value("other sources")
_REMEMBERED = 256
#: Documents, each with the number of its passages for each kind of evidence.
Mix: TypeAlias = tuple[tuple[Value, tuple[tuple[Value, int], ...]], ...]


def figure(number: float) -> str:
    """Write a number in figures, with thousands apart; it keeps its fraction."""
    return f"{number if number % 1 else int(number):,}"


@dataclass(frozen=True)
class Estimate:
    """A number somebody puts forward: its interval (equal ends for one number) and the time it is about."""

    claim: Value
    assertions: tuple[Assertion, ...]
    measure: Value
    low: float
    high: float
    open_end: bool
    approximate: bool
    unit: str
    start: str
    end: str

    @property
    def time(self) -> str:
        """Return in words what time the number is about."""
        return period(self.start, self.end)

    @property
    def number(self) -> str:
        """Write the number as the claim has it."""
        low, high = figure(self.low), figure(self.high)
        text = f"{low} or more" if self.open_end else low if self.low == self.high else f"{low} to {high}"
        return f"about {text}" if self.approximate else text


@dataclass(frozen=True)
class Dispute:
    """A stance against something, and the stances that those who are attacked take on the attack."""

    stance: Stance
    answers: tuple[Stance, ...]


@dataclass(frozen=True)
class Comparison:
    """All that is compared about one subject."""

    subject: Value
    definition: str
    claims: tuple[ClaimSides, ...]
    disputes: tuple[Dispute, ...]
    others: tuple[Stance, ...]
    estimates: tuple[tuple[Value, tuple[Estimate, ...]], ...]
    evidence: Mix
    polarities: tuple[tuple[str, int], ...]

    @property
    def contested(self) -> tuple[ClaimSides, ...]:
        """Return the claims that are put in more than one way."""
        return tuple(sides for sides in self.claims if sides.contested)

    @property
    def unanswered(self) -> tuple[Dispute, ...]:
        """Return the disputes in which the attacked side has no stance on the attack in this release."""
        return tuple(dispute for dispute in self.disputes if not dispute.answers)


class Comparisons:
    """Makes comparisons from the descriptions of a release."""

    def __init__(self, attributions: Attributions):
        self.attributions = attributions
        self.descriptions = attributions.descriptions
        self.read_through = frozenset(documents(self.descriptions))
        self.compare: Callable[[str], Comparison] = lru_cache(_REMEMBERED)(self._compare)
        self.subjects: Callable[[str], tuple[tuple[Value, int], ...]] = lru_cache(_REMEMBERED)(self._subjects)

    def _subjects(self, scheme: str) -> tuple[tuple[Value, int], ...]:
        """Return the concepts of a scheme (topic or measure) that claims have, with the number of claims of each."""
        read = self.descriptions
        concepts = (
            node for node in read.instances("skos:Concept") if scheme_path(node.value, read.base).startswith(f"{scheme}/")
        )
        counted = ((read.value(node), len(self.claims(node.value))) for node in concepts)
        return tuple(sorted(((value, count) for value, count in counted if count), key=lambda pair: pair[0].text))

    def claims(self, iri: str) -> list[str]:
        """Return the claims that a comparison of a claim, topic (with the narrower ones), measure or right is about."""
        read, node = self.descriptions, NamedNode(iri)
        if expand("alg:Claim") in read.classes(node):
            return [iri]
        concepts = self._narrower(node)
        found = {
            claim.value
            for item in concepts
            for curie in ("alg:topic", "alg:concernsRight")
            for claim in read.subjects(curie, item)
        }
        quantities = (quantity for item in concepts for quantity in read.subjects("alg:measure", item))
        found |= {claim.value for quantity in quantities for claim in read.subjects("alg:quantity", quantity)}
        return sorted(found)

    def _narrower(self, node: NamedNode) -> list[NamedNode]:
        found = [node]
        for item in found:
            found += [narrower for narrower in self.descriptions.subjects("skos:broader", item) if narrower not in found]
        return found

    def _compare(self, iri: str) -> Comparison:
        """Compare all that is said about a claim, topic, measure or right."""
        claims = tuple(self.attributions.sides(claim) for claim in self.claims(iri))
        assertions = _said(claims)
        stances = self._stances(claims, assertions)
        against = [stance for stance in stances if stance.word in AGAINST]
        return Comparison(
            subject=self.descriptions.value(NamedNode(iri)),
            definition=self.descriptions.text(NamedNode(iri), "skos:definition"),
            claims=tuple(sorted(claims, key=_weight)),
            disputes=tuple(Dispute(stance, self.answers(stance)) for stance in against),
            others=tuple(stance for stance in stances if stance.word not in AGAINST),
            estimates=self._estimates(claims),
            evidence=self.evidence_mix(assertions),
            polarities=tuple(
                (word, sum(len(items) for sides in claims for name, items in sides.sides if name == word)) for word in POLARITIES
            ),
        )

    def _stances(self, claims: Iterable[ClaimSides], assertions: Iterable[Assertion]) -> list[Stance]:
        things = {sides.claim.iri for sides in claims} | {item.iri for item in assertions}
        found = {stance.iri: stance for iri in things for stance in self.attributions.stances_to(iri)}
        found |= {stance.iri: stance for iri in things for stance in self.attributions.stances_from(iri)}
        return sorted(found.values(), key=lambda stance: (stance.kind.text, stance.target.text, stance.iri))

    def answers(self, stance: Stance) -> tuple[Stance, ...]:
        """Return the stances on an attack, or on what it says, by those who put forward what is attacked."""
        target = stance.target_assertion
        if target is None:
            return ()
        speakers = {value.iri for value in (*target.asserters, *target.relayers)}
        replies = (*self.attributions.stances_to(stance.source.iri), *self.attributions.stances_to(stance.source.claim.iri))
        return tuple(
            reply for reply in replies if speakers & {value.iri for value in (*reply.source.asserters, *reply.source.relayers)}
        )

    def evidence(self, iri: str) -> Mix:
        """Return the kinds of evidence of a comparison alone."""
        return self.evidence_mix(_said(self.attributions.sides(claim) for claim in self.claims(iri)))

    def evidence_mix(self, assertions: Iterable[Assertion]) -> Mix:
        """Count the kinds of evidence of assertions by the document in which they stand, the same kinds in the same order.

        Sources in which only single passages were read, as for the record, count as one.
        """
        counts: dict[Value, Counter[Value]] = defaultdict(Counter)
        for assertion in assertions:
            for document in assertion.documents:
                counts[document if document.iri in self.read_through else OTHERS].update(assertion.kinds)
        total = sum(counts.values(), Counter())
        kinds = sorted(total, key=lambda kind: (-total[kind], kind.text))
        return tuple(
            (document, tuple((kind, counts[document][kind]) for kind in kinds))
            for document in sorted(counts, key=lambda v: (not v.iri, v.text))
        )

    def _estimates(self, claims: Iterable[ClaimSides]) -> tuple[tuple[Value, tuple[Estimate, ...]], ...]:
        groups: dict[Value, list[Estimate]] = defaultdict(list)
        for sides in claims:
            assertions = tuple(item for _, items in sides.sides for item in items)
            for quantity in self.descriptions.nodes(NamedNode(sides.claim.iri), "alg:quantity"):
                estimate = self._estimate(sides.claim, assertions, quantity)
                if estimate:
                    groups[estimate.measure].append(estimate)
        rows = (
            (measure, tuple(sorted(items, key=lambda item: (item.end or item.start or "~", item.low))))
            for measure, items in groups.items()
        )
        return tuple(sorted(rows, key=lambda row: row[0].text))

    def _estimate(self, claim: Value, assertions: tuple[Assertion, ...], quantity: NamedNode) -> Estimate | None:
        read = self.descriptions
        exact, least, most = (read.text(quantity, f"schema:{name}") for name in ("value", "minValue", "maxValue"))
        numbers = [float(text) for text in (least or exact, most or exact) if text]
        measure = next(iter(read.values(quantity, "alg:measure")), None)
        if not numbers or measure is None:
            return None
        period = read.node(NamedNode(claim.iri), "dct:temporal")
        return Estimate(
            claim=claim,
            assertions=assertions,
            measure=measure,
            low=numbers[0],
            high=numbers[-1],
            open_end=bool(least) and not most,
            approximate=read.text(quantity, "alg:approximate") == "true",
            unit=read.text(quantity, "schema:unitText"),
            start=read.text(period, "dcat:startDate"),
            end=read.text(period, "dcat:endDate"),
        )


def _said(claims: Iterable[ClaimSides]) -> list[Assertion]:
    return [item for sides in claims for _, items in sides.sides for item in items]


def _weight(sides: ClaimSides) -> tuple[bool, int, str]:
    """Put contested claims first, then those that most assertions are about."""
    return (not sides.contested, -sum(len(items) for _, items in sides.sides), sides.claim.text)

"""Says what happens to the support of claims if sources or lines of evidence are withdrawn: what is lost, and what is kept.

A claim is supported where somebody who affirms it makes use of a line of evidence for it. A line rests on its sources; one that
names none rests on itself. With a source, the lines that rest on nothing else are withdrawn, and the assertions that are
found in nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from allegata.budget import shared_property
from allegata.domain.things import Descriptions, Value
from allegata.errors import BadRequest
from allegata.model.namespaces import SCHEMES, expand

_AFFIRMS, _SUPPORTS = NamedNode(f"{SCHEMES}polarity/affirms"), NamedNode(f"{SCHEMES}direction/supports")
_WITHDRAWN = ("alg:Source", "alg:EvidenceLine")


@dataclass(frozen=True)
class Offer:
    """A line of evidence offered for a claim, with the sources that the assertion is found in and that the line rests on."""

    claim: str
    assertion: str
    line: str
    found: frozenset[str]
    grounds: frozenset[str]

    def survives(self, withdrawn: Collection[str]) -> bool:
        """Return whether the offer stands without what is withdrawn: something it is found in, and something it rests on."""
        kept = (not group or any(thing not in withdrawn for thing in group) for group in (self.found, self.grounds))
        return self.line not in withdrawn and self.assertion not in withdrawn and all(kept)


@dataclass(frozen=True)
class Ground:
    """A source or a line of evidence that can be withdrawn, with the number of claims that it is offered for."""

    thing: Value
    claims: int
    is_line: bool


@dataclass(frozen=True)
class Support:
    """A claim with the lines of evidence for it that are lost and kept; with none kept it loses its only support."""

    claim: Value
    lost: tuple[Value, ...]
    kept: tuple[Value, ...]


@dataclass(frozen=True)
class Withdrawal:
    """What is withdrawn; the claims that lose their only named support, and those of the rest that lose some and keep some."""

    withdrawn: tuple[Value, ...]
    lost: tuple[Support, ...]
    kept: tuple[Support, ...]


def outcome(offers: Iterable[Offer], withdrawn: Collection[str]) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Return, for each claim that loses a line of evidence, the lines that are lost and those that are kept.

    A line that two assertions of a claim offer is kept as long as one of the offers stands.
    """
    before: dict[str, set[str]] = defaultdict(set)
    after: dict[str, set[str]] = defaultdict(set)
    for offer in offers:
        before[offer.claim].add(offer.line)
        if offer.survives(withdrawn):
            after[offer.claim].add(offer.line)
    return {
        claim: (frozenset(lines - after[claim]), frozenset(after[claim]))
        for claim, lines in before.items()
        if lines - after[claim]
    }


class WhatIf:
    """Answers what a withdrawal does to the claims of a release."""

    def __init__(self, descriptions: Descriptions):
        self.descriptions = descriptions

    @shared_property
    def offers(self) -> tuple[Offer, ...]:
        """Return every line of evidence that is offered for a claim by somebody who affirms it."""
        read = self.descriptions
        affirming = read.subjects("alg:polarity", _AFFIRMS)
        return tuple(
            Offer(
                claim.value, assertion.value, line.value, self._iris(assertion, "alg:statedIn"), self._iris(line, "alg:restsOn")
            )
            for assertion in affirming
            for claim in read.nodes(assertion, "alg:asserts")
            for line in self._supporting(assertion)
        )

    def _supporting(self, assertion: NamedNode) -> Iterator[NamedNode]:
        """Yield the lines of evidence that an assertion offers in support of its claim.

        Releases of version 0.1 of the model say so of the line.
        """
        read = self.descriptions
        for use in read.nodes(assertion, "alg:evidenceUse"):
            if _SUPPORTS in read.nodes(use, "alg:direction"):
                yield from read.nodes(use, "alg:usedLine")
        for line in read.nodes(assertion, "alg:evidenceLine"):
            if _SUPPORTS in read.nodes(line, "alg:direction"):
                yield line

    @shared_property
    def lines(self) -> tuple[Ground, ...]:
        """Return the lines of evidence that are offered for claims, those offered for most first."""
        return self._grounds(((offer.line, offer.claim) for offer in self.offers), is_line=True)

    @shared_property
    def sources(self) -> tuple[Ground, ...]:
        """Return the sources that lines rest on or that assertions with a line are found in, those behind most claims first."""
        pairs = ((source, offer.claim) for offer in self.offers for source in offer.found | offer.grounds)
        return self._grounds(pairs, is_line=False)

    def _grounds(self, pairs: Iterable[tuple[str, str]], is_line: bool) -> tuple[Ground, ...]:
        claims: dict[str, set[str]] = defaultdict(set)
        for thing, claim in pairs:
            claims[thing].add(claim)
        found = (Ground(self.descriptions.value(NamedNode(iri)), len(of), is_line) for iri, of in claims.items())
        return tuple(sorted(found, key=lambda ground: (-ground.claims, ground.thing.text, ground.thing.iri)))

    def without(self, withdrawn: Collection[str]) -> Withdrawal:
        """Return what happens without sources and lines of evidence, by IRI; raise BadRequest where a thing is neither."""
        for iri in sorted(withdrawn):
            if not {expand(curie) for curie in _WITHDRAWN} & set(self.descriptions.classes(NamedNode(iri))):
                raise BadRequest(f"{iri} is no source and no line of evidence.", remedy="Name what an assertion can rest on.")
        return self.effects(withdrawn)

    def effects(self, withdrawn: Collection[str]) -> Withdrawal:
        """Return what happens to the claims that are left without things of any kind, by IRI."""
        found = {claim: lines for claim, lines in outcome(self.offers, withdrawn).items() if claim not in withdrawn}
        supports = [self._support(claim, *lines) for claim, lines in sorted(found.items())]
        return Withdrawal(
            tuple(self.descriptions.value(NamedNode(iri)) for iri in sorted(withdrawn)),
            tuple(support for support in supports if not support.kept),
            tuple(support for support in supports if support.kept),
        )

    def _support(self, claim: str, lost: frozenset[str], kept: frozenset[str]) -> Support:
        return Support(self.descriptions.value(NamedNode(claim)), self._values(lost), self._values(kept))

    def _values(self, iris: Collection[str]) -> tuple[Value, ...]:
        return tuple(self.descriptions.value(NamedNode(iri)) for iri in sorted(iris))

    def _iris(self, node: NamedNode, curie: str) -> frozenset[str]:
        return frozenset(found.value for found in self.descriptions.nodes(node, curie))


def as_dictionary(answer: Withdrawal) -> Mapping[str, object]:
    """Return an answer in the form of JSON."""

    def named(value: Value) -> dict[str, str]:
        return {"iri": value.iri, "name": value.text}

    def rows(supports: Iterable[Support]) -> list[dict[str, object]]:
        return [
            {
                "claim": named(support.claim),
                "lost": [named(line) for line in support.lost],
                "kept": [named(line) for line in support.kept],
            }
            for support in supports
        ]

    return {
        "withdrawn": [named(value) for value in answer.withdrawn],
        "loseTheirOnlySupport": rows(answer.lost),
        "keepSupport": rows(answer.kept),
    }

"""Describes who puts a claim how: speakers, relays, evidence and its gaps, passages, and the stances between assertions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from pyoxigraph import NamedNode

from allegata.domain.labels import attribution
from allegata.domain.things import Descriptions, Value
from allegata.model.namespaces import SCHEMES, expand, slug

#: The stances that speak for a target, those that speak against it, and those that do neither, as the stance scheme has them.
FOR, AGAINST = ("supports", "restates", "upholds"), ("rebuts", "undercuts", "setsAside")
#: The stances on words as such: whether the speaker still says them, says others, or said them at all. They do neither.
SPEECH = ("retracts", "revises", "disputesAttribution")
#: The polarities of an assertion that turn what a stance on it means for the claim: who rebuts a denial speaks for the claim.
TURNING = ("denies", "doubts")
#: The polarity of those who take no position: what is said for or against their word does neither to the claim.
LEFT_OPEN = "leavesOpen"
_TURNED = {"for": "against", "against": "for"}
POLARITIES = ("affirms", "denies", "doubts", LEFT_OPEN)
#: The concept whose narrower ones are gaps in the evidence.
GAP = NamedNode(f"{SCHEMES}evidence-kind/gap")
_REMEMBERED = 1 << 14


@dataclass(frozen=True)
class Passage:
    """Where in a source something stands: code points from the first to the one behind the last, and the SHA-256 of them.

    `section` and `paragraph` are its numbers in the document, `address` is where the publisher of the source has it.
    """

    iri: str
    source: Value
    start: int
    end: int
    digest: str
    section: str = ""
    paragraph: str = ""
    address: str = ""


@dataclass(frozen=True)
class Evidence:
    """A line of evidence: its kind, which way or ways it is offered, what it rests on.

    `use` is the use that an assertion makes of it, whose direction it then has; nothing for the line as such.
    """

    line: Value
    kind: tuple[Value, ...]
    direction: tuple[Value, ...]
    rests_on: tuple[Value, ...]
    description: str
    use: str = ""


@dataclass(frozen=True)
class Assertion:
    """An assertion: who puts which claim how, through whom, in which document, on what evidence."""

    iri: str
    claim: Value
    said: str
    asserters: tuple[Value, ...]
    relayers: tuple[Value, ...]
    relayed: tuple[Value, ...]
    polarity: Value
    modality: Value
    certainty: Value | None
    relay_manner: Value | None
    date: str
    kinds: tuple[Value, ...]
    gaps: tuple[Value, ...]
    lines: tuple[Evidence, ...]
    cites: tuple[Value, ...]
    documents: tuple[Value, ...]
    passages: tuple[Passage, ...]
    phrase: str
    no_anchor: str
    standard: Value

    @property
    def is_turned(self) -> bool:
        """Return whether it denies or doubts its claim, so that what speaks for it speaks against the claim."""
        return slug(self.polarity.iri) in TURNING

    @property
    def leaves_open(self) -> bool:
        """Return whether it takes no position on its claim."""
        return slug(self.polarity.iri) == LEFT_OPEN


@dataclass(frozen=True)
class Stance:
    """A stance: from an assertion to an assertion or another thing, of a kind, on a basis, by somebody."""

    iri: str
    kind: Value
    basis: Value
    source: Assertion
    target: Value
    target_assertion: Assertion | None
    rationale: str
    by: tuple[Value, ...]
    distance: str

    @property
    def word(self) -> str:
        """Return the last part of the IRI of its kind."""
        return slug(self.kind.iri)

    @property
    def bearing(self) -> str:
        """Return what it does to its target: `for`, `against`, or the word of its kind where it does neither."""
        return "for" if self.word in FOR else "against" if self.word in AGAINST else self.word

    @property
    def bearing_on_claim(self) -> str:
        """Return what it does to the claim of its target: its bearing, turned where the target denies or doubts the claim.

        On an assertion that leaves its claim open it does neither, and the word of its kind is returned.
        """
        target = self.target_assertion
        if target is None or not (target.is_turned or target.leaves_open):
            return self.bearing
        return self.word if target.leaves_open else _TURNED.get(self.bearing, self.bearing)


@dataclass(frozen=True)
class ClaimSides:
    """A claim with those who affirm, deny, doubt and leave it open, in this order, each list there even when empty."""

    claim: Value
    sides: tuple[tuple[str, tuple[Assertion, ...]], ...]

    @property
    def contested(self) -> bool:
        """Return whether it is put in more than one way; who leaves it open puts it in none."""
        return sum(bool(assertions) for word, assertions in self.sides if word != LEFT_OPEN) > 1

    @property
    def shown(self) -> tuple[tuple[str, tuple[Assertion, ...]], ...]:
        """Return the sides to be shown: the three that take a position, and who leaves it open where somebody does."""
        return tuple((word, assertions) for word, assertions in self.sides if assertions or word != LEFT_OPEN)


class Attributions:
    """Reads assertions and stances from the descriptions of a release."""

    def __init__(self, descriptions: Descriptions):
        self.descriptions = descriptions
        self.assertion: Callable[[str], Assertion] = lru_cache(_REMEMBERED)(self._assertion)
        self.evidence: Callable[[str], Evidence] = lru_cache(_REMEMBERED)(self._evidence)
        self.sides: Callable[[str], ClaimSides] = lru_cache(_REMEMBERED)(self._sides)
        self.stance: Callable[[str], Stance | None] = lru_cache(_REMEMBERED)(self._stance)

    def is_assertion(self, iri: str) -> bool:
        """Return whether a thing is an assertion."""
        return expand("alg:Assertion") in self.descriptions.classes(NamedNode(iri))

    def of_claim(self, iri: str) -> tuple[Assertion, ...]:
        """Return every assertion about a claim."""
        return self.listed(self.descriptions.subjects("alg:asserts", NamedNode(iri)))

    def by(self, curie: str, iri: str) -> tuple[Assertion, ...]:
        """Return the assertions that lead to a thing by a property."""
        return self.listed(node for node in self.descriptions.subjects(curie, NamedNode(iri)) if self.is_assertion(node.value))

    def listed(self, nodes: Iterable[NamedNode]) -> tuple[Assertion, ...]:
        """Describe assertions in the order of their passages."""
        return tuple(sorted((self.assertion(node.value) for node in nodes), key=_place))

    def _sides(self, iri: str) -> ClaimSides:
        """Return the sides of a claim."""
        assertions = self.of_claim(iri)
        return ClaimSides(
            self.descriptions.value(NamedNode(iri)),
            tuple(
                (word, tuple(item for item in assertions if item.polarity.iri.endswith(f"/polarity/{word}")))
                for word in POLARITIES
            ),
        )

    def stances_to(self, iri: str) -> tuple[Stance, ...]:
        """Return the stances on a thing."""
        return self._stances("alg:to", iri)

    def stances_from(self, iri: str) -> tuple[Stance, ...]:
        """Return the stances that an assertion takes."""
        return self._stances("alg:from", iri)

    def _stances(self, curie: str, iri: str) -> tuple[Stance, ...]:
        found = (self.stance(node.value) for node in self.descriptions.subjects(curie, NamedNode(iri)))
        return tuple(sorted((stance for stance in found if stance), key=lambda stance: (stance.kind.text, stance.iri)))

    def _stance(self, iri: str) -> Stance | None:
        """Describe a stance; nothing where the thing is none that has both ends."""
        node, read = NamedNode(iri), self.descriptions
        source, target = read.node(node, "alg:from"), read.node(node, "alg:to")
        if source is None or target is None:
            return None
        return Stance(
            iri=iri,
            kind=self._first(node, "alg:stance"),
            basis=self._first(node, "alg:basis"),
            source=self.assertion(source.value),
            target=read.value(target),
            target_assertion=self.assertion(target.value) if self.is_assertion(target.value) else None,
            rationale=read.text(node, "alg:rationale"),
            by=read.values(node, "prov:wasAttributedTo"),
            distance=read.text(node, "alg:dateDistance"),
        )

    def _assertion(self, iri: str) -> Assertion:
        node, read = NamedNode(iri), self.descriptions
        kinds = read.values(node, "alg:evidenceKind")
        return Assertion(
            iri=iri,
            claim=self._first(node, "alg:asserts"),
            said=attribution(read.names, node),
            asserters=read.values(node, "alg:assertedBy"),
            relayers=read.values(node, "alg:relayedBy"),
            relayed=read.values(node, "alg:relays"),
            polarity=self._first(node, "alg:polarity"),
            modality=self._first(node, "alg:modality"),
            certainty=next(iter(read.values(node, "alg:certainty")), None),
            relay_manner=next(iter(read.values(node, "alg:relayManner")), None),
            date=read.text(node, "dct:date"),
            kinds=kinds,
            gaps=tuple(kind for kind in kinds if self._is_gap(kind.iri)),
            lines=self._offered(node),
            cites=read.values(node, "alg:cites"),
            documents=read.values(node, "alg:statedIn"),
            passages=self.passages(iri),
            phrase=read.text(node, "alg:phrase"),
            no_anchor=read.text(node, "alg:noAnchorBecause"),
            standard=self._first(node, "alg:standardOfProof"),
        )

    def _is_gap(self, iri: str) -> bool:
        return GAP in self.descriptions.nodes(NamedNode(iri), "skos:broader")

    def passages(self, iri: str) -> tuple[Passage, ...]:
        """Return the passages that a thing is anchored to, in their order."""
        read, found = self.descriptions, []
        for anchor in read.nodes(NamedNode(iri), "alg:anchor"):
            place, digest = read.node(anchor, "oa:hasSelector"), read.node(anchor, "spdx:checksum")
            start, end = read.text(place, "oa:start"), read.text(place, "oa:end")
            if start.isdigit() and end.isdigit():
                source = self._first(anchor, "oa:hasSource")
                numbers = read.text(anchor, "alg:section"), read.text(anchor, "alg:paragraph")
                address = read.text(NamedNode(source.iri), "schema:url") if source.iri else ""
                passage = (anchor.value, source, int(start), int(end), read.text(digest, "spdx:checksumValue"))
                found.append(Passage(*passage, *numbers, address))
        return tuple(sorted(found, key=lambda passage: passage.start))

    def _offered(self, assertion: NamedNode) -> tuple[Evidence, ...]:
        """Return the lines of evidence that an assertion offers, those that it makes a use of in the direction of the use."""
        read = self.descriptions
        lines = {line.value: self.evidence(line.value) for line in read.nodes(assertion, "alg:evidenceLine")}
        for use in read.nodes(assertion, "alg:evidenceUse"):
            line = read.node(use, "alg:usedLine")
            if line:
                direction = read.values(use, "alg:direction")
                lines[line.value] = replace(self.evidence(line.value), direction=direction, use=use.value)
        return tuple(lines.values())

    def _evidence(self, iri: str) -> Evidence:
        node, read = NamedNode(iri), self.descriptions
        uses = (read.values(use, "alg:direction") for use in read.subjects("alg:usedLine", node))
        ways = {value.iri: value for values in (read.values(node, "alg:direction"), *uses) for value in values}
        return Evidence(
            line=read.value(node),
            kind=read.values(node, "alg:evidenceKind"),
            direction=tuple(ways[iri] for iri in sorted(ways)),
            rests_on=read.values(node, "alg:restsOn"),
            description=read.text(node, "dct:description"),
        )

    def _first(self, node: NamedNode, curie: str) -> Value:
        return next(iter(self.descriptions.values(node, curie)), Value("not given"))


def _place(assertion: Assertion) -> tuple[str, int, str]:
    first = assertion.passages[0] if assertion.passages else None
    return (first.source.iri if first else "~", first.start if first else 0, assertion.iri)

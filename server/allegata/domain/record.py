"""Describes the record: rights and the provisions that protect them, the commitments of states, recorded votes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from allegata.budget import shared_property
from allegata.domain.things import Descriptions, Value
from allegata.model.namespaces import slug

#: Positions in a vote (scheme `choice`), in the order in which they are told.
CHOICES: Final = ("yes", "no", "abstain", "absent")


@dataclass(frozen=True)
class Commitment:
    """An act of a state towards an instrument, with its date and source.

    `in_force` is the day from which it has effect, `by` the clause from which that day was computed, `provisions` are those that
    it speaks of, `concerns` the acts to which it answers and `answers` those that answer to it.
    """

    iri: str
    state: Value
    instrument: Value
    act: Value
    date: str
    sources: tuple[Value, ...]
    note: str
    in_force: str = ""
    by: tuple[Value, ...] = ()
    provisions: tuple[Value, ...] = ()
    concerns: tuple[Value, ...] = ()
    answers: tuple[Value, ...] = ()

    @property
    def word(self) -> str:
        """Return the name of the act in its scheme."""
        return slug(self.act.iri)


@dataclass(frozen=True)
class Conclusion:
    """What a rule concludes for one duty bearer: the concept, the rule, and the acts to be read with it."""

    iri: str
    state: Value
    says: Value
    rule: tuple[Value, ...]
    read_with: tuple[Value, ...]


@dataclass(frozen=True)
class Obligation:
    """A provision that protects a right, what the states at issue did about its instrument, and what is concluded for each.

    `binding` is "bound" where the provision applies to one of them, "not bound" where it would apply to one and applies to none,
    or nothing where no rule concludes either.
    """

    right: Value
    provision: Value
    instrument: tuple[Value, ...]
    commitments: tuple[Commitment, ...]
    conclusions: tuple[Conclusion, ...]

    @property
    def binding(self) -> str:
        """Return how the duty bearers stood at the claim's date, in a word."""
        words = {slug(item.says.iri) for item in self.conclusions}
        return "bound" if "applies" in words else "not bound" if words else ""


@dataclass(frozen=True)
class EventStatement:
    """What one source says of an event: when, where, who took part."""

    iri: str
    source: Value
    period: Value | None
    places: tuple[Value, ...]
    actors: tuple[Value, ...]


@dataclass(frozen=True)
class Vote:
    """A decision of a body: resolution, date, the positions by choice, and the counts where the record gives them.

    `procedure` is the way in which it was taken, `complete` whether the position of each state is recorded, `objects` what of the
    text it was on: the whole, a part, an amendment, a motion. Each may be unsaid.
    """

    vote: Value
    instrument: Value
    date: str
    counts: tuple[tuple[str, str], ...]
    positions: tuple[tuple[Value, Value], ...]
    sources: tuple[Value, ...]
    procedure: Value | None = None
    complete: bool | None = None
    objects: tuple[Value, ...] = ()

    def tally(self) -> dict[str, int]:
        """Count the positions that are described, by choice."""
        return dict(Counter(choice.text for _, choice in self.positions))

    def numbers(self) -> list[tuple[str, int]]:
        """Return how many chose what: as the record counts them, else as the positions do."""
        given, tally = dict(self.counts), self.tally()
        return [(word, int(given[word]) if word in given else tally.get(word, 0)) for word in CHOICES]

    @property
    def is_roll_call(self) -> bool:
        """Return whether positions or counts are recorded, and not an adoption without a vote."""
        return bool(self.positions or self.counts)


class Record:
    """Reads the record from the descriptions of a release."""

    def __init__(self, descriptions: Descriptions):
        self.descriptions = descriptions

    def told(self, event: str) -> tuple[EventStatement, ...]:
        """Return what sources say of an event, in the order of their names."""
        read = self.descriptions
        found = [
            EventStatement(
                node.value,
                self._first(node, "dct:source"),
                next(iter(read.values(node, "dct:temporal")), None),
                read.values(node, "alg:place"),
                read.values(node, "alg:allegedActor"),
            )
            for node in read.subjects("alg:ofEvent", NamedNode(event))
        ]
        return tuple(sorted(found, key=lambda item: (item.source.text, item.iri)))

    def commitments(self, curie: str = "", iri: str = "") -> tuple[Commitment, ...]:
        """Return the commitments of a state (`alg:state`) or about an instrument (`alg:instrument`), or all, by date."""
        kind = set(self.descriptions.instances("alg:Commitment"))
        nodes: Iterable[NamedNode] = self.descriptions.subjects(curie, NamedNode(iri)) if curie else kind
        return tuple(sorted((self._commitment(node) for node in nodes if node in kind), key=lambda item: (item.date, item.iri)))

    def _commitment(self, node: NamedNode) -> Commitment:
        read = self.descriptions
        return Commitment(
            iri=node.value,
            state=self._first(node, "alg:state"),
            instrument=self._first(node, "alg:instrument"),
            act=self._first(node, "alg:act"),
            date=read.text(node, "dct:date"),
            sources=read.values(node, "dct:source"),
            note=read.text(node, "rdfs:comment", "dct:description"),
            in_force=read.text(node, "alg:inForceFrom"),
            by=read.values(node, "alg:inForceBy"),
            provisions=read.values(node, "alg:onProvision"),
            concerns=read.values(node, "alg:inRespectOf"),
            answers=tuple(read.value(item) for item in read.subjects("alg:inRespectOf", node)),
        )

    def obligations(self, claim: str) -> tuple[Obligation, ...]:
        """Return the provisions that protect the rights a claim concerns, with the acts of the duty bearers it names."""
        read, node = self.descriptions, NamedNode(claim)
        bearers = {value.iri for value in read.values(node, "alg:dutyBearer")}
        conclusions = self._conclusions(node)
        return tuple(
            Obligation(
                *(right, provision, instruments, tuple(self._acts(bearers, instruments))),
                conclusions=tuple(item for about, item in conclusions if about == provision.iri),
            )
            for right in read.values(node, "alg:concernsRight")
            for provision in (read.value(item) for item in read.subjects("alg:protects", NamedNode(right.iri)))
            for instruments in (read.values(NamedNode(provision.iri), "alg:provisionOf"),)
        )

    def _conclusions(self, claim: NamedNode) -> list[tuple[str, Conclusion]]:
        """Return the legal conclusions on a claim, each with its provision, in the order of their IRIs."""
        read = self.descriptions
        return [
            (
                self._first(node, "alg:provision").iri,
                Conclusion(
                    iri=node.value,
                    state=self._first(node, "alg:state"),
                    says=self._first(node, "alg:conclusion"),
                    rule=read.values(node, "prov:wasGeneratedBy"),
                    read_with=read.values(node, "alg:readWith"),
                ),
            )
            for node in sorted(read.subjects("alg:ofClaim", claim), key=lambda item: item.value)
        ]

    def _acts(self, states: set[str], instruments: Iterable[Value]) -> Iterable[Commitment]:
        for instrument in instruments:
            yield from (item for item in self.commitments("alg:instrument", instrument.iri) if item.state.iri in states)

    def votes(self, instrument: str = "", *, positions: bool = True) -> tuple[Vote, ...]:
        """Return the recorded votes on an instrument, or all, by date; `positions` as for a single vote."""
        kind = set(self.descriptions.instances("alg:Vote"))
        nodes = self.descriptions.subjects("alg:instrument", NamedNode(instrument)) if instrument else kind
        found = (self.vote(node.value, positions=positions) for node in nodes if node in kind)
        return tuple(sorted(found, key=lambda vote: (vote.date, vote.vote.iri)))

    def vote(self, iri: str, *, positions: bool = True) -> Vote:
        """Describe a vote; without `positions`, those are read only where the record gives no counts."""
        read, node = self.descriptions, NamedNode(iri)
        named = ((word, read.text(node, f"alg:{word}Count")) for word in ("yes", "no", "abstain"))
        counts = tuple((word, count) for word, count in named if count)
        return Vote(
            vote=read.value(node),
            instrument=self._first(node, "alg:instrument"),
            date=read.text(node, "dct:date"),
            counts=counts,
            positions=self._positions(node) if positions or not counts else (),
            sources=read.values(node, "dct:source"),
            procedure=next(iter(read.values(node, "alg:voteProcedure")), None),
            complete={"true": True, "false": False}.get(read.text(node, "alg:rollCallComplete")),
            objects=read.values(node, "alg:voteObject"),
        )

    def _positions(self, vote: NamedNode) -> tuple[tuple[Value, Value], ...]:
        found = (
            (self._first(item, "alg:state"), self._first(item, "alg:choice"))
            for item in self.descriptions.subjects("alg:vote", vote)
        )
        return tuple(sorted(found, key=lambda pair: pair[0].text))

    @shared_property
    def voters(self) -> tuple[Value, ...]:
        """Return the states of which a position is recorded, by IRI."""
        read = self.descriptions
        states = sorted(read.leading("alg:state"), key=str)
        voted = (node for node in states if any(read.node(item, "alg:vote") for item in read.subjects("alg:state", node)))
        return tuple(read.value(node) for node in voted)

    def choices(self, state: str) -> dict[str, Value]:
        """Return what a state chose, by the IRI of the vote."""
        read = self.descriptions
        found = ((item, read.node(item, "alg:vote")) for item in read.subjects("alg:state", NamedNode(state)))
        return {vote.value: self._first(item, "alg:choice") for item, vote in found if vote}

    def _first(self, node: NamedNode, curie: str) -> Value:
        return next(iter(self.descriptions.values(node, curie)), Value("not given"))

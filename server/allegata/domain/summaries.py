"""Sums up a claim for who opens its page: who says it, who disputes what of it, the reply, the record, other figures, denials."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from allegata.domain import Assertion, ClaimSides, Stance, Value
from allegata.domain.comparisons import Comparisons, Dispute, Estimate


@dataclass(frozen=True)
class Summary:
    """What readers ask of a claim first; each list in the order of passages or IRIs, empty where nothing is recorded."""

    #: The claim with those who put it forward, by how they do.
    sides: ClaimSides
    #: What speaks against the claim in the documents read through, once for each assertion that does, with the replies.
    disputes: tuple[Dispute, ...]
    #: What those who are disputed say on it.
    replies: tuple[Stance, ...]
    #: Stances on the claim by what stands in the record and in no document read through.
    record: tuple[Stance, ...]
    #: Other numbers of the same measure.
    figures: tuple[Estimate, ...]
    #: Claims that an assertion says in other words.
    same: tuple[Value, ...]

    @property
    def said(self) -> tuple[Assertion, ...]:
        """Return the assertions that affirm the claim."""
        return dict(self.sides.sides).get("affirms", ())

    @property
    def denied(self) -> tuple[Assertion, ...]:
        """Return the assertions that deny the claim."""
        return dict(self.sides.sides).get("denies", ())


def summarise(comparisons: Comparisons, iri: str) -> Summary:
    """Return the summary of a claim."""
    comparison = comparisons.compare(iri)
    sides = comparison.claims[0]
    own = {iri, *(item.iri for _, items in sides.sides for item in items)}
    on_it = [stance for thing in sorted(own) for stance in comparisons.attributions.stances_to(thing)]
    against = (
        stance for stance in on_it if stance.bearing_on_claim == "against" and _stands_in(stance.source, comparisons.read_through)
    )
    disputes = _once(Dispute(stance, comparisons.answers(stance)) for stance in against)
    record = {stance.source.iri: stance for stance in on_it if not _stands_in(stance.source, comparisons.read_through)}
    return Summary(
        sides=sides,
        disputes=disputes,
        replies=tuple({reply.source.iri: reply for dispute in disputes for reply in dispute.answers}.values()),
        record=tuple(record.values()),
        figures=_others(comparisons, iri, [measure for measure, _ in comparison.estimates]),
        same=_same(comparison.others, own, iri),
    )


def _stands_in(assertion: Assertion, read_through: frozenset[str]) -> bool:
    return any(document.iri in read_through for document in assertion.documents)


def _once(disputes: Iterable[Dispute]) -> tuple[Dispute, ...]:
    """Keep one dispute for each assertion that disputes, with the answers to all."""
    found: dict[str, Dispute] = {}
    for dispute in disputes:
        source = dispute.stance.source.iri
        before = found.get(source)
        answers = {item.iri: item for item in (*(before.answers if before else ()), *dispute.answers)}
        found[source] = Dispute(before.stance if before else dispute.stance, tuple(answers.values()))
    return tuple(found.values())


def _others(comparisons: Comparisons, iri: str, measures: Iterable[Value]) -> tuple[Estimate, ...]:
    groups = [group for measure in measures for _, group in comparisons.compare(measure.iri).estimates]
    return tuple(item for group in groups for item in group if item.claim.iri != iri)


def _same(stances: Iterable[Stance], own: set[str], iri: str) -> tuple[Value, ...]:
    """Return the claims at the other end of stances that restate."""
    pairs = [(item.source, item.target_assertion) for item in stances if item.word == "restates" and item.target_assertion]
    ends = (end for first, second in pairs for end, other in ((first, second), (second, first)) if other.iri in own)
    return tuple({end.claim.iri: end.claim for end in ends if end.claim.iri != iri}.values())

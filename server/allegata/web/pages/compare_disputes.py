"""Chooses and arranges disputes for a comparison: filtered, by what is disputed, each document in a column of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from allegata.domain import Assertion, Value
from allegata.domain.attributions import AGAINST
from allegata.domain.comparisons import OTHERS, Dispute
from allegata.errors import BadRequest
from allegata.model.namespaces import slug

#: Parameter → its values, and what it chooses.
FILTERS: Final = {
    "stance": (AGAINST, "kind of stance that disputes"),
    "between": (("documents",), "documents: only disputes from one document to another"),
    "basis": (("explicit",), "explicit: only disputes that a source makes itself"),
}
#: Columns of a page; further documents stand in the last.
_COLUMNS: Final = 3


def chosen_filters(given: Mapping[str, str]) -> dict[str, str]:
    """Return the filters that are given; raise BadRequest for a value that a filter does not have."""
    found = {name: given[name] for name in FILTERS if given.get(name)}
    for name, value in found.items():
        if value not in FILTERS[name][0]:
            raise BadRequest(f"{name}={value[:50]!r} is none of {', '.join(FILTERS[name][0])}.")
    return found


def filtered(disputes: Iterable[Dispute], chosen: Mapping[str, str]) -> tuple[Dispute, ...]:
    """Return the disputes that pass the filters."""
    return tuple(item for item in disputes if _passes(item, chosen))


def _passes(dispute: Dispute, chosen: Mapping[str, str]) -> bool:
    stance = dispute.stance
    if chosen.get("stance", stance.word) != stance.word or chosen.get("basis", slug(stance.basis.iri)) != slug(stance.basis.iri):
        return False
    if "between" not in chosen:
        return True
    ends = [{document.iri for document in end.documents} for end in (stance.source, stance.target_assertion) if end]
    return len(ends) == 2 and all(ends) and ends[0].isdisjoint(ends[1])


@dataclass(frozen=True)
class Contested:
    """What is contested, the disputes about it, and in each column those that stand in its document."""

    target: Value
    assertion: Assertion | None
    disputes: tuple[Dispute, ...]
    column: int
    columns: tuple[tuple[Dispute, ...], ...]


def documents_of(disputes: Iterable[Dispute], read_through: Iterable[str]) -> tuple[Value, ...]:
    """Return the documents that have a column: those that were read through, and the other sources as one where there are any."""
    ends = [end for item in disputes for end in (item.stance.source, item.stance.target_assertion) if end]
    named = {document for end in ends for document in end.documents}
    own = sorted((item for item in named if item.iri in set(read_through)), key=lambda item: item.text)[:_COLUMNS]
    return (*own, OTHERS) if any(not set(end.documents) & set(own) for end in ends) else tuple(own)


def by_target(disputes: Iterable[Dispute], documents: Sequence[Value] = ()) -> list[Contested]:
    """Return disputes by what they are about, each target once with all that bears on it, the most disputed first."""
    groups: dict[str, list[Dispute]] = {}
    for dispute in disputes:
        groups.setdefault(dispute.stance.target.iri, []).append(dispute)
    found = []
    for items in sorted(groups.values(), key=lambda items: (-len(items), items[0].stance.target.text)):
        stance = items[0].stance
        places = [_column(item.stance.source, documents) for item in items]
        columns = tuple(
            tuple(item for item, place in zip(items, places, strict=True) if place == at) for at in range(len(documents))
        )
        target = stance.target_assertion
        found.append(Contested(stance.target, target, tuple(items), _column(target, documents) if target else 0, columns))
    return found


def _column(assertion: Assertion, documents: Sequence[Value]) -> int:
    """Return the column of the document in which an assertion stands, which is the last for any other source."""
    return next((at for at, document in enumerate(documents) if document in assertion.documents), len(documents) - 1)

"""Says how states stand to instruments: party since when, signed only, party no more, or no party where the record is whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from allegata.domain.record import Commitment, Record
from allegata.domain.things import Value
from allegata.model.namespaces import expand

#: The acts by which a state binds itself, and those by which it leaves (scheme `act`).
BINDING: Final = ("definitiveSignature", "ratification", "accession", "succession", "acceptance")
LEAVING: Final = ("denunciation",)
#: Acts that say in what measure a state is bound, or that announce that it will not be.
LIMITING: Final = ("reservation", "declaration", "reservationWithdrawal", "derogation", "withdrawalNotice")

#: A source with acts of so many states towards one instrument is a list of them.
SEVERAL: Final = 3


@dataclass(frozen=True)
class Standing:
    """How one state stands to one instrument, by the acts on record.

    `word` is "party", "left", "signed" or "none"; `act` is the act that makes it so. Of "none" the record has to be whole, and
    `sources` are the lists in which no act of the state stands, and the file that says that the record is whole.
    """

    state: Value
    instrument: Value
    word: str
    act: Commitment | None
    limits: tuple[Commitment, ...]
    sources: tuple[Value, ...]


def standings(record: Record, curie: str, iri: str) -> tuple[Standing, ...]:
    """Return how a state (`alg:state`) stands to instruments, or states to an instrument (`alg:instrument`), by name."""
    acts: dict[tuple[str, str], list[Commitment]] = defaultdict(list)
    for item in record.commitments(curie, iri):
        acts[item.state.iri, item.instrument.iri].append(item)
    found = [_by_acts(items) for items in acts.values()]
    found += [_without(record, *pair) for pair in _whole(record, curie, iri) if pair not in acts]
    return tuple(sorted((item for item in found if item), key=lambda item: (item.instrument.text, item.state.text)))


def _by_acts(acts: list[Commitment]) -> Standing | None:
    """Return where the acts of one state leave it, or nothing where none of them binds, signs or leaves."""
    for word, names in (("left", LEAVING), ("party", BINDING), ("signed", ("signature",))):
        act = next((item for item in acts if item.word in names), None)
        if act:
            limits = tuple(item for item in acts if item.word in LIMITING)
            return Standing(act.state, act.instrument, word, act, limits, act.sources)
    return None


def _whole(record: Record, curie: str, iri: str) -> Iterator[tuple[str, str]]:
    """Yield pairs of state and instrument of which the record has every act."""
    read, node = record.descriptions, NamedNode(iri)
    if curie == "alg:state":
        yield from ((iri, item.value) for item in read.subjects("alg:actsRecordedFor", node))
    else:
        yield from ((item.value, iri) for item in read.nodes(node, "alg:actsRecordedFor"))


def _without(record: Record, state: str, instrument: str) -> Standing:
    read = record.descriptions
    lists = _lists(record.commitments("alg:instrument", instrument))
    state_value, instrument_value = (read.value(NamedNode(iri)) for iri in (state, instrument))
    return Standing(state_value, instrument_value, "none", None, (), (*lists, *_files(record, state, instrument)))


def _lists(acts: Iterable[Commitment]) -> list[Value]:
    """Return the sources in which acts of several states stand: lists, in which an act that there was would stand too."""
    states: dict[Value, set[str]] = defaultdict(set)
    for item in acts:
        for source in item.sources:
            states[source].add(item.state.iri)
    return sorted((source for source, found in states.items() if len(found) >= SEVERAL), key=lambda value: value.text)


def _files(record: Record, state: str, instrument: str) -> Iterator[Value]:
    """Yield the files that say that the record has every act of the state."""
    read = record.descriptions
    for quad in read.stated(NamedNode(instrument)):
        said = (quad.predicate.value, quad.object) == (expand("alg:actsRecordedFor"), NamedNode(state))
        if said and isinstance(quad.graph_name, NamedNode):
            yield read.value(quad.graph_name)

"""Finds what a corpus has already: votes on resolutions by their symbols, and states."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad

from allegata.corpus.ga_votes.roll_calls import Ballot, RollCall
from allegata.corpus.ga_votes.voters import Voters
from allegata.corpus.importers import CorpusFile
from allegata.corpus.library.library import Library
from allegata.corpus.rdf import iri_of
from allegata.corpus.reader import read
from allegata.model.namespaces import expand, slug

#: How many differing positions are named one by one.
_NAMED: Final = 20


@dataclass(frozen=True)
class Known:
    """What a corpus has: resolutions that were voted on by symbol, with the choice of each state, and states by IRI."""

    votes: Mapping[str, Mapping[str, str]]
    states: frozenset[str]
    taken: frozenset[str]

    @classmethod
    def of(cls, root: Path, made: str) -> Known:
        """Read a corpus; what stands in graphs whose names begin with `made` comes from an earlier import and is left out."""
        corpus = read(root)
        library = corpus.graph("library/states")
        found = _Statements(quad for quad in corpus.quads if not iri_of(quad.graph_name).startswith(made))
        countries = found.subjects("rdf:type", expand("schema:Country"))
        by_library = {node for node in countries if node in found.within(library)}
        return cls(_votes(found), frozenset(countries - by_library), frozenset(by_library))

    def compared(
        self, left: Sequence[RollCall], votes: Mapping[str, Sequence[Ballot]], voters: Voters, codes: frozenset[str]
    ) -> list[str]:
        """Return in words which roll calls the corpus has already, and each of its positions that differs from the table."""
        return [
            f"{item.symbol} is left: the corpus has its vote, with {self._agreement(item, votes, voters, codes)}" for item in left
        ]

    def _agreement(self, item: RollCall, votes: Mapping[str, Sequence[Ballot]], voters: Voters, codes: frozenset[str]) -> str:
        states = [(voters.state(item, ballot), ballot.choice) for ballot in votes[item.rcid]]
        table = {state.iri: choice for state, choice in states if not codes or state.code in codes}
        own = self.votes[item.symbol]
        other = [
            f"{slug(iri)}: {own.get(iri, 'no position')}, in the table {choice}"
            for iri, choice in table.items()
            if own.get(iri) != choice
        ]
        if not codes:
            other += [f"{slug(iri)}: {choice}, in the table no vote" for iri, choice in own.items() if iri not in table]
        if not other:
            return f"the same {len(table)} positions."
        more = f" and {len(other) - _NAMED} more" * (len(other) > _NAMED)
        return f"{len(other)} other positions: {'; '.join(sorted(other)[:_NAMED])}{more}."

    def library_files(self, library: Library, used: Iterable[str]) -> Iterator[CorpusFile]:
        """Yield the file of the library with the states that are used and not described, beside those that it holds already."""
        wanted = set(used) - self.states
        if wanted <= self.taken:
            return
        codes = tuple(state.code for state in library.states() if state.iri in wanted | self.taken)
        for item in library.files("states", states=codes):
            yield replace(item, replaces=True)


class _Statements:
    """Statements of a corpus by property and value."""

    def __init__(self, quads: Iterable[Quad]):
        self._found: dict[str, list[Quad]] = defaultdict(list)
        for quad in quads:
            self._found[quad.predicate.value].append(quad)

    def pairs(self, curie: str) -> Iterator[tuple[str, str]]:
        """Yield subject and value of a property."""
        return ((_value(quad.subject), _value(quad.object)) for quad in self._found[expand(curie)])

    def subjects(self, curie: str, value: str) -> set[str]:
        """Return what has a value of a property."""
        return {one for one, other in self.pairs(curie) if other == value}

    def within(self, graph: NamedNode) -> set[str]:
        """Return what has a class in a graph."""
        return {_value(quad.subject) for quad in self._found[expand("rdf:type")] if quad.graph_name == graph}


def _value(term: object) -> str:
    return str(getattr(term, "value", term))


def _votes(found: _Statements) -> dict[str, dict[str, str]]:
    symbols = dict(found.pairs("dct:identifier"))
    instruments = dict(found.pairs("alg:instrument"))
    choices, states = dict(found.pairs("alg:choice")), dict(found.pairs("alg:state"))
    votes: dict[str, dict[str, str]] = {
        symbols[instruments[vote]]: {}
        for vote in found.subjects("rdf:type", expand("alg:Vote"))
        if instruments.get(vote) in symbols
    }
    for position, vote in found.pairs("alg:vote"):
        symbol = symbols.get(instruments.get(vote, ""), "")
        if symbol in votes and position in states and position in choices:
            votes[symbol][states[position]] = slug(choices[position])
    return votes

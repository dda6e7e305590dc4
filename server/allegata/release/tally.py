"""Counts what changed in assertions and stances between two releases: by document, and by kind of change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from allegata.corpus.statements import Statements

#: What is counted, in the order in which it is told; stances of the record are those that no document read through takes.
COUNTED = ("assertions", "stances", "record stances")
#: How something can have changed, in the order in which it is told.
WAYS = ("added", "split", "retyped", "withdrawn")
_TYPES = {"alg:Assertion": ("alg:polarity", "alg:modality", "alg:evidenceKind"), "alg:Stance": ("alg:stance", "alg:basis")}
Span = tuple[int, int]


@dataclass(frozen=True)
class Tally:
    """What changed in one sort of record of one document: how many were added, split, retyped and withdrawn."""

    document: str
    counted: str
    changes: tuple[int, ...]

    def text(self) -> str:
        """Write it for people."""
        told = [
            (number, way) for number, way in zip(self.changes, WAYS, strict=True) if way != "split" or self.counted == COUNTED[0]
        ]
        return f"{self.counted} {', '.join(f'{number:,} {way}' for number, way in told)}"


class _Records:
    """The assertions and stances of a release, each with the document that it belongs to."""

    def __init__(self, statements: Statements, documents: Sequence[str]):
        self.statements = statements
        self.spans = {iri: self._spans(iri) for iri in statements.instances("alg:Assertion")}
        self.homes = {iri: source for iri, (source, _) in self.spans.items() if source in documents}
        self._claims: dict[str, str] = {}
        for iri in sorted(self.homes, key=lambda item: (documents.index(self.homes[item]), item), reverse=True):
            self._claims.update(dict.fromkeys(statements.values(iri, "alg:asserts"), self.homes[iri]))

    def of(self, counted: str) -> dict[str, str]:
        """Return the records of a sort, each with its document: for a stance that of what it is about."""
        if counted == COUNTED[0]:
            return self.homes
        found = {}
        for iri in self.statements.instances("alg:Stance"):
            ends = (self.statements.values(iri, "alg:from"), self.statements.values(iri, "alg:to"))
            (taken,), (target,) = ([*end, ""][:1] for end in ends)
            home = self.homes.get(target) or self._claims.get(target) or self.homes.get(taken)
            if home and (taken in self.homes) == (counted == COUNTED[1]):
                found[iri] = home
        return found

    def types(self, iri: str, curie: str) -> list[list[str]]:
        """Return the values by which a record is typed."""
        return [sorted(self.statements.values(iri, name)) for name in _TYPES[curie]]

    def words(self, iri: str) -> list[str]:
        """Return what an assertion asserts, in words."""
        statements = self.statements
        return [text for claim in statements.values(iri, "alg:asserts") for text in statements.values(claim, "alg:statement")]

    def _spans(self, iri: str) -> tuple[str, list[Span]]:
        source, spans = "", []
        for anchor in self.statements.values(iri, "alg:anchor"):
            source = next(iter(self.statements.values(anchor, "oa:hasSource")), source)
            for selector in self.statements.values(anchor, "oa:hasSelector"):
                starts, ends = (self.statements.values(selector, name) for name in ("oa:start", "oa:end"))
                spans += [(int(start), int(end)) for start, end in zip(starts, ends, strict=True)]
        return source, spans


def tally(before: Statements, after: Statements) -> list[Tally]:
    """Count the changes of each sort of record in each document that was read through, in the order of the documents.

    An assertion is split where it says something else than before, or is gone, and one that was added speaks for the same actors
    within its former passage. It is retyped where polarity, modality or evidence kind differ; a stance, where stance or basis do.
    """
    documents = _documents(after) or _documents(before)
    old, new = _Records(before, documents), _Records(after, documents)
    found: dict[tuple[str, str], Counter[str]] = {(home, word): Counter() for home in documents for word in COUNTED}
    for counted in COUNTED:
        earlier, later = old.of(counted), new.of(counted)
        split = _split(old, new, earlier, later) if counted == COUNTED[0] else set()
        curie = "alg:Assertion" if counted == COUNTED[0] else "alg:Stance"
        retyped = {iri for iri in earlier.keys() & later.keys() if old.types(iri, curie) != new.types(iri, curie)}
        changes = (later.keys() - earlier.keys(), split, retyped, earlier.keys() - later.keys() - split)
        for way, records in zip(WAYS, changes, strict=True):
            for iri in records:
                found[later[iri] if iri in later else earlier[iri], counted][way] += 1
    return [Tally(home, counted, tuple(counts[way] for way in WAYS)) for (home, counted), counts in found.items()]


def sentences(tallies: Iterable[Tally], name: Callable[[str], str]) -> list[str]:
    """Write a sentence for each document, by its name."""
    rows: dict[str, list[str]] = {}
    for item in tallies:
        rows.setdefault(item.document, []).append(item.text())
    return [f"{name(document)}: {'; '.join(texts)}." for document, texts in rows.items()]


def _documents(statements: Statements) -> list[str]:
    """Return the documents that were read through, in the order in which pages list them."""
    placed = {iri: values for iri in statements.subjects if (values := statements.values(iri, "schema:position"))}
    return sorted(placed, key=lambda iri: (int(placed[iri][0]), iri))


def _split(old: _Records, new: _Records, earlier: Mapping[str, str], later: Mapping[str, str]) -> set[str]:
    by_speakers: dict[tuple[str, ...], list[str]] = {}
    for iri in later.keys() - earlier.keys():
        by_speakers.setdefault(_speakers(new, iri), []).append(iri)
    return {
        iri
        for iri in earlier
        if (iri not in later or old.words(iri) != new.words(iri))
        and any(_within(new.spans[part], old.spans[iri]) for part in by_speakers.get(_speakers(old, iri), ()))
    }


def _speakers(records: _Records, iri: str) -> tuple[str, ...]:
    return (records.homes[iri], *sorted(records.statements.values(iri, "alg:assertedBy")))


def _within(part: tuple[str, list[Span]], whole: tuple[str, list[Span]]) -> bool:
    if not part[1] or not whole[1]:
        return False
    first, last = min(start for start, _ in whole[1]), max(end for _, end in whole[1])
    return all(first <= start and end <= last for start, end in part[1])

"""Compares two releases by what changed in claims, assertions and stances, and not in lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, RdfFormat, parse

from allegata.corpus.statements import Statements, Term
from allegata.model.kinds import Use, serving
from allegata.model.namespaces import expand, shorten

#: Class → word for people, in the order in which they are told.
KINDS = {kind.curie: kind.plural for kind in serving(Use.DIFF)}
_WORDS = {expand(curie) for curie in ("alg:statement", "alg:phrase", "alg:rationale", "rdfs:label", "rdfs:comment")}
_TIMES = {
    expand(curie) for curie in ("dct:date", "dct:temporal", "dcat:startDate", "dcat:endDate", "alg:dateDistance", "dct:issued")
}
_MADE = ("/graph/inferred> .", "/graph/meta> .")
#: How a thing can have changed, in the order in which it is told.
WAYS = ("reworded", "re-dated", "changed otherwise")
Fact = tuple[str, str, str]


@dataclass(frozen=True)
class Change:
    """A thing that both releases describe, differently: how (reworded, re-dated, changed), and the facts that went and came."""

    iri: str
    ways: tuple[str, ...]
    gone: tuple[Fact, ...]
    come: tuple[Fact, ...]


@dataclass(frozen=True)
class Difference:
    """What changed in one kind of thing."""

    kind: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def ways(self) -> dict[str, int]:
        """Count the changes by their ways, in the order in which ways are told."""
        found = [way for change in self.changes for way in change.ways]
        return {way: found.count(way) for way in WAYS if way in found}

    def json(self) -> dict[str, object]:
        """Return it for programs."""
        changes = [{"iri": c.iri, "ways": list(c.ways), "gone": list(c.gone), "come": list(c.come)} for c in self.changes]
        return {"added": list(self.added), "removed": list(self.removed), "changed": changes}

    def text(self) -> str:
        """Write it for people."""
        ways = "".join(f", {number} {way}" for way, number in self.ways.items())
        lines = [f"{self.kind}: {len(self.added)} added, {len(self.removed)} removed{ways}"]
        lines += [f"  + {iri}" for iri in self.added] + [f"  - {iri}" for iri in self.removed]
        for change in self.changes:
            lines.append(f"  ~ {change.iri} ({', '.join(change.ways)})")
            lines += [f"      - {_shown(fact)}" for fact in change.gone] + [f"      + {_shown(fact)}" for fact in change.come]
        return "\n".join(lines)


def diff(before: Sequence[str], after: Sequence[str]) -> list[Difference]:
    """Compare the masters of two releases, kind by kind."""
    return [_difference(word, *both) for word, *both in zip(KINDS.values(), _facts(before), _facts(after), strict=True)]


def stated(lines: Sequence[str]) -> Statements:
    """Return what the files of a release state: its master without what was inferred and described."""
    return Statements(parse("\n".join(line for line in lines if not line.endswith(_MADE)), RdfFormat.N_QUADS))


def as_json(differences: Iterable[Difference]) -> dict[str, object]:
    """Return differences for programs, kind by kind."""
    return {item.kind: item.json() for item in differences}


def _facts(lines: Sequence[str]) -> list[dict[str, set[Fact]]]:
    """Return by kind the things of a release with what its files state of them and of their parts.

    A fact belongs to the thing that it is about: the subject, or the thing whose part the subject is.
    """
    statements = stated(lines)
    wholes: dict[str, set[Fact]] = {iri: set() for iri in statements.instances(*KINDS)}
    for subject in statements.subjects:
        whole = subject
        while whole not in wholes and "/" in whole:
            whole = whole.rpartition("/")[0]
        if whole in wholes:
            part = subject.removeprefix(whole)
            wholes[whole].update((part, predicate, _value(term)) for predicate, term in statements.about(subject))
    return [{iri: wholes[iri] for iri in statements.instances(curie)} for curie in KINDS]


def _value(term: Term) -> str:
    if isinstance(term, Literal):
        return f'"{term.value}"' + (f"@{term.language}" if term.language else "")
    return term.value


def _difference(kind: str, old: Mapping[str, set[Fact]], new: Mapping[str, set[Fact]]) -> Difference:
    changes = [
        _change(iri, old[iri] - new[iri], new[iri] - old[iri]) for iri in sorted(old.keys() & new.keys()) if old[iri] != new[iri]
    ]
    return Difference(kind, tuple(sorted(new.keys() - old.keys())), tuple(sorted(old.keys() - new.keys())), tuple(changes))


def _change(iri: str, gone: Iterable[Fact], come: Iterable[Fact]) -> Change:
    """Name the ways of a change by the properties that differ."""
    differing = {predicate for _, predicate, _ in (*gone, *come)}
    parts = (differing & _WORDS, differing & _TIMES, differing - _WORDS - _TIMES)
    ways = [word for word, found in zip(WAYS, parts, strict=True) if found]
    return Change(iri, tuple(ways), tuple(sorted(gone)), tuple(sorted(come)))


def _shown(fact: Fact) -> str:
    """Write a fact for people: the part of the thing that it is about, the property, the value."""
    part, predicate, value = fact
    return f"{part + ' ' if part else ''}{shorten(predicate)} {value}"

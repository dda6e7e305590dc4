"""Reads which statements a rule of inference looks at, by the patterns of its query, so that it is applied where one is new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import Any, Final, TypeAlias

from rdflib import OWL, RDF, RDFS
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import BNode, Node, URIRef, Variable

#: What there is to tell of a statement: its property and, where that is rdf:type, its class; as N-Triples has them.
Sign: TypeAlias = tuple[bytes, bytes]
TYPE: Final = f"<{RDF.type}>".encode()
#: How the properties begin by which schemas say what follows, and their classes of properties.
_SCHEMA: Final = tuple(f"<{name}".encode() for name in (OWL, RDFS.domain, RDFS.range, RDFS.subClassOf, RDFS.subPropertyOf))
_Triple: TypeAlias = tuple[Node, "Node | Path", Node]


@dataclass(frozen=True)
class Pattern:
    """Which statements match a pattern: those with one of some properties, all where none are given; of a class where one is."""

    properties: frozenset[bytes] = frozenset()
    kind: bytes = b""

    def matches(self, sign: Sign) -> bool:
        """Return whether a statement may match, by its sign."""
        if self.properties and sign[0] not in self.properties:
            return False
        return not self.kind or sign[1] == self.kind

    @property
    def is_of_schema(self) -> bool:
        """Return whether what matches are statements of a schema alone, of which there are few."""
        told = {self.kind} if self.properties == {TYPE} else self.properties
        return bool(told) and all(name.startswith(_SCHEMA) for name in told)


@dataclass(frozen=True)
class Reading:
    """What a rule looks at, and makes. Of one statement at a time, `is_linear`: all patterns but one are of the schema."""

    patterns: frozenset[Pattern]
    made: frozenset[Pattern]
    is_linear: bool = False

    def looks_at(self, signs: Iterable[Sign]) -> bool:
        """Return whether any statement matters to the rule, by the signs of them."""
        return any(pattern.matches(sign) for sign in signs for pattern in self.patterns)

    @property
    def schema(self) -> frozenset[Pattern]:
        """Return the patterns of the schema."""
        return frozenset(pattern for pattern in self.patterns if pattern.is_of_schema)


_ANYTHING: Final = Reading(frozenset({Pattern()}), frozenset({Pattern()}))


@lru_cache(maxsize=256)
def reading(query: str) -> Reading:
    """Return what a rule looks at; what cannot be read may look at anything."""
    try:
        algebra = translateQuery(parseQuery(query)).algebra
    except Exception:  # noqa: BLE001 - the parser raises what it likes; whoever applies the rule says what is wrong with it
        return _ANYTHING
    groups = list(_groups(algebra))
    patterns = [_pattern(triple, group) for group in groups for triple in group]
    if not patterns or algebra.name != "ConstructQuery":
        return _ANYTHING
    made = frozenset(_pattern(triple, ()) for triple in algebra.template)
    free = [pattern for pattern in patterns if not pattern.is_of_schema]
    return Reading(frozenset(patterns), made, len(free) == 1 and len(groups) == 1 and _is_plain(algebra))


def chooser(patterns: Iterable[Pattern]) -> Callable[[bytes], bool]:
    """Return what says of a statement, given as a line of N-Triples, whether it may match any of some patterns."""
    wanted = frozenset(patterns)

    @cache
    def matches(found: Sign) -> bool:
        return any(pattern.matches(found) for pattern in wanted)

    return lambda line: matches(sign(line))


def sign(line: bytes) -> Sign:
    """Return what there is to tell of a statement, given as a line of N-Triples."""
    _, name, value = line.split(b" ", 2)
    return name, value[:-3] if name == TYPE else b""


def _is_plain(algebra: CompValue) -> bool:
    """Return whether a query makes statements, of terms that are there, from one group of patterns, filtered."""
    if any(isinstance(term, BNode) for triple in algebra.template for term in triple):
        return False
    part = algebra.p
    while part.name in ("Project", "Filter"):
        part = part.p
    return bool(part.name == "BGP")


def _groups(part: Any) -> Iterator[Sequence[_Triple]]:
    """Yield the groups of patterns in a query, wherever they stand."""
    if isinstance(part, CompValue):
        if part.name == "BGP":
            yield part.triples
        elif part.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):  # the algebra leaves what is in there as it is written
            yield [(Variable("s"), Variable("p"), Variable("o"))]
        elif part.name != "ConstructQuery":
            yield from chain.from_iterable(map(_groups, part.values()))
        else:
            yield from _groups(part.p)
    elif isinstance(part, list | tuple):
        yield from chain.from_iterable(map(_groups, part))


def _pattern(triple: _Triple, group: Sequence[_Triple]) -> Pattern:
    subject, path, value = triple
    if isinstance(path, Variable) or (_may_be_empty(path) and not _is_held({subject, value}, triple, group)):
        return Pattern()
    names = frozenset(f"<{name}>".encode() for name in _names(path))
    return Pattern(names, f"<{value}>".encode() if path == RDF.type and isinstance(value, URIRef) else b"")


def _is_held(ends: set[Node], triple: _Triple, group: Sequence[_Triple]) -> bool:
    """Return whether another pattern says what a path begins or ends with, which may else be anything that there is."""
    others = {end for other in group if other is not triple and not _may_be_empty(other[1]) for end in (other[0], other[2])}
    return any(not isinstance(end, Variable | BNode) or end in others for end in ends)


def _names(path: Any) -> set[str]:
    """Return the properties of a path; none where it leads along others than those that it names."""
    if isinstance(path, URIRef):
        return {str(path)}
    if isinstance(path, SequencePath | AlternativePath):
        parts = [_names(part) for part in path.args]
        return set().union(*parts) if all(parts) else set()
    if isinstance(path, InvPath):
        return _names(path.arg)
    return _names(path.path) if isinstance(path, MulPath) else set()


def _may_be_empty(path: Any) -> bool:
    """Return whether a path may lead from a node to itself without any statement."""
    if isinstance(path, MulPath):
        return path.zero or _may_be_empty(path.path)
    if isinstance(path, AlternativePath):
        return any(map(_may_be_empty, path.args))
    if isinstance(path, InvPath):
        return _may_be_empty(path.arg)
    return isinstance(path, SequencePath) and all(map(_may_be_empty, path.args))

"""Reads rules of inference backwards: from what one entails to the query for why, and from its solution to the premises."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import pyoxigraph as ox
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.term import Literal, URIRef, Variable

from allegata.corpus.rdf import oxigraph_term
from allegata.corpus.turtle_tokens import tokens
from allegata.model.namespaces import sparql_prologue

Term: TypeAlias = "ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple"
Bindings: TypeAlias = "Mapping[str, Term]"
#: Gives the statements with a subject, a property, an object; None is any.
Find: TypeAlias = Callable[[Any, Any, Any], Iterable[ox.Triple]]
_Found: TypeAlias = "tuple[dict[str, Term], list[ox.Triple]]"
#: Parts of a query with one part inside, which holds what they stand on.
_AROUND = ("Filter", "Extend", "Distinct", "Reduced", "Project", "OrderBy", "Slice", "Group", "AggregateJoin")


@dataclass(frozen=True)
class RuleText:
    """A rule by its name and its text, a CONSTRUCT query without prefixes."""

    name: str
    text: str

    @property
    def says(self) -> str:
        """Return what it says in words: the comments that it begins with."""
        lines = [line.strip() for line in self.text.splitlines()]
        first = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
        return " ".join(line.lstrip("# ") for line in lines[:first])

    @cached_property
    def _algebra(self) -> Any:
        return translateQuery(parseQuery(sparql_prologue() + self.text)).algebra

    def matches(self, statement: ox.Triple) -> Iterator[dict[str, Term]]:
        """Yield for each way in which the rule can entail a statement what its variables are then."""
        for pattern in self._algebra.template:
            bound: dict[str, Term] = {}
            for node, term in zip(pattern, statement, strict=True):
                if isinstance(node, Variable):
                    if bound.setdefault(str(node), term) != term:
                        break
                elif oxigraph_term(node) != term:
                    break
            else:
                yield bound

    def query(self, bound: Bindings, limit: int) -> str:
        """Return the query for why: the rule's own conditions with variables that are bound."""
        words = list(tokens(self.text))
        head = next(token.start for token in words if token.text.upper() == "CONSTRUCT")
        where = next(number for number, token in enumerate(words) if token.text.upper() == "WHERE")
        begin, end = words[where + 1].end, words[-1].start
        computed = {str(part.var) for part in _parts(self._algebra.p) if part.name == "Extend"}
        given = [name for name in bound if name not in computed]
        values = f"VALUES ({' '.join(f'?{name}' for name in given)}) {{ ({' '.join(str(bound[name]) for name in given)}) }}"
        filters = " ".join(f"FILTER(?{name} = {term})" for name, term in bound.items() if name in computed)
        body = f"{values if given else ''} {self.text[begin:end]} {filters}"
        return f"{sparql_prologue()}{self.text[:head]}SELECT * WHERE {{ {body} }} LIMIT {limit}"

    def premises(self, solution: Bindings, find: Find) -> list[ox.Triple]:
        """Return the statements on which the rule stands in a solution of that query."""
        found = _Collector(find).collect(self._algebra.p, dict(solution))
        return sorted(set(found[1]), key=str) if found else []


def _parts(part: Any) -> Iterator[Any]:
    """Yield the parts of a query that share its variables."""
    yield part
    for name in ("p", "p1", "p2"):
        inner = part.get(name)
        if getattr(inner, "name", "") and not (part.name == "ToMultiSet" or (part.name == "Minus" and name == "p2")):
            yield from _parts(inner)


class _Collector:
    """Finds what the parts of a query stand on, where the variables have the values of a solution."""

    def __init__(self, find: Find):
        self._find = find

    def collect(self, part: Any, bound: dict[str, Term]) -> _Found | None:
        """Return the statements on which a part stands, with the variables that they bind; None where it does not hold."""
        if part.name in _AROUND:
            return self.collect(part.p, bound)
        if part.name == "Minus":
            return self.collect(part.p1, bound)
        makes = {
            "BGP": self._basic,
            "Join": self._join,
            "LeftJoin": self._optional,
            "Union": self._either,
            "ToMultiSet": self._inner,
        }
        return makes[part.name](part, bound)

    def _basic(self, part: Any, bound: dict[str, Term]) -> _Found | None:
        return next(self._matched(list(part.triples), bound), None)

    def _join(self, part: Any, bound: dict[str, Term]) -> _Found | None:
        one = self.collect(part.p1, bound)
        other = self.collect(part.p2, one[0]) if one else None
        return (other[0], [*one[1], *other[1]]) if one and other else None

    def _optional(self, part: Any, bound: dict[str, Term]) -> _Found | None:
        one = self.collect(part.p1, bound)
        own = {str(name) for name in part.p2["_vars"]} - {str(name) for name in part.p1["_vars"]}
        other = self.collect(part.p2, one[0]) if one and own & bound.keys() else None
        return (other[0], [*one[1], *other[1]]) if one and other else one

    def _either(self, part: Any, bound: dict[str, Term]) -> _Found | None:
        return self.collect(part.p1, bound) or self.collect(part.p2, bound)

    def _inner(self, part: Any, bound: dict[str, Term]) -> _Found | None:
        """Go into a query inside, whose variables are its own but for those that it gives."""
        if part.p.name == "values":
            return bound, []
        project = next(inner for inner in _parts(part.p) if inner.name == "Project")
        given = {str(name): bound[str(name)] for name in project.PV if str(name) in bound}
        found = self.collect(project.p, given)
        return bound, found[1] if found else []

    def _matched(self, patterns: list[Any], bound: dict[str, Term]) -> Iterator[_Found]:
        """Yield the ways in which patterns hold, those first of which most is known."""
        if not patterns:
            yield bound, []
            return
        pattern = max(patterns, key=lambda item: sum(self._known(node, bound) is not None for node in (item[0], item[2])))
        rest = [item for item in patterns if item is not pattern]
        for more, premises in self._held(pattern, bound):
            for whole, further in self._matched(rest, {**bound, **more}):
                yield whole, [*premises, *further]

    def _held(self, pattern: Any, bound: dict[str, Term]) -> Iterator[tuple[dict[str, Term], list[ox.Triple]]]:
        """Yield what one pattern binds, and the statements by which it holds."""
        subject, path, object_ = pattern
        known = [self._known(node, bound) for node in pattern]
        if isinstance(path, (URIRef, Variable)):
            for triple in self._find(*known):
                yield {str(n): t for n, t in zip(pattern, triple, strict=True) if isinstance(n, Variable)}, [triple]
            return
        forward = known[0] is not None
        start, end, other = (known[0], known[2], object_) if forward else (known[2], known[0], subject)
        for reached, premises in self._walk(path, start, forward):
            if end is None or reached == end:
                yield {str(other): reached} if isinstance(other, Variable) else {}, premises

    def _known(self, node: Any, bound: dict[str, Term]) -> Term | None:
        if isinstance(node, Variable):
            return bound.get(str(node))
        return oxigraph_term(node) if isinstance(node, (URIRef, Literal)) else None

    def _walk(self, path: Any, node: Any, forward: bool) -> Iterator[tuple[Any, list[ox.Triple]]]:
        """Yield where a property path leads from a node, and by which statements."""
        if isinstance(path, URIRef):
            given = (node, oxigraph_term(path), None) if forward else (None, oxigraph_term(path), node)
            yield from ((triple.object if forward else triple.subject, [triple]) for triple in self._find(*given))
        elif isinstance(path, InvPath):
            yield from self._walk(path.arg, node, not forward)
        elif isinstance(path, AlternativePath):
            for arg in path.args:
                yield from self._walk(arg, node, forward)
        elif isinstance(path, SequencePath):
            yield from self._along(path.args if forward else path.args[::-1], node, forward)
        elif isinstance(path, MulPath):
            yield from self._repeated(path, node, forward)

    def _along(self, steps: list[Any], node: Any, forward: bool) -> Iterator[tuple[Any, list[ox.Triple]]]:
        if not steps:
            yield node, []
            return
        for reached, premises in self._walk(steps[0], node, forward):
            for end, further in self._along(steps[1:], reached, forward):
                yield end, [*premises, *further]

    def _repeated(self, path: MulPath, node: Any, forward: bool) -> Iterator[tuple[Any, list[ox.Triple]]]:
        if path.mod in ("*", "?"):
            yield node, []
        seen, front = {node}, [(node, list[ox.Triple]())]
        while front:
            steps = [(end, [*way, *more]) for start, way in front for end, more in self._walk(path.path, start, forward)]
            front = [(end, way) for end, way in steps if end not in seen or (path.mod == "+" and end == node)]
            seen |= {end for end, _ in front}
            yield from front
            if path.mod == "?":
                return

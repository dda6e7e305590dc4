"""Says why an inferred statement holds: by which rule, from which statements, and so on down to the files that state them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, RdfFormat, Triple, parse

from allegata.corpus.reader import graph_files
from allegata.corpus.rule_premises import Bindings, RuleText
from allegata.corpus.text_files import read_text
from allegata.corpus.turtle_edits import TurtleText
from allegata.domain.things import Descriptions
from allegata.errors import NotFound, UsageError
from allegata.model.namespaces import PREFIXES, expand, sparql_prologue
from allegata.release.handle import INFERENCE, Release
from allegata.release.statement_store import StatementStore

#: Answers a query for why; in a service it is answered by a worker, within its limits.
Ask = Callable[[str], Iterable[Mapping[str, Any]]]
#: How many ways of one rule are looked at before another rule is.
_WAYS: Final = 50


@dataclass(frozen=True)
class Place:
    """Where a statement is made: in which graph, and where the corpus is at hand in which file, at which line."""

    graph: str
    file: str = ""
    line: int | None = None


@dataclass(frozen=True)
class Explanation:
    """A statement with the places that make it; or, where it is inferred, with the rule, its words, and what it follows from."""

    statement: Triple
    places: tuple[Place, ...] = ()
    rule: str = ""
    says: str = ""
    premises: tuple[Explanation, ...] = ()

    def as_dictionary(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        said: dict[str, Any] = {"statement": str(self.statement)}
        if self.rule:
            return {**said, "rule": self.rule, "says": self.says, "premises": [item.as_dictionary() for item in self.premises]}
        return {**said, "places": [{"graph": item.graph, "file": item.file, "line": item.line} for item in self.places]}

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Yield it for people, what it follows from further in."""
        yield f"{'  ' * depth}{self.statement}"
        if self.rule:
            yield f"{'  ' * depth}  by {self.rule}: {self.says}"
        for place in self.places:
            where = f"{place.file}:{place.line}" if place.line else place.file or f"<{place.graph}>"
            yield f"{'  ' * depth}  stated in {where}"
        for premise in self.premises:
            yield from premise.lines(depth + 1)


def statement_of(words: tuple[str, str, str], descriptions: Descriptions) -> Triple:
    """Read a statement: each term an IRI, a prefixed name or a path below the base; the object may be a literal as in Turtle."""
    subject, predicate, object_ = (_term(word, descriptions) for word in words)
    if isinstance(subject, Literal) or isinstance(predicate, Literal):
        raise UsageError("A literal is the object of a statement alone.", remedy="Give IRIs as subject and property.")
    return Triple(subject, predicate, object_)


def _term(word: str, descriptions: Descriptions) -> NamedNode | Literal:
    prefix, colon, _ = word.partition(":")
    try:
        if word.startswith(('"', "'")):
            (quad,) = parse(f"{sparql_prologue()}<urn:s> <urn:p> {word} .", RdfFormat.TURTLE)
            assert isinstance(quad.object, Literal)
            return quad.object
        if colon and prefix in PREFIXES:
            return NamedNode(expand(word))
        is_iri = "://" in word or word.startswith("urn:")
        return NamedNode(expand("rdf:type") if word == "a" else word if is_iri else descriptions.iri_at(word.lstrip("/")))
    except (SyntaxError, ValueError):
        raise UsageError(f"{word[:200]!r} is no term.", remedy="Write an IRI, a prefixed name, a path, or a literal.") from None


def inferred_values(release: Release, store: StatementStore, about: Triple) -> list[Triple]:
    """Return what is inferred of the subject with the property of a statement."""
    found = store.quads_for_pattern(about.subject, about.predicate, None, inferred_graph(release))
    return sorted((quad.triple for quad in found), key=str)


def inferred_graph(release: Release) -> NamedNode:
    """Name the graph of what is inferred."""
    return NamedNode(f"{release.manifest.base}graph/inferred")


@lru_cache(4)
def _rules(release: Release) -> tuple[RuleText, ...]:
    """Read the rules of a release, once; it does not change."""
    names = sorted(name for name in release.files if name.startswith(f"{INFERENCE}/") and name.endswith(".rq"))
    texts = ((name.removeprefix(f"{INFERENCE}/")[:-3], release.read_checked(name).decode("utf-8")) for name in names)
    return tuple(RuleText(name, text) for name, text in texts)


class Explanations:
    """Explains statements of a release, by the rules that it was inferred with."""

    def __init__(self, release: Release, store: StatementStore, ask: Ask, root: Path | None = None):
        """Take the release and its open store, what answers queries, and the folder of the corpus where it is at hand."""
        self.rules = _rules(release)
        self._inferred = inferred_graph(release)
        self._store, self._ask = store, ask
        self._places = _Places(release.manifest.base, root)
        self._known: dict[Triple, Explanation] = {}

    def explain(self, statement: Triple) -> Explanation:
        """Say why a statement holds; raise NotFound where the release does not hold it, or its rules do not lead to it."""
        if not any(self._store.quads_for_pattern(statement.subject, statement.predicate, statement.object, None)):
            raise NotFound(f"This release does not say {statement}.", remedy="Ask for a statement of it, term by term.")
        found = self._explained(statement, frozenset())
        if found is None:
            raise NotFound(f"No rule of this release leads to {statement}.", remedy="Build it with rules among its files.")
        return found

    def _explained(self, statement: Triple, above: frozenset[Triple]) -> Explanation | None:
        """Explain a statement by others than those that it is to explain itself."""
        if statement in self._known:
            return self._known[statement]
        graphs = self._graphs(statement)
        if graphs:
            found: Explanation | None = Explanation(statement, tuple(self._places.of(graph.value, statement) for graph in graphs))
        else:
            found = next(self._inferences(statement, above | {statement}), None)
        if found:
            self._known[statement] = found
        return found

    def _inferences(self, statement: Triple, above: frozenset[Triple]) -> Iterator[Explanation]:
        for rule in self.rules:
            for bound in rule.matches(statement):
                for premises in self._ways(rule, bound):
                    if above.isdisjoint(premises):
                        explained = [item for item in (self._explained(premise, above) for premise in premises) if item]
                        if premises and len(explained) == len(premises):
                            yield Explanation(statement, (), rule.name, rule.says, tuple(explained))

    def _ways(self, rule: RuleText, bound: Bindings) -> Sequence[list[Triple]]:
        """Return what a rule may have inferred a statement from, first what is stated."""
        rows = ({name: term for name, term in row.items() if term is not None} for row in self._ask(rule.query(bound, _WAYS)))
        ways = [rule.premises({**row, **bound}, self._find) for row in rows]
        return sorted(ways, key=lambda way: sum(not self._graphs(premise) for premise in way))

    def _find(self, subject: Any, predicate: Any, object_: Any) -> Iterator[Triple]:
        if not isinstance(subject, Literal):
            yield from (quad.triple for quad in self._store.quads_for_pattern(subject, predicate, object_, DefaultGraph()))

    def _graphs(self, statement: Triple) -> list[NamedNode]:
        """Return the graphs that state something, without the one of what is inferred."""
        found = (
            quad.graph_name
            for quad in self._store.quads_for_pattern(statement.subject, statement.predicate, statement.object, None)
        )
        return sorted((name for name in found if isinstance(name, NamedNode) and name != self._inferred), key=str)


class _Places:
    """Finds files and lines of the corpus by graphs and statements."""

    def __init__(self, base: str, root: Path | None):
        self._root = root
        self._files = {graph.value: path for path, graph in graph_files(root, base)} if root else {}
        self._lines: dict[str, dict[tuple[str, str, str], int]] = {}

    def of(self, graph: str, statement: Triple) -> Place:
        """Return where a statement of a graph stands."""
        path = self._files.get(graph)
        if path is None or self._root is None:
            return Place(graph)
        if graph not in self._lines:
            self._lines[graph] = dict(_lines(read_text(path)))
        key = (statement.subject.value, statement.predicate.value, getattr(statement.object, "value", ""))  # type: ignore[union-attr]
        return Place(graph, path.relative_to(self._root).as_posix(), self._lines[graph].get(key))


def _lines(text: str) -> Iterator[tuple[tuple[str, str, str], int]]:
    """Yield each statement of a Turtle file by its terms, with its line."""
    file = TurtleText(text)
    for said in file.statements():
        for clause in said.clauses:
            for part in clause.objects:
                value = part.iri or text[part.start : part.end].split("^^")[0].split("@")[0].strip("\"'")
                yield (said.subject, clause.predicate, value), text.count("\n", 0, part.start) + 1

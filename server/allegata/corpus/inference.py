"""Infers what follows from the ontology: OWL 2 RL rules as SPARQL, run to a fixpoint; owlrl is the reference (reference.py).

Rules that look at one statement beside the schema are applied to some statements at once, in memory, and again to what is new
alone. The others are asked of a store of all, and again where something is new that they look at.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryTriples, RdfFormat, Store, parse

from allegata.corpus.quad_file import CHUNK, written
from allegata.corpus.rdf import query_error, read_rule
from allegata.corpus.rule_reading import Pattern, Reading, Sign, chooser, reading, sign
from allegata.corpus.sorted_lines import LineSorter
from allegata.corpus.text_files import list_files
from allegata.corpus.union import Union, UnionPart
from allegata.errors import CorpusError, ReleaseError
from allegata.model.namespaces import expand, sparql_prologue

_TYPE: Final = NamedNode(expand("rdf:type"))
#: Reads which classes are disjoint.
_DISJOINT: Final = """SELECT DISTINCT ?a ?b WHERE {
  { ?a owl:disjointWith ?b } UNION { ?b owl:disjointWith ?a }
  UNION { ?kinds owl:members ?list . ?list rdf:rest*/rdf:first ?a , ?b . FILTER(?a != ?b) }
}"""
MAX_ROUNDS = 50
#: To how many statements rules are applied at once that look at one of them.
_AT_ONCE: Final = 100_000
#: Bytes of statements of which all rules are asked again in less time than it takes to read what each of them looks at.
_LITTLE: Final = 64 << 20
#: What asks for absence or counts, once texts, IRIs, variables, names and comments are out of the way.
_ABSENCE: Final = re.compile(
    r"\b(OPTIONAL|MINUS|NOT|EXISTS|GROUP|HAVING|SELECT|COUNT|MIN|MAX|SUM|AVG|SAMPLE|GROUP_CONCAT)\b", re.IGNORECASE
)
_WITHOUT: Final = re.compile(r"""<[^<>"{}|^`\\\s]*>|"[^"\n]*"|'[^'\n]*'|#[^\n]*|[?$]\w+|\w*:[\w.-]*""")
#: How a rule that compares pairs says how many things it compares by one value of a property.
_CAP: Final = re.compile(r"^# At most ([\d,]+) things of one (\w+:\w+) are compared\.$", re.MULTILINE)


def infer(quads: Iterable[Quad], rules: Path, graph: NamedNode, *more: Path) -> list[Quad]:
    """Return the statements that follow by the rules of folders and are not asserted anywhere, in one graph, sorted.

    Each rule is a CONSTRUCT query in a file of its own, named as in OWL 2 Profiles, section 4.3, where it comes from there.
    Folders are strata: the rules of one see all that those before entail, so they may ask for what is absent.
    Raises CorpusError for a rule that does not parse or is over its cap, ReleaseError where the rules do not come to rest.
    """
    with tempfile.TemporaryDirectory(prefix="allegata-") as name:
        folder = Path(name)
        sorter = LineSorter(folder)
        for lines in written(quad.triple for quad in quads):
            sorter.add(lines)
        (folder / "stated.nt").write_bytes(b"".join(sorter.lines()))
        union = Union(folder / "stated.nt", folder)
        infer_into(union, rules, *more)
        found = parse(b"".join(union.lines(since=1)), RdfFormat.N_TRIPLES)
        return sorted((Quad(t.subject, t.predicate, t.object, graph) for t in found), key=str)


def union_store(quads: Iterable[Quad]) -> Store:
    """Return a store in memory that holds the set union of all graphs."""
    store = Store()
    store.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    return store


def infer_all(quads: Iterable[Quad], rules: Path, graph: NamedNode) -> list[Quad]:
    """Return what follows by OWL 2 RL, then by the domain rules of a corpus, then by OWL 2 RL from what those add."""
    return infer(quads, *strata(rules)[:1], graph, *strata(rules)[1:])


def strata(rules: Path) -> tuple[Path, Path, Path]:
    """Return the folders of rules of a corpus in the order in which they are applied."""
    return rules, rules / "domain", rules


def infer_into(union: Union, *folders: Path) -> None:
    """Add to a union what follows by the rules of folders, one stratum after the other."""
    at_rest: dict[Path, int] = {}
    for folder in folders:
        stratum = _Stratum(folder, [_Rule(path, read_rule(path)) for path in list_files(folder, ".rq")], union)
        stratum.close(at_rest.get(folder, 0))
        at_rest[folder] = union.parts


@dataclass(frozen=True)
class _Rule:
    """A rule, by its file and its text."""

    path: Path
    text: str

    def is_monotone(self) -> bool:
        """Return whether more statements never let less follow: nothing in the rule asks for absence, or counts."""
        return not _ABSENCE.search(_WITHOUT.sub(" ", self.text))

    @cached_property
    def reading(self) -> Reading:
        """Return what it looks at."""
        return reading(self.text)

    def apply(self, store: Store) -> QueryTriples:
        """Return what follows, whether it is there or not."""
        try:
            result = store.query(self.text)
        except SyntaxError as error:
            raise query_error(self.path, self.text, error) from None
        if not isinstance(result, QueryTriples):
            raise CorpusError(f"{self.path}: a rule is a CONSTRUCT query.")
        return result

    @property
    def is_capped(self) -> bool:
        """Return whether it says how many things it compares."""
        return bool(_CAP.search(self.text))

    def check_cap(self, store: Store) -> None:
        """Raise CorpusError where a rule that compares pairs would compare more things of one key than it says."""
        for limit, key in _CAP.findall(self.text):
            most = int(limit.replace(",", ""))
            counted = f"SELECT ?key (COUNT(*) AS ?n) WHERE {{ ?thing {key} ?key }} GROUP BY ?key HAVING (COUNT(*) > {most})"
            for row in store.query(f"{sparql_prologue()}{counted} ORDER BY ?key"):  # type: ignore[union-attr]
                raise CorpusError(
                    f"{self.path} compares at most {most:,} things of one {key}; {row['key']} has {row['n'].value}.",
                    remedy="Part what is compared by a narrower value, or raise the cap that the rule states.",
                )


class _Stratum:
    """The rules of a folder, and the union to which what follows by them is added."""

    def __init__(self, folder: Path, rules: Sequence[_Rule], union: Union):
        self.folder, self.rules, self.union = folder, rules, union

    def close(self, since: int) -> None:
        """Add what follows, until nothing is new; of what was there before a part, everything has been added already."""
        rounds = self._monotone_rounds(since) if all(rule.is_monotone() for rule in self.rules) else self._rounds()
        for number, _ in enumerate(rounds, start=1):
            if number == MAX_ROUNDS:
                raise ReleaseError(f"The rules in {self.folder} do not come to rest after {MAX_ROUNDS} rounds.")

    def _rounds(self) -> Iterator[None]:
        """Apply the rules side by side: all, and again those that look at something that is new."""
        rules, asked = self.rules, self._asked()
        self._check_caps(asked.store)
        while self.union.add(self._entailed(rules, asked.store), asked.store):
            if isinstance(asked, UnionPart):
                signs = self._signs(self.union.parts - 1)
                rules = [rule for rule in self.rules if rule.reading.looks_at(signs)]
            yield

    def _asked(self) -> Union | UnionPart:
        """Return what has all that the rules look at or make: the union itself where it is small, or that is all of it."""
        if self.union.size <= _LITTLE:
            return self.union
        patterns = {pattern for rule in self.rules for pattern in rule.reading.patterns | rule.reading.made}
        return self.union if Pattern() in patterns else UnionPart(self.union, chooser(patterns))

    def _check_caps(self, store: Store) -> None:
        for rule in self.rules:
            rule.check_cap(store)

    def _monotone_rounds(self, since: int) -> Iterator[None]:
        """Apply the rules one after the other, which gives the same in any order: those first that look at one statement."""
        if any(rule.is_capped for rule in self.rules):
            self._check_caps(self.union.store)
        linear = [rule for rule in self.rules if rule.reading.is_linear]
        schema = frozenset[Pattern]().union(*(rule.reading.schema for rule in linear))
        others = [rule for rule in self.rules if rule not in linear]
        wider = True
        while wider:
            first, last = since == 0, self.union.parts
            self.union.add(self._linearly_entailed(linear, schema, since))
            signs = set() if first else self._signs(since)
            wider = self.union.add(self._applied(rule for rule in others if first or rule.reading.looks_at(signs)))
            since = self.union.parts - wider
            if any(pattern.matches(item) for item in self._signs(last) for pattern in schema):
                since, wider = 0, True  # of the schema there is more, by which more may follow from what was there
            yield

    def _signs(self, since: int) -> set[Sign]:
        return {sign(line) for line in self.union.lines(since)} if since < self.union.parts else set()

    def _applied(self, rules: Iterable[_Rule]) -> Iterable[bytes]:
        return self._entailed(chosen, self.union.store) if (chosen := list(rules)) else ()

    def _entailed(self, rules: Sequence[_Rule], store: Store) -> Iterable[bytes]:
        """Return what follows by rules from what a store holds."""
        sorter, made = LineSorter(self.union.folder), self.union.folder / "entailed.nt"
        for rule in rules:
            rule.apply(store).serialize(str(made), RdfFormat.N_TRIPLES)
            with made.open("rb") as lines:
                while chunk := b"".join(islice(lines, CHUNK)):
                    sorter.add(chunk)
        return sorter.lines()

    def _linearly_entailed(self, rules: Sequence[_Rule], schema: frozenset[Pattern], since: int) -> Iterable[bytes]:
        """Return what follows by rules that look at one statement beside the schema, from the parts from one on."""
        sorter = LineSorter(self.union.folder)
        if rules:
            is_of_schema = chooser(schema)
            given = b"".join(line for line in self.union.lines() if is_of_schema(line))
            left = self.union.lines(since) if since < self.union.parts else iter(())
            while chunk := list(islice(left, _AT_ONCE)):
                sorter.add(b"".join(_closure(rules, given, chunk)))
        return sorter.lines()


def _closure(rules: Sequence[_Rule], schema: bytes, statements: Sequence[bytes]) -> set[bytes]:
    """Return what follows from statements, each beside the schema, and from that, and so on."""
    known, found = set(statements), set[bytes]()
    new: Iterable[bytes] = statements
    while new:
        store = Store()
        store.bulk_load(schema + b"".join(new), RdfFormat.N_TRIPLES)
        derived = (rule.apply(store).serialize(format=RdfFormat.N_TRIPLES) or b"" for rule in rules)
        new = {line for lines in derived for line in lines.splitlines(keepends=True)} - known
        known |= new
        found |= new
    return found


def clashes(closure: Store, explain: Callable[[str], str] = str) -> list[str]:
    """Return which things are in two classes that the ontology declares disjoint (rules cax-dw and cax-adc of OWL 2 RL)."""
    rows = closure.query(sparql_prologue() + _DISJOINT)
    apart = sorted({(one, other) for one, other in rows if str(one) < str(other)}, key=str)  # type: ignore[union-attr]
    members = {kind: _members(closure, kind) for kind in {kind for pair in apart for kind in pair}}
    found = sorted((str(x), str(one), str(other)) for one, other in apart for x in members[one] & members[other])
    return [explain(f"{x} is both {one} and {other}, which are disjoint.") for x, one, other in found]


def _members(store: Store, kind: NamedNode) -> set[object]:
    return {quad.subject for quad in store.quads_for_pattern(None, _TYPE, kind, DefaultGraph())}

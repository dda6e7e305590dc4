"""Infers what follows from the ontology: OWL 2 RL rules as SPARQL, run to a fixpoint; owlrl is the reference (reference.py)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryTriples, Store, Triple

from allegata.corpus.rdf import query_error, read_rule
from allegata.corpus.text_files import list_files
from allegata.errors import CorpusError, ReleaseError
from allegata.model.namespaces import expand, sparql_prologue

_TYPE: Final = NamedNode(expand("rdf:type"))
#: Reads which classes are disjoint.
_DISJOINT: Final = """SELECT DISTINCT ?a ?b WHERE {
  { ?a owl:disjointWith ?b } UNION { ?b owl:disjointWith ?a }
  UNION { ?kinds owl:members ?list . ?list rdf:rest*/rdf:first ?a , ?b . FILTER(?a != ?b) }
}"""
MAX_ROUNDS = 50
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
    store = union_store(quads)
    found = (triple for batch in infer_into(store, rules, *more) for triple in batch)
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


def infer_into(store: Store, *folders: Path) -> Iterator[set[Triple]]:
    """Add to a store of triples what follows by the rules of folders, one stratum after the other, and yield what is new."""
    for folder in folders:
        compiled = [_Rule(path, read_rule(path)) for path in list_files(folder, ".rq")]
        for rule in compiled:
            rule.check_cap(store)
        # What follows by monotone rules is the same in any order, so each sees at once what those before it entail.
        yield from _rounds(store, folder, [[rule] for rule in compiled] if all(map(_Rule.is_monotone, compiled)) else [compiled])


def _rounds(store: Store, folder: Path, steps: Sequence[Sequence[_Rule]]) -> Iterator[set[Triple]]:
    """Apply rules, step after step, until nothing new follows by any."""
    for _ in range(MAX_ROUNDS):
        found = False
        for step in steps:
            new = {triple for rule in step for triple in rule.apply(store)}
            if new:
                found = True
                store.extend(Quad(t.subject, t.predicate, t.object) for t in new)
                yield new
        if not found:
            return
    raise ReleaseError(f"The rules in {folder} do not come to rest after {MAX_ROUNDS} rounds.")


@dataclass(frozen=True)
class _Rule:
    """A rule, by its file and its text."""

    path: Path
    text: str

    def is_monotone(self) -> bool:
        """Return whether more statements never let less follow: nothing in the rule asks for absence, or counts."""
        return not _ABSENCE.search(_WITHOUT.sub(" ", self.text))

    def apply(self, store: Store) -> list[Triple]:
        """Return what follows and is not there yet."""
        try:
            result = store.query(self.text)
        except SyntaxError as error:
            raise query_error(self.path, self.text, error) from None
        if not isinstance(result, QueryTriples):
            raise CorpusError(f"{self.path}: a rule is a CONSTRUCT query.")
        return [t for t in result if Quad(t.subject, t.predicate, t.object) not in store]

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


def clashes(closure: Store, explain: Callable[[str], str] = str) -> list[str]:
    """Return which things are in two classes that the ontology declares disjoint (rules cax-dw and cax-adc of OWL 2 RL)."""
    rows = closure.query(sparql_prologue() + _DISJOINT)
    apart = sorted({(one, other) for one, other in rows if str(one) < str(other)}, key=str)  # type: ignore[union-attr]
    members = {kind: _members(closure, kind) for kind in {kind for pair in apart for kind in pair}}
    found = sorted((str(x), str(one), str(other)) for one, other in apart for x in members[one] & members[other])
    return [explain(f"{x} is both {one} and {other}, which are disjoint.") for x, one, other in found]


def _members(store: Store, kind: NamedNode) -> set[object]:
    return {quad.subject for quad in store.quads_for_pattern(None, _TYPE, kind, DefaultGraph())}

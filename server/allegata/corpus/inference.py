"""Infers what follows from the ontology: OWL 2 RL rules as SPARQL, run to a fixpoint; owlrl is the reference (reference.py)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Quad, QueryTriples, Store, Triple

from allegata.corpus.rdf import query_error, read_rule
from allegata.corpus.text_files import list_files
from allegata.errors import CorpusError, ReleaseError
from allegata.model.namespaces import expand, sparql_prologue

_TYPE: Final = NamedNode(expand("rdf:type"))
#: What says which classes are disjoint, and the query that reads it.
_OF_CLASSES: Final = frozenset(NamedNode(expand(curie)) for curie in ("owl:disjointWith", "owl:members", "rdf:first", "rdf:rest"))
_DISJOINT: Final = """SELECT DISTINCT ?a ?b WHERE {
  { ?a owl:disjointWith ?b } UNION { ?b owl:disjointWith ?a }
  UNION { ?kinds owl:members ?list . ?list rdf:rest*/rdf:first ?a , ?b . FILTER(?a != ?b) }
}"""
MAX_ROUNDS = 50


def infer(quads: Iterable[Quad], rules: Path, graph: NamedNode, *more: Path) -> list[Quad]:
    """Return the statements that follow by the rules of folders and are not asserted anywhere, in one graph, sorted.

    Each rule is a CONSTRUCT query in a file of its own, named as in OWL 2 Profiles, section 4.3, where it comes from there.
    Folders are strata: the rules of one see all that those before entail, so they may ask for what is absent.
    Raises CorpusError for a rule that does not parse, ReleaseError where the rules do not come to rest.
    """
    store = Store()
    store.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    found: set[Triple] = set()
    for folder in (rules, *more):
        found |= _fixpoint(store, folder)
    return sorted((Quad(t.subject, t.predicate, t.object, graph) for t in found), key=str)


def infer_all(quads: Iterable[Quad], rules: Path, graph: NamedNode) -> list[Quad]:
    """Return what follows by OWL 2 RL, then by the domain rules of a corpus, then by OWL 2 RL from what those add."""
    return infer(quads, rules, graph, rules / "domain", rules)


def _fixpoint(store: Store, rules: Path) -> set[Triple]:
    """Apply the rules of a folder until nothing new follows, and give what followed."""
    compiled = [(path, read_rule(path)) for path in list_files(rules, ".rq")]
    found: set[Triple] = set()
    for _ in range(MAX_ROUNDS):
        new = {triple for path, text in compiled for triple in _apply(store, path, text)}
        if not new:
            return found
        found |= new
        store.extend(Quad(t.subject, t.predicate, t.object) for t in new)
    raise ReleaseError(f"The rules in {rules} do not come to rest after {MAX_ROUNDS} rounds.")


def _apply(store: Store, path: Path, text: str) -> list[Triple]:
    try:
        result = store.query(text)
    except SyntaxError as error:
        raise query_error(path, text, error) from None
    if not isinstance(result, QueryTriples):
        raise CorpusError(f"{path}: a rule is a CONSTRUCT query.")
    return [t for t in result if Quad(t.subject, t.predicate, t.object) not in store]


def clashes(closure: Iterable[Quad], explain: Callable[[str], str] = str) -> list[str]:
    """Return which things are in two classes that the ontology declares disjoint (rules cax-dw and cax-adc of OWL 2 RL)."""
    store = Store()
    types: dict[str, set[str]] = defaultdict(set)
    for quad in closure:
        if quad.predicate == _TYPE:
            types[str(quad.subject)].add(str(quad.object))
        if quad.predicate in _OF_CLASSES:
            store.extend([Quad(quad.subject, quad.predicate, quad.object)])
    rows = store.query(sparql_prologue() + _DISJOINT)
    apart = {(str(one), str(other)) for one, other in rows}  # type: ignore[union-attr]
    found = sorted((x, *pair) for x, kinds in types.items() for pair in combinations(sorted(kinds), 2) if pair in apart)
    return [explain(f"{x} is both {one} and {other}, which are disjoint.") for x, one, other in found]

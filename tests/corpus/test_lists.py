"""Lists that a model writes in brackets get names in a release, the same in each build, and lose them where it is published."""

from __future__ import annotations

from pyoxigraph import BlankNode, NamedNode, RdfFormat, parse

from allegata.corpus.lists import GENID, name_lists, unname_lists
from allegata.corpus.reader import read
from support import ROOT

BASE = "https://example.org/"
SPACE = f"{BASE}{GENID}ontology/model/"
TEXT = """
@prefix ex: <https://example.org/ns#> .
ex:one ex:chain ( ex:a ex:b ) .
ex:two ex:chain ( ex:c ) ; ex:made [ ex:by ex:me ] .
"""


def test_nodes_of_lists_are_named_by_their_order_and_others_are_not() -> None:
    named = name_lists((quad.triple for quad in parse(TEXT, RdfFormat.TURTLE)), SPACE)
    names = {term.value for row in named for term in (row.subject, row.object) if isinstance(term, NamedNode)}
    assert {name for name in names if name.startswith(SPACE)} == {f"{SPACE}{number}" for number in (1, 2, 3)}
    assert sum(isinstance(row.subject, BlankNode) for row in named) == 1
    assert [str(row) for row in named if not isinstance(row.object, BlankNode) and not isinstance(row.subject, BlankNode)] == [
        str(row)
        for row in name_lists((quad.triple for quad in parse(TEXT, RdfFormat.TURTLE)), SPACE)
        if not isinstance(row.object, BlankNode) and not isinstance(row.subject, BlankNode)
    ]
    plain = unname_lists(named, BASE)
    assert not any(isinstance(term, NamedNode) and GENID in term.value for row in plain for term in (row.subject, row.object))
    assert len(plain) == len(named)


def test_the_model_has_its_lists_and_a_corpus_no_node_without_a_name() -> None:
    quads = read(ROOT).quads
    assert not any(isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode) for quad in quads)
    first = [quad for quad in quads if quad.predicate.value.endswith("#first")]
    assert {str(quad.subject).strip("<>").rsplit("/", 1)[0] for quad in first} == {
        f"https://w3id.org/allegata/{GENID}ontology/allegata"
    }

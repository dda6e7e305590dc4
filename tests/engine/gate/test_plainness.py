"""The glance: what it takes for plain is left as it is by the whole reading, too, and nothing hides from it."""

from __future__ import annotations

import pytest

from allegata.engine.gate.plainness import is_plain
from allegata.engine.gate.rewriting import _Rewriting, rewrite
from allegata.engine.gate.tree import read
from support import EX

PLAIN = (
    f"SELECT ?p ?o {{ <{EX}a#b> ?p ?o }} LIMIT 10 OFFSET 20 # COUNT(*) of all",
    f"PREFIX ex: <{EX}> CONSTRUCT {{ ?s ex:is ?o }} WHERE {{ ?s ex:has-part ?o ; ex:name 'a < b | c'@en-GB . OPTIONAL {{ ?o a ex:B }} }}",
    f"DESCRIBE <{EX}a>",
    "ASK { ?s ?p '''\"1\" + 2''' }",
)
WANTED = (
    "SELECT * { ?s ?p ?o }",
    f"SELECT ?s {{ ?s <{EX}a>? ?o }}",
    f"SELECT ?s {{ ?s <{EX}a>/<{EX}b> ?o }}",
    f"SELECT ?s {{ ?s ^<{EX}a>+ ?o }}",
    "SELECT ?s { ?s '<a'*?b*'c>' ?o }",
    "SELECT ?s { ?s ?p 007 }",
    "SELECT ?s { ?s ?p ?LIMIT . ?LIMIT ?q -1.50 }",
    'SELECT ?s { ?s ?p "01"^^<http://www.w3.org/2001/XMLSchema#integer> }',
    "SELECT ?s { ?s ?p ex:a\\#b\n*?o }",
    "SELECT ?s { ?s ?p ?o } ORDER BY ?o",
    "SELECT (count(?s) AS ?n) { ?s ?p ?o }",
    "SELECT ?s { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?s { ?s ?p ?o FILTER(?o < 5) }",
)


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_plain_is_left_as_it_is_by_the_whole_reading(text: str) -> None:
    assert is_plain(text)
    parts = read(text)
    assert parts is not None
    found = _Rewriting(text, None, plain=False).run(parts)
    assert (found.text.split(), found.departures, found.functions) == (text.partition(" #")[0].split(), (), frozenset())
    assert rewrite(text).text == text


@pytest.mark.parametrize("text", WANTED)
def test_what_may_be_rewritten_is_read(text: str) -> None:
    assert not is_plain(text)

"""Edits of statements where they are written: what is edited means what it should, and all else stays as it is, to the letter."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, parse

from allegata.corpus.turtle_edits import Clause, Statement, TurtleText
from support import ROOT

TEXT = '''\
@base <https://example.org/c/> .
PREFIX ex: <https://example.org/s#>
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

# The first, which says "a ; b ." in a comment.
<a> a ex:T , ex:U ;
    ex:p <b> , <c> ;  # two
    ex:q """ ; . """@en , "2004"^^xsd:gYear , 1.5 ;
    ex:r <d> .
<b> ex:p <a> .
ex:c ex:q 1 .
'''


def meaning(text: str) -> set[str]:
    return {str(quad) for quad in parse(text.encode(), RdfFormat.TURTLE)}


def first(text: TurtleText) -> Statement:
    return next(iter(text.statements()))


def clause(statement: Statement, name: str) -> Clause:
    return next(found for found in statement.clauses if found.predicate == f"https://example.org/s#{name}")


def test_statements_are_read_as_they_are_written() -> None:
    file = TurtleText(TEXT)
    found = list(file.statements())
    assert [statement.subject for statement in found] == [
        "https://example.org/c/a",
        "https://example.org/c/b",
        "https://example.org/s#c",
    ]
    assert [len(part.objects) for part in found[0].clauses] == [2, 2, 3, 1]
    literals = clause(found[0], "q").objects
    assert [TEXT[part.start : part.end] for part in literals] == ['""" ; . """@en', '"2004"^^xsd:gYear', "1.5"]
    assert {part.iri for part in literals} == {""}


@pytest.mark.parametrize("name", ["p", "q", "r"])
def test_a_clause_is_removed_and_nothing_else(name: str) -> None:
    file = TurtleText(TEXT)
    statement = first(file)
    file.remove(statement, [clause(statement, name)])
    gone = f"<https://example.org/c/a> <https://example.org/s#{name}>"
    assert meaning(file.edited()) == {line for line in meaning(TEXT) if not line.startswith(gone)}
    assert "# The first" in file.edited()


def test_several_clauses_are_removed_and_a_statement_with_its_last() -> None:
    file = TurtleText(TEXT)
    statement = first(file)
    file.remove(statement, [clause(statement, "q"), clause(statement, "r")])
    assert len(meaning(file.edited())) == len(meaning(TEXT)) - 4
    whole = TurtleText(TEXT)
    statement = first(whole)
    whole.remove(statement, statement.clauses)
    assert meaning(whole.edited()) == {line for line in meaning(TEXT) if not line.startswith("<https://example.org/c/a>")}


@pytest.mark.parametrize("at", [0, 1])
def test_one_of_several_objects_is_removed(at: int) -> None:
    file = TurtleText(TEXT)
    pair = clause(first(file), "p")
    file.remove_object(pair, pair.objects[at])
    gone = f"<https://example.org/c/a> <https://example.org/s#p> <{pair.objects[at].iri}>"
    assert meaning(file.edited()) == {line for line in meaning(TEXT) if not line.startswith(gone)}


def test_names_are_written_as_the_file_writes_them() -> None:
    file = TurtleText(TEXT)
    list(file.statements())
    assert file.write("https://example.org/s#p") == "ex:p"
    assert file.write("https://example.org/s#p/q") == "<https://example.org/s#p/q>"
    assert file.write("https://example.org/c/x/y") == "<x/y>"
    assert file.write("https://example.net/z") == "<https://example.net/z>"


def test_every_file_of_the_corpus_is_read_as_a_parser_reads_it() -> None:
    paths = sorted((ROOT / "data").rglob("*.ttl"))
    assert len(paths) > 50
    for path in paths:
        text = path.read_text("utf-8")
        count = sum(len(part.objects) for statement in TurtleText(text).statements() for part in statement.clauses)
        assert count == len(list(parse(text.encode(), RdfFormat.TURTLE))), path.name

"""Shapes that cannot be used: file, line and shape are named, in plain words, whatever is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from allegata.corpus.validation import compile_shapes, validate
from allegata.errors import CorpusError
from allegata.model.namespaces import expand

HEAD = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <https://example.org/s/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
"""
NODE = "ex:S a sh:NodeShape ; sh:targetClass prov:Agent "
PROPERTY = f"{NODE}; sh:property ex:P .\nex:P a sh:PropertyShape ; sh:path ex:name "
QUERY = f"{NODE}; sh:sparql ex:Q .\nex:Q a sh:SPARQLConstraint ; sh:message 'm' ; sh:select "


def shapes(folder: Path, text: str) -> Path:
    (folder / "b.ttl").write_text(HEAD + text, "utf-8")
    (folder / "a.ttl").write_text(f"{HEAD}ex:Sound a sh:NodeShape ; sh:targetClass ex:Other ; sh:property ex:P .", "utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            f"{PROPERTY};\n sh:severity ex:Grave .",
            r":6: the shape <.*s/P> has the severity <https://example.org/s/Grave>; there is sh:",
        ),
        (f"{PROPERTY};\n\n sh:severity sh:Debug .", r":7: the shape <.*s/P> has the severity sh:Debug; .*sh:Warning and sh:Info"),
        (f"{PROPERTY}; sh:severity sh:Trace .", r":5: the shape <.*s/P> has the severity sh:Trace"),
        (f"{NODE}; sh:property [ sh:path ex:u ;\n sh:severity sh:Trace ] .", r":5: the shape <.*s/S> has the severity sh:Trace"),
        (f"{PROPERTY}; sh:severity 'x' .", r":5: the shape <.*s/P> has the severity <x>"),
        (
            f"{QUERY} 'SELECT $this WHERE {{ $this ex:no ' .",
            r":5: the shape <.*s/Q> cannot be used: its sh:select does not parse: line 1",
        ),
        (f"{QUERY} 'SELECT $this WHERE {{ $this foo:no 1 }}' .", r":5: .*s/Q> .*line 1 of it: the prefix foo: is not declared"),
        (f"{QUERY} 'ASK {{ $this ?p ?x }}' .", r":5: the shape <.*s/Q> cannot be used"),
        (f"{QUERY} 'SELECT $this {{ SERVICE <urn:x> {{ $this ?p 1 }} }}' .", r":5: the shape <.*s/Q> .* SERVICE"),
        (f"{NODE}; sh:sparql [ sh:select 'no' ] .", r":4: the shape <.*s/S> cannot be used: its sh:select does not parse"),
        (f"{PROPERTY}; sh:minCount 'x' .", r":5: the shape <.*s/P> cannot be used: .*minCount"),
        (f"{PROPERTY}; sh:pattern '(' .", r":5: the shape <.*s/P> cannot be used: .*pattern"),
        (f"{PROPERTY}; sh:path ex:more .", r":5: the shape <.*s/P> cannot be used: .*path"),
        (f"{NODE}; sh:and ex:T .", r":4: the shape <.*s/S> cannot be used: .*list"),
    ],
)
def test_a_shape_that_cannot_be_used_is_named_with_file_and_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(CorpusError, match=rf"b\.ttl{words}") as caught:
        compile_shapes(shapes(tmp_path, text))
    assert not any(word in caught.value.message for word in ("expected one of", "parse error", "\\u{", "Traceback"))


def test_a_shape_that_refers_to_itself_is_refused(tmp_path: Path) -> None:
    agent = Quad(NamedNode("urn:a"), NamedNode(expand("rdf:type")), NamedNode(expand("prov:Agent")))
    named = Quad(NamedNode("urn:a"), NamedNode(expand("rdfs:label")), Literal("x"))
    with pytest.raises(CorpusError, match="A shape refers to itself"):
        validate([agent, named], shapes(tmp_path, f"{NODE}; sh:node ex:S .\nex:P sh:path ex:name ."))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("# c\n\nSELECT ?focus {\n ?focus ?p \n", r"x\.rq:5: this is no SPARQL, at or before"),
        ("SELECT ?focus ?message {\n ?focus foo:x ?message }", r"x\.rq:2: the prefix foo: is not declared"),
        ("SELECT (1 AS ?focus) ?focus {}", r"x\.rq:1: a variable is named twice"),
    ],
)
def test_a_rule_that_does_not_parse_is_named_with_its_own_line(tmp_path: Path, query: str, words: str) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "x.rq").write_text(query, "utf-8")
    with pytest.raises(CorpusError, match=words):
        validate([], shapes(tmp_path, f"{PROPERTY}; sh:minCount 1 ."))

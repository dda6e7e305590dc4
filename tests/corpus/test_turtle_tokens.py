"""Places in Turtle: where an IRI is described, where RDF 1.2 begins, and no mistaking of what stands in strings."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, parse

from allegata.corpus.turtle_tokens import first_blank_node, line_of, mentions, newer_syntax, tokens
from support import ROOT

TEXT = '''\
@base <https://example.org/c/> .
PREFIX ex: <https://example.org/s/>
# ex:S in a comment
ex:T ex:p ex:S , <a> .
ex:S a ex:T ;
    ex:q """ a
. <a> """@en .
<a> ex:q 'it\\'s <b>' .
'''


@pytest.mark.parametrize(
    ("iri", "line"),
    [("s/S", 5), ("s/T", 4), ("c/a", 8), ("s/q", 6), ("s/p", 4), ("c/b", None), ("s/absent", None)],
)
def test_an_iri_is_found_where_it_is_described_else_where_it_is_named_first(iri: str, line: int | None) -> None:
    assert line_of(TEXT, f"https://example.org/{iri}") == line


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("<urn:a> <urn:p>\n<<( <urn:b> <urn:q> <urn:c> )>> .", 2, "a triple term"),
        ("<< <urn:b> <urn:q> <urn:c> >> <urn:p> <urn:a> .", 1, "a reified triple"),
        ("<urn:a> <urn:p> <urn:c>\n\n{| <urn:q> 1 |} .", 3, "an annotation"),
        ("<urn:a> <urn:p> <urn:c> ~ <urn:r> .", 1, "a reifier"),
        ('<urn:a> <urn:p> "x"@ar--rtl .', 1, "a string with a direction"),
    ],
)
def test_what_rdf_1_2_adds_is_found_with_its_line(text: str, line: int, what: str) -> None:
    found = newer_syntax(text)
    assert found and found[0] == line and found[1].startswith(what)
    assert list(parse(text, RdfFormat.TURTLE)), "the case is well formed"


@pytest.mark.parametrize(
    "text",
    [
        '<urn:a> <urn:p> "<<( x", """{| ~""", \'"a"@en--ltr\' .',
        "# << ~ {|\n<urn:~a--b> <urn:p> 1 .",
        "PREFIX e: <urn:> e:a e:b e:c\\~--d .",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert list(parse(text, RdfFormat.TURTLE)), "the case is well formed"
    assert newer_syntax(text) is None


@pytest.mark.parametrize(
    ("text", "line"), [("<urn:a> <urn:b>\n[ ] .", 2), ("\n\n_:x <urn:b> '[' .", 3), ("<urn:a> <urn:b> '(' .", None)]
)
def test_the_first_blank_node_has_a_line(text: str, line: int | None) -> None:
    assert first_blank_node(text) == line


def test_all_subjects_of_the_shapes_are_found_as_subjects() -> None:
    for path in sorted((ROOT / "shapes").glob("*.ttl")):
        text = path.read_text("utf-8")
        known = {quad.subject.value for quad in parse(text, RdfFormat.TURTLE) if not str(quad.subject).startswith("_:")}
        assert known == {item.iri for item in mentions(text) if item.is_subject}, path.name


def test_broken_text_gives_tokens_too() -> None:
    assert [token.text for token in tokens('<a "b')] == ["<", "a", '"', "b"]

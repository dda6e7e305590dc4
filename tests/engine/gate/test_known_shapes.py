"""Known shapes: the gate says of a query what it says when it reads it, whatever it has let through before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from allegata.corpus.questions import questions
from allegata.engine import Inspected
from allegata.engine.gate import gate
from allegata.engine.gate.gate import inspect
from allegata.engine.gate.known_shapes import shape_of
from allegata.engine.gate.plainness import is_plain
from allegata.engine.gate.tokens import decode_outside
from allegata.errors import RequestError
from allegata.settings import Settings
from support import EX, ROOT

LISTED = ("http://a.example/sparql",)
#: What makes a query what it is, and what can be taken for something else where it meets another.
PARTS = (
    *(
        "SELECT * {",
        "ASK {",
        "}",
        "?s",
        "?from",
        "$named",
        "?p",
        "<http://a.example/x>",
        "<urn:x:(y)>",
        "<a'b>",
        "< ",
        "<=",
        "<<",
        ">>",
    ),
    *(
        '"',
        '""',
        '"""',
        "'",
        "''",
        "'''",
        '"~"',
        '"a"',
        "'b'",
        '"c # d"',
        "'''e\n\"'''",
        "# f 'g\n",
        "#<h>\n",
        "@en",
        "^^",
        "x:y",
        ":z",
    ),
    *(
        "PREFIX x: <http://x.example/>",
        "PREFIX x: <y>",
        "BASE <http://b.example/>",
        "FROM <file:///etc>",
        "FROM NAMED <http://g.example/>",
    ),
    *(
        "SERVICE <http://a.example/sparql> {",
        "SERVICEx:y {",
        "INSERT",
        "LIMIT 7",
        "FILTER(?p",
        "(",
        ")",
        "1",
        "a",
        "\\",
        "\\u0053",
        " ",
        "\n",
    ),
)
LIMITS = Settings(query_literal=12, query_tokens=40, query_patterns=4, query_nesting=4)


def said(look: Callable[[], Inspected]) -> object:
    try:
        return look()
    except RequestError as error:
        return type(error), error.message, error.members


def read(text: str, limits: Settings) -> Inspected:
    return gate._read(decode_outside(text), limits, LISTED)


@given(st.lists(st.sampled_from(PARTS), max_size=14), st.sampled_from(("", " ")))
@example(["SELECT * {", "?s", "?p", '"', "'''e\n\"'''", "}"], " ")
@example(["SELECT * {", "?s", "?p", '""', '"a"', "}"], "")
@example(["SELECT * {", "?s", "?p", '"~', '"a"', "}"], "")
@example(["ASK {", "\\u0053", "}"], "")
@settings(max_examples=1500, deadline=None)
def test_a_query_is_judged_as_when_it_is_read(parts: list[str], between: str) -> None:
    text = between.join(parts)
    expected = said(lambda: read(text, LIMITS))
    for _ in range(2):
        found = said(lambda: inspect(text, LIMITS, LISTED))
        assert found == expected and (not isinstance(found, Inspected) or found.is_plain in (False, is_plain(found.text)))


@pytest.mark.parametrize("text", [question.text for question in questions(ROOT, EX)])
def test_the_questions_are_judged_as_when_they_are_read(text: str) -> None:
    for one in (text, text.replace("w3id.org/allegata/ns", "w3id.org/aliegata/ns"), f"{text}\n# again"):
        assert inspect(one, Settings()) == read(one, Settings())


def test_a_shape_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    original = gate._read

    def noted(runs: str, *more: object) -> Inspected:
        seen.append(runs)
        return original(runs, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(gate, "_read", noted)
    for number in range(5):
        text = f"PREFIX x: <{EX}> SELECT ?once ?from {{ ?once x:y <{EX}{number}> , 'said {number}' FILTER(?from = ?once) }} # {number}"
        found = inspect(text, Settings())
        assert (found.text, found.prologue, found.dataset) == (text, f"PREFIX x: <{EX}> ", ())
    assert len(seen) == 1


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM <http://g.example/> {}",
        "SELECT * { SERVICE <http://a.example/sparql> {} }",
        "BASE <http://b.example/> ASK {}",
        'ASK { ?s ?p "\\u0041" }',
        'ASK { ?s ?p "open }',
        "ASK { ?s ?p 'a' , 'b }",
        "ASK {" + "?s ?p ?o . " * 400 + "}",
    ],
)
def test_what_the_gate_looks_at_has_no_shape(text: str) -> None:
    assert shape_of(text) is None


def test_a_long_string_and_a_name_that_reads_as_a_comparison_are_refused_where_the_shape_is_known() -> None:
    strict = Settings(query_literal=5)
    assert inspect("ASK { ?s ?p 'abc' }", strict)
    assert "query_literal" in str(said(lambda: inspect("ASK { ?s ?p 'abcd' }", strict)))
    assert inspect("ASK { FILTER(?s <http://a.example/(b)>) }", Settings())
    assert "comparison" in str(said(lambda: inspect("ASK { FILTER(?s <urn:(b)>) }", Settings())))

"""Where a query goes wrong: at the first token behind which no query can go on, in words for people."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Store

from allegata.engine.gate.syntax_errors import syntax_error
from allegata.errors import QuerySyntaxError

# Query → (line, column, beginning of the offending text, a word of the message).
BROKEN = {
    "SELECT * {": (1, 11, "", "Expected"),
    "SELECT ?x WHERE { ?x a }": (1, 24, "}", "a variable"),
    "SELECT * {\n  ?s ?p ?o ;\n     ?p2 , }": (3, 10, ", }", "Expected"),
    "SELECT * {\r\n  FILTER(?x ++ ) }": (2, 16, ") }", "Expected"),
    "SELEKT * {}": (1, 1, "SELEKT", "SELECT"),
    "SELECT ?x WHERE ?x a ?y": (1, 17, "?x a", "{"),
    "SELECT COUNT(*) { ?s ?p ?o }": (1, 8, "COUNT", "("),
    "SELECT * { OPTIONAL ?s ?p ?o }": (1, 21, "?s", "{"),
    "SELECT ?s { ?s ?p ?o } ORDER ?s": (1, 30, "?s", "BY"),
    "SELECT * { ?s ?p ?o } }": (1, 23, "}", "the end of the query"),
    "SELECT * { ?s ?p ?o FILTER(foo(?s)) }": (1, 28, "foo(", "a function"),
    "SELECT * { ?s ?p 'é' . é }": (1, 24, "é", "Expected"),
    "SELECT * { ?s ?p 'x'@ }": (1, 21, "@", "token"),
    "SELECT * { ?s ?p 1. ?s foo:bar ?o }": (1, 24, "foo:bar", "foo: is not declared"),
    "SELECT * { <a> ?p ?o }": (1, 12, "<a>", "relative"),
    "SELECT ?z (COUNT(*) AS ?c) { ?s ?p ?o }": (1, 40, "", "no group has a value"),
    "SELECT * { ?s ?p ?o } GROUP BY ?s": (1, 34, "", "cannot stand with GROUP BY"),
    "SELECT * { BIND(1 AS ?x) BIND(2 AS ?x) }": (1, 41, "", "rule"),
    "SELECT ?a ?a {}": (1, 16, "", "a variable twice"),
    "SELECT (1 AS ?b) { BIND(2 AS ?b) }": (1, 35, "", "has one already"),
    "SELECT ?x { ?x ?y 'a'@toolongtagtoolong }": (1, 40, " }", "no language tag"),
    "SELECT ?x {} LIMIT 99999999999999999999": (1, 40, "", "too large"),
    "SELECT * {\u200b ?s ?p ?o }": (1, 11, "\u200b ?s", "[U+200B ZERO WIDTH SPACE]"),
    "SELECT\u00a0* { ?s ?p ?o }": (1, 7, "\u00a0*", "[U+00A0 NO-BREAK SPACE]"),
    "SELECT * { ?s ?p \u201ca\u201d }": (1, 18, "\u201ca", "token"),
    "SELECT * { \x07 }": (1, 12, "\x07", "[U+0007]"),
    "\ufeffSELECT * {": (1, 1, "\ufeffSELECT", "[U+FEFF ZERO WIDTH NO-BREAK SPACE]"),
}


def located(text: str, base_iri: str | None = None) -> QuerySyntaxError:
    """Let the engine fail on a query, and locate the error."""
    try:
        Store().query(text, base_iri=base_iri)
    except SyntaxError as error:
        return syntax_error(text, str(error), base_iri)
    raise AssertionError(f"the engine takes {text!r}")


@pytest.mark.parametrize("text", BROKEN)
def test_the_place_of_an_error_is_exact(text: str) -> None:
    line, column, near, word = BROKEN[text]
    error = located(text)
    assert (error.members["line"], error.members["column"]) == (line, column)
    assert str(error.members["near"]).startswith(near)
    assert error.message.startswith(f"Line {line}, column {column}: ") and word in error.message


def test_no_query_that_the_engine_takes_breaks_the_grammar(suites: Path) -> None:
    """An error must come from the engine; whatever it accepts, the grammar here has to accept too."""
    taken = broken = 0
    for path in sorted(suites.rglob("*.rq")):
        text = path.read_text("utf-8")
        try:
            Store().query(text, base_iri="https://example.org/")
        except SyntaxError as error:
            broken += 1
            assert located(text, "https://example.org/").members["line"], error
        except RuntimeError:
            continue
        else:
            taken += 1
            message = syntax_error(text, "none", "https://example.org/").message
            assert "breaks a rule" in message, f"{path.name}: {message}"
    assert taken > 100 and broken > 10

"""What kinds of engines are put otherwise, and how they are known."""

from __future__ import annotations

import pytest

from allegata.engine.remote.connection import address
from allegata.engine.remote.dialects import DIALECTS, dialect_of
from allegata.errors import UsageError


def test_a_kind_is_known_by_what_it_says_of_itself() -> None:
    assert [dialect_of(f"{name}/1.0").name for name in ("Oxigraph", "Virtuoso", "Other")] == [
        "Oxigraph",
        "Virtuoso",
        "SPARQL 1.1",
    ]
    assert dialect_of("") is DIALECTS[-1]


def test_oxigraph_is_put_alternatives_of_paths_as_unions_and_no_function_of_ours() -> None:
    written = dialect_of("Oxigraph/0.5").rewrite("SELECT (MIN(?b) AS ?m) { ?a <p>|<q> ?b FILTER(?b) } ORDER BY ?a")
    assert "UNION" in written and "urn:allegata" not in written


def test_virtuoso_is_put_quotients_and_truths_in_its_own_way() -> None:
    virtuoso = dialect_of("Virtuoso/7")
    text = "SELECT (?a / ?b AS ?q) (BOUND(?a) AS ?t) { BIND(?a < 1 || ?b > 1 AS ?c) ?a <p>/<q> ?b FILTER(?a / 2 > 1) }"
    truth = '"true", "false"), <http://www.w3.org/2001/XMLSchema#boolean>)'
    assert (
        virtuoso.rewrite(text).split()
        == (
            f"SELECT (?a / (1.0 * ?b) AS ?q) ( STRDT(IF(BOUND(?a), {truth} AS ?t) {{ "
            f"BIND( STRDT(IF(?a < 1 || ?b > 1, {truth} AS ?c) ?a <p>/<q> ?b FILTER(?a / (1.0 * 2) > 1) }}"
        ).split()
    )
    assert virtuoso.rewrite("no query") == "no query"


def test_jena_is_known_by_the_header_of_fuseki_and_an_address_can_name_any() -> None:
    assert dialect_of("", {"date", "fuseki-request-id"}).name == dialect_of("Apache Jena Fuseki (4.5.0)").name == "Jena"
    for dialect in DIALECTS:
        named = address(f"https://engine.example.org/ds/sparql?a=b#{dialect.word}")
        assert dialect_of("Other/1.0", (), named.kind) is dialect and named.path == "/ds/sparql?a=b"
    with pytest.raises(UsageError, match="no address of an engine"):
        address("https://engine.example.org/sparql#unheard-of")

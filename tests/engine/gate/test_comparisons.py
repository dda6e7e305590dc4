"""The kinds by which terms are sorted: the engine's own functions give what ours gives, for every kind of term."""

from __future__ import annotations

from pyoxigraph import NamedNode, QuerySolutions, Store

from allegata.engine.gate.comparisons import kind_of
from allegata.engine.gate.rewriting import KIND
from allegata.engine.gate.tree import read
from allegata.engine.pool.functions import functions

TYPES = (
    "integer decimal double float int long short byte nonNegativeInteger boolean date dateTime time duration gYear string anyURI"
)
FORMS = ("1", "-1.5", "1e3", "NaN", "INF", "-INF", "true", "2001-02-03", "2001-02-03T04:05:06Z", "P1D", "x", "", "0001", "+7")


def test_the_kind_of_every_term_is_what_our_function_gives() -> None:
    typed = [f'"{form}"^^<http://www.w3.org/2001/XMLSchema#{name}>' for name in TYPES.split() for form in FORMS]
    terms = [*typed, '"x"', '"x"@en', '"1"@ko', "<urn:x>", "<<( <urn:a> <urn:b> 1 )>>", '"x"^^<urn:type>', "UNDEF"]
    parts = read("SELECT ?v { ?s ?p ?v } ORDER BY ?v")
    assert parts is not None
    variable = next(part for part in parts if part.rule == "Order").children[0]
    native = kind_of(variable)
    values = f"{{ VALUES ?v {{ {' '.join(terms)} }} }} UNION {{ BIND(BNODE() AS ?v) }}"
    found = Store().query(f"SELECT ?v ({native} AS ?native) (<{KIND}>(?v) AS ?ours) {{ {values} }}", **functions([KIND]))
    assert isinstance(found, QuerySolutions)
    rows = [(row["v"], row["native"], row["ours"]) for row in found]
    assert len(rows) == len(terms) + 1 and len({str(row[2]) for row in rows}) > 10
    assert [row for row in rows if row[1] != row[2]] == []
    assert NamedNode("urn:x") in [row[0] for row in rows]


def test_only_a_variable_has_its_kind_told_by_the_engine() -> None:
    parts = read("SELECT ?v { ?s ?p ?v } ORDER BY DESC(?v) (UCASE(?v))")
    assert parts is not None
    orders = [part for part in parts if part.rule == "Order"]
    found = sorted(kind_of(order.children[2] if len(order.children) > 3 else order.children[0]) for order in orders)
    assert found[0] == "" and found[1].startswith("COALESCE(")

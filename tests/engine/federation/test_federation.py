"""Outgoing federation: a query with SERVICE between two served instances finds what the same query finds in the merged data."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryResultsFormat, QueryTriples, RdfFormat, Store

from http_client import Reply, ask, fetch
from ports import kept_port
from service import PATIENT, Service, make_site, serve
from support import EX

XSD = "http://www.w3.org/2001/XMLSchema#"
THERE = "urn:there"
PREFIX = f"PREFIX ex: <{EX}>\n"


def here() -> list[str]:
    """Return what the first instance knows: people, and which item of the other instance each is."""
    lines = []
    for n in range(60):
        lines.append(f'<{EX}p{n}> <{EX}name> "Person {n}" <{EX}graph/g{n % 3}> .\n')
        if n % 5 < 3:
            lines.append(f"<{EX}p{n}> <{EX}item> <{EX}w{n}> <{EX}graph/g{n % 3}> .\n")
        if n % 7 == 0:
            lines.append(f"<{EX}p{n}> <{EX}item> <{EX}w{n + 1}> <{EX}graph/g0> .\n")
        lines.append(f'<{EX}p{n}> <{EX}rank> "{n % 4}"^^<{XSD}integer> <{EX}graph/g1> .\n')
        lines.append(f'<{EX}p{n}> <{EX}code> "C{n % 10}" <{EX}graph/g2> .\n')
    return lines


ODD = '"a \\"quoted\\" word\\n} # SERVICE \\\\ \\u00e9 \\U0001F600 \\u0001"'


def there() -> list[str]:
    """Return what the second one knows: items with labels, sizes, kinds and neighbours."""
    lines = []
    for n in range(3000):
        lines.append(f'<{EX}w{n}> <{EX}label> "Item {n}"@en <{EX}graph/x> .\n')
        lines.append(f'<{EX}w{n}> <{EX}size> "{n % 9}"^^<{XSD}integer> <{EX}graph/x> .\n')
        lines.append(f"<{EX}w{n}> <{EX}near> <{EX}w{n + 1}> <{EX}graph/y> .\n")
        if n % 2:
            lines.append(f'<{EX}w{n}> <{EX}label> "Ding {n}"@de <{EX}graph/x> .\n')
    for n in range(40):
        lines.append(f'<{EX}w{n}> <{EX}kind> "K{n % 3}" <{EX}graph/y> .\n')
        lines.append(f'<{EX}w{n}> <{EX}tag> "C{n % 10}" <{EX}graph/y> .\n')
    values = (ODD, f'"1.50"^^<{XSD}decimal>', f'"2020-01-01"^^<{XSD}date>', '""', '"x"@en-gb', f'"v"^^<{EX}type>', "<urn:x:y>")
    lines += [f"<{EX}w{n}> <{EX}odd> {value} <{EX}graph/z> .\n" for n, value in enumerate(values)]
    lines += [
        f'<{EX}w{n}> <{EX}node> _:b{n % 2} <{EX}graph/z> .\n_:b{n % 2} <{EX}says> "B{n % 2}" <{EX}graph/z> .\n' for n in range(6)
    ]
    return [line for text in lines for line in text.splitlines(keepends=True)]


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serve(make_site(tmp_path_factory.mktemp("there"), there()), **PATIENT) as running:
        yield running


@pytest.fixture(scope="module")
def dead() -> Iterator[str]:
    """Yield the address of an endpoint that is not there."""
    with kept_port() as port:
        yield f"http://127.0.0.1:{port}/sparql"


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory, other: Service, dead: str) -> Iterator[Service]:
    listed = f"{other.address}/sparql {dead} http://example.org/name#only"
    with serve(make_site(tmp_path_factory.mktemp("here"), here()), services=listed, service_rows=700, **PATIENT) as running:
        yield running


@pytest.fixture(scope="module")
def merged() -> tuple[Store, Store]:
    """Return all data in one store: with all in the default graph, and with what the other instance knows in a graph of its own."""
    together, apart = Store(), Store()
    for lines, name in ((here(), None), (there(), NamedNode(THERE))):
        for store, goes in ((together, None), (apart, name)):
            found = Store()
            found.load("".join(lines).encode(), RdfFormat.N_QUADS)
            for quad in found:
                store.add(Quad(quad.subject, quad.predicate, quad.object, goes or DefaultGraph()))
                if store is apart and goes is None:
                    store.add(quad)
    return together, apart


def rows(document: Any) -> Counter[tuple[Any, ...]]:
    """Return the solutions of an answer as a multiset; blank nodes are alike."""
    if "boolean" in document:
        return Counter([(document["boolean"],)])
    found = document["results"]["bindings"]
    return Counter(
        tuple(sorted((n, "node" if t["type"] == "bnode" else json.dumps(t, sort_keys=True)) for n, t in row.items()))
        for row in found
    )


def solve(store: Store, text: str) -> Any:
    found = store.query(text)
    assert not isinstance(found, QueryTriples)
    return json.loads(found.serialize(format=QueryResultsFormat.JSON) or b"")


PLACE = re.compile(r"\bS(?= [{#])")
#: Queries in which S stands for SERVICE and its address, for a graph of the merged data, or for nothing.
SAME = {
    "join": "SELECT * { ?p ex:item ?w . S { ?w ex:label ?l } }",
    "join, SERVICE first": "SELECT * { S { ?w ex:label ?l } ?p ex:item ?w }",
    "join, SERVICE between": "SELECT * { ?p ex:name ?n . S { ?w ex:label ?l } ?p ex:item ?w . FILTER(?n > 'Person 3') }",
    "join on a literal": "SELECT * { ?p ex:code ?c . S { ?w ex:tag ?c } }",
    "join on two": "SELECT * { ?p ex:item ?w ; ex:code ?c . S { ?w ex:tag ?c ; ex:label ?l } }",
    "join on a number": "SELECT * { ?p ex:rank ?r . S { ?w ex:size ?r ; ex:kind ?k } }",
    "nothing shared": "SELECT * { ?p ex:code 'C1' . S { ?w ex:kind 'K1' ; ex:label ?l } }",
    "nothing beside": "SELECT * { S { ?w ex:kind ?k } }",
    "nothing found here": "SELECT * { ?p ex:nothing ?w . S { ?w ex:label ?l } }",
    "nothing found there": "SELECT * { ?p ex:item ?w . S { ?w ex:nothing ?l } }",
    "no variables": "SELECT * { ?p ex:code 'C1' . S { ex:w1 ex:kind 'K1' } }",
    "no variables, nothing": "SELECT * { ?p ex:code 'C1' . S { ex:w1 ex:kind 'K2' } }",
    "empty pattern": "SELECT * { ?p ex:code 'C1' . S { } }",
    "OPTIONAL SERVICE": "SELECT * { ?p ex:name ?n . OPTIONAL { ?p ex:item ?w } OPTIONAL { S { ?w ex:kind ?k } } }",
    "OPTIONAL with a filter": "SELECT * { ?p ex:item ?w . OPTIONAL { S { ?w ex:size ?s } FILTER(?s > 4) } }",
    "OPTIONAL, inner join": "SELECT * { ?p ex:name ?n . OPTIONAL { ?p ex:item ?w . S { ?w ex:kind ?k } } }",
    "OPTIONAL inside": "SELECT * { ?p ex:item ?w . S { ?w ex:size ?s OPTIONAL { ?w ex:kind ?k } } }",
    "OPTIONAL with the key inside": "SELECT * { ?p ex:item ?w ; ex:code ?c . S { ?x ex:kind 'K1' OPTIONAL { ?w ex:tag ?c FILTER(?w = ?x) } } }",
    "SERVICE then OPTIONAL": "SELECT * { S { ?w ex:kind ?k } OPTIONAL { ?p ex:item ?w } }",
    "UNION": "SELECT * { ?p ex:item ?w . { S { ?w ex:label ?l } } UNION { ?p ex:name ?l } }",
    "UNION inside": "SELECT * { ?p ex:item ?w . S { { ?w ex:label ?l } UNION { ?w ex:kind ?l } } }",
    "MINUS": "SELECT * { ?p ex:item ?w . MINUS { S { ?w ex:kind 'K1' } } }",
    "MINUS beside": "SELECT * { ?p ex:item ?w . MINUS { ?p ex:code 'C1' } S { ?w ex:label ?l } }",
    "MINUS, nothing shared": "SELECT * { ?p ex:item ?w . MINUS { S { ?x ex:kind 'K1' } } }",
    "FILTER EXISTS": "SELECT * { ?p ex:item ?w . FILTER EXISTS { S { ?w ex:kind 'K1' } } }",
    "FILTER NOT EXISTS": "SELECT * { ?p ex:item ?w . FILTER NOT EXISTS { ?p ex:item ?w . S { ?w ex:kind 'K1' } } }",
    "EXISTS in an expression": "SELECT * { ?p ex:item ?w . FILTER(?w = ex:w1 || EXISTS { S { ?w ex:kind 'K2' } }) }",
    "EXISTS in BIND": "SELECT * { ?p ex:item ?w . BIND(EXISTS { S { ?w ex:kind 'K2' } } AS ?e) }",
    "EXISTS in HAVING": "SELECT ?w (COUNT(?p) AS ?n) { ?p ex:item ?w } GROUP BY ?w HAVING(EXISTS { S { ?w ex:kind 'K2' } })",
    "FILTER beside": "SELECT * { ?p ex:item ?w ; ex:rank ?r . FILTER(?r > 1) S { ?w ex:label ?l } FILTER(LANG(?l) = 'de') }",
    "FILTER over both": "SELECT * { ?p ex:item ?w ; ex:rank ?r . S { ?w ex:size ?s } FILTER(?r = ?s || !BOUND(?s)) }",
    "FILTER inside": "SELECT * { ?p ex:item ?w . S { ?w ex:label ?l FILTER(LANGMATCHES(LANG(?l), 'de') && STRLEN(?l) > 3) } }",
    "unbound filter variable": "SELECT * { ?p ex:item ?w . FILTER(!BOUND(?l)) S { ?w ex:size ?s } OPTIONAL { S { ?w ex:kind ?k } } }",
    "subselect around": "SELECT * { ?p ex:name ?n . { SELECT ?p ?k { ?p ex:item ?w . S { ?w ex:kind ?k } } } }",
    "subselect inside": "SELECT * { ?p ex:item ?w . S { SELECT ?w (COUNT(?l) AS ?c) { ?w ex:label ?l } GROUP BY ?w HAVING(COUNT(?l) > 1) LIMIT 600 } }",
    "subselect that hides": "SELECT * { ?p ex:item ?w . S { { SELECT ?k { ?w ex:kind ?k FILTER(?k != 'K0') } } ?w ex:tag ?t } }",
    "subselect beside": "SELECT * { { SELECT DISTINCT ?w { ?p ex:item ?w ; ex:rank 1 } } S { ?w ex:label ?l } }",
    "subselect that picks": "SELECT * { { SELECT ?p ?w { ?p ex:item ?w } ORDER BY ?p ?w LIMIT 7 } FILTER(?w != ex:w1) S { ?w ex:label ?l } S { ?w ex:size ?s } }",
    "aggregate": "SELECT ?r (COUNT(*) AS ?n) (SUM(?s) AS ?t) { ?p ex:item ?w ; ex:rank ?r . S { ?w ex:size ?s } } GROUP BY ?r",
    "aggregate of all": "SELECT (COUNT(DISTINCT ?k) AS ?n) { S { ?w ex:kind ?k } }",
    "DISTINCT": "SELECT DISTINCT ?k { ?p ex:item ?w . S { ?w ex:kind ?k } }",
    "duplicates": "SELECT ?k { ?p ex:rank ?r . S { ?w ex:kind ?k } FILTER(?r = 0) }",
    "duplicates inside": "SELECT ?k { ?p ex:code 'C3' . S { SELECT ?k { ?w ex:kind ?k } } }",
    "order and limit": "SELECT * { ?p ex:item ?w . S { ?w ex:label ?l } } ORDER BY ?p ?w ?l LIMIT 9 OFFSET 3",
    "two SERVICEs": "SELECT * { ?p ex:item ?w . S { ?w ex:kind ?k } S { ?w ex:near ?v } }",
    "a SERVICE by the other's values": "SELECT * { ?p ex:item ?w . S { ?w ex:near ?v } S { ?v ex:label ?l } }",
    "path inside": "SELECT * { ?p ex:item ?w . S { ?w ex:near/ex:near/^ex:near ?v } }",
    "path of any length": "SELECT * { ?p ex:item ?w ; ex:code 'C0' . S { ?w ex:near* ?v . ?v ex:kind 'K2' } }",
    "BIND inside": "SELECT * { ?p ex:item ?w . S { ?w ex:size ?s BIND(?s + 1 AS ?t) } }",
    "BIND beside": "SELECT * { ?p ex:item ?v . BIND(IRI(CONCAT(STR(?v), '0')) AS ?w) S { ?w ex:label ?l } }",
    "BIND behind": "SELECT * { ?p ex:item ?w . S { ?w ex:size ?s } BIND(?s * 2 AS ?t) ?p ex:rank ?t }",
    "VALUES inside": "SELECT * { ?p ex:item ?w . S { VALUES ?w { ex:w1 ex:w2 ex:w15 } ?w ex:label ?l } }",
    "VALUES beside": "SELECT * { VALUES (?w ?x) { (ex:w1 1) (ex:w1 2) (ex:w2 UNDEF) } S { ?w ex:label ?l } }",
    "VALUES with UNDEF beside": "SELECT * { VALUES (?w ?k) { (ex:w1 UNDEF) (UNDEF 'K0') } S { ?w ex:kind ?k } }",
    "VALUES behind": "SELECT * { ?p ex:item ?w OPTIONAL { S { ?w ex:kind ?k } } } VALUES ?k { 'K1' }",
    "GRAPH around": "SELECT * { GRAPH ?g { ?p ex:item ?w . S { ?w ex:label ?l } } }",
    "GRAPH named around": "SELECT * { GRAPH ex:graph\\/g1 { ?p ex:item ?w . S { ?w ex:label ?l } } }",
    "GRAPH beside": "SELECT * { GRAPH ?g { ?p ex:item ?w } S { ?w ex:label ?l } }",
    "groups": "SELECT * { { { ?p ex:item ?w } { { S { ?w ex:label ?l } } } } }",
    "triples of all kinds": "SELECT * { ?p ex:item ?w, ?v ; ex:code 'C0', 'C0' . [] ex:item ?w . S { ?w ex:near [ ex:kind ?k ] ; ex:size ?s } }",
    "odd terms": "SELECT * { S { ?w ex:odd ?o } }",
    "odd terms joined": "SELECT * { ?p ex:item ?w . S { ?w ex:odd ?o } FILTER(!ISIRI(?o) || STRLEN(STR(?o)) > 0) }",
    "blank nodes": "SELECT * { ?p ex:item ?w . S { ?w ex:node ?b . ?b ex:says ?t } }",
    "blank nodes, few": "SELECT ?w (ISBLANK(?o) AS ?is) (ISIRI(?o) AS ?no) { S { { ?w ex:node ?o } UNION { ?w ex:near ?o . ?o ex:kind 'K1' } UNION { ?w ex:odd 'x' } } }",
    "blank nodes are as many": "SELECT (COUNT(DISTINCT ?b) AS ?n) (COUNT(*) AS ?m) { ?p ex:item ?w . S { ?w ex:node ?b } }",
    "blank nodes join": "SELECT (COUNT(*) AS ?m) { S { ?w ex:node ?b . ?v ex:node ?b } }",
    "ASK": "ASK { ?p ex:item ?w . S { ?w ex:kind 'K1' } }",
    "ASK, no": "ASK { ?p ex:item ?w . S { ?w ex:kind 'K9' } }",
    "comments and strings": "SELECT * # SERVICE <x> {\n{ ?p ex:item ?w . # }\n S # {\n { ?w ex:label ?l . # }\n FILTER(?l != '} SERVICE') }\n}",
    "changing functions beside": "SELECT ?p ?w ?l { ?p ex:item ?w . BIND(RAND() AS ?r) S { ?w ex:size ?l FILTER(?l = 8) ?w ex:kind ?k } }",
}


def federated(text: str, address: str) -> str:
    return PREFIX + PLACE.sub(f"SERVICE <{address}/sparql>", text)


def local(text: str, graph: str) -> str:
    return PREFIX + PLACE.sub(graph, text)


@pytest.mark.parametrize("name", SAME)
def test_a_query_across_two_instances_finds_what_the_merged_data_has(
    one: Service, other: Service, merged: tuple[Store, Store], name: str
) -> None:
    together, apart = merged
    reply = ask(one.address, federated(SAME[name], other.address))
    assert reply.status == 200, reply.text
    found = rows(reply.json)
    assert found == rows(solve(apart, local(SAME[name], f"GRAPH <{THERE}>")))
    if "GRAPH" not in name:
        assert found == rows(solve(together, local(SAME[name], "")))


# -- what the multisets do not show --------------------------------------------------------------------------------------


def total(service: Service, outcome: str) -> int:
    """Return how many SERVICEs ended so."""
    return service.figures("allegata_service_total")[outcome]


def slug(reply: Reply) -> str:
    return str(reply.json["type"]).rsplit("/", 1)[1]


def test_inside_graph_inline_data_stands_in_each_graph(one: Service, other: Service) -> None:
    query = f"SELECT * {{ GRAPH ?g {{ SERVICE <{other.address}/sparql> {{ ?w ex:kind 'K1' }} }} }}"
    graphs = {row["g"]["value"] for row in ask(one.address, "SELECT DISTINCT ?g { GRAPH ?g {} }").json["results"]["bindings"]}
    items = {f"{EX}w{n}" for n in range(40) if n % 3 == 1}
    found = [(row["g"]["value"], row["w"]["value"]) for row in ask(one.address, PREFIX + query).json["results"]["bindings"]]
    assert len(graphs) == 4 and sorted(found) == sorted((graph, item) for graph in graphs for item in items)


NARROWED = {
    "join": "{ ?p ex:item ?w . SERVICE <S> { ?w ex:label ?l } }",
    "SERVICE first": "{ SERVICE <S> { ?w ex:label ?l } ?p ex:item ?w }",
    "OPTIONAL": "{ ?p ex:item ?w OPTIONAL { SERVICE <S> { ?w ex:label ?l FILTER(STR(?l) > 'I') } FILTER(?w != ex:w1) } }",
    "UNION": "{ ?p ex:item ?w { SERVICE <S> { ?w ex:label ?l } } UNION { SERVICE <S> { ?w ex:near ?l } } }",
    "filtered": "{ ?p ?any ?w FILTER(?any = ex:item && ISIRI(?w)) SERVICE <S> { ?w ex:label ?l } }",
    "picked": "{ { SELECT ?w { ?p ex:item ?w } LIMIT 5 } SERVICE <S> { ?w ex:label ?l } }",
}


@pytest.mark.parametrize("name", NARROWED)
def test_only_what_can_join_is_asked_for(one: Service, other: Service, name: str) -> None:
    """The other instance has 4500 labels, and an answer of over 700 rows would be refused."""
    address = f"{other.address}/sparql"
    reply = ask(one.address, PREFIX + "SELECT (COUNT(?l) AS ?n) " + NARROWED[name].replace("<S>", f"<{address}>"))
    assert reply.status == 200 and int(reply.json["results"]["bindings"][0]["n"]["value"]) >= 5
    whole = ask(one.address, PREFIX + f"SELECT * {{ ?p ex:item ?x . SERVICE <{address}> {{ ?w ex:label ?l }} }}")
    assert (whole.status, slug(whole), whole.json["limit"], whole.json["service"]) == (
        400,
        "limit-exceeded",
        "service_rows",
        address,
    )


def test_nobody_is_asked_where_nothing_can_join(one: Service, dead: str) -> None:
    before = total(one, "unneeded")
    reply = ask(one.address, PREFIX + f"SELECT * {{ ?p ex:nothing ?w . SERVICE <{dead}> {{ ?w ex:label ?l }} }}")
    assert (set(reply.json["head"]["vars"]), reply.json["results"]["bindings"]) == ({"p", "w", "l"}, [])
    assert total(one, "unneeded") == before + 1


def test_many_values_are_sent_in_parts(tmp_path_factory: pytest.TempPathFactory, other: Service) -> None:
    lines = [f"<{EX}p{n}> <{EX}item> <{EX}w{n % 900}> <{EX}graph/g> .\n" for n in range(1000)]
    listed = f"{other.address}/sparql"
    with serve(make_site(tmp_path_factory.mktemp("many"), lines), services=listed, service_rows=2000, **PATIENT) as many:
        query = PREFIX + f"SELECT ?p ?w ?s {{ ?p ex:item ?w . SERVICE <{listed}> {{ ?w ex:size ?s }} }}"
        found = [row["s"]["value"] for row in ask(many.address, query).json["results"]["bindings"]]
        assert Counter(found) == Counter(str(n % 900 % 9) for n in range(1000))
        nodes = (
            PREFIX
            + f"SELECT (COUNT(DISTINCT ?b) AS ?n) {{ ?p ex:item ?w . SERVICE <{listed}> {{ ?w ex:near ?v OPTIONAL {{ ?w ex:node ?b }} }} }}"
        )
        assert ask(many.address, nodes).json["results"]["bindings"][0]["n"]["value"] == "2"


# -- failing -------------------------------------------------------------------------------------------------------------


def test_an_endpoint_that_is_not_there_is_a_truthful_502(one: Service, dead: str) -> None:
    before = total(one, "failed")
    reply = ask(one.address, f"SELECT * {{ ?s ?p ?o . SERVICE <{dead}> {{ ?s ?q ?x }} }}")
    assert (reply.status, slug(reply), reply.json["service"]) == (502, "service-failed", dead)
    assert "etag" not in reply.headers and reply.headers["cache-control"] == "no-store"
    assert total(one, "failed") == before + 1


SILENT = {
    "join": ("{ ?p ex:code 'C1' . SERVICE SILENT <D> { ?p ex:label ?l } }", 6),
    "OPTIONAL": ("{ ?p ex:code 'C1' . OPTIONAL { SERVICE SILENT <D> { ?p ex:label ?l } } }", 6),
    "MINUS": ("{ ?p ex:code 'C1' . MINUS { SERVICE SILENT <D> { ?p ex:label ?l } } }", 6),
    "UNION": ("{ { ?p ex:code 'C1' } UNION { SERVICE SILENT <D> { ?p ex:label ?l } } }", 7),
    "alone": ("{ SERVICE SILENT <D> { ?p ex:label ?l } }", 1),
    "no variables": ("{ SERVICE SILENT <D> { } }", 1),
    "in small letters": ("{ service silent <D> { ?p ex:label ?l } }", 1),
}


@pytest.mark.parametrize("name", SILENT)
def test_silent_goes_on_with_one_empty_solution_and_says_so(one: Service, dead: str, name: str) -> None:
    text, count = SILENT[name]
    reply = ask(one.address, PREFIX + "SELECT * " + text.replace("<D>", f"<{dead}>"))
    assert reply.status == 200 and len(reply.json["results"]["bindings"]) == count
    assert reply.headers["allegata-missing"] == f"<{dead}>"
    assert "l" in reply.json["head"]["vars"] or name in ("MINUS", "no variables")
    assert all("l" not in row for row in reply.json["results"]["bindings"])


def test_what_is_not_on_the_list_is_refused(one: Service, other: Service) -> None:
    address = f"{other.address}/sparql"
    for wrong in (
        f"<{address}x>",
        f"<{address}/>",
        f"<{other.address}>",
        "?where",
        f"<{address}?query=x>",
        f"<{address}#x>",
        "<sparql>",
    ):
        for query in (
            f"SELECT * {{ SERVICE {wrong} {{ }} }}",
            f"SELECT * {{ SERVICE <{address}> {{ SERVICE SILENT {wrong} {{ }} }} }}",
        ):
            reply = ask(one.address, query)
            assert (reply.status, slug(reply)) == (403, "query-refused"), query
    assert "variable" in ask(one.address, "SELECT * { VALUES ?x { <urn:x> } SERVICE ?x { } }").json["detail"]
    assert ask(one.address, "SELECT * { SERVICE <http://example.org/name#only> { ?s ?p ?o } }").status == 403


def test_a_prefixed_name_stands_for_its_address(one: Service, other: Service) -> None:
    query = f"PREFIX o: <{other.address}/> {PREFIX} SELECT * {{ SERVICE o:sparql {{ ?w ex:kind 'K1' }} }}"
    assert len(ask(one.address, query).json["results"]["bindings"]) == 13
    escaped = f"PREFIX o: <{other.address}/> {PREFIX} SELECT * {{ \\u0053ERVICE\nSILENT o:sparql {{ ?w ex:kind 'K1' }} }}"
    assert len(ask(one.address, escaped).json["results"]["bindings"]) == 13
    relative = f"BASE <{other.address}/x> PREFIX o: <sparql> SELECT * {{ SERVICE o: {{ }} }}"
    assert ask(one.address, relative).status == 403


def test_over_so_many_services_is_over_a_named_limit(one: Service, other: Service) -> None:
    six = f"SERVICE <{other.address}/sparql> {{ ?w ex:kind 'K1' }} " * 6
    reply = ask(one.address, f"{PREFIX} SELECT * {{ {six} }}")
    assert (reply.status, reply.json["limit"]) == (400, "service_calls")


BROKEN = {
    "SELECT *\n{ SERVICE <A> { ?s ?p } }": (2, None),
    "SELECT * { SERVICE # here\n<A> { ?s ?p ?o }\n?s ?p }": (3, None),
    "SELECT * { SERVICE <A> }": (1, 1),
    "SELECT * { OPTIONAL SERVICE <A> { } }": (1, 1),
    "SELECT * { SERVICE <A> { } UNION { } }": (1, 1),
    "SELECT * { { } UNION SERVICE <A> { } }": (1, 1),
    "SELECT * SERVICE <A> { }": (1, 1),
    "SELECT * { FILTER(SERVICE <A> { }) }": (1, 1),
    "SELECT * { SERVICE SILENT SILENT <A> { } }": (1, 1),
    "SELECT * { SERVICE <A> { ?s x:y ?o } }": (1, None),
    "SELECT * { SERVICE <A> { ?s ?p ?o BIND(1 AS ?o) } }": (1, None),
    "SELECT * { ?s ?p ?o SERVICE <A> { ?s ?p ?x } BIND(1 AS ?x) }": (1, None),
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_query_that_does_not_parse_is_told_before_anybody_is_asked(one: Service, dead: str, text: str) -> None:
    before = [total(one, outcome) for outcome in ("failed", "answered")]
    reply = ask(one.address, text.replace("<A>", f"<{dead}>"))
    assert reply.status in (400, 403) and slug(reply) in ("query-syntax", "query-refused"), reply.text
    assert [total(one, outcome) for outcome in ("failed", "answered")] == before
    if slug(reply) == "query-syntax":
        assert reply.json["line"] == BROKEN[text][0]


# -- what an answer says of itself ---------------------------------------------------------------------------------------


def test_an_answer_with_service_is_not_kept(one: Service, other: Service) -> None:
    query = PREFIX + f"SELECT * {{ SERVICE <{other.address}/sparql> {{ ?w ex:kind ?k }} }}"
    before = one.figures("allegata_engine")["kept"]
    for _ in range(2):
        for parameters in ({}, {"release": "1.0"}):
            reply = ask(one.address, query, **parameters)
            assert reply.status == 200 and "etag" not in reply.headers and reply.headers["cache-control"] == "no-store"
    assert one.figures("allegata_engine")["kept"] == before


def test_the_description_has_the_feature_where_there_is_a_list(one: Service, other: Service) -> None:
    for service, expected in ((one, True), (other, False)):
        text = fetch(service.address, "/sparql", headers={"Accept": "application/n-triples"}).text
        assert ("#BasicFederatedQuery>" in text) is expected


def test_the_form_for_people_asks_too(one: Service, other: Service) -> None:
    query = PREFIX + f"SELECT * {{ ?p ex:item ?w . SERVICE <{other.address}/sparql> {{ ?w ex:kind 'K1' ; ex:label ?label }} }}"
    page = fetch(one.address, f"/query?{urlencode({'query': query})}", headers={"Accept": "text/html"})
    assert page.status == 200 and "Item 1" in page.text


FORMS = {
    "CONSTRUCT { ?w ex:is ?l } WHERE { ?p ex:item ?w . S { ?w ex:kind ?l } }": "n-triples",
    "DESCRIBE ?p WHERE { S { ?w ex:kind 'K1' } ?p ex:item ?w }": "n-triples",
}


@pytest.mark.parametrize("text", FORMS)
def test_graphs_are_made_across_two_instances(one: Service, other: Service, merged: tuple[Store, Store], text: str) -> None:
    reply = ask(one.address, federated(text, other.address), "application/n-triples")
    expected = {f"{triple} ." for triple in merged[0].query(local(text, ""))}  # type: ignore[union-attr]
    if text.startswith("DESCRIBE"):
        expected = {line for line in expected if "/w" not in line.split()[0]}
    assert reply.status == 200 and len(expected) > 5 and set(reply.text.splitlines()) == expected


def test_the_dataset_of_the_request_holds_here_alone(one: Service, other: Service) -> None:
    query = PREFIX + f"SELECT * {{ ?p ex:item ?w . SERVICE <{other.address}/sparql> {{ ?w ex:kind ?k }} }}"
    clause = query.replace("SELECT *", f"SELECT * FROM <{EX}graph/g1> FROM <{EX}graph/g2>")
    parted = ask(one.address, query, **{"default-graph-uri": f"{EX}graph/g1"}).json["results"]["bindings"]
    whole = ask(one.address, query).json["results"]["bindings"]
    assert 0 < len(parted) < len(ask(one.address, clause).json["results"]["bindings"]) < len(whole)

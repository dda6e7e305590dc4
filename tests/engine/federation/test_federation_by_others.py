"""Federation: another SPARQL client joins its own data with a served release by SERVICE, and finds what the merged data has."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse
from rdflib import Graph, URIRef

from allegata.model.namespaces import BASE, PREFIXES, expand
from allegata.release.handle import Release
from http_client import ask, fetch
from service import PATIENT, make_site, serve
from support import ROOT

WIKIDATA = "http://www.wikidata.org/entity/"
#: Somebody else's data: states with a value of their own, by Wikidata item.
OTHERS = f"""
@prefix ex: <https://example.org/> .
<{WIKIDATA}Q423> ex:index 1 .
<{WIKIDATA}Q148> ex:index 2 .
<{WIKIDATA}Q99999999> ex:index 3 .
"""
JOIN = """
PREFIX ex: <https://example.org/>
PREFIX alg: <https://w3id.org/allegata/ns#>
PREFIX schema: <http://schema.org/>
SELECT ?item ?index ?vote WHERE {{
  ?item ex:index ?index .
  {0}
}}
"""
PATTERN = "?actor schema:sameAs ?item . ?position alg:state ?actor ; alg:vote ?vote ."


def local() -> Graph:
    return Graph().parse(data=OTHERS, format="turtle")


def merged(release: Release) -> set[tuple[str, ...]]:
    """Ask the merged data: the release's union and somebody else's triples in one store."""
    store = Store.read_only(str(release.folder / "store"))
    both = Store()
    both.extend(quad for quad in store.quads_for_pattern(None, None, None, None) if not isinstance(quad.graph_name, NamedNode))
    both.extend(parse(OTHERS, RdfFormat.TURTLE))
    rows: object = both.query(JOIN.format(PATTERN))
    return {tuple(row[name].value for name in ("item", "index", "vote")) for row in rows}  # type: ignore[attr-defined]


def test_a_federated_query_finds_what_the_merged_data_has(server: str, release: Release) -> None:
    query = JOIN.format(f"SERVICE <{server}/sparql> {{ {PATTERN} }}")
    federated = {tuple(str(term) for term in row) for row in local().query(query)}  # type: ignore[union-attr]
    expected = merged(release)
    assert len(expected) >= 10
    assert federated == expected


def test_the_endpoint_itself_reaches_nowhere(server: str) -> None:
    """As delivered, SERVICE in a query to us is refused (docs/decisions)."""
    reply = ask(server, f"SELECT * WHERE {{ SERVICE <{server}/sparql> {{ ?s ?p ?o }} }}")
    assert reply.status == 403


POPULATION = "http://www.wikidata.org/prop/direct/P1082"


def test_the_example_of_the_documentation_finds_what_the_merged_data_has(
    site: Path, release: Release, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The query of docs/endpoint.md, with a local instance in the place of Wikidata that also knows much that is not asked for."""
    block = re.search(r"```sparql\n([^`]*SERVICE.*?)```", (ROOT / "docs" / "endpoint.md").read_text("utf-8"), re.DOTALL)
    assert block
    others = [f'<{WIKIDATA}Q{n}> <{POPULATION}> "{n}" <urn:populations> .\n' for n in range(1000)]
    with serve(make_site(tmp_path_factory.mktemp("wikidata"), others), **PATIENT) as other:
        address = f"{other.address}/sparql"
        with serve(site, services=address, service_rows=500, **PATIENT) as one:
            reply = ask(one.address, block[1].replace("https://query.wikidata.org/sparql", address))
    assert reply.status == 200, reply.text
    store = Store.read_only(str(release.folder / "store"))
    both = Store()
    both.extend(quad for quad in store.quads_for_pattern(None, None, None, None) if not isinstance(quad.graph_name, NamedNode))
    both.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in parse("".join(others).encode(), RdfFormat.N_QUADS))
    expected: object = both.query(block[1].replace("SERVICE <https://query.wikidata.org/sparql>", ""))
    names = ("state", "vote", "population")
    merged_rows = Counter(tuple(row[name].value for name in names) for row in expected)  # type: ignore[attr-defined]
    assert len(merged_rows) >= 50
    assert Counter(tuple(row[name]["value"] for name in names) for row in reply.json["results"]["bindings"]) == merged_rows


@pytest.fixture(scope="module")
def description(server: str) -> Graph:
    reply = fetch(server, "/sparql", headers={"Accept": "text/turtle"})
    assert reply.status == 200
    return Graph().parse(data=reply.text, format="turtle")


def test_the_description_declares_the_prefixes(description: Graph) -> None:
    declared = {
        str(description.value(node, URIRef(expand("sh:prefix")))): str(description.value(node, URIRef(expand("sh:namespace"))))
        for node in description.objects(URIRef(f"{BASE}sparql#prefixes"), URIRef(expand("sh:declare")))
    }
    assert declared == PREFIXES


def test_each_example_of_the_description_runs(server: str, description: Graph) -> None:
    found = list(description.subjects(URIRef(expand("rdf:type")), URIRef(expand("sh:SPARQLExecutable"))))
    assert len(found) >= 90
    for node in found[::10]:
        text = description.value(node, URIRef(expand("sh:select"))) or description.value(node, URIRef(expand("sh:ask")))
        assert description.value(node, URIRef(expand("rdfs:comment")))
        assert str(description.value(node, URIRef(expand("schema:target")))) == f"{BASE}sparql"
        assert ask(server, str(text)).status == 200


def test_query_planners_find_the_link_predicates(description: Graph) -> None:
    predicates = {str(node) for node in description.objects(None, URIRef(expand("void:linkPredicate")))}
    assert expand("schema:sameAs") in predicates and expand("skos:exactMatch") in predicates
    assert len(set(description.subjects(URIRef(expand("void:linkPredicate")), None))) >= 8

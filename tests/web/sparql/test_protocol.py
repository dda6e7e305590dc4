"""The SPARQL 1.1 Protocol and Service Description: every case of the W3C suites over HTTP; updates are refused, by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from http_client import Reply, ask, fetch
from service import PATIENT, Service, make_site, serve
from support import EX, SHARED

SUITE = SHARED / "suites" / "w3c-rdf-tests" / "sparql" / "sparql11"
BASE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/protocol/manifest"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
CASES = 34

NO_UPDATE = "the data is edited as files, and the service has no update operation (SPARQL Protocol, section 2.2: it may refuse)"
#: Cases that expect an update to succeed. The service refuses their updates with 403, and nothing changes.
REFUSED = dict.fromkeys(
    """update_dataset_default_graph update_dataset_default_graphs update_dataset_named_graphs update_dataset_full
    update_post_form update_post_direct update_base_uri""".split(),
    NO_UPDATE,
)
TYPES = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {"application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"},
    "RDF": {"text/turtle", "application/n-triples", "application/rdf+xml"},
}


def manifest() -> Graph:
    """Read the suite's manifest, or nothing where the suite is not beside the checkout."""
    path = SUITE / "protocol" / "manifest.ttl"
    return Graph().parse(path, publicID=BASE) if path.is_file() else Graph()


MANIFEST = manifest()
NAMES = sorted(str(case).rsplit("#", 1)[1] for case in MANIFEST.subjects(RDF.type, MF.ProtocolTest))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, suites: Path) -> Iterator[Service]:
    """Serve the graphs that the suite's cases ask."""
    lines = []
    for name in ("data1", "data2", "data3"):
        for line in (suites / f"w3c-rdf-tests/sparql/sparql11/protocol/{name}.nt").read_text("utf-8").splitlines():
            lines.append(f"{line.rstrip(' .')} <http://kasei.us/2009/09/sparql/data/{name}.rdf> .\n")
    with serve(make_site(tmp_path_factory.mktemp("protocol"), lines), **PATIENT) as running:
        yield running


def test_all_cases_are_there(suites: Path) -> None:
    assert len(NAMES) == CASES and set(REFUSED) < set(NAMES)


def requests(name: str) -> list[Node]:
    """Return the requests of a case, in order."""
    action = MANIFEST.value(URIRef(f"{BASE}#{name}"), MF.action)
    sent = MANIFEST.value(action, HT.requests)
    assert sent is not None
    return list(Collection(MANIFEST, sent))


def send(address: str, request: Node) -> Reply:
    """Send a request as the suite has it; its path stands for that of the endpoint."""
    path = "/sparql" + str(MANIFEST.value(request, HT.absolutePath)).removeprefix("/sparql/")
    body = MANIFEST.value(MANIFEST.value(request, HT.body), CNT.chars) if MANIFEST.value(request, HT.body) else None
    fields = MANIFEST.value(request, HT.headers)
    pairs = {
        str(MANIFEST.value(field, HT.fieldName)): str(MANIFEST.value(field, HT.fieldValue))
        for field in (Collection(MANIFEST, fields) if fields else ())
    }
    encoding = "utf-16" if "UTF-16" in pairs.get("content-type", "") else "utf-8"
    data = str(body).encode(encoding) if body is not None else None
    return fetch(address, path, method=str(MANIFEST.value(request, HT.methodName)), headers=pairs, body=data)


def check(reply: Reply, request: Node) -> None:
    """Compare a reply with what the suite expects of it."""
    expected = MANIFEST.value(request, HT.resp)
    classes = {str(status)[-3] for status in MANIFEST.objects(expected, MF.expectedStatus)}
    assert str(reply.status)[0] in classes, reply.text
    form = MANIFEST.value(expected, MF.expectedFormat)
    if form is not None:
        assert reply.type in TYPES[str(form)]
    truth = MANIFEST.value(expected, MF.expectedBoolean)
    if truth is not None:
        assert reply.json["boolean"] is truth.toPython()  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in REFUSED])
def test_a_case_of_the_w3c_suite(service: Service, name: str) -> None:
    sent = requests(name)
    assert sent
    for request in sent:
        check(send(service.address, request), request)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_an_update_of_the_w3c_suite_is_refused_and_changes_nothing(service: Service, name: str) -> None:
    before = ask(service.address, "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o").json
    update, *questions = requests(name)
    reply = send(service.address, update)
    assert (reply.status, reply.json["type"].rsplit("/", 1)[1]) == (403, "query-refused")
    for question in questions:
        assert send(service.address, question).json["boolean"] is False
    assert ask(service.address, "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o").json == before


# -- service description -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def description(service: Service) -> Graph:
    """Return what the endpoint says of itself (W3C case returns-rdf)."""
    reply = fetch(service.address, "/sparql", headers={"Accept": "text/turtle"})
    assert (reply.status, reply.type) == (200, "text/turtle")
    return Graph().parse(data=reply.text, format="turtle")


def test_without_accept_the_endpoint_describes_itself_in_rdf_or_shows_a_form(service: Service) -> None:
    for accept, expected in {"*/*": "text/html", "text/turtle, */*;q=0.1": "text/turtle", "application/rdf+xml": None}.items():
        reply = fetch(service.address, "/sparql", headers={"Accept": accept})
        assert (reply.status, reply.type) == (200, expected or accept)


def test_the_description_has_the_endpoint(description: Graph) -> None:
    """W3C cases has-endpoint-triple and conforms-to-schema (Service Description, section 3)."""
    (described,) = description.subjects(RDF.type, SD.Service)
    assert set(description.objects(described, SD.endpoint)) == {URIRef(f"{EX}sparql")}
    assert set(description.objects(described, SD.supportedLanguage)) == {SD.SPARQL11Query}
    ranges = {SD.defaultDataset: SD.Dataset, SD.namedGraph: SD.NamedGraph, SD.defaultGraph: SD.Graph}
    for relation, kind in ranges.items():
        found = set(description.objects(None, relation))
        assert found and all((thing, RDF.type, kind) in description for thing in found)
    for named in description.objects(None, SD.namedGraph):
        assert len(set(description.objects(named, SD.name))) == 1


def test_every_feature_that_is_described_holds(service: Service, description: Graph) -> None:
    features = {str(feature).rsplit("#", 1)[1] for feature in description.objects(None, SD.feature)}
    assert features == {"UnionDefaultGraph"}
    default = ask(service.address, "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o").json
    named = ask(service.address, "SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } ORDER BY ?s ?p ?o").json
    assert default == named and len(default["results"]["bindings"]) >= 4


def test_every_format_that_is_described_is_answered(service: Service, description: Graph) -> None:
    names = {str(name).rsplit("/", 1)[1] for name in description.objects(None, SD.resultFormat)}
    offered = {
        "SPARQL_Results_JSON": ("SELECT * { ?s ?p ?o }", "application/sparql-results+json"),
        "SPARQL_Results_XML": ("SELECT * { ?s ?p ?o }", "application/sparql-results+xml"),
        "SPARQL_Results_CSV": ("SELECT * { ?s ?p ?o }", "text/csv"),
        "SPARQL_Results_TSV": ("SELECT * { ?s ?p ?o }", "text/tab-separated-values"),
        "Turtle": ("CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle"),
        "N-Triples": ("CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples"),
        "JSON-LD": ("CONSTRUCT WHERE { ?s ?p ?o }", "application/ld+json"),
        "RDF_XML": ("CONSTRUCT WHERE { ?s ?p ?o }", "application/rdf+xml"),
        "TriG": ("CONSTRUCT WHERE { ?s ?p ?o }", "application/trig"),
    }
    assert names == set(offered)
    for query, media_type in offered.values():
        reply = ask(service.address, query, media_type)
        assert (reply.status, reply.type) == (200, media_type) and len(reply.body) > 20


# -- what the suite leaves out -------------------------------------------------------------------------------------------


def test_relative_iris_are_resolved_by_the_base_of_the_data(service: Service) -> None:
    reply = ask(service.address, "SELECT (STR(<claim/x>) AS ?iri) {}")
    assert reply.json["results"]["bindings"][0]["iri"]["value"] == f"{EX}claim/x"
    assert ask(service.address, "BASE <urn:a:> SELECT (STR(<claim/x>) AS ?iri) {}").status in (200, 400)


@pytest.mark.parametrize(
    "accept",
    [
        "text/turtle;charset=utf-8",
        'application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"',
        "text/html;q=0.1, application/n-triples",
        "text/*;q=0.2, text/turtle;q=0, application/n-triples;q=0.1",
        "TEXT/Turtle",
    ],
)
def test_media_ranges_with_parameters_and_weights(service: Service, accept: str) -> None:
    wanted = "application/n-triples" if "n-triples" in accept else accept.split(";")[0].lower()
    assert ask(service.address, "CONSTRUCT WHERE { ?s ?p ?o }", accept).type == wanted


@pytest.mark.parametrize("word", ["output", "results", "format"])
def test_the_words_that_clients_send(service: Service, word: str) -> None:
    for value, expected in {
        "json": "application/sparql-results+json",
        "csv": "text/csv",
        "xml": "application/sparql-results+xml",
    }.items():
        assert ask(service.address, "SELECT * { ?s ?p ?o }", "*/*", **{word: value}).type == expected


@pytest.mark.parametrize(
    "path", ["/sparql?query=%E0%80", "/sparql?query=%GG", "/sparql?query=%", "/sparql?%FF=1", "/sparql?query=%ED%A0%80"]
)
def test_what_is_not_utf8_or_not_encoded_is_refused(service: Service, path: str) -> None:
    reply = fetch(service.address, path)
    assert (reply.status, reply.json["type"].rsplit("/", 1)[1]) == (400, "bad-request")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_other_methods_name_those_that_work(service: Service, method: str) -> None:
    reply = fetch(service.address, "/sparql", method=method)
    assert reply.status == 405 and {"GET", "HEAD", "POST", "OPTIONS"} == set(reply.headers["allow"].replace(" ", "").split(","))
    assert reply.headers["access-control-allow-origin"] == "*"


def test_a_syntax_error_is_told_with_its_place_in_both_shapes(service: Service) -> None:
    query = urlencode({"query": "SELECT * {\n  ?s ?p ?o .\n  FILTER(?o >> 1)\n}"})
    reply = fetch(service.address, f"/sparql?{query}", headers={"Accept": "application/sparql-results+json"})
    body: dict[str, Any] = json.loads(reply.body)
    assert (reply.status, body["line"], body["column"]) == (400, 3, 13) and body["near"].startswith(">> 1")
    plain = fetch(service.address, f"/sparql?{query}", headers={"Accept": "text/csv, text/plain;q=0.9"})
    assert plain.type == "text/plain" and "Line 3, column 13" in plain.text

"""The service over real HTTP: protocol, negotiation, dereferencing, pages, files, and one shape for every error."""

from __future__ import annotations

import csv
import gzip
import io
import re
from urllib.parse import urlencode

import pytest
import rdflib

from allegata.model.formats import BINDING_FORMATS, GRAPH_FORMATS, Format
from allegata.release.handle import Release
from http_client import Reply, ask, fetch

SELECT = "SELECT ?s WHERE { ?s a <https://w3id.org/allegata/ns#Claim> } ORDER BY ?s LIMIT 3"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CLAIM = "/claim/camps-hold-about-200000"
RDFLIB = {"Turtle": "turtle", "N-Triples": "nt", "JSON-LD": "json-ld", "RDF/XML": "xml", "TriG": "trig"}


def assert_problem(reply: Reply, status: int, slug: str) -> None:
    """Check the one shape of an error (RFC 9457)."""
    assert (reply.status, reply.type) == (status, "application/problem+json"), reply.text
    assert reply.json["type"].endswith(f"/problem/{slug}")
    assert reply.json["status"] == status
    assert reply.json["title"] and reply.json["detail"]
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "Traceback" not in reply.text


# -- the query operation -------------------------------------------------------------------------------------------------


def test_a_query_by_get(server: str) -> None:
    reply = ask(server, SELECT)
    assert (reply.status, reply.type) == (200, "application/sparql-results+json")
    assert len(reply.json["results"]["bindings"]) == 3
    assert int(reply.headers["content-length"]) == len(reply.body)


def test_a_query_by_form_post(server: str) -> None:
    reply = fetch(server, "/sparql", method="POST", headers=FORM, body=urlencode({"query": SELECT}).encode())
    assert (reply.status, reply.body) == (200, ask(server, SELECT).body)


def test_a_query_by_direct_post(server: str) -> None:
    headers = {"Content-Type": "application/sparql-query"}
    reply = fetch(server, "/sparql", method="POST", headers=headers, body=SELECT.encode())
    assert (reply.status, reply.body) == (200, ask(server, SELECT).body)


@pytest.mark.parametrize("item", BINDING_FORMATS, ids=lambda item: item.name)
def test_results_in_each_format(server: str, item: Format) -> None:
    reply = ask(server, SELECT, item.media_type)
    assert (reply.status, reply.headers["content-type"]) == (200, item.content_type)
    assert ask(server, SELECT, "*/*", format=item.words[0]).body == reply.body
    assert reply.text.count("https://w3id.org/allegata/claim/") == 3
    assert ask(server, "ASK { ?s ?p ?o }", item.media_type).status == 200


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # rdflib's own parsers use its deprecated names
@pytest.mark.parametrize("item", GRAPH_FORMATS, ids=lambda item: item.name)
def test_graphs_in_each_format(server: str, item: Format) -> None:
    reply = ask(server, CONSTRUCT, item.media_type)
    assert (reply.status, reply.headers["content-type"]) == (200, item.content_type)
    parsed = rdflib.Dataset().parse(data=reply.body, format=RDFLIB[item.name])
    assert sum(1 for _ in parsed.quads()) == 5


def test_the_question_of_the_two_documents(server: str) -> None:
    query = """PREFIX alg: <https://w3id.org/allegata/ns#>
        SELECT ?from ?stance ?to ?basis WHERE {
          ?s alg:from ?from ; alg:to ?to ; alg:stance ?stance ; alg:basis ?basis .
          ?from alg:statedIn <https://w3id.org/allegata/source/factsheet> .
          ?to alg:statedIn <https://w3id.org/allegata/source/report-2025> .
          FILTER(?stance IN (<https://w3id.org/allegata/scheme/stance/rebuts>, <https://w3id.org/allegata/scheme/stance/undercuts>))
        }"""
    rows = list(csv.DictReader(io.StringIO(ask(server, query, "text/csv").text)))
    assert len(rows) >= 20
    assert {row["basis"].rsplit("/", 1)[-1] for row in rows} <= {"explicit", "curatorInferred"}


def test_named_graphs_and_the_inferred_graph_can_be_left_out(server: str) -> None:
    base = "https://w3id.org/allegata/graph/"
    inside = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{base}inferred> {{ ?s ?p ?o }} }}"
    assert int(ask(server, inside).json["results"]["bindings"][0]["n"]["value"]) > 100
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    alone = ask(server, count, **{"default-graph-uri": f"{base}actors/persons"})
    clause = ask(server, count.replace("WHERE", f"FROM <{base}actors/persons> WHERE"))
    assert 0 < int(alone.json["results"]["bindings"][0]["n"]["value"]) < 200
    assert alone.json == clause.json


def test_an_answer_is_asked_for_again_by_its_tag(server: str) -> None:
    first = ask(server, SELECT)
    path = f"/sparql?{urlencode({'query': SELECT})}"
    headers = {"If-None-Match": first.headers["etag"], "Accept": "application/sparql-results+json"}
    again = fetch(server, path, headers=headers)
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert ask(server, SELECT, "text/csv").headers["etag"] != first.headers["etag"]
    assert "Accept" in first.headers["vary"]


def test_head_is_get_without_a_body(server: str) -> None:
    reply = fetch(server, f"/sparql?{urlencode({'query': SELECT})}", method="HEAD")
    assert (reply.status, reply.body) == (200, b"")


def test_options_says_what_is_possible_and_lets_other_origins_in(server: str) -> None:
    reply = fetch(server, "/sparql", method="OPTIONS")
    assert reply.status == 200
    assert {"GET", "POST", "HEAD", "OPTIONS"} <= set(reply.headers["allow"].replace(" ", "").split(","))
    assert "POST" in reply.headers["access-control-allow-methods"]


# -- what is refused -----------------------------------------------------------------------------------------------------


def test_a_syntax_error_names_line_column_and_text(server: str) -> None:
    reply = ask(server, "SELECT ?s WHERE {\n  ?s ?p }")
    assert_problem(reply, 400, "query-syntax")
    assert (reply.json["line"], reply.json["column"]) == (2, 9)
    plain = ask(server, "SELECT ?s WHERE {\n  ?s ?p }", "text/csv, text/plain;q=0.5")
    assert (plain.status, plain.type) == (400, "text/plain")
    assert "ine 2" in plain.text


@pytest.mark.parametrize(
    ("path", "status", "slug"),
    [
        ("/sparql?query=a&query=b", 400, "bad-request"),
        ("/sparql?query=%", 400, "bad-request"),
        ("/sparql?query=%FF", 400, "bad-request"),
        ("/sparql?query=ASK%7B%7D&timeout=soon", 400, "bad-request"),
        ("/sparql?query=ASK%7B%7D&format=pdf", 406, "not-acceptable"),
        ("/sparql?query=INSERT%20DATA%20%7B%7D", 403, "query-refused"),
        ("/sparql?query=ASK%7BSERVICE%20%3Chttp://127.0.0.1/%3E%7B%7D%7D", 403, "query-refused"),
        ("/sparql?update=CLEAR%20ALL", 403, "query-refused"),
        ("/sparql?query=" + "x" * 9000, 414, "address-too-long"),
        ("/nowhere", 404, "not-found"),
        ("/claim/nowhere", 404, "not-found"),
        ("/data/claim/nowhere.ttl", 404, "not-found"),
        ("/page/claim/nowhere", 404, "not-found"),
        ("/dumps/nowhere.gz", 404, "not-found"),
        ("/dumps/..%2Fmanifest.json", 404, "not-found"),
    ],
)
def test_a_bad_address_is_a_problem(server: str, path: str, status: int, slug: str) -> None:
    assert_problem(fetch(server, path, headers={"Accept": "application/json"}), status, f"{slug}")


def test_an_unacceptable_type_is_answered_with_the_offer(server: str) -> None:
    reply = ask(server, SELECT, "image/png")
    assert_problem(reply, 406, "not-acceptable")
    assert all(item.media_type in reply.json["remedy"] for item in BINDING_FORMATS)


@pytest.mark.parametrize(
    ("headers", "body", "status", "slug"),
    [
        ({"Content-Type": "text/plain"}, b"ASK {}", 415, "unsupported-media-type"),
        ({"Content-Type": "application/sparql-query; charset=utf-16"}, b"ASK {}", 415, "unsupported-media-type"),
        ({"Content-Type": "application/sparql-query"}, b"ASK { \xff }", 400, "bad-request"),
        ({"Content-Type": "application/sparql-update"}, b"CLEAR ALL", 403, "query-refused"),
        (FORM, b"update=CLEAR+ALL", 403, "query-refused"),
        (FORM, b"nothing=here", 400, "bad-request"),
        (FORM, b"query=ASK{}&query=ASK{}", 400, "bad-request"),
        (FORM, b"query=" + b"x" * (1024 * 1024), 413, "body-too-large"),
    ],
)
def test_a_bad_body_is_a_problem(server: str, headers: dict[str, str], body: bytes, status: int, slug: str) -> None:
    reply = fetch(server, "/sparql", method="POST", headers={**headers, "Accept": "application/json"}, body=body)
    assert_problem(reply, status, slug)


def test_other_methods_are_refused_with_those_that_work(server: str) -> None:
    reply = fetch(server, "/sparql", method="DELETE")
    assert_problem(reply, 405, "method-not-allowed")
    assert "GET" in reply.headers["allow"]


def test_people_get_a_page_for_an_error_and_markup_stays_text(server: str) -> None:
    reply = fetch(server, "/%3Cscript%3Ealert(1)%3C/script%3E", headers={"Accept": "text/html"})
    assert (reply.status, reply.type) == (404, "text/html")
    assert "<script>" not in reply.text and "&lt;script&gt;" in reply.text


# -- things --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        ("text/html", f"/page{CLAIM}"),
        ("text/turtle", f"/data{CLAIM}.ttl"),
        ("application/ld+json", f"/data{CLAIM}.jsonld"),
        ("application/rdf+xml", f"/data{CLAIM}.rdf"),
        ("*/*", f"/page{CLAIM}"),
    ],
)
def test_a_thing_leads_to_its_page_or_data(server: str, accept: str, target: str) -> None:
    reply = fetch(server, CLAIM, headers={"Accept": accept})
    assert reply.status == 303
    assert reply.headers["location"].endswith(target)
    assert "Accept" in reply.headers["vary"]
    assert fetch(server, target).status == 200


def test_data_describes_the_thing_and_its_parts(server: str) -> None:
    graph = rdflib.Graph().parse(data=fetch(server, f"/data{CLAIM}.ttl").text, format="turtle")
    thing = rdflib.URIRef("https://w3id.org/allegata" + CLAIM)
    assert graph.value(thing, rdflib.URIRef("https://w3id.org/allegata/ns#statement"))
    assert (rdflib.URIRef(f"{thing}/quantity"), rdflib.URIRef("http://schema.org/value"), rdflib.Literal(200000)) in graph


@pytest.mark.parametrize("path", ["/", "/sparql", "/ns", f"/page{CLAIM}", "/page/source/factsheet", "/page/actor/dprk"])
def test_pages_are_complete_without_scripts_and_load_nothing_from_elsewhere(server: str, path: str) -> None:
    reply = fetch(server, path, headers={"Accept": "text/html"})
    assert (reply.status, reply.type) == (200, "text/html")
    # A block of data is not a script: nothing runs it.
    scripts = re.findall(r"<script[^>]*>", reply.text)
    running = [tag for tag in scripts if not re.search(r'type="application/(ld\+)?json"', tag)]
    running = [tag for tag in running if tag != '<script src="/static/copy.js" defer>']  # adds buttons to fields that are there
    over = {"/sparql": "query.js", f"/page{CLAIM}": "explore.js"}.get(path, "none")
    assert [tag for tag in running if tag != f'<script type="module" src="/static/built/{over}">'] == []
    assert 'src="http' not in reply.text and '<link rel="stylesheet" href="http' not in reply.text
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert "set-cookie" not in reply.headers


def test_the_home_page_says_what_is_here_in_figures(server: str) -> None:
    claims = ask(server, "SELECT (COUNT(*) AS ?n) WHERE { ?c a <https://w3id.org/allegata/ns#Claim> }")
    number = int(claims.json["results"]["bindings"][0]["n"]["value"])
    assert f">{number:,}</td>" in fetch(server, "/").text


def test_the_ontology_is_at_its_namespace(server: str) -> None:
    reply = fetch(server, "/ns", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=reply.text, format="turtle")
    assert (rdflib.URIRef("https://w3id.org/allegata/ns"), rdflib.RDF.type, rdflib.OWL.Ontology) in graph
    assert 'id="Assertion"' in fetch(server, "/ns", headers={"Accept": "text/html"}).text


def test_the_shapes_are_at_their_addresses(server: str) -> None:
    reply = fetch(server, "/shapes/assertion", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=reply.text, format="turtle")
    assert len(set(graph.subjects(rdflib.RDF.type, rdflib.SH.PropertyShape))) > 50


# -- the service about itself --------------------------------------------------------------------------------------------


def test_the_endpoint_describes_itself(server: str, release: Release) -> None:
    graph = rdflib.Graph().parse(data=fetch(server, "/sparql", headers={"Accept": "text/turtle"}).text, format="turtle")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    assert len(set(graph.objects(None, sd.resultFormat))) == len(BINDING_FORMATS) + len(GRAPH_FORMATS)
    assert {str(name) for name in graph.objects(None, sd.name)} >= set(release.manifest.graphs) - {
        "https://w3id.org/allegata/graph/meta"
    }


def test_health_and_readiness(server: str, release: Release) -> None:
    reply = fetch(server, "/healthz")
    assert (reply.status, reply.json["status"], reply.json["rdfc10"]) == (200, "ok", release.hash)
    assert fetch(server, "/readyz").status == 200


def test_dumps_are_the_files_of_the_release(server: str, release: Release) -> None:
    assert fetch(server, "/dumps/manifest.json").json == release.manifest.to_json()
    reply = fetch(server, "/dumps/allegata.nq.gz")
    entry = release.manifest.files["dumps/allegata.nq.gz"]
    assert (reply.status, len(reply.body), reply.headers["etag"]) == (200, entry.bytes, f'"{entry.sha256}"')
    assert len(gzip.decompress(reply.body).splitlines()) == release.manifest.quads


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *((f"{place}%3Cb%3E", 404) for place in ("/page/", "/data/", "/claim/", "/cite/", "/release/0.1.0/page/", "/timemap/")),
        ("/page/a%20b", 404),
        ("/compare?topic=%25", 404),
        (f"/search?page={'9' * 5000}", 400),
        ("/nowhere?lang=zz", 404),
        ("/query?example=%3Cb%3E", 404),
        ("/cite/query?lang=zz", 400),
        ("/data/claim/nowhere?lang=zz", 404),
    ],
)
def test_people_are_told_what_is_wrong_with_an_odd_address(server: str, path: str, status: int) -> None:
    reply = fetch(server, path, headers={"Accept": "text/html, */*;q=0.5"})
    assert (reply.status, reply.type) == (status, "text/html")
    assert '<html lang="en">' in reply.text and "<b>" not in reply.text


@pytest.mark.parametrize("name", ["If-Modified-Since", "If-Unmodified-Since", "If-Range"])
@pytest.mark.parametrize("path", ["/", "/dumps/manifest.json", "/static/site.css"])
def test_a_condition_with_a_date_that_is_none_is_ignored(server: str, path: str, name: str) -> None:
    reply = fetch(server, path, headers={name: "Sat, 21 Nov 99999999999999 00:00:00 GMT", "Accept": "*/*"})
    assert (reply.status, reply.body) == (200, fetch(server, path).body)


def test_the_documents_stand_by_name_and_not_by_the_number_of_their_assertions(server: str) -> None:
    text = fetch(server, "/").text
    assert 0 < text.index('<a href="/source/factsheet"') < text.index('<a href="/source/report-2025"')

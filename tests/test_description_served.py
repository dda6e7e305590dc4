"""The description over HTTP: VoID, catalogue, search engines' markup, signposts, crawlers' files."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from typing import Any
from urllib.robotparser import RobotFileParser

import pytest
import rdflib
import signposting

from allegata.formats import GRAPH_FORMATS
from allegata.release import Release
from http_client import ask, fetch

VOID = rdflib.Namespace("http://rdfs.org/ns/void#")
BASE = "https://w3id.org/allegata/"
CLAIM = "/page/claim/camps-hold-about-200000"


def graph(server: str, path: str) -> rdflib.Graph:
    reply = fetch(server, path, headers={"Accept": "text/turtle"})
    assert (reply.status, reply.type) == (200, "text/turtle")
    return rdflib.Graph().parse(data=reply.text, format="turtle")


@pytest.mark.parametrize("path", ["/.well-known/void", "/catalog"])
def test_descriptions_come_in_every_syntax(server: str, path: str) -> None:
    for item in GRAPH_FORMATS:
        reply = fetch(server, path, headers={"Accept": item.media_type})
        assert (reply.status, reply.type) == (200, item.media_type)
        again = fetch(server, path, headers={"Accept": item.media_type, "If-None-Match": reply.headers["etag"]})
        assert again.status == 304
    assert fetch(server, path, headers={"Accept": "image/png"}).status == 406


def test_the_counts_of_void_equal_what_queries_count(server: str) -> None:
    described = graph(server, "/.well-known/void")
    dataset = rdflib.URIRef(f"{BASE}dataset")

    def count(query: str) -> int:
        return int(ask(server, query, "text/csv").text.split()[1])

    assert int(str(described.value(dataset, VOID.triples))) == count("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert int(str(described.value(dataset, VOID.distinctSubjects))) == count("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }")
    graphs = ask(server, "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g", "text/csv").text.split()[1:]
    counted = {row.rpartition(",")[0]: int(row.rpartition(",")[2]) for row in graphs}
    name = rdflib.URIRef("http://www.w3.org/ns/sparql-service-description#name")
    told = {
        str(graph_name): int(str(described.value(part, VOID.triples))) for part, graph_name in described.subject_objects(name)
    }
    assert len(told) > 30 and told == counted


def test_every_dump_that_is_described_can_be_had(server: str) -> None:
    described = graph(server, "/.well-known/void")
    dumps = {str(value).removeprefix(BASE) for value in described.objects(None, VOID.dataDump)}
    assert len(dumps) > 30
    for path in sorted(dumps)[::9]:
        assert fetch(server, f"/{path}", method="HEAD").status == 200, path
    catalogue = graph(server, "/catalog")
    files = {
        str(value).removeprefix(BASE) for value in catalogue.objects(None, rdflib.URIRef("http://www.w3.org/ns/dcat#downloadURL"))
    }
    assert len(files) > 20
    for path in sorted(files)[::4]:
        assert fetch(server, f"/{path}", method="HEAD").status == 200, path


def test_licence_and_rights_stand_on_every_dataset(server: str) -> None:
    licence, rights = (rdflib.URIRef(f"http://purl.org/dc/terms/{name}") for name in ("license", "rights"))
    for path, kind in (("/.well-known/void", VOID.Dataset), ("/catalog", rdflib.URIRef("http://www.w3.org/ns/dcat#Dataset"))):
        described = graph(server, path)
        # Other people's datasets, to which ours links, have licences of their own.
        datasets = [
            one
            for one in described.subjects(rdflib.RDF.type, kind)
            if str(one).startswith((f"{BASE}dataset/graph/", f"{BASE}release/"))
        ]
        assert len(datasets) > (30 if kind == VOID.Dataset else 0)
        for dataset in datasets:
            assert described.value(dataset, licence) and described.value(dataset, rights), dataset


def test_provenance_names_the_software_and_every_file(server: str, release: Release) -> None:
    described = graph(server, "/.well-known/void")
    prov = rdflib.Namespace("http://www.w3.org/ns/prov#")
    build = described.value(rdflib.URIRef(f"{BASE}dataset"), prov.wasGeneratedBy)
    used = set(described.objects(build, prov.used))
    assert described.value(build, prov.wasAssociatedWith)
    made = set(described.subjects(prov.wasGeneratedBy, build)) - {rdflib.URIRef(f"{BASE}dataset")}
    assert {str(part).rsplit("/", 1)[-1] for part in made} == {"inferred", "meta"}
    assert len(used) + len(made) == len(release.manifest["graphs"])


# -- search engines ------------------------------------------------------------------------------------------------------


def markup(text: str) -> Any:
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    return json.loads(block)


def test_the_home_page_describes_the_dataset_as_search_engines_ask(server: str, release: Release) -> None:
    """Check the properties that Google's Dataset guidelines require and recommend, with their bounds."""
    page = fetch(server, "/")
    data = markup(page.text)
    assert (data["@context"], data["@type"]) == ("https://schema.org/", "Dataset")
    assert data["name"] == release.manifest["title"]
    assert 50 <= len(data["description"]) <= 5000
    recommended = {
        "creator",
        "distribution",
        "identifier",
        "includedInDataCatalog",
        "isAccessibleForFree",
        "keywords",
        "license",
        "version",
    }
    assert recommended <= set(data) and all(data[name] for name in recommended)
    assert data["creator"]["@type"] in ("Person", "Organization") and data["creator"]["name"]
    assert data["includedInDataCatalog"]["@type"] == "DataCatalog"
    for item in data["distribution"]:
        assert item["@type"] == "DataDownload" and item["encodingFormat"]
        assert fetch(server, "/" + item["contentUrl"].removeprefix(BASE), method="HEAD").status == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]


# -- signposts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/dumps", "/release/{version}"])
def test_the_pages_of_the_dataset_are_signposted(server: str, release: Release, path: str) -> None:
    path = path.format(version=release.version)
    reply = fetch(server, path, headers={"Accept": "text/html"})
    signs = signposting.find_signposting_http_link([reply.headers["link"]], server + path)
    assert signs.citeAs and signs.citeAs.target == f"{BASE}release/{release.version}"
    assert signs.license and signs.license.target == release.manifest["licence"]
    assert {str(sign.target) for sign in signs.types} == {"https://schema.org/Dataset", "https://schema.org/AboutPage"}
    assert signs.authors and len(signs.describedBy) == 2 and len(signs.items) == 4
    for sign in (*signs.describedBy, *signs.items):
        got = fetch(server, "/" + str(sign.target).split("/", 3)[3], headers={"Accept": str(sign.type)})
        assert (got.status, got.type) == (200, str(sign.type))


def test_the_page_of_a_thing_is_signposted(server: str) -> None:
    reply = fetch(server, CLAIM)
    signs = signposting.find_signposting_http_link([reply.headers["link"]], server + CLAIM)
    assert signs.citeAs and signs.citeAs.target == f"{BASE}claim/camps-hold-about-200000"
    assert {str(sign.type) for sign in signs.describedBy} == {"text/turtle", "application/ld+json"}
    assert signs.license and signs.collection
    for sign in signs.describedBy:
        got = fetch(server, "/" + str(sign.target).split("/", 3)[3])
        assert (got.status, got.type) == (200, str(sign.type))


def test_data_and_files_lead_back(server: str) -> None:
    reply = fetch(server, "/data/claim/camps-hold-about-200000.ttl")
    assert '</page/claim/camps-hold-about-200000>; rel="describes"' in reply.headers["link"]
    assert 'rel="license"' in reply.headers["link"]
    file = fetch(server, "/dumps/allegata.nq.gz", method="HEAD")
    signs = signposting.find_signposting_http_link([file.headers["link"]], f"{server}/dumps/allegata.nq.gz")
    assert signs.collection and signs.license


# -- crawlers ------------------------------------------------------------------------------------------------------------


def test_robots_may_read_pages_and_files_but_not_ask_queries(server: str) -> None:
    robots = RobotFileParser()
    robots.parse(fetch(server, "/robots.txt").text.splitlines())
    assert robots.site_maps() == [f"{server}/sitemap.xml"]
    assert all(robots.can_fetch("any", f"{server}{path}") for path in ("/", CLAIM, "/dumps", "/release", "/catalog"))
    assert not any(robots.can_fetch("any", f"{server}{path}") for path in ("/sparql", "/sparql?query=x"))


def test_the_sitemap_lists_pages_that_are_there(server: str) -> None:
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    index = ElementTree.fromstring(fetch(server, "/sitemap.xml").text)
    parts = [str(node.text) for node in index.findall("s:sitemap/s:loc", space)]
    assert parts and parts[0] == f"{server}/sitemap/1.xml"
    pages = [
        str(node.text) for node in ElementTree.fromstring(fetch(server, "/sitemap/1.xml").text).findall("s:url/s:loc", space)
    ]
    assert len(pages) > 500 and len(set(pages)) == len(pages)
    assert f"{server}{CLAIM}" in pages
    for address in [*pages[:7], *pages[7 :: len(pages) // 12]]:
        assert fetch(server, address.removeprefix(server), headers={"Accept": "text/html, */*;q=0.1"}).status == 200, address
    assert fetch(server, "/sitemap/99.xml").status == 404
    assert fetch(server, "/sitemap/0.xml").status == 404

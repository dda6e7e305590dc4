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

from allegata.corpus.questions import read_questions
from allegata.model.formats import GRAPH_FORMATS
from allegata.release.digests import unpacked
from allegata.release.handle import Release
from allegata.web.i18n.languages import LANGUAGES
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


#: VoID's word for a count of the whole → the query that counts the same.
COUNTS = {
    VOID.triples: "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    VOID.entities: "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c }",
    VOID.distinctSubjects: "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    VOID.distinctObjects: "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
    VOID.properties: "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    VOID.classes: "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }",
}
#: What names a part → the word for its count, and the query that counts all parts.
PARTS = {
    rdflib.URIRef("http://www.w3.org/ns/sparql-service-description#name"): (
        VOID.triples,
        "SELECT ?part (COUNT(*) AS ?n) { GRAPH ?part { ?s ?p ?o } } GROUP BY ?part",
    ),
    VOID["class"]: (VOID.entities, "SELECT ?part (COUNT(DISTINCT ?s) AS ?n) { ?s a ?part } GROUP BY ?part"),
    VOID.property: (VOID.triples, "SELECT ?part (COUNT(*) AS ?n) { ?s ?part ?o } GROUP BY ?part"),
}


@pytest.mark.parametrize("path", ["/.well-known/void", "/sparql", "/release/{version}/void"])
def test_the_counts_of_the_whole_equal_what_queries_count(server: str, release: Release, path: str) -> None:
    described = graph(server, path.format(version=release.version))
    dataset = rdflib.URIRef(f"{BASE}dataset")
    told = {word: int(str(value)) for word in COUNTS for value in described.objects(dataset, word)}
    assert set(COUNTS) - set(told) <= {VOID.entities} and len(told) >= 5
    assert told == {word: int(ask(server, COUNTS[word], "text/csv").text.split()[1]) for word in told}


@pytest.mark.parametrize("naming", PARTS)
def test_the_counts_of_graphs_classes_and_properties_equal_what_queries_count(server: str, naming: rdflib.URIRef) -> None:
    word, query = PARTS[naming]
    rows = ask(server, query, "text/csv").text.split()[1:]
    counted = {part: int(number) for part, _, number in (row.rpartition(",") for row in rows)}
    described = graph(server, "/.well-known/void")
    told = {
        str(named): int(str(described.value(part, word)))
        for part, named in described.subject_objects(naming)
        if described.value(part, word) is not None and not (naming == VOID.property and described.value(part, VOID.target))
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


#: Pages and data of every kind, with what they are asked for as.
ADDRESSES = (
    *("/", "/dumps", "/release", "/release/{version}", "/release/{version}/changes", "/method", "/ns", "/compare"),
    *(
        "/search",
        "/query",
        "/timeline",
        "/treaties",
        "/votes",
        "/evidence",
        CLAIM,
        "/cite/dataset",
        "/cite/claim/camps-hold-about-200000",
    ),
    "/release/{version}/page/claim/camps-hold-about-200000",
)
DATA = (
    *(
        "/catalog",
        "/.well-known/void",
        "/data/claim/camps-hold-about-200000.ttl",
        "/dumps/manifest.json",
        "/dumps/allegata.nq.gz",
    ),
    *("/dumps/tables/claims.csv", "/dumps/SHA256SUMS", "/release/{version}/void", "/release/{version}/dumps/allegata.ttl.zst"),
    *(
        "/release/{version}/data/claim/camps-hold-about-200000.ttl",
        "/sparql?query=ASK%7B%7D",
        "/timemap/claim/camps-hold-about-200000",
    ),
)


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_page_names_its_licence(server: str, release: Release, path: str) -> None:
    reply = fetch(server, path.format(version=release.version), headers={"Accept": "text/html"})
    assert (reply.status, reply.type) == (200, "text/html")
    licence = release.manifest.licence
    assert f'<{licence}>; rel="license"' in reply.headers["link"]
    assert re.search(
        rf'<a [^>]*rel="license" href="{re.escape(licence)}"|<a [^>]*href="{re.escape(licence)}" rel="license"', reply.text
    )


@pytest.mark.parametrize("path", DATA)
def test_every_file_and_answer_names_its_licence(server: str, release: Release, path: str) -> None:
    reply = fetch(server, path.format(version=release.version), method="HEAD" if "dumps/" in path else "GET")
    assert reply.status == 200
    assert f'<{release.manifest.licence}>; rel="license"' in reply.headers["link"]


def test_every_dump_says_its_licence_inside(release: Release) -> None:
    """RDF in the meta graph, tables in their data package; a graph's own dump is described with its licence in VoID."""
    licence = release.manifest.licence
    for suffix in ("nq", "trig", "ttl", "nt", "jsonld"):
        name = f"allegata.{suffix}.gz"
        assert licence.encode() in unpacked((release.folder / "dumps" / name).read_bytes(), name), name
    package = json.loads((release.folder / "dumps" / "tables" / "datapackage.json").read_text("utf-8"))
    assert [item["path"] for item in package["licenses"]] == [licence]


def test_provenance_names_the_software_and_every_file(server: str, release: Release) -> None:
    described = graph(server, "/.well-known/void")
    prov = rdflib.Namespace("http://www.w3.org/ns/prov#")
    build = described.value(rdflib.URIRef(f"{BASE}dataset"), prov.wasGeneratedBy)
    used = set(described.objects(build, prov.used))
    assert described.value(build, prov.wasAssociatedWith)
    made = set(described.subjects(prov.wasGeneratedBy, build)) - {rdflib.URIRef(f"{BASE}dataset")}
    assert {str(part).rsplit("/", 1)[-1] for part in made} == {"inferred", "meta"}
    assert len(used) + len(made) == len(release.manifest.graphs)


# -- search engines ------------------------------------------------------------------------------------------------------


def markup(text: str) -> Any:
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    return json.loads(block)


#: The rules of https://developers.google.com/search/docs/appearance/structured-data/dataset: property → whether it is
#: required, and the types of its values. Text is a str, a URL an absolute one, others are objects of that @type.
RULES: dict[str, dict[str, tuple[bool, tuple[str, ...]]]] = {
    "Dataset": {
        "name": (True, ("Text",)),
        "description": (True, ("Text",)),
        "alternateName": (False, ("Text",)),
        "citation": (False, ("Text", "CreativeWork")),
        "creator": (False, ("Person", "Organization")),
        "distribution": (False, ("DataDownload",)),
        "funder": (False, ("Person", "Organization")),
        "hasPart": (False, ("URL", "Dataset")),
        "identifier": (False, ("URL", "Text", "PropertyValue")),
        "includedInDataCatalog": (False, ("DataCatalog",)),
        "isAccessibleForFree": (False, ("Boolean",)),
        "isPartOf": (False, ("URL", "Dataset")),
        "keywords": (False, ("Text",)),
        "license": (False, ("URL", "CreativeWork")),
        "measurementTechnique": (False, ("Text", "URL")),
        "sameAs": (False, ("URL",)),
        "spatialCoverage": (False, ("Text", "Place")),
        "temporalCoverage": (False, ("Text",)),
        "url": (False, ("URL",)),
        "variableMeasured": (False, ("Text", "PropertyValue")),
        "version": (False, ("Text", "Number")),
    },
    "DataDownload": {"contentUrl": (True, ("URL",)), "encodingFormat": (False, ("Text", "URL"))},
    "DataCatalog": {"name": (False, ("Text",)), "url": (False, ("URL",))},
    "Organization": {"name": (True, ("Text",)), "url": (False, ("URL",))},
}
#: Recommended properties that any dataset of claims can give.
GIVEN = {
    "creator",
    "distribution",
    "identifier",
    "includedInDataCatalog",
    "isAccessibleForFree",
    "keywords",
    "license",
    "url",
    "version",
}


def fits(value: Any, kind: str) -> bool:
    """Return whether a value is of a type of the rules."""
    if kind in ("Text", "URL"):
        return isinstance(value, str) and bool(value.strip()) and (kind == "Text" or value.startswith(("http://", "https://")))
    if kind == "Boolean":
        return isinstance(value, bool)
    return isinstance(value, dict) and value.get("@type") == kind


def objections(item: dict[str, Any]) -> list[str]:
    """Return what the rules object to in an object and in those inside it."""
    rules, found = RULES.get(item["@type"], {}), []
    for name, (required, kinds) in rules.items():
        values = item.get(name, [])
        values = values if isinstance(values, list) else [values]
        if required and not values:
            found.append(f"{item['@type']}.{name} is missing")
        found += [
            f"{item['@type']}.{name} is no {' or '.join(kinds)}" for value in values if not any(fits(value, k) for k in kinds)
        ]
        found += [text for value in values if isinstance(value, dict) for text in objections(value)]
    if item["@type"] == "Dataset" and not 50 <= len(item.get("description", "")) <= 5000:
        found.append("Dataset.description has less than 50 or more than 5000 characters")
    return found


@pytest.mark.parametrize("path", ["/", "/release/{version}"])
def test_pages_describe_the_dataset_as_search_engines_ask(server: str, release: Release, path: str) -> None:
    page = fetch(server, path.format(version=release.version), headers={"Accept": "text/html"})
    data = markup(page.text)
    assert (data["@context"]["@vocab"], data["@type"]) == ("https://schema.org/", "Dataset")
    assert objections(data) == []
    assert set(data) >= GIVEN and all(data[name] for name in GIVEN)
    assert data["name"].startswith(release.manifest.title) and data["license"] == release.manifest.licence
    for item in data["distribution"]:
        assert fetch(server, "/" + item["contentUrl"].removeprefix(BASE), method="HEAD").status == 200
        assert item["sha256"] == release.manifest.files[item["contentUrl"].split(f"/{release.version}/")[1]].sha256
    assert "script-src 'self'" in page.headers["content-security-policy"]


def test_the_dataset_and_its_release_have_names_of_their_own(server: str, release: Release) -> None:
    pages = ("/", f"/release/{release.version}")
    described = [markup(fetch(server, path, headers={"Accept": "text/html"}).text) for path in pages]
    for name in ("@id", "name", "url"):
        assert described[0][name] != described[1][name]
    assert described[1]["isPartOf"] == described[0]["@id"]


@pytest.mark.parametrize(
    ("change", "objection"),
    [
        ({"name": []}, "Dataset.name is missing"),
        ({"name": " "}, "Dataset.name is no Text"),
        ({"description": "Too short."}, "Dataset.description has less than 50"),
        ({"license": "CC BY"}, "Dataset.license is no URL"),
        ({"creator": "Somebody"}, "Dataset.creator is no Person or Organization"),
        ({"creator": {"@type": "Organization"}}, "Organization.name is missing"),
        ({"distribution": [{"@type": "DataDownload"}]}, "DataDownload.contentUrl is missing"),
        ({"distribution": [{"@type": "DataDownload", "contentUrl": "/dumps/x"}]}, "DataDownload.contentUrl is no URL"),
        ({"isAccessibleForFree": "yes"}, "Dataset.isAccessibleForFree is no Boolean"),
    ],
)
def test_the_rules_find_a_mistake(server: str, change: dict[str, Any], objection: str) -> None:
    (found,) = objections({**markup(fetch(server, "/").text), **change})
    assert found.startswith(objection)


# -- signposts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/dumps", "/release/{version}"])
def test_the_pages_of_the_dataset_are_signposted(server: str, release: Release, path: str) -> None:
    path = path.format(version=release.version)
    reply = fetch(server, path, headers={"Accept": "text/html"})
    signs = signposting.find_signposting_http_link([reply.headers["link"]], server + path)
    assert signs.citeAs and signs.citeAs.target == f"{BASE}release/{release.version}"
    assert signs.license and signs.license.target == release.manifest.licence
    assert {str(sign.target) for sign in signs.types} == {"https://schema.org/Dataset", "https://schema.org/AboutPage"}
    assert signs.authors and len(signs.describedBy) == 3 and len(signs.items) == 4
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


def test_the_sitemap_lists_pages_that_are_there(server: str, release: Release) -> None:
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    index = ElementTree.fromstring(fetch(server, "/sitemap.xml").text)
    parts = [str(node.text) for node in index.findall("s:sitemap/s:loc", space)]
    assert parts and parts[0] == f"{server}/sitemap/1.xml"
    pages = [
        str(node.text) for node in ElementTree.fromstring(fetch(server, "/sitemap/1.xml").text).findall("s:url/s:loc", space)
    ]
    assert len(pages) > 500 and len(set(pages)) == len(pages)
    assert f"{server}{CLAIM}" in pages
    read = read_questions(release.folder / "questions")
    assert len(read) > 100 and {f"{server}/questions/{item.name}" for item in read} < set(pages)
    for address in [*pages[:7], *pages[7 :: len(pages) // 12]]:
        assert fetch(server, address.removeprefix(server), headers={"Accept": "text/html, */*;q=0.1"}).status == 200, address
    assert fetch(server, "/sitemap/99.xml").status == 404
    assert fetch(server, "/sitemap/0.xml").status == 404


def test_the_sitemap_has_each_page_by_language(server: str) -> None:
    root = ElementTree.fromstring(fetch(server, "/sitemap/1.xml").text)
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    for entry in root.findall(f"{space}url"):
        address = entry.findtext(f"{space}loc")
        links = {str(item.get("hreflang")): item.get("href") for item in entry.findall("{http://www.w3.org/1999/xhtml}link")}
        assert links == {tag: f"{address}?lang={tag}" for tag in LANGUAGES}
    question = "/questions/people-in-camps?lang=ko"
    assert fetch(server, question, headers={"Accept": "text/html"}).headers["content-language"] == "ko"

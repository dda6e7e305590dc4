"""What programs that measure FAIRness find (the metrics of FAIRsFAIR, 0.8), by HTTP and with a reader of RDF that fetches nothing else."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
import rdflib
from rdflib import Graph, Namespace, URIRef

from http_client import fetch

BASE = "https://w3id.org/allegata/"
SCHEMA = Namespace("https://schema.org/")
LICENCE = URIRef("https://creativecommons.org/licenses/by/4.0/")
CLAIM = f"{BASE}claim/camps-hold-about-200000"
#: Page → the thing that it describes.
PAGES = {"/": f"{BASE}dataset", "/page/claim/camps-hold-about-200000": CLAIM}

# rdflib's own parsers use its deprecated names.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
pages = pytest.mark.parametrize(("path", "thing"), PAGES.items())


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no reader of RDF fetch anything."""

    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("a context was fetched")

    monkeypatch.setattr("rdflib.plugins.shared.jsonld.util.create_input_source", refuse)


def embedded(server: str, path: str) -> Graph:
    """Read the RDF that a page carries."""
    text = fetch(server, path, headers={"Accept": "text/html"}).text
    blocks = re.findall(r'<script type="application/ld\+json">\n(.*?)\n</script>', text, re.DOTALL)
    graph = Graph()
    for block in blocks:
        graph.parse(data=block, format="json-ld")
    return graph


@pages
@pytest.mark.usefixtures("offline")
def test_f1_and_f2_the_page_says_identifier_and_core_metadata_in_rdf(server: str, path: str, thing: str) -> None:
    graph, subject = embedded(server, path), URIRef(thing)
    for name in ("name", "identifier", "creator", "publisher", "license"):
        assert graph.value(subject, SCHEMA[name]) is not None, name
    assert all(isinstance(value, URIRef) for name in ("url", "license") for value in graph.objects(subject, SCHEMA[name]))


@pages
@pytest.mark.usefixtures("offline")
def test_r1_the_licence_is_a_known_one_by_its_address(server: str, path: str, thing: str) -> None:
    assert embedded(server, path).value(URIRef(thing), SCHEMA["license"]) == LICENCE


@pages
@pytest.mark.usefixtures("offline")
def test_f3_and_a1_the_data_that_is_named_is_there_in_the_type_that_is_named(server: str, path: str, thing: str) -> None:
    graph = embedded(server, path)
    named = list(graph.subject_objects(SCHEMA.contentUrl))
    assert len(named) >= 3
    for node, address in named:
        local = urlsplit(str(address)).path.removeprefix("/allegata")
        reply = fetch(server, local, method="HEAD")
        assert (reply.status, reply.type) == (200, str(graph.value(node, SCHEMA.encodingFormat))), local


@pages
def test_i1_the_same_thing_is_described_in_rdf_by_negotiation_or_by_a_link(server: str, path: str, thing: str) -> None:
    links = fetch(server, path, headers={"Accept": "text/html"}).headers["link"]
    address = re.findall(r'<([^>]+)>; rel="describedby"; type="text/turtle"', links)[0]
    reply = fetch(server, address, headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=reply.body, format="turtle")
    assert (URIRef(thing), None, None) in graph


@pages
@pytest.mark.usefixtures("offline")
def test_r1_2_the_page_says_who_made_it_and_when(server: str, path: str, thing: str) -> None:
    graph, subject = embedded(server, path), URIRef(thing)
    assert graph.value(subject, SCHEMA.dateModified) is not None and graph.value(subject, SCHEMA.version) is not None

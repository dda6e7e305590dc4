"""The ontology is published as FOOPS! and Linked Open Vocabularies ask of one; each criterion is a row."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
import rdflib
from pyoxigraph import RdfFormat, parse, serialize
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, VANN, URIRef

from http_client import fetch

ONTOLOGY = URIRef("https://w3id.org/allegata/ns")
ALG = rdflib.Namespace(f"{ONTOLOGY}#")
BIBO = rdflib.Namespace("http://purl.org/ontology/bibo/")
VOAF = rdflib.Namespace("http://purl.org/vocommons/voaf#")
SSSOM = rdflib.Namespace("https://w3id.org/sssom/")
SYNTAXES = {
    "text/turtle": RdfFormat.TURTLE,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
}
TERMS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)


def loaded(server: str, path: str = "/ns", kind: str = "application/n-triples") -> rdflib.Graph:
    """Return what an address gives in a syntax."""
    reply = fetch(server, path, headers={"Accept": kind})
    assert (reply.status, reply.type) == (200, kind)
    lines = serialize((quad.triple for quad in parse(reply.text, SYNTAXES[kind])), format=RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=lines, format="nt")


@pytest.fixture(scope="module")
def graph(server: str) -> rdflib.Graph:
    """Return the ontology as it is published."""
    return loaded(server)


def says(*properties: URIRef) -> Callable[[rdflib.Graph], bool]:
    """Return a criterion: the ontology has each of the properties."""
    return lambda graph: all(graph.value(ONTOLOGY, item) is not None for item in properties)


def terms(graph: rdflib.Graph) -> set[URIRef]:
    """Return the terms of the ontology."""
    found = {term for kind in TERMS for term in graph.subjects(RDF.type, kind)}
    return {term for term in found if isinstance(term, URIRef) and term.startswith(ALG)}


#: What the tests of FOOPS! look for in the ontology itself (https://w3id.org/foops/catalogue), and the recommendations of
#: Linked Open Vocabularies. Left out are FIND2, FIND3 and FIND3-BIS, which ask registries; of OM3 the DOI and the logo, which
#: there are not; and OM4.2, which asks another site for the licence.
CRITERIA = {
    "FIND1 prefix": says(VANN.preferredNamespacePrefix),
    "OM1 minimum": says(DCTERMS.title, DCTERMS.description, DCTERMS.license, OWL.versionIRI, DCTERMS.creator),
    "OM1 namespace": says(VANN.preferredNamespaceUri),
    "OM2 recommended": says(OWL.versionInfo, DCTERMS.created, DCTERMS.bibliographicCitation),
    "OM3 detailed": says(DCTERMS.publisher, BIBO.status, DCTERMS.source, DCTERMS.issued),
    "OM3 optional": says(OWL.priorVersion, OWL.backwardCompatibleWith, DCTERMS.modified),
    "OM4.1 licence": says(DCTERMS.license),
    "OM5.1 provenance": says(DCTERMS.creator, DCTERMS.created),
    "OM5.2 provenance": says(DCTERMS.issued, DCTERMS.publisher),
    "PURL1 persistent": lambda _graph: ONTOLOGY.startswith("https://w3id.org/"),
    "HTTP1 protocol": lambda _graph: urlsplit(ONTOLOGY).scheme == "https",
    "URI2 identifier": lambda graph: (ONTOLOGY, RDF.type, OWL.Ontology) in graph,
    "VER1 version": lambda graph: graph.value(ONTOLOGY, OWL.versionIRI) not in (None, ONTOLOGY),
    "VOC1 metadata": says(DCTERMS.title, VANN.preferredNamespacePrefix, BIBO.status),
    "VOC2 reuse": lambda graph: (ALG.Assertion, RDFS.subClassOf, URIRef("http://www.w3.org/ns/prov#Entity")) in graph,
    "VOC3 labels": lambda graph: all(graph.value(term, RDFS.label) for term in terms(graph)),
    "VOC4 definitions": lambda graph: all(graph.value(term, SKOS.definition) for term in terms(graph)),
    "LOV vocabulary": lambda graph: (ONTOLOGY, RDF.type, VOAF.Vocabulary) in graph,
    "LOV languages": lambda graph: {str(item) for item in graph.objects(ONTOLOGY, DCTERMS.language)} == {"en", "ko"},
    "LOV defined by": lambda graph: all((term, RDFS.isDefinedBy, ONTOLOGY) in graph for term in terms(graph)),
    "LOV modified": says(DCTERMS.modified),
}


@pytest.mark.parametrize("criterion", CRITERIA)
def test_the_ontology_meets(graph: rdflib.Graph, criterion: str) -> None:
    assert len(terms(graph)) >= 100
    assert CRITERIA[criterion](graph)


@pytest.mark.parametrize("kind", SYNTAXES)
def test_each_syntax_is_had_and_says_the_same(server: str, graph: rdflib.Graph, kind: str) -> None:
    """CN1 and RDF1: content negotiation."""
    assert len(loaded(server, "/ns", kind)) == len(graph)


def test_people_get_a_page(server: str) -> None:
    """DOC1: documentation in HTML, which says what the ontology is and how to cite it."""
    text = fetch(server, "/ns", headers={"Accept": "text/html", "Accept-Language": "en"}).text
    for part in ("a vocabulary of attributed claims", "https://w3id.org/allegata/ns/0.2.0", "How to cite", "Earlier version"):
        assert part in text, part
    assert "Deprecated: use" in text and 'id="isAssertedIn"' in text
    assert "http://purl.obolibrary.org/obo/SEPIO_0000000" in text


def test_the_address_of_the_version_resolves(server: str, graph: rdflib.Graph) -> None:
    """VER2."""
    version = str(graph.value(ONTOLOGY, OWL.versionIRI)).removeprefix("https://w3id.org/allegata")
    assert set(loaded(server, version)) == set(graph) or len(loaded(server, version)) == len(graph)
    assert fetch(server, version, headers={"Accept": "text/html"}).status == 200
    assert fetch(server, "/ns/9.9.9", headers={"Accept": "text/turtle"}).status == 404


def test_schemes_alignments_and_languages_come_with_it(server: str, graph: rdflib.Graph) -> None:
    assert len(set(graph.subjects(RDF.type, SKOS.ConceptScheme))) >= 18
    sets = set(graph.subjects(RDF.type, SSSOM.MappingSet))
    for item in (*sets, *graph.subjects(RDF.type, SKOS.ConceptScheme)):
        for part in (DCTERMS.title, DCTERMS.license, OWL.versionInfo):
            assert graph.value(item, part) is not None, (item, part)
    assert len(set(graph.subjects(RDF.type, SSSOM.Mapping))) >= 60
    assert {label.language for label in graph.objects(ALG.Claim, RDFS.label) if isinstance(label, rdflib.Literal)} == {"en", "ko"}
    for item in sets:
        assert (item, RDF.type, SSSOM.MappingSet) in loaded(server, str(item).removeprefix("https://w3id.org/allegata"))
    assert fetch(server, "/ns/alignment/nobody", headers={"Accept": "text/turtle"}).status == 404


def test_lists_are_as_owl_has_them(graph: rdflib.Graph) -> None:
    chain = graph.value(ALG.statedIn, OWL.propertyChainAxiom)
    assert isinstance(chain, rdflib.BNode)
    assert [str(item).rsplit("#", 1)[-1] for item in rdflib.collection.Collection(graph, chain)] == ["anchor", "hasSource"]


def test_no_mapping_property_links_terms(graph: rdflib.Graph) -> None:
    for mapping in (SKOS.closeMatch, SKOS.relatedMatch, SKOS.exactMatch):
        assert not [term for term in terms(graph) if graph.value(term, mapping) is not None]

"""Alignments commit to nothing: with the axioms of their targets, no claim, event or attribution becomes asserted."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path

import owlrl
import pytest
import rdflib
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, URIRef
from rdflib.term import Node

from allegata.corpus.alignments import read_alignments
from allegata.corpus.rdf import graph as rdflib_graph
from allegata.corpus.reader import read
from support import ROOT

BASE = "https://w3id.org/allegata/"
ALG = rdflib.Namespace(f"{BASE}ns#")
VOCABULARY = ROOT / "ontology" / "allegata.ttl"
VALID = sorted((ROOT / "tests" / "examples" / "valid").glob("*.ttl"))
SSSOM = rdflib.Namespace("https://w3id.org/sssom/")
FOLDER = ROOT / "ontology" / "alignments"
TABLES = sorted(FOLDER.glob("*.sssom.tsv"))
AXIOMS = FOLDER / "axioms.ttl"
HERE = Path(__file__).parent
TARGETS, EARLIER = HERE / "targets.ttl", HERE / "alignments-0.1.ttl"
#: Things of these classes are spoken of: that they are described commits nobody to anything.
SPOKEN_OF = [
    ALG[name]
    for name in ("Claim", "Assertion", "EvidenceLine", "EvidenceUse", "Stance", "Event", "EventStatement", "PointStatement")
]
#: What may follow of them in other vocabularies: that they are things, records of somebody, and filed under a subject.
HARMLESS = {OWL.Thing, OWL.sameAs, RDFS.Resource, DCTERMS.subject, URIRef("http://www.w3.org/ns/prov#Entity")}


def parse(*paths: Path) -> rdflib.Graph:
    """Return the union of Turtle files."""
    result = rdflib.Graph()
    for path in paths:
        result.parse(path)
    return result


def terms() -> list[URIRef]:
    """Return the terms of the vocabulary."""
    found = set(parse(VOCABULARY).subjects(RDFS.isDefinedBy))
    return sorted(term for term in found if isinstance(term, URIRef) and term.startswith(ALG))


@functools.cache
def mappings() -> rdflib.Graph:
    """Return the tables of mappings as a release states them."""
    return rdflib_graph(quad.triple for quad in read_alignments(read(ROOT)))


@functools.cache
def given() -> rdflib.Graph:
    """Return the valid examples, and what follows of them by the axioms of others alone."""
    result = parse(TARGETS, *VALID)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(result)
    return result


def closure(*more: rdflib.Graph) -> rdflib.Graph:
    """Return what follows of the valid examples by the vocabulary, the axioms of its targets and further graphs."""
    result = parse(VOCABULARY, TARGETS, *VALID)
    for graph in more:
        result += graph
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(result)
    return result


def leaks(graph: rdflib.Graph) -> set[str]:
    """Return properties and classes of other vocabularies that follow of what is only spoken of, and were not stated."""
    things = {thing for kind in SPOKEN_OF for thing in given().subjects(RDF.type, kind)}
    found: set[Node] = set()
    for thing in things:
        for predicate, value in graph.predicate_objects(thing):
            if (thing, predicate, value) not in given():
                found.add(value if predicate == RDF.type else predicate)
    return {str(term) for term in found - HARMLESS if isinstance(term, URIRef) and not term.startswith(ALG)}


def concepts(graph: rdflib.Graph, candidates: Iterable[Node]) -> set[str]:
    """Return those terms that became concepts."""
    return {str(term) for term in candidates if (term, RDF.type, SKOS.Concept) in graph}


@functools.cache
def aligned() -> rdflib.Graph:
    """Return the closure with the alignments."""
    return closure(parse(AXIOMS), mappings())


def test_nothing_that_is_spoken_of_becomes_asserted() -> None:
    assert len(list(given().subjects(RDF.type, ALG.Claim))) >= 2
    assert leaks(aligned()) == set()


def test_no_class_or_property_becomes_a_concept() -> None:
    ends = {*terms(), *mappings().objects(None, SSSOM.object_id)}
    assert concepts(aligned(), ends) == set()


def test_nothing_is_attributed_that_was_not() -> None:
    attributed = URIRef("http://www.w3.org/ns/prov#wasAttributedTo")
    assert set(aligned().subject_objects(attributed)) == set(given().subject_objects(attributed))


def test_the_alignments_of_the_first_version_would_be_found() -> None:
    graph = closure(parse(EARLIER))
    schema, sepio = "http://schema.org/", "http://purl.obolibrary.org/obo/SEPIO_"
    assert {
        *(f"{schema}{name}" for name in ("Claim", "CreativeWork", "Event")),
        *(f"{sepio}{number}" for number in ("0000000", "0000002")),
        *("http://www.w3.org/ns/prov#wasAttributedTo", "http://www.w3.org/ns/prov#wasInfluencedBy"),
        "http://www.arg.dundee.ac.uk/aif#I-node",
    } <= leaks(graph)
    assert {str(ALG["from"]), str(ALG.Assertion)} <= concepts(graph, terms())


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name.partition(".")[0])
def test_a_table_says_what_it_is(path: Path) -> None:
    mapping_set = URIRef(f"{BASE}ns/alignment/{path.name.partition('.')[0]}")
    assert (mapping_set, RDF.type, SSSOM.MappingSet) in mappings()
    for curie in (DCTERMS.title, DCTERMS.description, DCTERMS.license, DCTERMS.creator, DCTERMS.issued, OWL.versionInfo):
        assert len(list(mappings().objects(mapping_set, curie))) == 1, curie
    rows = list(mappings().subjects(DCTERMS.isPartOf, mapping_set))
    assert rows
    for row in rows:
        assert str(mappings().value(row, SSSOM.comment) or ""), f"{row}: what keeps the two apart?"
        assert mappings().value(row, SSSOM.predicate_id) != SKOS.exactMatch


def test_the_neighbours_are_all_there() -> None:
    names = {path.name.partition(".")[0] for path in TABLES}
    assert names >= {"prov", "schema", "sepio", "aif", "cito", "dqv", "nanopub", "oa", "skos", "crminf", "sem", "eli", "wikidata"}
    assert len(set(mappings().subjects(RDF.type, SSSOM.Mapping))) >= 60


def test_axioms_speak_of_our_terms_only_and_say_what_they_are() -> None:
    graph, header = parse(AXIOMS), URIRef(f"{BASE}ns/alignment/axioms")
    for predicate in (DCTERMS.title, DCTERMS.license, DCTERMS.creator, OWL.versionInfo):
        assert len(list(graph.objects(header, predicate))) == 1
    rest = [row for row in graph if row[0] != header]
    assert rest
    assert {predicate for _, predicate, _ in rest} <= {RDFS.subClassOf, RDFS.subPropertyOf}
    assert {subject for subject, _, _ in rest} <= set(terms())

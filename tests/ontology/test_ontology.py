"""The vocabulary is complete, keeps to OWL 2 RL, and entails nothing that the model forbids."""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from pathlib import Path

import owlrl
import pytest
import rdflib
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, XSD, Namespace, URIRef
from rdflib.term import Node

rdflib.NORMALIZE_LITERALS = False

ROOT = Path(__file__).resolve().parents[2]
BASE = "https://w3id.org/allegata/"
ALG = Namespace(f"{BASE}ns#")
ONTOLOGY = URIRef(f"{BASE}ns")
VANN = Namespace("http://purl.org/vocab/vann/")
OA = Namespace("http://www.w3.org/ns/oa#")
VOCABULARY = ROOT / "ontology" / "allegata.ttl"
ALIGNMENTS = sorted((ROOT / "ontology" / "alignments").glob("*.ttl"))
SCHEMES = sorted((ROOT / "ontology" / "schemes").glob("*.ttl"))
VALID = sorted((ROOT / "tests" / "examples" / "valid").glob("*.ttl"))
INCONSISTENT = sorted((ROOT / "tests" / "examples" / "inconsistent").glob("*.ttl"))
TEXTS = sorted(
    path
    for folder in ("ontology", "shapes", "data", "tests", "server")
    for suffix in ("ttl", "rq")
    for path in (ROOT / folder).rglob(f"*.{suffix}")
)

PROPERTY_TYPES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
#: OWL 2 Profiles, section 4.3: the constructs of our files, all of them in OWL 2 RL.
OWL_PREDICATES = {
    OWL.disjointWith,
    OWL.members,
    OWL.inverseOf,
    OWL.propertyChainAxiom,
    OWL.deprecated,
    OWL.versionInfo,
    OWL.versionIRI,
    OWL.equivalentClass,
    OWL.priorVersion,
    OWL.backwardCompatibleWith,
}
OWL_TYPES = {OWL.Ontology, OWL.Class, OWL.AllDisjointClasses, *PROPERTY_TYPES}
#: OWL 2 Profiles, section 4.2.1. rdf:langString is RDF 1.1's name for the tagged part of rdf:PlainLiteral.
DATATYPES = {RDF.langString, RDFS.Literal, XSD.string, XSD.boolean, XSD.integer, XSD.decimal, XSD.anyURI, XSD.hexBinary}
#: The languages in which terms and concepts are named and defined where they stand; further ones have files of their own.
BILINGUAL = ["en", "ko"]
KINDS = (ALG.Claim, ALG.Assertion, ALG.Stance, ALG.EvidenceLine)
SCHEME_NAMES = {
    "act",
    "basis",
    "certainty",
    "choice",
    "direction",
    "evidence-kind",
    "ground",
    "interval-kind",
    "measure",
    "modality",
    "personal-scope",
    "polarity",
    "protection-level",
    "reader-role",
    "reading-means",
    "redaction-reason",
    "relay-manner",
    "right",
    "stance",
    "standard-of-proof",
    "target-status",
    "topic",
    "review-response",
    "duty-bearer-kind",
    "vote-object",
    "vote-procedure",
    "legal-conclusion",
}
#: owlrl reports a clash as an instance of this class.
CLASH = URIRef("http://www.daml.org/2002/03/agents/agent-ont#ErrorMessage")


def parse(*paths: Path) -> rdflib.Graph:
    """Return the union of Turtle files."""
    result = rdflib.Graph()
    for path in paths:
        result.parse(path)
    return result


@functools.cache
def vocabulary() -> rdflib.Graph:
    """Return the vocabulary alone."""
    return parse(VOCABULARY)


def closure(*paths: Path) -> rdflib.Graph:
    """Return the OWL 2 RL closure of the vocabulary, its alignments and further files."""
    result = parse(VOCABULARY, *ALIGNMENTS, *paths)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(result)
    return result


@functools.cache
def valid_closure() -> rdflib.Graph:
    """Return the closure of the valid examples."""
    return closure(*VALID)


def clashes(graph: rdflib.Graph) -> list[Node]:
    """Return what shows that a closure is inconsistent."""
    return [*graph.subjects(RDF.type, OWL.Nothing), *graph.subjects(RDF.type, CLASH)]


def terms() -> list[URIRef]:
    """Return the terms that the vocabulary defines."""
    return sorted(
        term for kind in (OWL.Class, *PROPERTY_TYPES) for term in vocabulary().subjects(RDF.type, kind)
        if isinstance(term, URIRef) and term.startswith(ALG)
    )  # fmt: skip


def properties() -> list[URIRef]:
    """Return the properties that the vocabulary defines."""
    return [term for term in terms() if (term, RDF.type, OWL.Class) not in vocabulary()]


def languages(graph: rdflib.Graph, term: Node, annotation: Node) -> list[str]:
    """Return the languages of the texts of a property, sorted."""
    return sorted(value.language or "" for value in graph.objects(term, annotation) if isinstance(value, rdflib.Literal))


def english(graph: rdflib.Graph, term: Node, annotation: Node) -> str:
    """Return the English text of a property."""
    return next((str(value) for value in graph.objects(term, annotation) if getattr(value, "language", "") == "en"), "")


def code(path: Path) -> str:
    """Return a file without comments, texts and IRIs, so that prefixed names are left."""
    text = re.sub(r"<[^<>\s]*>", "", path.read_text("utf-8"))
    return re.sub(r'#.*|"(?:[^"\\]|\\.)*"', "", text)


# -- the header ------------------------------------------------------------------------------------------------------


def test_there_is_one_ontology_with_its_version() -> None:
    everything = parse(*(ROOT / "ontology").rglob("*.ttl"))
    assert set(everything.subjects(RDF.type, OWL.Ontology)) == {ONTOLOGY, URIRef(f"{ONTOLOGY}/alignment/axioms")}
    version = everything.value(ONTOLOGY, OWL.versionInfo)
    assert everything.value(ONTOLOGY, OWL.versionIRI) == URIRef(f"{ONTOLOGY}/{version}")


@pytest.mark.parametrize("term", [DCTERMS.license, DCTERMS.creator, DCTERMS.issued, DCTERMS.publisher])
def test_the_header_says(term: URIRef) -> None:
    assert len(list(vocabulary().objects(ONTOLOGY, term))) == 1


def test_the_header_names_the_prefix() -> None:
    assert str(vocabulary().value(ONTOLOGY, VANN.preferredNamespacePrefix)) == "alg"
    assert str(vocabulary().value(ONTOLOGY, VANN.preferredNamespaceUri)) == str(ALG)


# -- the terms -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("term", terms(), ids=lambda term: term.removeprefix(ALG))
def test_term_is_documented(term: URIRef) -> None:
    graph = vocabulary()
    assert languages(graph, term, RDFS.label) == BILINGUAL
    assert languages(graph, term, SKOS.definition) == BILINGUAL
    assert languages(graph, term, SKOS.example) == ["en"]
    assert list(graph.objects(term, RDFS.isDefinedBy)) == [ONTOLOGY]
    assert str(english(graph, term, SKOS.definition)).endswith(".")


@pytest.mark.parametrize("term", properties(), ids=lambda term: term.removeprefix(ALG))
def test_property_has_domain_and_range_or_a_reason(term: URIRef) -> None:
    graph = vocabulary()
    for axiom, reason in ((RDFS.domain, ALG.noDomainBecause), (RDFS.range, ALG.noRangeBecause)):
        assert len([*graph.objects(term, axiom), *graph.objects(term, reason)]) == 1, f"{axiom} or {reason}, and not both"


def test_what_is_deprecated_names_what_replaces_it() -> None:
    graph = vocabulary()
    gone = {term for term, value in graph.subject_objects(OWL.deprecated) if str(value) == "true"}
    assert gone >= {ALG.isAssertedIn, ALG.ProtectedSource}
    for term in gone:
        assert graph.value(term, DCTERMS.isReplacedBy), term
        assert set(graph.objects(term, DCTERMS.isReplacedBy)) <= set(terms()) - gone, term
    assert gone == set(graph.subjects(DCTERMS.isReplacedBy))


def test_labels_are_unique_among_classes_and_among_properties() -> None:
    graph = vocabulary()
    classes = [english(graph, term, RDFS.label) for term in terms() if term not in properties()]
    assert len(classes) == len(set(classes))
    labels: dict[str, set[str]] = defaultdict(set)
    for term in properties():
        labels[english(graph, term, RDFS.label)].add(term.removeprefix(ALG))
    assert {label: names for label, names in labels.items() if len(names) > 1} == {}


def test_each_term_used_is_defined() -> None:
    texts = [path for path in TEXTS if path.stem != "terms-are-defined"]  # the example of a rule on just this
    used = {(name, path.name) for path in texts for name in re.findall(r"\balg:([A-Za-z]\w*)", code(path))}
    defined = {term.removeprefix(ALG) for term in terms()}
    assert {(name, where) for name, where in used if name not in defined} == set()


def test_a_prefix_means_one_iri() -> None:
    meanings: dict[str, set[str]] = defaultdict(set)
    for path in TEXTS:
        for prefix, iri in re.findall(r"(?im)^\s*@?prefix\s+([\w-]*):\s*<([^>]*)>", path.read_text("utf-8")):
            meanings[prefix].add(iri)
    assert {prefix: iris for prefix, iris in meanings.items() if len(iris) > 1} == {}
    assert len(meanings) >= 20


def test_collectors_find_their_files() -> None:
    assert len(terms()) >= 80
    assert len(ALIGNMENTS) >= 1
    assert len(TEXTS) >= 250


# -- the profile -----------------------------------------------------------------------------------------------------


def test_only_nodes_of_lists_have_no_name() -> None:
    """OWL 2 has no names for them (Mapping to RDF Graphs, table 1, SEQ)."""
    for path in [VOCABULARY, *ALIGNMENTS, *SCHEMES]:
        graph = parse(path)
        blank = {term for triple in graph for term in triple if isinstance(term, rdflib.BNode)}
        assert blank == set(graph.subjects(RDF.first)), path.name


def test_only_constructs_of_the_profile() -> None:
    graph = parse(VOCABULARY, *ALIGNMENTS)
    assert {term for term in graph.predicates() if str(term).startswith(str(OWL))} <= OWL_PREDICATES
    assert {term for term in graph.objects(None, RDF.type) if str(term).startswith(str(OWL))} <= OWL_TYPES


def test_each_property_has_one_type() -> None:
    for term in properties():
        assert len(set(vocabulary().objects(term, RDF.type))) == 1, term


def test_ranges_fit_the_type_of_property() -> None:
    graph = vocabulary()
    for term, kind in graph.subject_objects(RDFS.range):
        if (term, RDF.type, OWL.DatatypeProperty) in graph:
            assert kind in DATATYPES, term
        else:
            assert (kind, RDF.type, OWL.Class) in graph, f"{term}: {kind} is no class"


def test_domains_and_superclasses_are_classes() -> None:
    graph = vocabulary()
    for axiom in (RDFS.domain, RDFS.subClassOf, OWL.disjointWith):
        for kind in graph.objects(None, axiom):
            assert (kind, RDF.type, OWL.Class) in graph, f"{axiom}: {kind}"


def test_hierarchies_have_no_cycle() -> None:
    graph = parse(VOCABULARY, *ALIGNMENTS)
    for axiom in (RDFS.subClassOf, RDFS.subPropertyOf):
        for term in set(graph.subjects(axiom)):
            above = {higher for parent in graph.objects(term, axiom) for higher in graph.transitive_objects(parent, axiom)}
            assert term not in above, term


def test_the_four_kinds_are_pairwise_disjoint() -> None:
    graph = vocabulary()
    for one in KINDS:
        for other in KINDS:
            if one != other:
                assert (one, OWL.disjointWith, other) in graph or (other, OWL.disjointWith, one) in graph, (one, other)


# -- the schemes -----------------------------------------------------------------------------------------------------


def test_the_schemes_are_those_of_the_model() -> None:
    assert {path.stem for path in SCHEMES} == SCHEME_NAMES


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_scheme_is_complete(path: Path) -> None:
    graph, scheme = parse(path), URIRef(f"{BASE}scheme/{path.stem}")
    assert list(graph.subjects(RDF.type, SKOS.ConceptScheme)) == [scheme]
    for annotation in (RDFS.label, DCTERMS.title):
        assert languages(graph, scheme, annotation) == BILINGUAL, f"{annotation} of {scheme}"
    assert languages(graph, scheme, DCTERMS.description) == BILINGUAL
    for annotation in (DCTERMS.license, DCTERMS.creator, OWL.versionInfo, SKOS.notation):
        assert len(list(graph.objects(scheme, annotation))) == 1, f"{annotation} of {scheme}"
    assert set(graph.objects(scheme, SKOS.hasTopConcept)) == set(graph.subjects(SKOS.topConceptOf, scheme))
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) >= 2
    for concept in concepts:
        assert re.fullmatch(rf"{re.escape(scheme)}/[a-z][A-Za-z0-9]*", str(concept)), concept
        assert_concept(graph, concept, scheme)
    for annotation in (SKOS.prefLabel, SKOS.definition):
        texts = [value for value in graph.objects(None, annotation) if getattr(value, "language", "") == "en"]
        assert len(set(texts)) == len(texts) == len(concepts), f"{annotation} is used twice"


def assert_concept(graph: rdflib.Graph, concept: Node, scheme: URIRef) -> None:
    """Fail where a concept lacks a label, a definition, its scheme or its place in the tree."""
    assert languages(graph, concept, SKOS.prefLabel) == BILINGUAL, concept
    assert languages(graph, concept, SKOS.definition) == BILINGUAL, concept
    assert list(graph.objects(concept, SKOS.inScheme)) == [scheme]
    assert list(graph.objects(concept, RDFS.isDefinedBy)) == [scheme]
    above = list(graph.objects(concept, SKOS.broader))
    assert len(above) + len(list(graph.objects(concept, SKOS.topConceptOf))) == 1, f"{concept} has not exactly one place"
    assert all((higher, SKOS.topConceptOf, scheme) in graph for higher in above), f"{concept} lies deeper than two levels"


def test_rights_are_typed_as_rights() -> None:
    graph = parse(ROOT / "ontology" / "schemes" / "right.ttl")
    assert set(graph.subjects(RDF.type, ALG.Right)) == set(graph.subjects(RDF.type, SKOS.Concept))


def test_the_gaps_of_evidence_are_grouped() -> None:
    kinds = f"{BASE}scheme/evidence-kind/"
    graph = parse(ROOT / "ontology" / "schemes" / "evidence-kind.ttl")
    gaps = {str(gap).removeprefix(kinds) for gap in graph.subjects(SKOS.broader, URIRef(f"{kinds}gap"))}
    assert gaps == {"notStated", "citationTargetLost", "referenceIsSearchPage"}


# -- what follows ----------------------------------------------------------------------------------------------------


def test_the_valid_examples_are_consistent() -> None:
    assert clashes(valid_closure()) == []


@pytest.mark.parametrize("path", INCONSISTENT, ids=lambda path: path.stem)
def test_inconsistency_is_detected(path: Path) -> None:
    assert clashes(closure(path)), path.read_text("utf-8").splitlines()[0]


def test_inconsistent_examples_are_found_at_all() -> None:
    assert INCONSISTENT


def test_an_anchored_assertion_is_stated_in_its_source() -> None:
    graph = valid_closure()
    anchored = [
        (thing, source) for thing, anchor in graph.subject_objects(ALG.anchor) for source in graph.objects(anchor, OA.hasSource)
    ]
    assert anchored
    assert all((thing, ALG.statedIn, source) in graph for thing, source in anchored)


def test_a_claim_knows_its_assertions() -> None:
    graph = valid_closure()
    pairs = set(graph.subject_objects(ALG.asserts))
    assert pairs and {(assertion, claim) for claim, assertion in graph.subject_objects(ALG.isAssertedIn)} == pairs


def test_a_reference_with_an_anchor_is_no_assertion() -> None:
    sources = set(valid_closure().subjects(RDF.type, ALG.Source))
    assert sources and not any((source, RDF.type, ALG.Assertion) in valid_closure() for source in sources)

"""Serves the ontology at /ns and the shapes at /shapes: a page for people, RDF for programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, render_template
from pyoxigraph import Literal, NamedNode, Triple

from allegata.corpus.lists import unname_lists
from allegata.corpus.rdf import parse_turtle, serialize_triples
from allegata.domain import Descriptions, Statement, Thing, Value
from allegata.errors import NotFound
from allegata.model.formats import GRAPH_FORMATS, HTML, Choice
from allegata.model.namespaces import ALG, expand
from allegata.release.dumps import CONSTRAINTS, CORE_SHAPES, SHAPES
from allegata.release.handle import TRANSLATIONS
from allegata.web.http.views import Lifetime, choose_format, view
from allegata.web.publishing import rdf_pages
from allegata.web.state import State, state

blueprint = Blueprint("model", __name__)


@view(blueprint, "/ns", formats=(HTML, *GRAPH_FORMATS), cached=True, in_sitemap=True)
def ontology() -> Response:
    """Return the ontology with its schemes, its alignments and its translations; its terms are fragments of this page."""
    return _model(state())


@view(blueprint, "/ns/<number>", formats=(HTML, *GRAPH_FORMATS), lifetime=Lifetime.DAY, cached=True)
def numbered(number: str) -> Response:
    """Return a version of the ontology, as the newest release that follows it has it."""
    site = state().site
    for item in (site.current, *reversed(site.offered)):
        of = state().at(item)
        if of.descriptions.text(NamedNode(ALG.rstrip("#")), "owl:versionInfo") == number:
            return _model(of)
    raise NotFound(f"No release here follows a version {number[:20]!r} of the ontology.", remedy="Ask /ns for the present one.")


@view(blueprint, "/ns/alignment/<name>", formats=GRAPH_FORMATS)
def alignment(name: str) -> Response:
    """Return how the terms relate to those of one other vocabulary: a set of mappings, or axioms."""
    graph = f"{state().base}graph/ontology/alignments/{name}"
    if not state().descriptions.holds(graph):
        raise NotFound(f"There is no alignment {name[:40]!r}.", remedy="The ontology at /ns has all of them.")
    return _rdf(state().descriptions.graph(graph), choose_format())


def _model(of: State) -> Response:
    choice = choose_format()
    if choice.format is HTML:
        return Response(render_template("ns.html", **_page_of(of.release.folder, of.descriptions)))
    return _rdf(published(of), choice)


def published(of: State) -> list[Triple]:
    """Return all that the files of the model state, in every language, the nodes of lists without a name."""
    start = f"{of.base}graph/ontology/"
    graphs = (graph for graph in of.release.manifest.graphs if graph.startswith(start))
    stated = {triple for graph in graphs for triple in of.descriptions.graph(graph)}
    listed = of.release.checks.lists(TRANSLATIONS)
    translated = parse_turtle(of.release.checks.path(TRANSLATIONS)) if listed else ()
    return sorted({*unname_lists(stated, of.base), *translated}, key=str)


@view(blueprint, "/shapes", "/shapes/<path:name>", "/profile/<name>", formats=rdf_pages.FORMATS)
def shapes(name: str = "") -> Response:
    """Return all shapes, with the rules as constraints; /shapes/core leaves both the rules and what a profile asks for out.

    The IRI of each shape begins with the address of a file of them, and all of these lead here.
    """
    checks = state().release.checks
    wanted = (CORE_SHAPES, SHAPES) if name == "core" else (SHAPES, CONSTRAINTS)
    # A release of 0.1 has one of the files alone, and a folder may have none.
    found = [f"dumps/{item}" for item in wanted if checks.lists(f"dumps/{item}")][: 1 if name == "core" else None]
    if not found:
        raise NotFound("This release has no shapes.", remedy="Ask /releases for another one.")
    triples, choice = [triple for item in found for triple in parse_turtle(checks.path(item))], choose_format()
    if choice.format is HTML:
        return Response(rdf_pages.shapes_page(triples, name), content_type=choice.content_type)
    return _rdf(triples, choice)


def _rdf(triples: Sequence[Triple], choice: Choice) -> Response:
    return Response(serialize_triples(triples, choice.format), content_type=choice.content_type)


def _with(rows: Sequence[Statement], curies: Sequence[str]) -> tuple[Statement, ...]:
    return tuple(row for curie in curies for row in rows if row.property.iri == expand(curie))


@dataclass(frozen=True)
class Term:
    """A term of the vocabulary as the page shows it."""

    name: str
    thing: Thing
    definition: str
    examples: tuple[str, ...]
    messages: tuple[tuple[str, str], ...]
    matches: tuple[tuple[Value, Value, str], ...]
    replaced_by: Value | None
    descriptions: Descriptions

    def rows(self, *curies: str) -> tuple[Statement, ...]:
        """Return the statements with certain properties."""
        return _with(self.thing.statements, curies)

    def uses(self, *curies: str) -> tuple[Statement, ...]:
        """Return what leads to the term by certain properties."""
        return self.descriptions.uses(self.thing.iri, *curies)


@lru_cache(4)
def _page_of(folder: Path, descriptions: Descriptions) -> dict[str, object]:
    """Gather the page once; a release does not change."""
    messages = _messages(folder)

    def term(iri: str) -> Term:
        node = NamedNode(iri)
        return Term(
            name=iri.removeprefix(ALG),
            thing=descriptions.thing(iri),
            definition=descriptions.text(node, "skos:definition", "rdfs:comment"),
            examples=tuple(literal.value for literal in descriptions.literals(node, "skos:example")),
            messages=tuple(messages[iri]),
            matches=tuple(_matches(descriptions, node)),
            replaced_by=next(iter(descriptions.values(node, "dct:isReplacedBy")), None),
            descriptions=descriptions,
        )

    def terms(*curies: str) -> list[Term]:
        found = {node.value for curie in curies for node in descriptions.instances(curie)}
        return [term(iri) for iri in sorted(found) if iri.startswith(ALG)]

    schemes = [
        (descriptions.value(node), descriptions.text(node, "dct:description", "skos:definition"))
        for node in descriptions.instances("skos:ConceptScheme")
    ]
    return {
        "about": _about(descriptions),
        "namespace": ALG,
        "classes": terms("owl:Class"),
        "properties": terms("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty"),
        "schemes": sorted(schemes, key=lambda row: row[0].text),
    }


def _about(descriptions: Descriptions) -> dict[str, object]:
    """Return what the ontology says of itself: title, versions, days, who made it, licence, how to cite it."""
    node = NamedNode(ALG.rstrip("#"))
    texts = ("dct:title", "dct:description", "owl:versionInfo", "dct:created", "dct:issued", "dct:modified")
    found: dict[str, object] = {curie.partition(":")[2]: descriptions.text(node, curie) for curie in texts}
    links = ("owl:versionIRI", "owl:priorVersion", "dct:license", "dct:creator", "dct:publisher", "bibo:status")
    found |= {curie.partition(":")[2]: descriptions.values(node, curie) for curie in links}
    return {**found, "citation": descriptions.text(node, "dct:bibliographicCitation")}


def _matches(descriptions: Descriptions, term: NamedNode) -> Iterator[tuple[Value, Value, str]]:
    """Yield how a term relates to others: by which property of SKOS, to which term, with what to keep in mind."""
    for mapping in descriptions.subjects("sssom:subject_id", term):
        relation, target = (descriptions.values(mapping, f"sssom:{name}_id") for name in ("predicate", "object"))
        if relation and target:
            yield relation[0], target[0], descriptions.text(mapping, "sssom:comment")


def _messages(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Return for each class and property the shapes that apply to it, with what they ask for in words (SHACL, section 2.1)."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    texts: dict[str, str] = {}
    uses: list[tuple[str, str]] = []
    for triple in parse_turtle(folder / "dumps" / SHAPES):
        if not isinstance(triple.subject, NamedNode):
            continue
        if triple.predicate.value == expand("sh:message") and isinstance(triple.object, Literal):
            texts[triple.subject.value] = triple.object.value
        elif triple.predicate.value in (expand("sh:targetClass"), expand("sh:path")) and isinstance(triple.object, NamedNode):
            uses.append((triple.object.value, triple.subject.value))
    for term, shape in sorted(uses):
        if shape in texts:
            found[term].append((shape, texts[shape]))
    return found

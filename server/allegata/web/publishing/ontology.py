"""Serves the ontology at /ns and the shapes at /shapes: a page for people, RDF for programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, render_template
from pyoxigraph import Literal, NamedNode, Triple

from allegata.corpus.rdf import parse_turtle, serialize_triples
from allegata.domain import Descriptions, Statement, Thing
from allegata.model.formats import GRAPH_FORMATS, HTML, Choice
from allegata.model.namespaces import ALG, expand
from allegata.web.http.views import choose_format, view
from allegata.web.state import state

blueprint = Blueprint("model", __name__)


@view(blueprint, "/ns", formats=(HTML, *GRAPH_FORMATS), cached=True, in_sitemap=True)
def ontology() -> Response:
    """Return the ontology; its terms are fragments of this page."""
    choice = choose_format()
    if choice.format is HTML:
        return Response(render_template("ns.html", **_page()))
    return _rdf(state().descriptions.graph(f"{state().base}graph/ontology/allegata"), choice)


@view(blueprint, "/shapes", "/shapes/<name>", formats=GRAPH_FORMATS)
def shapes(name: str = "") -> Response:
    """Return all shapes: the IRI of each begins with the address of a file of them, and all of these lead here."""
    return _rdf(list(parse_turtle(state().release.folder / "dumps" / "shapes.ttl")), choose_format())


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

    def rows(self, *curies: str) -> tuple[Statement, ...]:
        """Return the statements with certain properties."""
        return _with(self.thing.statements, curies)

    def uses(self, *curies: str) -> tuple[Statement, ...]:
        """Return what leads to the term by certain properties."""
        return _with(self.thing.incoming, curies)


def _page() -> dict[str, object]:
    return _page_of(state().release.folder, state().descriptions)


@lru_cache(2)
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
        )

    def terms(*curies: str) -> list[Term]:
        found = {node.value for curie in curies for node in descriptions.instances(curie)}
        return [term(iri) for iri in sorted(found) if iri.startswith(ALG)]

    schemes = [
        (descriptions.value(node), descriptions.text(node, "dct:description", "skos:definition"))
        for node in descriptions.instances("skos:ConceptScheme")
    ]
    return {
        "namespace": ALG,
        "classes": terms("owl:Class"),
        "properties": terms("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty"),
        "schemes": sorted(schemes, key=lambda row: row[0].text),
    }


def _messages(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Return for each class and property the shapes that apply to it, with what they ask for in words (SHACL, section 2.1)."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    texts: dict[str, str] = {}
    uses: list[tuple[str, str]] = []
    for triple in parse_turtle(folder / "dumps" / "shapes.ttl"):
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

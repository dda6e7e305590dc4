"""Gives the ontology at /ns and the shapes at /shapes: a page for people, RDF for programs."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request
from pyoxigraph import Triple
from werkzeug.wrappers import Response as BaseResponse

from allegata.describing import Thing
from allegata.formats import GRAPH_FORMATS, HTML, negotiate
from allegata.rdf import parse_turtle, serialize_triples
from allegata.web.state import state

blueprint = Blueprint("model", __name__)


@blueprint.get("/ns")
def ontology() -> BaseResponse:
    """Give the ontology; its terms are fragments of this page."""
    choice = negotiate(request.headers.get("Accept"), (HTML, *GRAPH_FORMATS), state().settings.accept_ranges)
    if choice.format is HTML:
        return _varied(Response(render_template("ns.html", **_terms())))
    return _rdf(state().descriptions.graph(f"{state().base}graph/ontology/allegata"))


@blueprint.get("/shapes")
@blueprint.get("/shapes/<name>")
def shapes(name: str = "") -> BaseResponse:
    """Give all shapes: the IRI of each begins with the address of a file of them, and all of these lead here."""
    return _rdf(list(parse_turtle(state().release.folder / "dumps" / "shapes.ttl")))


def _rdf(triples: Sequence[Triple]) -> BaseResponse:
    choice = negotiate(request.headers.get("Accept"), GRAPH_FORMATS, state().settings.accept_ranges)
    return _varied(Response(serialize_triples(triples, choice.format), content_type=choice.content_type))


def _varied(response: Response) -> BaseResponse:
    response.vary.add("Accept")
    response.add_etag()
    return response.make_conditional(request)


def _terms() -> dict[str, list[Thing]]:
    descriptions, space = state().descriptions, f"{state().base}ns#"
    kinds = {"classes": ("owl:Class",), "properties": ("owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty")}
    return {
        name: [
            descriptions.thing(iri)
            for iri in sorted({node.value for curie in curies for node in descriptions.instances(curie)})
            if iri.startswith(space)
        ]
        for name, curies in kinds.items()
    }

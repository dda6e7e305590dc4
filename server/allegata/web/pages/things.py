"""Gives a thing under its IRI: 303 to a page for people or to data for programs (Cool URIs for the Semantic Web, section 4.2)."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request
from pyoxigraph import NamedNode
from werkzeug.wrappers import Response as BaseResponse

from allegata.corpus.rdf import serialize_triples
from allegata.errors import Gone, NotFound
from allegata.model.formats import CSV, GRAPH_FORMATS, HTML, by_word
from allegata.web.http.headers import negotiated
from allegata.web.http.negotiation import negotiate
from allegata.web.http.page_cache import kept
from allegata.web.pages.kinds import content, kind_of
from allegata.web.pages.rows import as_rows
from allegata.web.state import state

blueprint = Blueprint("things", __name__)
KINDS = (
    *("claim", "assertion", "stance", "assessment", "evidence-line", "actor", "instrument", "provision", "commitment", "vote"),
    *("point", "position", "source", "event", "place", "scheme", "link", "graph", "dataset", "redaction", "comparison"),
)
#: What a thing is given as to programs: RDF, or a table of its statements.
FORMATS = (*GRAPH_FORMATS, CSV)
_SUFFIX = {item.suffix: item for item in FORMATS}


@blueprint.get(f"/<any({','.join(repr(kind) for kind in KINDS)}):kind>/<path:slug>")
@blueprint.get("/<any('dataset'):kind>", defaults={"slug": ""})
def thing(kind: str, slug: str) -> BaseResponse:
    """Send a client from the thing to its description in the type that it asks for."""
    path = f"{kind}/{slug}".rstrip("/")
    _existing(path)
    choice = negotiate(request.headers.get("Accept"), (HTML, *FORMATS), state().settings.accept_ranges)
    where = f"/page/{path}" if choice.format is HTML else f"/data/{path}.{choice.format.suffix}"
    response = redirect(where, code=303)
    response.vary.add("Accept")
    return response


@blueprint.get("/page/<path:path>")
@kept
def page(path: str) -> str:
    """Show a thing to people."""
    iri = _existing(path)
    kind = kind_of(state(), iri)
    gathered = content(state(), kind, iri)
    template = f"kinds/{kind}.html"
    curators = state().descriptions.values(NamedNode(f"{state().base}dataset"), "dct:creator")
    thing = state().descriptions.thing(iri)
    return render_template(template, thing=thing, kind=kind, path=path, curators=curators, **gathered)


@blueprint.get("/data/<path:path>")
def data(path: str) -> BaseResponse:
    """Return what is stated of a thing; the suffix chooses the syntax, without one the Accept header does."""
    stem, dot, suffix = path.rpartition(".")
    if dot and suffix in _SUFFIX:
        path, choice = stem, by_word(suffix, FORMATS)
    else:
        choice = negotiate(request.headers.get("Accept"), FORMATS, state().settings.accept_ranges)
    iri = _existing(path)
    triples = state().descriptions.triples(iri)
    body = as_rows(state().descriptions, triples) if choice.format is CSV else serialize_triples(triples, choice.format)
    response = Response(body, content_type=choice.content_type)
    response.headers["Link"] = f'<{iri}>; rel="describes"'
    return negotiated(response)


def _existing(path: str) -> str:
    iri = state().descriptions.iri_at(path)
    if not state().descriptions.has(iri):
        if iri in state().site.withdrawn:
            raise Gone(f"{iri} was withdrawn: {state().site.withdrawn[iri]}")
        raise NotFound(f"Nothing is stated of {iri} in this release.", remedy="Look for it with a query at /sparql.")
    return iri

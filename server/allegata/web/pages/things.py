"""Serves a thing under its IRI: 303 to a page for people or to data for programs (Cool URIs, section 4.2)."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pyoxigraph import NamedNode
from werkzeug.wrappers import Response as BaseResponse

from allegata.errors import Gone, NotFound
from allegata.model.formats import CSV, GRAPH_FORMATS, HTML
from allegata.model.kinds import KINDS
from allegata.model.namespaces import uri
from allegata.web.http.signposts import data_links, page_links, timegate_links
from allegata.web.http.views import choose_format, view
from allegata.web.pages.kinds import content
from allegata.web.pages.lists import kind_of
from allegata.web.pages.rows import representation
from allegata.web.publishing.memento import timegate
from allegata.web.state import state

blueprint = Blueprint("things", __name__)
#: What the addresses of things begin with.
SEGMENTS = tuple(kind.segment for kind in KINDS if kind.segment)
#: What a thing is given as to programs: RDF, or a table of its statements.
FORMATS = (*GRAPH_FORMATS, CSV)
_SUFFIX = {item.suffix: item for item in FORMATS}


@view(
    blueprint,
    f"/<any({','.join(map(repr, SEGMENTS))}):kind>/<path:slug>",
    "/<any('dataset'):kind>",
    formats=(HTML, *FORMATS),
    signposts=timegate_links,
    redirects=True,
)
def thing(kind: str, slug: str = "") -> BaseResponse:
    """Send a client from the thing to its description in the type that it asks for."""
    path = f"{kind}/{slug}".rstrip("/")
    moment = request.headers.get("Accept-Datetime")
    if moment is not None:
        return timegate(path, moment)
    _existing(path)
    choice = choose_format()
    where = url_for(".page", path=path) if choice.format is HTML else url_for(".data", path=f"{path}.{choice.format.suffix}")
    response = redirect(where, code=303)
    response.vary.add("Accept-Datetime")
    return response


@view(blueprint, "/page/<path:path>", formats=(HTML,), cached=True, signposts=page_links)
def page(path: str) -> str:
    """Show a thing to people."""
    iri = _existing(path)
    kind = kind_of(state().dataset, iri)
    gathered = content(state().dataset, kind, iri)
    template = f"kinds/{kind}.html"
    curators = state().descriptions.values(NamedNode(f"{state().base}dataset"), "dct:creator")
    thing = state().descriptions.thing(iri)
    replies = state().dataset.attributions.by("alg:repliesTo", iri)
    return render_template(template, thing=thing, kind=kind, path=path, curators=curators, replies=replies, **gathered)


@view(
    blueprint,
    "/data/<path:path>",
    formats=FORMATS,
    parameters={"format": "word of a format, before the suffix of the path and the Accept header"},
    signposts=data_links,
)
def data(path: str) -> Response:
    """Return what is stated of a thing; the suffix chooses the syntax, without one the Accept header does."""
    stem, dot, suffix = path.rpartition(".")
    word = request.args.get("format")
    if dot and suffix in _SUFFIX:
        path, word = stem, word or suffix
    choice = choose_format(word)
    iri = _existing(path)
    response = Response(representation(state().descriptions, iri, choice), content_type=choice.content_type)
    response.headers["Link"] = uri(f'<{iri}>; rel="describes"')
    return response


def _existing(path: str) -> str:
    iri = state().descriptions.iri_at(path)
    if not state().descriptions.has(iri):
        if iri in state().site.withdrawn:
            raise Gone(f"{iri} was withdrawn: {state().site.withdrawn[iri]}")
        raise NotFound(f"Nothing is stated of {iri} in this release.", remedy="Look for it with a query at /sparql.")
    return iri

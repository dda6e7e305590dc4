"""The SPARQL endpoint: the query operation of the SPARQL 1.1 Protocol, a form for people, the service description."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, request
from pyoxigraph import Triple

from allegata.corpus.rdf import serialize_triples
from allegata.engine import Inspected, Query, inspect
from allegata.errors import BadRequest, QueryRefused, UnsupportedMediaType
from allegata.model.formats import BINDING_FORMATS, GRAPH_FORMATS, HTML, Choice
from allegata.release.handle import Release
from allegata.web.http.parameters import FORM_TYPE, Parameters, parse, utf8
from allegata.web.http.views import Lifetime, choose_format, view
from allegata.web.http.whole import takes_chunks
from allegata.web.i18n.gettext import PARAMETER
from allegata.web.sparql.query_page import query_page
from allegata.web.sparql.responses import choose, respond
from allegata.web.sparql.service_description import service_description
from allegata.web.state import state

blueprint = Blueprint("sparql", __name__)

QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"


#: What the protocol has (section 2.1), with other words by which clients ask for a format.
_PARAMETERS: Final = {
    "query": "a SPARQL 1.1 query",
    "format": "word of a format, before the Accept header",
    "output": "the same as format",
    "results": "the same as format",
    "timeout": "seconds that lower the time limit",
    "default-graph-uri": "a graph of the default graph; may be repeated",
    "named-graph-uri": "a named graph; may be repeated",
}
_RELEASE: Final = {"release": "version of the release, the current one without it"}
_ANSWERS: Final = (*BINDING_FORMATS, *GRAPH_FORMATS)
_BY_GET: Final[dict[str, Any]] = {"formats": (*_ANSWERS, HTML), "lifetime": Lifetime.BY_ANSWER}
_BY_POST: Final[dict[str, Any]] = {
    "formats": _ANSWERS,
    "methods": ("POST",),
    "body": (QUERY_TYPE, FORM_TYPE),
    "required": ("query",),
    "lifetime": Lifetime.BY_ANSWER,
}


@view(blueprint, "/sparql", parameters={**_PARAMETERS, **_RELEASE}, **_BY_GET)
@view(blueprint, "/release/<version>/sparql", name="release_by_get", parameters=_PARAMETERS, **_BY_GET)
def by_get(version: str = "") -> Response:
    """Answer a query by GET (SPARQL Protocol, section 2.1.1); without one, describe the service or show the form."""
    parameters = _address(version)
    if "update" in parameters:
        raise _no_update()
    if "query" not in parameters:
        return _introduction(parameters)
    return _page(parameters) if _is_for_reader(parameters) else _answer(parameters)


@view(blueprint, "/sparql", fields={**_PARAMETERS, **_RELEASE}, **_BY_POST)
@view(blueprint, "/release/<version>/sparql", name="release_by_post", fields=_PARAMETERS, **_BY_POST)
def by_post(version: str = "") -> Response:
    """Answer a query by POST, in a form (SPARQL Protocol, section 2.1.2) or directly (section 2.1.3)."""
    address = _address(version)
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType("The body is not in UTF-8.", remedy="Send it in UTF-8.")
    if request.mimetype == QUERY_TYPE:
        parameters = address + Parameters((("query", utf8(request.get_data(), "body")),))
    elif request.mimetype == FORM_TYPE:
        parameters = address + parse(request.get_data().decode("latin-1"), "body")
    elif request.mimetype == UPDATE_TYPE:
        raise _no_update()
    else:
        raise UnsupportedMediaType(
            f"A query cannot be posted as {request.mimetype or 'a body without Content-Type'}.",
            remedy=f"Post it as {FORM_TYPE} or {QUERY_TYPE}.",
        )
    if "update" in parameters:
        raise _no_update()
    if "query" not in parameters:
        raise BadRequest("There is no query.", remedy="Give it as the parameter query.")
    return _answer(parameters)


def _address(version: str) -> Parameters:
    """Read the parameters in the address; the endpoint of a release stands for its release parameter."""
    parameters = parse(request.environ["QUERY_STRING"], "query string")
    return parameters + Parameters((("release", version),)) if version else parameters


def _is_for_reader(parameters: Parameters) -> bool:
    """Return whether a browser follows a link to an answer: it prefers a page, and nothing but the query is given."""
    given = {name for name, _ in parameters.pairs}
    return (
        given <= {"query", PARAMETER}
        and HTML.media_type in request.headers.get("Accept", "")
        and choose_format(offered=(*_ANSWERS, HTML)).format is HTML
    )


def _page(parameters: Parameters) -> Response:
    body, status = query_page(parameters.one("query") or "")
    response = Response(body, status)
    response.headers["Cache-Control"] = Lifetime.MINUTES
    return response


def _no_update() -> QueryRefused:
    return QueryRefused("This service has no update operation.", remedy="The data is edited as files; see /dumps/manifest.json.")


def _answer(parameters: Parameters) -> Response:
    current = state()
    release = current.site.get(parameters.one("release"))
    inspected = inspect(parameters.one("query") or "", current.settings, current.engines.federation.addresses)
    choice = choose(parameters, inspected.form.formats, lambda offered: choose_format(offered=offered))
    query = query_of(
        parameters,
        inspected,
        choice,
        base_iri=f"{current.base}sparql",
        client=request.remote_addr or "",
        is_disconnected=request.environ.get("waitress.client_disconnected"),
        whole=not takes_chunks(),
    )
    return respond(release, query, choice, bound="release" in parameters)


def query_of(parameters: Parameters, inspected: Inspected, choice: Choice, **known: Any) -> Query:
    """Make a query of what the protocol's parameters say and what is known beside them."""
    return Query(
        inspected,
        choice.format,
        default_graphs=parameters.all("default-graph-uri"),
        named_graphs=parameters.all("named-graph-uri"),
        timeout=_timeout(parameters),
        **known,
    )


def _timeout(parameters: Parameters) -> float | None:
    raw = parameters.one("timeout")
    if raw is None:
        return None
    try:
        seconds = float(raw)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise BadRequest(f"timeout={raw!r} is not a number of seconds from 0.")
    return seconds or None  # to clients 0 means that they set no limit of their own


def _introduction(parameters: Parameters) -> Response:
    """Show the form to people and the service description to programs (SPARQL Service Description, section 2)."""
    release = state().site.get(parameters.one("release"))
    _timeout(parameters)
    word = parameters.one("format", "output", "results")
    choice = choose_format(word, (HTML, *GRAPH_FORMATS))
    if choice.format is HTML:
        response = Response(query_page("")[0])
    else:
        response = Response(serialize_triples(_described(release), choice.format), content_type=choice.content_type)
    response.headers["Cache-Control"] = Lifetime.MINUTES
    return response


def _described(release: Release) -> list[Triple]:
    endpoint = "sparql" if release is state().release else f"release/{release.version}/sparql"
    return service_description(state().at(release), endpoint)

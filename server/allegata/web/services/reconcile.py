"""Reconciles names with things at /reconcile, as tables tools ask (Reconciliation Service API 0.2)."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from pyoxigraph import NamedNode
from werkzeug.wrappers import Response as BaseResponse

from allegata.domain.reconcile import FEATURES, Candidate, Entry
from allegata.domain.reconcile.properties import PROPERTIES, Cell, agreement, proposed
from allegata.errors import BadRequest, LimitExceeded, NotFound, UnsupportedMediaType
from allegata.model.formats import HTML, JSON
from allegata.model.kinds import KINDS, TYPES
from allegata.model.namespaces import ALG, expand
from allegata.web.http.parameters import FORM_TYPE
from allegata.web.http.views import view
from allegata.web.i18n.gettext import pgettext
from allegata.web.i18n.links import address_of
from allegata.web.services.reconcile_queries import ReconcileQuery, batch, extension, number, parsed
from allegata.web.state import state

blueprint = Blueprint("reconcile", __name__, url_prefix="/reconcile")

VERSION = "0.2"
FORMS = (FORM_TYPE, "multipart/form-data")
BATCH, SHOWN, MOST, LONGEST = 100, 10, 100, 500
#: Characters of all names and values of one batch: a hundred names of the usual length, or twenty of the longest.
CHARACTERS = 10_000
WIDTH, HEIGHT = 430, 240
_QUERIES = {"queries": "a batch of queries (section 4), as JSON", "extend": "a data extension query (section 7), as JSON"}
_PREFIX = {"prefix": "the beginning of a name", "cursor": "how many suggestions to leave out"}
_ID = {"id": "IRI of a thing, or its path below the base IRI"}


@view(blueprint, "", formats=(JSON,), parameters=_QUERIES)
@view(blueprint, "", name="batch", methods=("POST",), formats=(JSON,), fields=_QUERIES, body=(FORM_TYPE,))
def service() -> Response:
    """Return the manifest (section 3), answer a batch of queries (section 4) or a data extension query (section 7)."""
    _check_body()
    if queries := request.values.get("queries"):
        asked = batch(parsed(queries, "queries"), LONGEST)
        _limited(len(asked), "queries")
        _limited(sum(query.size for query in asked.values()), "characters of names and values", CHARACTERS, "batch_characters")
        return _json({key: _result(query) for key, query in asked.items()})
    if extend := request.values.get("extend"):
        ids, columns = extension(parsed(extend, "extend"))
        _limited(len(ids), "things")
        return _json(_extended(ids, columns))
    if request.method == "POST":
        raise BadRequest("There is neither queries nor extend.", remedy="GET gives the manifest; post one of them in a form.")
    return _json(_manifest())


def _check_body() -> None:
    """Refuse a body that is no form (section 4.1 has forms alone), which would be passed over."""
    if request.method == "POST" and request.mimetype not in FORMS and (request.mimetype or request.get_data()):
        raise UnsupportedMediaType(
            f"Names cannot be posted as {request.mimetype or 'a body without Content-Type'}.", remedy=f"Post a form: {FORM_TYPE}."
        )


def _result(query: ReconcileQuery) -> dict[str, Any]:
    """Answer one query of a batch; what is odd about it is its own affair."""
    if query.note:
        return {"result": [], "message": query.note}
    return {"result": [_candidate(item) for item in _answers(query)]}


def _manifest() -> dict[str, Any]:
    def address(view: str) -> str:
        return url_for(f".{view}", lang=None, _external=True)

    root, manifest = request.host_url.rstrip("/"), state().release.manifest
    suggest = {"service_url": root}
    return {
        "versions": [VERSION],
        "name": manifest.title,
        "identifierSpace": state().base,
        "schemaSpace": ALG,
        "documentation": address("features"),
        "serviceVersion": state().release.version,
        "defaultTypes": [_type(curie) for curie in ("prov:Agent", "alg:Instrument", "schema:Place", "alg:Source")],
        "view": {"url": address("page") + "?id={{id}}"},
        "feature_view": {"url": address("features") + "#{{id}}"},
        "preview": {"url": address("preview") + "?id={{id}}", "width": WIDTH, "height": HEIGHT},
        "suggest": {name: {**suggest, "service_path": url_for(f".suggest_{name}")} for name in ("entity", "type", "property")},
        "extend": {
            "propose_properties": {"service_url": root, "service_path": url_for(".properties")},
            "property_settings": [
                {
                    "name": "limit",
                    "type": "number",
                    "label": "At most so many values",
                    "default": 0,
                    "help_text": "0 gives all of them",
                }
            ],
        },
    }


def _answers(query: ReconcileQuery) -> list[Candidate]:
    read = state().descriptions
    types = [curie for curie in map(_curie, query.types) if curie in TYPES]
    if query.types and not types:
        return []
    judge = (lambda iri: agreement(read, iri, query.properties)) if query.properties else None
    return state().matcher.find(query.text, types, min(query.limit or SHOWN, MOST), judge)


def _candidate(item: Candidate) -> dict[str, Any]:
    return {
        "id": item.entry.iri,
        "name": item.entry.label,
        "description": _description(item.entry, item.name),
        "score": item.score,
        "match": item.match,
        "type": [_type(curie) for curie in item.entry.types],
        "features": [{"id": name, "value": value} for name, value in item.features.items()],
    }


def _description(entry: Entry, name: str = "") -> str:
    parts = [TYPES[entry.main], *entry.codes, f"also “{name}”" if name and name != entry.label else ""]
    return ", ".join(part for part in parts if part)


def _type(curie: str) -> dict[str, Any]:
    found = {"id": expand(curie), "name": TYPES[curie]}
    broader = next((kind.broader for kind in KINDS if kind.curie == curie), "")
    return {**found, "broader": [{"id": expand(broader), "name": TYPES[broader]}]} if broader else found


def _curie(kind: str) -> str:
    return next((curie for curie in TYPES if kind in (curie, expand(curie))), "")


# -- suggest (section 5) -----------------------------------------------------------------------------------------------------


@view(blueprint, "/suggest/entity", formats=(JSON,), parameters=_PREFIX)
def suggest_entity() -> Response:
    """Suggest things whose name has a word that begins so (section 5.2)."""
    found: dict[str, dict[str, Any]] = {}
    for name in state().matcher.names.beginning(_prefix()):
        entry = name.entry
        item = {"id": entry.iri, "name": entry.label, "description": _description(entry, name.written)}
        found.setdefault(entry.iri, {**item, "notable": [_type(curie) for curie in entry.types]})
    return _suggested(list(found.values()))


@view(blueprint, "/suggest/type", formats=(JSON,), parameters=_PREFIX)
def suggest_type() -> Response:
    """Suggest types."""
    prefix = _prefix().casefold()
    return _suggested([_type(curie) for curie, label in TYPES.items() if prefix in label or prefix in curie.casefold()])


@view(blueprint, "/suggest/property", formats=(JSON,), parameters=_PREFIX)
def suggest_property() -> Response:
    """Suggest properties."""
    prefix = _prefix().casefold()
    found = [item for item in PROPERTIES.values() if prefix in item.name.casefold() or prefix in item.id.casefold()]
    return _suggested([{"id": item.id, "name": item.name, "description": item.description} for item in found])


def _prefix() -> str:
    prefix = request.args.get("prefix", "")
    if len(prefix) > LONGEST:
        raise BadRequest(f"The prefix is over {LONGEST} characters.", remedy="Type the beginning of a name.")
    return prefix


def _suggested(items: list[dict[str, Any]]) -> Response:
    start = number(request.args.get("cursor"), "cursor")
    return _json({"result": items[start : start + 20]})


# -- preview (section 6) and view ----------------------------------------------------------------------------------------------


@view(blueprint, "/preview", formats=(HTML,), parameters=_ID, required=("id",), cached=True)
def preview() -> Response:
    """Show a thing in a small frame on somebody else's page."""
    entry = _entry()
    thing = state().descriptions.thing(entry.iri)
    note = state().descriptions.text(NamedNode(entry.iri), "rdfs:comment", "skos:definition", "dct:description")
    rows = [(item.name, item.values(state().descriptions, NamedNode(entry.iri))[:3]) for item in PROPERTIES.values()]
    shown = [
        (pgettext("reconciling", name), [str(next(reversed(cell.values()))) for cell in cells])
        for name, cells in rows
        if cells and name != "name"
    ]
    response = Response(
        render_template("preview.html", thing=thing, kind=pgettext("reconciling", TYPES[entry.main]), note=note, rows=shown)
    )
    # The page is made to be framed: that is what a preview is for (section 6).
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors *"
    return response


@view(blueprint, "/view", formats=(HTML,), parameters=_ID, required=("id",), redirects=True)
def page() -> BaseResponse:
    """Lead from an identifier to the page of the thing."""
    return redirect(address_of(_entry().iri), 303)


@view(blueprint, "/features", formats=(HTML,), cached=True, in_sitemap=True)
def features() -> str:
    """Return what the features mean and how a score is made of them."""
    return render_template("reconciling.html", features=FEATURES, types=TYPES, properties=PROPERTIES.values())


def _entry() -> Entry:
    iri = request.args.get("id", "")
    entries = state().matcher.names.entries
    found = entries.get(iri) or entries.get(state().base + iri)
    if found is None:
        raise NotFound(f"This release has nothing with the id {iri[:200]!r}.", remedy="/reconcile gives the ids of names.")
    return found


# -- data extension (section 7) ------------------------------------------------------------------------------------------------


@view(
    blueprint,
    "/properties",
    formats=(JSON,),
    parameters={"type": "the type whose properties are proposed", "limit": "the most properties, 0 for all"},
)
def properties() -> Response:
    """Propose properties for a type (section 7.2)."""
    kind, limit = request.args.get("type", ""), number(request.args.get("limit"), "limit")
    found = [
        {"id": item.id, "name": item.name, "description": item.description} for item in proposed(_curie(kind) if kind else "")
    ]
    answer: dict[str, Any] = {"properties": found[: limit or None]}
    return _json(answer | ({"type": kind} if kind else {}) | ({"limit": limit} if limit else {}))


def _extended(ids: list[str], columns: list[tuple[str, int]]) -> dict[str, Any]:
    unknown = [name for name, _ in columns if name not in PROPERTIES]
    if unknown:
        raise BadRequest(f"There is no property {unknown[0]!r}.", remedy="/reconcile/properties lists them.")
    meta = []
    for name, _ in columns:
        item = PROPERTIES[name]
        meta.append({"id": name, "name": item.name} | ({"type": _type(item.leads_to)} if item.leads_to else {}))
    return {"meta": meta, "rows": {iri: {name: _cells(iri, name, limit) for name, limit in columns} for iri in ids}}


def _cells(iri: str, name: str, limit: int) -> list[Cell]:
    entries = state().matcher.names.entries
    known = iri if iri in entries else state().base + iri
    return PROPERTIES[name].values(state().descriptions, NamedNode(known))[: limit or None] if known in entries else []


def _limited(count: int, what: str, most: int = BATCH, limit: str = "batch") -> None:
    if count > most:
        raise LimitExceeded(f"The request has {count} {what}.", remedy=f"Send at most {most} at once.", limit=limit, allowed=most)


def _json(data: dict[str, Any]) -> Response:
    return cast(Response, current_app.json.response(data))

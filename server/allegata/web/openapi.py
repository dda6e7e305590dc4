"""Describes the service to programs (OpenAPI 3.1), from its routes, so that none is forgotten."""

from __future__ import annotations

import re
from typing import Any, Final

from flask import Blueprint, Response, current_app, jsonify
from werkzeug.routing import Rule

from allegata import __version__
from allegata.engine.validator import SYNTAXES
from allegata.model.formats import BINDING_FORMATS, GRAPH_FORMATS, HTML, JSON
from allegata.release.search_index import FACETS
from allegata.web import validate
from allegata.web.pages.compare import SUBJECTS
from allegata.web.state import state

blueprint = Blueprint("interface", __name__)

_Json = dict[str, Any]
_METHODS: Final = ("GET", "POST")
_PART: Final = re.compile(r"<(?:(?P<kind>\w+)(?:\((?P<given>[^>]*)\))?:)?(?P<name>\w+)>")
_TEXT: Final = {"type": "string"}
_ANSWERS: Final = (*BINDING_FORMATS, *GRAPH_FORMATS)
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = {
    "query": "a SPARQL 1.1 query",
    "format": "word of a format, before the Accept header",
    "timeout": "seconds that lower the time limit",
    "default-graph-uri": "a graph of the default graph; may be repeated",
    "named-graph-uri": "a named graph; may be repeated",
}
_RELEASE: Final = {"release": "version of the release, the current one without it"}
#: Route → what may stand behind the question mark, with its meaning.
_PARAMETERS: Final = {
    "/sparql": {**_QUERY, **_RELEASE},
    "/release/{version}/sparql": _QUERY,
    "/cite/query": {"query": "the query that is cited", **_RELEASE, "format": "word of a format, before the Accept header"},
    "/search": {
        "q": "words, all of which have to occur",
        "kind": "kind of thing; may be repeated",
        **dict.fromkeys(FACETS, "IRI of a value; may be repeated"),
        "page": "number of the page, from 1",
        "format": "word of a format, before the Accept header",
    },
    "/compare": dict.fromkeys(SUBJECTS, "what is compared, one of the four"),
    "/query": {"query": "a SPARQL 1.1 query", "example": "name of a question that comes with the release"},
    "/validate": {"format": "word of a format, before the Accept header"},
}
#: Route → formats of its answer where all goes well, where they are a choice.
_CONTENT: Final = {
    "GET /sparql": (*_ANSWERS, HTML),
    "POST /sparql": _ANSWERS,
    "GET /release/{version}/sparql": (*_ANSWERS, HTML),
    "POST /release/{version}/sparql": _ANSWERS,
    "POST /validate": validate.OFFERED,
    "GET /validate": (HTML,),
    "GET /search": (HTML, JSON),
    "GET /compare": (HTML, JSON),
    "GET /query": (HTML,),
    "GET /healthz": (JSON,),
    "GET /readyz": (JSON,),
    "GET /openapi.json": (JSON,),
    "GET /dumps/manifest.json": (JSON,),
}
#: Route → what may be sent to it.
_BODIES: Final = {
    "/sparql": ("application/sparql-query", _FORM),
    "/release/{version}/sparql": ("application/sparql-query", _FORM),
    "/reconcile": (_FORM,),
    "/validate": (*(item.media_type for item in SYNTAXES), _FORM),
}


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Return the description of the service (OpenAPI 3.1)."""
    return jsonify(_document())


def _document() -> _Json:
    paths: dict[str, _Json] = {}
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        for method in _METHODS:
            if method in (rule.methods or ()):
                path = _PART.sub(r"{\g<name>}", rule.rule)
                paths.setdefault(path, {})[method.lower()] = _operation(rule, path, method)
    manifest = state().release.manifest
    return {
        "openapi": "3.1.0",
        "info": {
            "title": manifest["title"],
            "description": f"{manifest['description']} Release {manifest['version']}, read-only.".strip(),
            "version": __version__,
            "license": {"name": "Licence of the data", "url": manifest["licence"]},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"responses": {"problem": _PROBLEM}},
    }


#: One shape for every error (RFC 9457).
_PROBLEM: Final[_Json] = {
    "description": "What is wrong, and the remedy; `limit` and `allowed` name a limit that was reached.",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["title", "status", "detail"],
                "properties": dict.fromkeys(("type", "title", "detail", "remedy", "limit"), _TEXT)
                | {"status": {"type": "integer"}},
            }
        }
    },
}


def _operation(rule: Rule, path: str, method: str) -> _Json:
    view = current_app.view_functions[rule.endpoint]
    summary = (view.__doc__ or "Give a file of the pages.").strip().split("\n")[0]
    good: _Json = {"description": "What the summary says."}
    formats = _CONTENT.get(f"{method} {path}")
    if formats:
        good["content"] = {item.media_type: {} for item in formats}
    made: _Json = {
        "operationId": f"{method.lower()}{re.sub(r'[^a-z0-9]+', '_', path.lower())}",
        "summary": summary,
        "parameters": [*_in_path(rule), *_in_query(path, method)],
        "responses": {"200": good, "default": {"$ref": "#/components/responses/problem"}},
    }
    if method == "POST":
        made["requestBody"] = {"required": True, "content": {kind: {"schema": _TEXT} for kind in _BODIES[path]}}
    return made


def _in_path(rule: Rule) -> list[_Json]:
    found = []
    for match in _PART.finditer(rule.rule):
        schema: _Json = {"type": "integer" if match["kind"] == "int" else "string"}
        if match["kind"] == "any":
            schema["enum"] = re.findall(r"[\w-]+", match["given"])
        found.append({"name": match["name"], "in": "path", "required": True, "schema": schema})
    return found


def _in_query(path: str, method: str) -> list[_Json]:
    if path.endswith("/sparql") and method == "POST":
        return []
    return [
        {"name": name, "in": "query", "description": says, "schema": _TEXT} for name, says in _PARAMETERS.get(path, {}).items()
    ]

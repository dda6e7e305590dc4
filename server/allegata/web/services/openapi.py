"""Describes the service to programs (OpenAPI 3.1), from its routes, so that none is forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.routing import Rule

from allegata import __version__
from allegata.model.formats import JSON
from allegata.release.manifest import Manifest
from allegata.web.http.views import View, declared_views, view
from allegata.web.state import state

blueprint = Blueprint("openapi", __name__)

_Json = dict[str, Any]
_METHODS: Final = ("GET", "POST")
_PART: Final = re.compile(r"<(?:(?P<kind>\w+)(?:\((?P<given>[^>]*)\))?:)?(?P<name>\w+)>")
_TEXT: Final = {"type": "string"}


@view(blueprint, "/openapi.json", formats=(JSON,))
def openapi() -> Response:
    """Return the description of the service (OpenAPI 3.1)."""
    return jsonify(_document())


def _document() -> _Json:
    paths: dict[str, _Json] = {}
    for rule, declared in sorted(declared_views(current_app), key=lambda row: row[0].rule):
        for method in _METHODS:
            if method in (rule.methods or ()):
                path = _PART.sub(r"{\g<name>}", rule.rule)
                paths.setdefault(path, {})[method.lower()] = _operation(rule, declared, path, method)
    manifest = state().release.manifest
    return {
        "openapi": "3.1.0",
        "info": {
            "title": manifest.title,
            "description": f"{manifest.description} Release {manifest.version}, read-only.".strip(),
            "version": __version__,
            **_licence(manifest),
        },
        "servers": [{"url": f"{request.script_root}/"}],
        "paths": paths,
        "components": {"responses": {"problem": _PROBLEM}},
    }


def _licence(manifest: Manifest) -> _Json:
    """Return the licence of the data: by its name and address (OpenAPI 3.1, section 4.8.4)."""
    if not manifest.licence:
        return {}
    return {"license": {"name": manifest.licence_name or manifest.licence, "url": manifest.licence}}


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


def _operation(rule: Rule, declared: View, path: str, method: str) -> _Json:
    good: _Json = {"description": "What the summary says."}
    if declared.redirects:
        good = {"description": "It is at the address in Location, in one of the types that are listed under content."}
    if declared.formats:
        good["content"] = {item.media_type: {} for item in declared.formats}
    made: _Json = {
        "operationId": f"{method.lower()}{re.sub(r'[^a-z0-9]+', '_', path.lower())}",
        "summary": declared.summary,
        "parameters": [*_in_path(rule), *(_in_query(declared) if method == "GET" else ())],
        "responses": {"303" if declared.redirects else "200": good, "default": {"$ref": "#/components/responses/problem"}},
    }
    if declared.body:
        made["requestBody"] = {"required": True, "content": {kind: {"schema": _TEXT} for kind in declared.body}}
    return made


def _in_path(rule: Rule) -> list[_Json]:
    found = []
    for match in _PART.finditer(rule.rule):
        schema: _Json = {"type": "integer" if match["kind"] == "int" else "string"}
        if match["kind"] == "any":
            schema["enum"] = re.findall(r"[\w-]+", match["given"])
        found.append({"name": match["name"], "in": "path", "required": True, "schema": schema})
    return found


def _in_query(declared: View) -> Iterator[_Json]:
    for name, says in declared.parameters.items():
        given: _Json = {"name": name, "in": "query", "description": says, "schema": _TEXT}
        yield given | {"required": True} if name in declared.required else given

"""Describes the service to programs (OpenAPI 3.1), from its routes, so that none is forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.routing import Rule

from allegata import __version__
from allegata.model.formats import HTML, JSON, PROBLEM, TEXT
from allegata.release.manifest import Manifest
from allegata.web.http.csv_tables import SAFE_CSV, safe_choice
from allegata.web.http.parameters import FORM_TYPE
from allegata.web.http.views import View, declared_views, view
from allegata.web.pages.search import ONLY
from allegata.web.state import state

blueprint = Blueprint("openapi", __name__)

_Json = dict[str, Any]
_METHODS: Final = ("GET", "POST")
_PART: Final = re.compile(r"<(?:(?P<kind>\w+)(?:\((?P<given>[^>]*)\))?:)?(?P<name>\w+)>")
_TEXT: Final[_Json] = {"type": "string"}
_COUNT: Final[_Json] = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
#: What parameters of these names hold at every address; others hold text.
_SCHEMAS: Final[dict[str, _Json]] = {
    "page": {"type": "integer", "minimum": 1, "maximum": 999_999},
    "cursor": _COUNT,
    "limit": _COUNT,
    "timeout": {"type": "number", "minimum": 0},
    "year": {"type": "string", "pattern": "^([0-9]{4})?$"},
    "only": {"type": "string", "enum": ["", ONLY]},
    "queries": {"type": "string", "contentMediaType": JSON.media_type},
    "extend": {"type": "string", "contentMediaType": JSON.media_type},
}
#: Parameters that name a format by a word; an empty one leaves it to the Accept header.
_FORMAT_WORDS: Final = ("format", "output", "results")


@view(blueprint, "/openapi.json", formats=(JSON,))
def openapi() -> Response:
    """Return the description of the service (OpenAPI 3.1)."""
    return jsonify(_document())


def _document() -> _Json:
    paths: dict[str, _Json] = {}
    examples = _examples()
    for rule, declared in sorted(declared_views(current_app), key=lambda row: row[0].rule):
        for method in _METHODS:
            if method in (rule.methods or ()):
                path = _PART.sub(r"{\g<name>}", rule.rule)
                paths.setdefault(path, {})[method.lower()] = _operation(rule, declared, path, method, examples)
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
        PROBLEM.media_type: {
            "schema": {
                "type": "object",
                "required": ["title", "status", "detail"],
                "properties": dict.fromkeys(("type", "title", "detail", "remedy", "limit"), _TEXT)
                | {"status": {"type": "integer"}},
            }
        },
        TEXT.media_type: {},
        HTML.media_type: {},
    },
}


def _operation(rule: Rule, declared: View, path: str, method: str, examples: Mapping[str, str]) -> _Json:
    good: _Json = {"description": "What the summary says."}
    if declared.redirects:
        good = {"description": "It is at the address in Location, in one of the types that are listed under content."}
    if declared.formats:
        good["content"] = {item.media_type: {} for item in declared.formats}
    made: _Json = {
        "operationId": f"{method.lower()}{re.sub(r'[^a-z0-9]+', '_', path.lower())}",
        "summary": declared.summary,
        "parameters": [*_in_path(rule, examples), *(_in_query(declared) if method == "GET" else ())],
        "responses": {"303" if declared.redirects else "200": good, "default": {"$ref": "#/components/responses/problem"}},
    }
    if declared.body:
        made["requestBody"] = {"required": True, "content": {kind: {"schema": _body(declared, kind)} for kind in declared.body}}
    return made


def _body(declared: View, kind: str) -> _Json:
    """Say what a body of a type holds: the fields of a form, any JSON, else text that is not empty."""
    if kind != FORM_TYPE:
        return {} if kind.endswith("json") else _TEXT | {"minLength": 1}
    fields = {name: _schema(declared, name) | {"description": says} for name, says in declared.fields.items()}
    return {"type": "object", "properties": fields, **({"required": list(declared.required)} if declared.required else {})}


def _schema(declared: View, name: str) -> _Json:
    """Say what a parameter holds; one that has to be there is not empty."""
    if name in _FORMAT_WORDS and declared.formats:
        words = dict.fromkeys(word for item in declared.formats for word in item.words)
        words |= {SAFE_CSV: None} if safe_choice(SAFE_CSV, declared.formats) else {}
        return _TEXT | {"enum": ["", *words]}
    return _SCHEMAS.get(name, _TEXT | {"minLength": 1} if name in declared.required else _TEXT)


def _in_path(rule: Rule, examples: Mapping[str, str]) -> list[_Json]:
    found = []
    for match in _PART.finditer(rule.rule):
        schema: _Json = {"type": "integer" if match["kind"] == "int" else "string"}
        if match["kind"] == "any":
            schema["enum"] = re.findall(r"[\w-]+", match["given"])
        given: _Json = {"name": match["name"], "in": "path", "required": True, "schema": schema}
        example = examples.get(match["name"]) if "enum" not in schema else None
        found.append(given | ({"example": example} if example else {}))
    return found


def _examples() -> dict[str, str]:
    """Return something that there is for parts of paths: the release, and the first claim."""
    current = state()
    claims = sorted(node.value.removeprefix(current.base) for node in current.descriptions.instances("alg:Claim"))
    found = {"version": current.release.version}
    return found | ({"path": claims[0], "slug": claims[0].partition("/")[2]} if claims else {})


def _in_query(declared: View) -> Iterator[_Json]:
    for name, says in declared.parameters.items():
        given: _Json = {"name": name, "in": "query", "description": says, "schema": _schema(declared, name)}
        yield given | {"required": True} if name in declared.required else given

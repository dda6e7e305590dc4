"""The description of the service: valid OpenAPI, with every route, and true of what the routes answer."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import validate

from allegata.web import _register_views


@pytest.fixture(scope="module")
def described(server: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{server}/openapi.json", timeout=30) as response:
        assert response.headers["Content-Type"] == "application/json"
        found: dict[str, Any] = json.loads(response.read())
    return found


def test_the_description_is_valid(described: dict[str, Any]) -> None:
    validate(described)


def test_every_route_is_described(described: dict[str, Any]) -> None:
    app = Flask("routes")
    _register_views(app)
    views = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    assert len(described["paths"]) == len({rule.rule for rule in views}) + 1  # and the files of the pages
    assert sum(map(len, described["paths"].values())) == sum(len((rule.methods or set()) & {"GET", "POST"}) for rule in views) + 1
    assert all(item["summary"].endswith(".") for path in described["paths"].values() for item in path.values())


def test_what_needs_no_parameter_answers_as_described(server: str, described: dict[str, Any]) -> None:
    asked = 0
    for path, methods in described["paths"].items():
        if "{" in path or "get" not in methods or path in ("/sparql", "/query/terms"):
            continue
        for media_type in methods["get"]["responses"]["200"].get("content", {}):
            request = urllib.request.Request(f"{server}{path}", headers={"Accept": media_type})
            with urllib.request.urlopen(request, timeout=60) as response:
                assert response.status == 200 and response.headers["Content-Type"].split(";")[0] == media_type, path
            asked += 1
    assert asked >= 9


def test_each_format_of_a_query_is_answered(server: str, described: dict[str, Any]) -> None:
    for media_type in described["paths"]["/sparql"]["get"]["responses"]["200"]["content"]:
        graph = media_type in (
            "text/turtle",
            "application/n-triples",
            "application/ld+json",
            "application/rdf+xml",
            "application/trig",
        )
        query = "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1".replace(" ", "+") if graph else "SELECT+*+{+?s+?p+?o+}+LIMIT+1"
        if media_type == "text/html":
            continue
        request = urllib.request.Request(f"{server}/sparql?query={query}", headers={"Accept": media_type})
        with urllib.request.urlopen(request, timeout=60) as response:
            assert response.headers["Content-Type"].split(";")[0] == media_type

"""The description of the service: valid OpenAPI, with every route, and true of what the routes answer."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import validate

from allegata.web import _register_views
from page_types import BUILT


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
    rules = list(app.url_map.iter_rules())
    assert len(described["paths"]) == len({rule.rule for rule in rules})
    assert sum(map(len, described["paths"].values())) == sum(len((rule.methods or set()) & {"GET", "POST"}) for rule in rules)
    assert all(item["summary"].endswith(".") for path in described["paths"].values() for item in path.values())


def test_what_needs_no_parameter_answers_as_described(server: str, described: dict[str, Any]) -> None:
    asked = 0
    for path, methods in described["paths"].items():
        if (
            "get" not in methods
            or path in ("/sparql", *BUILT)
            or any(item.get("required") for item in methods["get"]["parameters"])
        ):
            continue
        (good, *_) = methods["get"]["responses"].values()
        for media_type in good.get("content", {}):
            request = urllib.request.Request(f"{server}{path}", headers={"Accept": media_type})
            with urllib.request.urlopen(request, timeout=60) as response:
                assert response.status == 200 and response.headers["Content-Type"].split(";")[0] == media_type, path
            asked += 1
    assert asked >= 30

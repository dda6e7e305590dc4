"""Halves of characters (lone surrogates) in every parameter and body: an answer or an error of the client's, never a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask

from allegata.engine import open_engine
from allegata.release.handle import Release
from allegata.settings import Settings
from allegata.web import create_app
from allegata.web.http.views import declared_views

#: Half of a pair as UTF-8 would have it, a byte that is none, and as escapes of JSON, of SPARQL and of Turtle.
HALVES = ("%ED%A0%80", "%FF", "%5Cud800", "%22%5Cud800%22", "%3Curn%3A%5CuD800%3E")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def app(site: Path, release: Release) -> Iterator[Flask]:
    settings = Settings(site=site, query_timeout=60.0)
    with closing(open_engine(release.folder, settings)) as engine:
        yield create_app(settings, release, engine)


def paths(service_app: Flask) -> list[str]:
    """Return an address of each view with a half in its path and its parameters."""
    found = []
    for rule, view in declared_views(service_app):
        if "GET" not in (rule.methods or ()):
            continue
        path = rule.rule
        for name in rule.arguments:
            start, end = path.index("<"), path.index(">")
            assert name
            path = f"{path[:start]}HALF{path[end + 1 :]}"
        given = "&".join(f"{name}=HALF" for name in view.parameters)
        found.append(f"{path}?{given}" if given else path)
        found += [f"{path}?{name}=HALF" for name in view.parameters]
    return sorted(set(found))


def test_no_address_ends_in_a_fault(app: Flask) -> None:
    asked, client = paths(app), app.test_client()
    assert len(asked) > 100
    faults = [
        address
        for path in asked
        for address in (path.replace("HALF", half) for half in HALVES)
        if client.get(address).status_code == 500
    ]
    assert faults == []


@pytest.mark.parametrize(
    ("path", "body", "kind", "status"),
    [
        ("/reconcile", urlencode({"queries": r'{"a": {"query": "\ud800"}}'}).encode(), FORM["Content-Type"], 400),
        ("/reconcile", urlencode({"extend": r'{"ids": ["\ud800"], "properties": []}'}).encode(), FORM["Content-Type"], 400),
        ("/reconcile", b"queries=%ED%A0%80", FORM["Content-Type"], 400),
        ("/validate", b'<urn:a> <urn:b> "\\uD800" .', "text/turtle", 400),
        ("/validate", b'<urn:a> <urn:b> "\xed\xa0\x80" .', "text/turtle", 400),
        ("/validate", json.dumps({"@id": "urn:a", "urn:b": "\ud800"}).encode(), "application/ld+json", 400),
        ("/validate", b"document=%ED%A0%80", FORM["Content-Type"], 400),
        ("/validate", b"document=x&syntax=%5Cud800", FORM["Content-Type"], 415),
        ("/sparql", b'ASK { ?s ?p "\\uD800" }', "application/sparql-query", 400),
        ("/sparql", b"ASK { ?s ?p <urn:\\uD800> }", "application/sparql-query", 400),
        ("/sparql", b'ASK { ?s ?p "\\U0000D800" }', "application/sparql-query", 400),
        ("/sparql", b"ASK { ?\\uD800 ?p ?o }", "application/sparql-query", 400),
        ("/sparql", b'ASK { ?s ?p "\xed\xa0\x80" }', "application/sparql-query", 400),
        ("/sparql", b"query=ASK%20%7B%7D&default-graph-uri=%ED%A0%80", FORM["Content-Type"], 400),
        ("/sparql", b"query=ASK%20%7B%7D&format=%5Cud800", FORM["Content-Type"], 406),
    ],
)
def test_no_body_ends_in_a_fault(app: Flask, path: str, body: bytes, kind: str, status: int) -> None:
    reply = app.test_client().post(path, data=body, content_type=kind)
    assert reply.status_code == status, reply.text


def test_no_header_ends_in_a_fault(app: Flask) -> None:
    for name in ("Accept", "Accept-Language", "Accept-Encoding", "If-None-Match", "Range", "Accept-Datetime", "Cookie"):
        reply = app.test_client().get("/page/actor/dprk", headers={name: "\xed\xa0\x80\\ud800"})
        assert reply.status_code != 500, name

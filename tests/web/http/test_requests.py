"""Requests as people and programs really write them: slashes, packed bodies, preflights, and what no standard has."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from http_client import fetch
from service import PATIENT, Service, serve

QUERY = urlencode({"query": "ASK {}"})


@pytest.fixture(scope="module")
def service(site: Path) -> Iterator[Service]:
    with serve(site, **PATIENT) as running:
        yield running


@pytest.mark.parametrize(
    "path", ["/reconcile", "/sparql", "/query", "/search", "/catalog", "/.well-known/void", "/healthz", "/validate"]
)
def test_a_slash_at_the_end_leads_on(service: Service, path: str) -> None:
    """RFC 9110, section 15.4.9: 308 keeps the method."""
    for slashes in ("/", "//"):
        reply = fetch(service.address, f"{path}{slashes}?a=b%20c")
        assert (reply.status, reply.headers["location"]) == (308, f"{path}?a=b%20c")


def test_a_query_is_posted_on(service: Service) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = fetch(service.address, "/sparql/", method="POST", headers=kind, body=QUERY.encode())
    assert (reply.status, reply.headers["location"]) == (308, "/sparql")
    assert fetch(service.address, "/dumps/").status == 200


@pytest.mark.parametrize("path", ["//evil.example/", "/nothing/", "/sparql/x/", "/\\evil.example/", "/%2F/evil.example/"])
def test_what_has_no_view_without_its_slash_leads_nowhere(service: Service, path: str) -> None:
    reply = fetch(service.address, path)
    assert reply.status in (400, 404) and "location" not in reply.headers


@pytest.mark.parametrize("path", ["/sparql", "/reconcile", "/validate"])
@pytest.mark.parametrize("coding", ["gzip", "br", "gzip, gzip", "x"])
def test_a_packed_body_is_refused(service: Service, path: str, coding: str) -> None:
    """RFC 9110, section 15.5.16."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": coding}
    reply = fetch(service.address, path, method="POST", headers=headers, body=gzip.compress(QUERY.encode()))
    assert reply.status == 415 and "Content-Encoding" in reply.text


def test_a_preflight_allows_the_header_of_memento(service: Service) -> None:
    """Fetch, section 4.8: a page may send what the answer to its preflight names; RFC 7089, section 2.1.1."""
    asked = {"Origin": "https://example.net", "Access-Control-Request-Headers": "accept-datetime"}
    reply = fetch(service.address, "/sparql", method="OPTIONS", headers=asked)
    allowed = {name.strip().lower() for name in reply.headers["access-control-allow-headers"].split(",")}
    assert {"accept", "accept-datetime", "content-type", "if-none-match"} <= allowed


@pytest.mark.parametrize(
    ("timeout", "status"), [("0", 200), ("0.0", 200), ("1", 200), ("-1", 400), ("nan", 400), ("inf", 400), ("x", 400)]
)
def test_a_time_limit_of_nothing_is_no_limit_of_ones_own(service: Service, timeout: str, status: int) -> None:
    assert fetch(service.address, f"/sparql?{QUERY}&timeout={timeout}").status == status


PARTS = (
    *(
        "sparql",
        "query",
        "reconcile",
        "suggest",
        "entity",
        "search",
        "compare",
        "dumps",
        "release",
        "1.0",
        "1.0+test",
        "page",
        "data",
    ),
    *(
        "ns",
        "shapes",
        "actor",
        "a",
        "validate",
        "cite",
        "timemap",
        "%00",
        "%FF",
        "..",
        "%2e%2e",
        "한",
        "%ED%95%9C",
        "a b",
        "x" * 300,
        "",
        "*",
    ),
)
VALUES = (
    "",
    "ASK {}",
    "SELECT * {",
    "%",
    "%ff",
    "\x00",
    "한글",
    "1",
    "-1",
    "9" * 400,
    "json",
    "a" * 3000,
    "{}",
    "[]",
    '{"a":{}}',
    "\ud83d",
)
NAMES = (
    "query",
    "format",
    "queries",
    "extend",
    "id",
    "prefix",
    "cursor",
    "q",
    "lang",
    "release",
    "timeout",
    "limit",
    "type",
    "document",
    "topic",
)
HEADERS = {
    "Accept": ("*/*", "text/html", "application/json;q=2", "a/b;" * 50, "text/*;q=0", ";", "\xff"),
    "Accept-Language": ("ko", "*", "x" * 500, "en;q=x", ",,,"),
    "Accept-Datetime": ("Thu, 01 Jan 1970 00:00:00 GMT", "now", "Fri, 99 Foo 9999 99:99:99 GMT"),
    "If-Modified-Since": ("Thu, 01 Jan 1970 00:00:00 GMT", "x", "Mon, 01 Jan 99999 00:00:00 GMT"),
    "If-None-Match": ("*", '"', 'W/"a", "b"', "x" * 200),
    "Range": ("bytes=0-1", "bytes=-", "bytes=5-1", "x=1", "bytes=0-0,1-1"),
    "Content-Type": (
        "text/turtle",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "x",
        "",
    ),
    "Host": ("", "a b", "[::1", "x:99999", "example.net"),
    "Origin": ("null", "https://example.net"),
    "Cookie": ("a=b; c", "=;=;"),
}
METHODS = ("GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE")


def odd(chance: random.Random) -> tuple[str, str, dict[str, str], bytes | None]:
    """Make a request that is odd in a way of its own."""
    path = "/" + "/".join(chance.choice(PARTS) for _ in range(chance.choice((1, 1, 2, 3, 4))))
    pairs = "&".join(f"{chance.choice(NAMES)}={_value(chance)}" for _ in range(chance.choice((0, 1, 1, 2))))
    path = quote(path, safe="/%.*+") + (f"?{pairs}" if pairs else "")
    headers = {name: chance.choice(HEADERS[name]) for name in chance.sample(sorted(HEADERS), 2)}
    method = chance.choice(METHODS)
    body = _value(chance).encode("latin-1", "replace") if method in ("POST", "PUT") else None
    return method, path, headers, body


def _value(chance: random.Random) -> str:
    value = chance.choice(VALUES)
    return (
        quote(value.encode("utf-8", "surrogatepass"))
        if chance.random() < 0.7
        else value.encode("ascii", "ignore").decode().replace(" ", "+").replace("\x00", "")
    )


@pytest.mark.parametrize("seed", range(8))
def test_no_odd_request_breaks_a_view(service: Service, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(250):
        method, path, headers, body = odd(chance)
        reply = fetch(service.address, path, method=method, headers=headers, body=body)
        assert reply.status < 500, (method, path, headers, body, reply.text[:300])
    log = service.log.read_text("utf-8")
    assert "Traceback" not in log and "unforeseen" not in log

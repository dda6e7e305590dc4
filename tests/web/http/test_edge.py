"""Requests that two servers could read in two ways are refused, hosts are names, and idle connections give way."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from allegata.errors import UsageError
from allegata.settings import Settings
from allegata.web.http.hosts import Address, is_host
from allegata.web.http.proxies import Proxies
from allegata.web.server import CONNECTIONS, _connections
from http_client import fetch
from service import Service, make_site, serve

FORM = "Content-Type: application/sparql-query"
PIPELINED = "0\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"
REFUSED = {
    "two hosts": (400, "GET /healthz HTTP/1.1", "Host: a", "Host: b"),
    "one host twice": (400, "GET /healthz HTTP/1.1", "Host: a", "Host: a"),
    "no host": (400, "GET /healthz HTTP/1.1"),
    "an empty host": (400, "GET /healthz HTTP/1.1", "Host:"),
    "a host with a space": (400, "GET /healthz HTTP/1.1", "Host: a b"),
    "a host with markup": (400, "GET /healthz HTTP/1.1", "Host: a<script>"),
    "a name by IDNA that stands for none": (400, "GET / HTTP/1.1", "Host: xn--a-ecp.example"),
    "an empty part of a name": (400, "GET / HTTP/1.1", "Host: a..example"),
    "a part of a name that is too long": (400, "GET / HTTP/1.1", f"Host: {'a' * 64}.example"),
    "a port that is no number": (400, "GET / HTTP/1.1", "Host: a:http"),
    "two ways of a length": (400, "POST /sparql HTTP/1.1", "Host: a", FORM, "Content-Length: 6", "Transfer-Encoding: chunked"),
    "two lengths": (400, "POST /sparql HTTP/1.1", "Host: a", FORM, "Content-Length: 6", "Content-Length: 7"),
    "a length with a sign": (400, "POST /sparql HTTP/1.1", "Host: a", FORM, "Content-Length: +6"),
    "a coding in HTTP/1.0": (400, "POST /sparql HTTP/1.0", "Host: a", FORM, "Transfer-Encoding: chunked"),
    "an unknown coding": (501, "POST /sparql HTTP/1.1", "Host: a", FORM, "Transfer-Encoding: xchunked"),
    "a coding twice": (400, "POST /sparql HTTP/1.1", "Host: a", FORM, "Transfer-Encoding: chunked, chunked"),
    "a coding in two lines": (
        400,
        "POST /sparql HTTP/1.1",
        "Host: a",
        FORM,
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked",
    ),
    "a coding in a folded line": (400, "POST /sparql HTTP/1.1", "Host: a", FORM, "Transfer-Encoding:", " chunked"),
    "a folded line": (400, "GET /healthz HTTP/1.1", "Host: a", "Accept: text/html,", " text/plain"),
    "a line folded by a tab": (400, "GET /healthz HTTP/1.1", "Host: a", "X-A: b", "\tc"),
    "a first line that is folded": (400, "GET /healthz HTTP/1.1", " Host: b", "Host: a"),
    "a folded length": (400, "POST /sparql HTTP/1.1", "Host: a", FORM, "Content-Length: 1", " 0"),
    "a space before a colon": (400, "POST /sparql HTTP/1.1", "Host: a", FORM, "Transfer-Encoding : chunked"),
    "an address that is none": (400, "GET http://[::1/x HTTP/1.1", "Host: a"),
    "a length that no number is as long as": (400, "POST /sparql HTTP/1.1", "Host: a", FORM, f"Content-Length: {'9' * 4400}"),
    "another version": (505, "GET /healthz HTTP/9.9", "Host: a"),
    "the preface of HTTP/2": (505, "PRI * HTTP/2.0"),
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serve(make_site(tmp_path_factory.mktemp("edge"))) as running:
        yield running


def exchange(service: Service, *lines: str, body: str = "") -> bytes:
    """Send a request as it is written, and read until the service ends the connection."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "", body]).encode())
        received = b""
        while part := connection.recv(65536):
            received += part
    return received


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_be_read_in_two_ways_is_refused_and_ends_the_connection(service: Service, name: str) -> None:
    status, *lines = REFUSED[name]
    reply = exchange(service, *map(str, lines), body=PIPELINED)
    head, _, body = reply.partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == str(status).encode() and b"connection: close" in head.lower()
    assert json.loads(body)["status"] == status  # one answer: nothing of what came behind was taken for a request


@pytest.mark.parametrize("body", ["1;a=" + "a" * 4000, "1\r\nA\r\n0\r\n" + "a" * 40_000], ids=["line", "trailer"])
def test_a_line_between_chunks_and_what_follows_the_last_are_short(service: Service, body: str) -> None:
    """What waitress keeps of a line that does not end is looked through anew with every piece: in the loop, for all."""
    lines = ("POST /sparql HTTP/1.1", "Host: a", FORM, "Transfer-Encoding: chunked")
    head, _, said = exchange(service, *lines, body=body).partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == b"400" and json.loads(said)["status"] == 400


def test_a_body_in_chunks_is_read_with_extensions_and_a_trailer(service: Service) -> None:
    lines = ("POST /sparql HTTP/1.1", "Host: a", FORM, "Transfer-Encoding: chunked", "Connection: close", "")
    reply = exchange(service, *lines, "4;a=b", "ASK ", "2", "{}", "0", "X-After: 1", "", body="")
    assert b" 200 " in reply.partition(b"\r\n")[0] and b"true" in reply


def test_urgent_data_is_no_data(service: Service) -> None:
    before = service.log.read_text()
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as connection:
        connection.send(b"!", socket.MSG_OOB)
        for _ in range(3):
            assert fetch(service.address, "/healthz").status == 200
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert b" 200 " in connection.recv(65536)
    assert "priority" not in service.log.read_text().removeprefix(before)


def test_the_absolute_form_names_the_host(service: Service) -> None:
    lines = ("GET http://other.example/robots.txt HTTP/1.1", "Host: own.example", "Connection: close")
    reply = exchange(service, *lines)
    assert b" 200 " in reply and b"http://other.example/sitemap.xml" in reply and b"own.example" not in reply


def test_http_1_0_needs_no_host(service: Service) -> None:
    assert b" 200 " in exchange(service, "GET /healthz HTTP/1.0")


def test_hosts_are_names_or_addresses() -> None:
    for host in ("localhost", "data.example.org:8000", "127.0.0.1", "[::1]:8000", "xn--9t4b11yi5a.example", "a_b.example"):
        assert is_host(host), host
    for host in ("", "a,b", "a b", "a/b", "user@a", "a:1:2", "[::1", "xn--zzzzzzz99999999--.example", "가나.example"):
        assert not is_host(host), host


def test_a_configured_address_stands_in_every_body_whatever_a_request_names(tmp_path_factory: pytest.TempPathFactory) -> None:
    site = make_site(tmp_path_factory.mktemp("addressed"))
    with serve(site, address="https://data.example.org/claims/") as running:
        for path in ("/robots.txt", "/sitemap.xml", "/openapi.json", "/"):
            reply = fetch(running.address, path, headers={"Host": "elsewown.example", "X-Forwarded-Host": "other.example"})
            assert reply.status == 200, path
            everything = reply.text + json.dumps(reply.headers)
            assert "elsewown.example" not in everything and "other.example" not in everything, path
        assert "https://data.example.org/claims/sitemap.xml" in fetch(running.address, "/robots.txt").text


@pytest.mark.parametrize("address", ["data.example.org", "ftp://a.example/", "https://a b/", "https://a.example/?x", "https://"])
def test_what_is_no_address_of_a_service_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="ALLEGATA_ADDRESS"):
        Address(lambda _environ, _start: (), address)


def test_a_host_that_a_proxy_passes_on_is_held_to_the_same() -> None:
    seen: list[str] = []

    def app(environ: object, _start: object) -> tuple[()]:
        seen.append(environ["HTTP_HOST"])  # type: ignore[index]
        return ()

    layer = Proxies(app, Settings(trusted_proxies=1))
    for host in ("public.example", "xn--a-ecp.example", "a..b"):
        asked = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "own.example", "HTTP_X_FORWARDED_HOST": host, "wsgi.url_scheme": "http"}
        list(layer({**asked, "SERVER_NAME": "own", "SERVER_PORT": "80"}, lambda *_: lambda _: None))
    assert seen == ["public.example", "own.example", "own.example"]


def test_more_idle_connections_than_files_hold_nobody_up(tmp_path_factory: pytest.TempPathFactory) -> None:
    site = make_site(tmp_path_factory.mktemp("idle"))
    with serve(site, files=512) as running, ExitStack() as idle:
        for _ in range(600):
            idle.enter_context(socket.create_connection(("127.0.0.1", running.port), timeout=60))
        assert [fetch(running.address, "/healthz").status for _ in range(20)] == [200] * 20


def test_connections_follow_the_files_that_a_process_may_have() -> None:
    assert _connections(1_000_000) == CONNECTIONS and 400 < _connections(1024) < 512
    with pytest.raises(UsageError, match="open files"):
        _connections(128)

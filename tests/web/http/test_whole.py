"""Answers by HTTP/1.0: each has its length or is an error, also behind a proxy that speaks HTTP/1.0 to the service."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from http_client import Reply, fetch
from ports import kept_port
from service import PATIENT, Service, make_site, serve
from support import EX, numbers, until

ROWS = f"SELECT ?s ?p ?o ?q {{ ?s <{EX}value> ?o . ?p <{EX}value> ?q }} LIMIT 20000"
#: An answer of which the first part is there at once and the end never comes within the time limit.
ENDLESS = f"""SELECT ?a ?b ?c {{ ?a <{EX}value> ?x . ?b <{EX}value> ?y . ?c <{EX}value> ?z
    FILTER(?a = ?a && (?x < "2" || STRLEN(CONCAT(STR(?a), STR(?b), STR(?c))) < 3)) }}"""
GRAPH = f"CONSTRUCT {{ ?s ?s ?p }} WHERE {{ ?s <{EX}value> ?o . ?p <{EX}value> ?q }} LIMIT 20000"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Serve some thousand statements, and send long answers as streams at once."""
    with serve(make_site(tmp_path_factory.mktemp("whole"), numbers(1000)), **{**PATIENT, "result_hold": 0.0}) as running:
        yield running


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Serve with a time limit of two seconds."""
    with serve(make_site(tmp_path_factory.mktemp("hasty"), numbers(1000)), query_timeout=2.0, result_hold=0.0) as running:
        yield running


def old(service: Service, path: str, version: str = "1.0", *fields: str) -> tuple[Reply, bool]:
    """Ask by an old version, and return the answer with whether its length was said."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=120) as connection:
        head = "\r\n".join([f"GET {path} HTTP/{version}", "Host: 127.0.0.1", *fields])
        connection.sendall(f"{head}\r\n\r\n".encode())
        parts = []
        while part := connection.recv(1 << 16):
            parts.append(part)
    top, _, body = b"".join(parts).partition(b"\r\n\r\n")
    status, *lines = top.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Reply(int(status.split()[1]), headers, body), headers.get("content-length") == str(len(body))


def sparql(query: str, form: str) -> str:
    return f"/sparql?{urlencode({'query': query, 'format': form})}"


@pytest.mark.parametrize("version", ["1.0", "1.2", "0.9"])
@pytest.mark.parametrize(
    ("query", "form"), [(ROWS, "json"), (ROWS, "csv"), (ROWS, "csv-safe"), (GRAPH, "ntriples"), (GRAPH, "turtle")]
)
def test_a_long_answer_has_its_length(service: Service, query: str, form: str, version: str) -> None:
    """RFC 9112, section 6.3, rule 8: without a length an answer ends when the connection does, broken or not."""
    reply, measured = old(service, sparql(query, form), version)
    assert (reply.status, measured) == (200, True) and len(reply.body) > 256 * 1024
    assert reply.body == fetch(service.address, sparql(query, form)).body
    assert "transfer-encoding" not in reply.headers


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_a_packed_answer_has_its_length(service: Service, encoding: str) -> None:
    reply, measured = old(service, sparql(ROWS, "json"), "1.0", f"Accept-Encoding: {encoding}")
    assert (reply.status, measured, reply.headers["content-encoding"]) == (200, True, encoding)


def unread(service: Service) -> float:
    lines = fetch(service.address, "/metrics").text.splitlines()
    return float(next(line for line in lines if 'what="unread"' in line).split()[-1])


@pytest.mark.parametrize(("form", "field"), [("json", "Accept-Encoding: gzip"), ("csv-safe", "X-Nothing: 1")])
def test_both_files_of_a_long_answer_count_until_it_was_sent(service: Service, form: str, field: str) -> None:
    """One has what was answered, the other what is sent: packed, or with cells that are safe."""
    single = len(fetch(service.address, sparql(ROWS, "json" if form == "json" else "csv")).body)
    until(lambda: unread(service) == 0)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.connect(("127.0.0.1", service.port))
        connection.sendall(f"GET {sparql(ROWS, form)} HTTP/1.0\r\nHost: a\r\n{field}\r\n\r\n".encode())
        until(lambda: unread(service) > single)
    until(lambda: unread(service) == 0)


@pytest.mark.parametrize("form", ["json", "csv", "csv-safe"])
def test_an_answer_that_does_not_end_is_an_error(hasty: Service, form: str) -> None:
    reply, measured = old(hasty, sparql(ENDLESS, form))
    assert (reply.status, measured) == (503, True), reply.body[-200:]
    assert json.loads(reply.body)["limit"] == "query_timeout" and reply.headers["cache-control"] == "no-store"


NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
  scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_http_version 1.0; proxy_pass {address}; proxy_read_timeout 100s; }} }}
}}
"""


def behind(service: Service, folder: Path, port: int) -> subprocess.Popen[bytes]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed: apt-get install nginx-light")
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, address=service.address), "utf-8")
    return subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)


def answers(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def test_behind_a_proxy_an_answer_is_whole_or_an_error(service: Service, hasty: Service, tmp_path: Path) -> None:
    for place, query, status in ((service, ROWS, 200), (hasty, ENDLESS, 503)):
        folder = tmp_path / str(status)
        folder.mkdir()
        with kept_port() as port:
            process = behind(place, folder, port)
            try:
                until(lambda port=port: answers(port))  # type: ignore[misc]
                reply = fetch(f"http://127.0.0.1:{port}", sparql(query, "json"))
                assert reply.status == status and json.loads(reply.body)
                assert reply.headers["content-length"] == str(len(reply.body))
            finally:
                process.terminate()
                process.wait(30)

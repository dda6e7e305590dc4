"""Attacks through SERVICE with a list of endpoints: on the list from outside, and on the service by an endpoint on the list."""

from __future__ import annotations

import json
import os
import random
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from allegata.engine.federation import fetch_process
from allegata.engine.federation.client import Call, call, endpoints
from allegata.errors import QueryFailed, ServiceFailed, ServiceTimeout, UsageError
from allegata.settings import Settings
from attacks import REACHING, SECRET, Watch, post, slug
from attacks import canary as canary
from hostile import PATHS, Hostile, hostile
from http_client import Reply
from service import PATIENT, Service, make_site, serve
from soak import tree
from support import EX, numbers, until

BLANK = "urn:uuid:00000000-0000-0000-0000-000000000000"


@pytest.fixture(scope="module")
def trap() -> Iterator[tuple[str, list[bytes]]]:
    """Listen where nobody may call: redirects and proxies lead there."""
    calls: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def note() -> None:
            while True:
                try:
                    caller, _ = listening.accept()
                except OSError:
                    return
                calls.append(b"called")
                caller.close()

        threading.Thread(target=note, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/", calls
        listening.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def bad(trap: tuple[str, list[bytes]]) -> Iterator[Hostile]:
    """Run an endpoint that answers as badly as one can."""
    with hostile(trap[0]) as running:
        yield running


def asking(folder: Path, bad: Hostile, proxy: str, **settings: object) -> AbstractContextManager[Service]:
    """Serve some thousand statements, with every way of the bad endpoint on the list, and proxies in the environment."""
    listed = " ".join([*(f"{bad.address}/{path}" for path in PATHS), f"http://{socket.gethostname()}:9/sparql"])
    limits = {"service_bytes": 1 << 20, "service_rows": 1000, "service_queries": 4, "trusted_proxies": 1, **PATIENT, **settings}
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"), proxy)
    return serve(make_site(folder, numbers(2000)), proxies, services=listed, **limits)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, bad: Hostile, trap: tuple[str, list[bytes]]) -> Iterator[Service]:
    """Serve with patience, so that an endpoint is judged by what it sends."""
    with asking(tmp_path_factory.mktemp("asking"), bad, trap[0]) as running:
        yield running


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory, bad: Hostile, trap: tuple[str, list[bytes]]) -> Iterator[Service]:
    """Serve with a second's patience, for endpoints that never come to an end."""
    with asking(tmp_path_factory.mktemp("hasty"), bad, trap[0], service_timeout=1.0) as running:
        yield running


@pytest.fixture(scope="module")
def watch(service: Service) -> Iterator[Watch]:
    """Ask ordinary questions during all of this module."""
    with Watch(service) as watching:
        yield watching


@pytest.fixture
def unharmed(service: Service, watch: Watch, trap: tuple[str, list[bytes]]) -> Iterator[None]:
    """Check after an attack that ordinary questions are answered, that nobody was called who may not be, and no one is left."""
    yield
    watch.check()
    assert service.process.poll() is None and trap[1] == []
    until(lambda: not callers(service))


def callers(service: Service) -> list[int]:
    """Return the processes that are asking endpoints."""
    found = []
    for pid in tree(service.process.pid):
        path = Path(f"/proc/{pid}/cmdline")
        with suppress(OSError):  # it may have ended
            found += [pid] if b"fetch_process.py" in path.read_bytes() else []
    return found


def ask_bad(service: Service, bad: Hostile, path: str, silent: str = "", **headers: str) -> Reply:
    query = f"SELECT * {{ <{EX}n7> <{EX}value> ?v . SERVICE {silent} <{bad.address}/{path}> {{ ?s ?p ?x }} }} # {random.random()}"
    return post(service, query, Accept="application/sparql-results+json", **headers)


# -- the list ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("name", REACHING)
def test_what_is_not_on_the_list_is_refused_as_ever(service: Service, canary: tuple[str, list[bytes]], name: str) -> None:
    address, calls = canary
    reply = post(service, REACHING[name].format(address))
    assert reply.status in (400, 403) and slug(reply) in ("query-refused", "query-syntax")
    assert calls == []


@pytest.mark.usefixtures("unharmed")
def test_what_resembles_an_entry_is_not_on_the_list(service: Service, bad: Hostile, canary: tuple[str, list[bytes]]) -> None:
    address, calls = canary
    listed, place = f"{bad.address}/good", address.removeprefix("http://").rstrip("/")
    host = bad.address.removeprefix("http://")
    resembling = [
        f"{bad.address}@{place}/good",
        f"http://{host}:x@{place}/good",
        f"http://{host}%2Fgood@{place}/",
        f"http://{host}.evil.example/good",
        f"http://{place}/good",
        f"http://{place}/?{listed}",
        f"http://{place}/#{listed}",
        f"{listed}/../../",
        f"{listed}/",
        f"{listed}?",
        f"{listed}#",
        f"{listed}%20",
        f"{bad.address}/./good",
        f"{bad.address}//good",
        f"{bad.address}/%67ood",
        f"{bad.address}/GOOD",
        f"HTTP://{host}/good",
        listed.replace("127.0.0.1", "127.1"),
        listed.replace("127.0.0.1", "localhost"),
        listed.replace("http:", "https:"),
        f"http://{host}/goo\\u0064",
        "",
        "good",
        "//" + host + "/good",
    ]
    before = len(bad.requests)
    for iri in resembling:
        for text in (
            f"SELECT * {{ SERVICE <{iri}> {{ }} }}",
            f"BASE <{bad.address}/> SELECT * {{ SERVICE SILENT <{iri}> {{ }} }}",
        ):
            assert post(service, text).status == 403, text
    assert calls == [] and len(bad.requests) == before


@pytest.mark.usefixtures("unharmed")
def test_a_listed_name_that_leads_to_no_public_address_is_not_called(service: Service) -> None:
    reply = post(service, f"SELECT * {{ SERVICE <http://{socket.gethostname()}:9/sparql> {{ ?s ?p ?o }} }}")
    assert (reply.status, slug(reply)) == (502, "service-failed")
    assert "not public" in reply.json["detail"] or "cannot be resolved" in reply.json["detail"]


INNER = """10.0.0.1 172.16.0.1 192.168.1.1 127.0.0.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 ::1 :: fe80::1%lo fd00::1
    ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 2002:7f00:1:: 2001:0:4136:e378:8000:63bf:80ff:fffe
    ::127.0.0.1 ::a00:1 ::ffff:0:7f00:1 64:ff9b:1::7f00:1 fec0::1 5f00::1 4000::1 3fff::1 2001:db8::1 100::1 192.0.0.1 198.18.0.1"""


def resolved(patch: pytest.MonkeyPatch, *answers: list[str], connect: Any = None) -> None:
    """Have every name lead to certain addresses, to others each time; connections are made as is said."""
    found = iter(answers)

    def lookup(*_: object, **__: object) -> list[Any]:
        return [(0, 0, 0, "", (address, 80)) for address in next(found)]

    patch.setattr(fetch_process, "socket", SimpleNamespace(getaddrinfo=lookup, SOCK_STREAM=1, create_connection=connect))


@pytest.mark.parametrize("address", INNER.split())
def test_a_name_leads_to_no_inner_address(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    resolved(monkeypatch, [address], [address, "93.184.216.34", "2606:2800:220:1::1"])
    with pytest.raises(fetch_process.Failure, match="not public"):
        fetch_process.addresses("endpoint.example", 80, "public")
    assert fetch_process.addresses("endpoint.example", 80, "public") == ["93.184.216.34", "2606:2800:220:1::1"]


def test_localhost_leads_to_itself_and_an_address_to_that(monkeypatch: pytest.MonkeyPatch) -> None:
    resolved(monkeypatch, ["127.0.0.1", "::1", "93.184.216.34"], ["10.1.2.3"])
    assert fetch_process.addresses("localhost", 80, "loopback") == ["127.0.0.1", "::1"]
    assert fetch_process.addresses("10.1.2.3", 80, "named") == ["10.1.2.3"]


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads elsewhere the second time (DNS rebinding) is not asked for a second time."""
    tried: list[Any] = []

    def note(address: Any, *_: Any) -> None:
        tried.append(address)
        raise OSError

    resolved(monkeypatch, ["93.184.216.34"], ["127.0.0.1"], connect=note)
    order = {"host": "endpoint.example", "port": 80, "tls": False, "reach": "public", "seconds": 1.0, "authorities": None}
    with pytest.raises(fetch_process.Failure, match="cannot be reached"):
        fetch_process.connect(order)
    assert tried == [("93.184.216.34", 80)]


WRONG = """sparql ftp://example.org/ http:// http:///sparql file:///etc/passwd http://user@example.org/ http://user:word@example.org/sparql
    http://example.org:port/ http://example.org:99999/ http://[::1/ http://exämple.org/ http://example.org/<x> javascript:alert(1)"""


@pytest.mark.parametrize("entry", WRONG.split())
def test_an_entry_that_is_no_plain_address_is_refused(entry: str) -> None:
    with pytest.raises(UsageError, match="ALLEGATA_SERVICES"):
        endpoints(f"https://example.org/sparql {entry}")


def test_the_list_is_read_as_it_is_written() -> None:
    found = endpoints("https://example.org/sparql, http://[::1]:8080/a?b=c\n http://localhost http://wikiba.se/ontology#label")
    assert [(e.host, e.port, e.tls, e.path, e.reach, e.is_name) for e in found.values()] == [
        ("example.org", 443, True, "/sparql", "public", False),
        ("::1", 8080, False, "/a?b=c", "named", False),
        ("localhost", 80, False, "/", "loopback", False),
        ("wikiba.se", 80, False, "/ontology", "public", True),
    ]
    assert endpoints("") == {} == endpoints(" , ")


@pytest.mark.parametrize(
    "setting",
    [
        "SERVICES=http://user@example.org/",
        "SERVICE_AUTHORITIES=/nowhere/at-all.pem",
        "SOURCES=/nowhere/at-all",
        "THREADS=0",
        "HEADER_BYTES=0",
        "QUERY_TIMEOUT=0",
    ],
)
def test_a_service_with_a_wrong_setting_does_not_start(tmp_path: Path, setting: str) -> None:
    name, value = setting.split("=", 1)
    command = [sys.executable, "-m", "allegata", "serve", "--site", str(make_site(tmp_path)), "--port", "0"]
    ended = subprocess.run(command, env={**os.environ, f"ALLEGATA_{name}": value}, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 2 and f"ALLEGATA_{name}" in ended.stderr.decode() and "Traceback" not in ended.stderr.decode()
    assert ended.stdout == b""  # nobody is told of an address at which nothing is


# -- the endpoint --------------------------------------------------------------------------------------------------------

FINE = {"good", "packed", "nested-in-string", "literal-injection", "node-injection"}
TOO_MUCH = {"long": "bytes", "endless": "bytes", "bomb": "bytes", "endless-chunks": "bytes", "many-rows": "rows"}
LATE = {"drip", "silence", "endless-100"}


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("path", [path for path in PATHS if path not in LATE])
def test_an_endpoint_that_misbehaves_is_named_and_never_half_believed(service: Service, bad: Hostile, path: str) -> None:
    reply = ask_bad(service, bad, path)
    if path in FINE:
        assert reply.status == 200 and len(reply.json["results"]["bindings"]) == 1
    elif path in TOO_MUCH:
        assert (reply.status, slug(reply), reply.json["limit"]) == (400, "limit-exceeded", f"service_{TOO_MUCH[path]}")
    else:
        assert (reply.status, slug(reply)) == (502, "service-failed"), reply.text
    if reply.status != 200:
        assert reply.json["service"] == f"{bad.address}/{path}" and "etag" not in reply.headers


@pytest.mark.parametrize("path", sorted(LATE))
def test_an_endpoint_that_comes_to_no_end_is_left_at_the_time_limit_and_named(hasty: Service, bad: Hostile, path: str) -> None:
    reply = ask_bad(hasty, bad, path)
    assert (reply.status, slug(reply), reply.json["limit"]) == (504, "service-timeout", "service_timeout")
    assert reply.json["service"] == f"{bad.address}/{path}" and "etag" not in reply.headers
    until(lambda: not callers(hasty))


SILENT = ["redirect-302", "html", "bomb", "silence", "nested-lists", "failing", "many-rows"]


@pytest.mark.parametrize("path", SILENT)
def test_silent_covers_whatever_an_endpoint_does(hasty: Service, bad: Hostile, path: str) -> None:
    reply = ask_bad(hasty, bad, path, "SILENT")
    assert reply.status == 200 and [set(row) for row in reply.json["results"]["bindings"]] == [{"v"}]
    assert reply.headers["allegata-missing"] == f"<{bad.address}/{path}>"
    until(lambda: not callers(hasty))


def test_terms_stay_terms(service: Service, bad: Hostile) -> None:
    found = {path: ask_bad(service, bad, path).json["results"]["bindings"][0]["x"] for path in FINE}
    assert found["good"] == found["packed"] == {"type": "literal", "value": "good"}
    assert found["literal-injection"]["value"] == '"\\" ) } } SERVICE <http://127.0.0.1/> { ?s ?p "\n\r\\'
    assert found["nested-in-string"]["value"] == "[{" * 5_000
    assert found["node-injection"]["type"] == "bnode" and found["node-injection"]["value"].isalnum()


def test_requests_carry_nothing_about_the_client(service: Service, bad: Hostile) -> None:
    before = len(bad.requests)
    assert ask_bad(service, bad, "good", Authorization="Basic eDp5", Cookie="a=b", Referer="http://x/").status == 200
    ((_, headers),) = bad.requests[before:]
    names = {"host", "content-type", "content-length", "accept", "accept-encoding", "user-agent"}
    assert {name.lower() for name in headers} == names and headers["User-Agent"].startswith("Allegata/")


@pytest.mark.usefixtures("unharmed")
def test_slow_endpoints_do_not_take_all_places(service: Service, bad: Hostile) -> None:
    """Four queries that ask others may be under way, two of one client: the others are told, and ordinary ones go on."""
    replies: list[str] = []

    def ask(client: str) -> None:
        replies.append(slug(ask_bad(service, bad, "silence", X_Forwarded_For=client)))

    def refused(client: str) -> tuple[int, str]:
        reply = ask_bad(service, bad, "silence", X_Forwarded_For=client)
        return reply.status, slug(reply)

    threads = [threading.Thread(target=ask, args=(f"192.0.2.{n}",)) for n in (1, 1, 2, 2)]
    try:
        for count, thread in enumerate(threads, 1):
            thread.start()
            until(lambda count=count: len(callers(service)) == count)  # type: ignore[misc]
            if count == 2:
                assert refused("192.0.2.1") == (429, "too-many-requests")
        assert refused("192.0.2.3") == (503, "busy")
    finally:
        bad.relents.set()
        for thread in threads[:count]:
            thread.join()
        bad.relents.clear()
    assert replies == ["service-failed"] * 4 and ask_bad(service, bad, "good", X_Forwarded_For="192.0.2.3").status == 200


def test_all_endpoints_together_take_no_longer_than_the_query_may(hasty: Service, bad: Hostile) -> None:
    four = " ".join(f"SERVICE SILENT <{bad.address}/{path}> {{ ?s{n} ?p ?x }}" for n, path in enumerate(["silence", "drip"] * 2))
    reply = post(hasty, f"SELECT * {{ {four} }}", timeout="2.5")
    assert (reply.status, slug(reply)) == (503, "query-timeout")


def test_neither_query_nor_what_is_sent_is_in_the_log(hasty: Service, bad: Hostile) -> None:
    for path in ("good", "html", "silence"):
        post(hasty, f"SELECT * {{ SERVICE <{bad.address}/{path}> {{ ?s ?p '{SECRET}' }} }}")
    text = hasty.log.read_text()
    assert text and SECRET not in text and bad.address not in text and "Traceback" not in text


def test_outcomes_are_counted(service: Service, hasty: Service, bad: Hostile) -> None:
    def figures(of: Service) -> dict[str, int]:
        return of.figures("allegata_service_total")

    before, late = figures(service), figures(hasty)["late"]
    for path in ("good", "html", "long"):
        ask_bad(service, bad, path)
    assert {name: value - before[name] for name, value in figures(service).items()} == {
        **{"answered": 1, "failed": 1, "late": 0, "over": 1, "unneeded": 0}
    }
    ask_bad(hasty, bad, "silence")
    assert figures(hasty)["late"] == late + 1


# -- one call ------------------------------------------------------------------------------------------------------------


def one_call(address: str, seconds: float = 60.0, **settings: Any) -> str:
    asked = Call(endpoints(address)[address], ["SELECT * { ?s ?p ?x }"], ("x",), BLANK)
    return call(asked, Settings(**settings), seconds).text


def test_a_call_ends_when_its_time_is_over_or_its_client_is_gone(bad: Hostile) -> None:
    with pytest.raises(ServiceTimeout):
        one_call(f"{bad.address}/silence", 0.5)
    address = f"{bad.address}/silence"
    asked = Call(endpoints(address)[address], ["ASK {}"], ("x",), BLANK)
    with pytest.raises(QueryFailed, match="Nobody waits"):
        call(asked, Settings(), 60.0, lambda: True)


def certificate(folder: Path, name: str) -> ssl.SSLContext:
    """Make a certificate for a name, signed by itself."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    command += [
        "-addext",
        f"subjectAltName=DNS:{name}",
        "-keyout",
        str(folder / f"{name}.key"),
        "-out",
        str(folder / f"{name}.pem"),
    ]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


def test_certificates_are_checked(tmp_path: Path) -> None:
    for name, known, fine in (("localhost", True, True), ("localhost", False, False), ("elsewhere.example", True, False)):
        context = certificate(tmp_path, name)
        with hostile("http://127.0.0.1/", context) as bad:
            address = bad.address.replace("http://127.0.0.1", "https://localhost") + "/good"
            authorities = tmp_path / f"{name}.pem" if known else None
            if fine:
                assert one_call(address, service_authorities=authorities) == '("good")'
            else:
                with pytest.raises(ServiceFailed, match="certificate"):
                    one_call(address, service_authorities=authorities)


TERMS = {
    '{"type":"uri","value":"http://x/é?a=%20#b"}': "<http://x/é?a=%20#b>",
    '{"type":"literal","value":"a\\nb\\"c\\\\"}': '"a\\nb\\"c\\\\"',
    '{"type":"literal","value":"x","xml:lang":"en-GB"}': '"x"@en-GB',
    '{"type":"typed-literal","value":"1","datatype":"http://www.w3.org/2001/XMLSchema#integer"}': '"1"^^<http://www.w3.org/2001/XMLSchema#integer>',
    '{"type":"bnode","value":"b"}': f'"b"^^<{BLANK}>',
}


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_written_as_sparql_has_it(term: str) -> None:
    assert fetch_process.written(json.loads(term), BLANK) == TERMS[term]


@pytest.mark.parametrize(
    "value", ["", "x", "//x/y", "http://x/%zz", "http://x/{y}", "http://x/\\", "http://x/\ud800", "urn:a\nb", "1:x"]
)
def test_what_is_no_iri_is_not_written(value: str) -> None:
    with pytest.raises(fetch_process.Failure, match="IRI"):
        fetch_process.written({"type": "uri", "value": value}, BLANK)

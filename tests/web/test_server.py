"""How answers travel: compressed by negotiation, tagged for each encoding, cut only with notice, limited by name, counted."""

from __future__ import annotations

import csv
import gzip
import io
import json
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlencode

import brotli
import pytest
import zstandard

from allegata.engine import Answer, open_engine
from allegata.engine.pool.worker import over_the_limit
from allegata.model.formats import BINDING_FORMATS, CSV_RESULTS, GRAPH_FORMATS, JSON_LD, TSV_RESULTS, Format
from allegata.release.site import current
from allegata.settings import Settings
from allegata.web import create_app
from allegata.web.http import metrics
from allegata.web.http.compression import ENCODINGS, choose
from allegata.web.server import without_traceback
from http_client import Reply, ask, fetch
from service import PATIENT, Service, make_site, serve
from support import EX, ROOT, numbers, until

DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}
ROWS = f"SELECT ?s ?v {{ ?s <{EX}value> ?v }}"
GRAPH = f"CONSTRUCT WHERE {{ ?s <{EX}value> ?v }}"
CARTESIAN = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
FORMULA = f'<{EX}f> <{EX}says> "=HYPERLINK(1)" <{EX}graph/formulas> .\n'


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Serve some thousand statements."""
    with serve(make_site(tmp_path_factory.mktemp("serving"), [*numbers(3000), FORMULA]), **PATIENT) as running:
        yield running


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Serve with a limit of 50 000 bytes an answer."""
    site = make_site(tmp_path_factory.mktemp("narrow"), numbers(3000))
    with serve(site, result_bytes=50_000, **PATIENT) as running:
        yield running


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Serve with a time limit of two seconds, and send long answers at once."""
    site = make_site(tmp_path_factory.mktemp("hasty"), numbers(3000))
    with serve(site, query_timeout=2.0, result_hold=0.0) as running:
        yield running


def get(service: Service, query: str, form: Format, **headers: str) -> Reply:
    path = f"/sparql?{urlencode({'query': query, 'format': form.words[0]})}"
    return fetch(service.address, path, headers={name.replace("_", "-"): value for name, value in headers.items()})


# -- compression and tags ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("form", [*BINDING_FORMATS, *GRAPH_FORMATS], ids=lambda form: form.name)
def test_every_format_is_compressed_on_request(service: Service, form: Format, encoding: str) -> None:
    query = ROWS if form in BINDING_FORMATS else GRAPH
    plain, packed = get(service, query, form), get(service, query, form, Accept_Encoding=encoding)
    assert "content-encoding" not in plain.headers and packed.headers["content-encoding"] == encoding
    assert DECODERS[encoding](packed.body) == plain.body and len(packed.body) < len(plain.body) / 3
    assert {"Accept", "Accept-Encoding"} <= set(plain.headers["vary"].split(", ")) == set(packed.headers["vary"].split(", "))
    assert plain.headers["etag"] != packed.headers["etag"] and not packed.headers["etag"].startswith("W/")


@pytest.mark.parametrize(
    ("header", "expected"),
    {
        "gzip, deflate, br": "br",
        "gzip, deflate, br, zstd": "zstd",
        "gzip;q=1.0, br;q=0.5": "gzip",
        "identity, gzip;q=0.5": "",
        "*": "zstd",
        "*;q=0, gzip": "gzip",
        "zstd;q=0, br;q=0, *": "gzip",
        "deflate": "",
        "": "",
        "gzip;q=high": "",
    }.items(),
)
def test_the_encoding_is_chosen_by_weight(header: str, expected: str) -> None:
    assert choose(header) == expected


@pytest.mark.parametrize("encoding", ["identity", *ENCODINGS])
def test_an_answer_is_asked_for_again_by_the_tag_of_its_encoding(service: Service, encoding: str) -> None:
    first = get(service, ROWS, CSV_RESULTS, Accept_Encoding=encoding)
    again = get(service, ROWS, CSV_RESULTS, Accept_Encoding=encoding, If_None_Match=first.headers["etag"])
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert again.headers["cache-control"] == first.headers["cache-control"] and "Accept-Encoding" in again.headers["vary"]
    assert get(service, ROWS, CSV_RESULTS, If_None_Match='"something-else"').status == 200


def test_a_short_answer_is_not_compressed(service: Service) -> None:
    reply = ask(service.address, "ASK {}", "text/csv")
    assert "content-encoding" not in reply.headers


def test_head_says_what_get_would(service: Service) -> None:
    path = f"/sparql?{urlencode({'query': ROWS, 'format': 'csv'})}"
    for encoding in ("identity", "gzip"):
        head, whole = (
            fetch(service.address, path, method=method, headers={"Accept-Encoding": encoding}) for method in ("HEAD", "GET")
        )
        names = ("content-type", "content-length", "etag", "vary", "content-encoding", "cache-control")
        assert [head.headers.get(name) for name in names] == [whole.headers.get(name) for name in names]
        assert (head.status, head.body) == (200, b"") and int(head.headers["content-length"]) == len(whole.body)


@pytest.mark.parametrize("function", ["RAND()", "NOW()", "UUID()", "STRUUID()", "BNODE()"])
def test_what_changes_is_neither_tagged_nor_kept(service: Service, function: str) -> None:
    reply = ask(service.address, f"SELECT ({function} AS ?x) {{}}")
    assert "etag" not in reply.headers and reply.headers["cache-control"] == "no-store"


def test_the_answer_of_a_named_release_is_kept_for_a_day_and_that_of_the_current_one_for_minutes(service: Service) -> None:
    bound = ask(service.address, ROWS, release="1.0").headers["cache-control"]
    assert "max-age=86400" in bound and "immutable" not in bound
    kept = ask(service.address, ROWS).headers["cache-control"]
    assert "max-age=300" in kept and "immutable" not in kept


# -- limits --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("form", [*BINDING_FORMATS, *GRAPH_FORMATS], ids=lambda form: form.name)
def test_an_answer_that_was_cut_says_so_in_its_head_and_where_the_format_allows_in_its_body(
    narrow: Service, form: Format, encoding: str
) -> None:
    reply = get(narrow, ROWS if form in BINDING_FORMATS else GRAPH, form, Accept_Encoding=encoding)
    body = DECODERS[encoding](reply.body) if encoding in DECODERS else reply.body
    assert reply.status == 200 and reply.headers["allegata-truncated"] == "true; limit=result_bytes; allowed=50000"
    assert "Allegata-Truncated" in reply.headers["access-control-expose-headers"]
    assert (b"result_bytes" in body) == (form not in (CSV_RESULTS, TSV_RESULTS, JSON_LD))
    assert (
        get(narrow, f"{ROWS} LIMIT 5" if form in BINDING_FORMATS else f"{GRAPH} LIMIT 5", form).headers.get("allegata-truncated")
        is None
    )


def test_a_cut_table_has_whole_rows_only(narrow: Service) -> None:
    rows = list(csv.reader(io.StringIO(get(narrow, ROWS, CSV_RESULTS).text, newline="")))
    assert len(rows) > 100 and {len(row) for row in rows} == {2}


def test_a_query_that_takes_too_long_is_a_truthful_503(hasty: Service) -> None:
    for asked, allowed in (("0.5", 0.5), ("100", 2.0)):
        reply = ask(hasty.address, CARTESIAN, timeout=asked)
        assert (reply.status, reply.json["limit"], reply.json["allowed"]) == (503, "query_timeout", allowed)
        assert reply.json["type"].endswith("/query-timeout") and reply.headers["cache-control"] == "no-store"
        assert reply.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("seconds", ["-1", "soon", "nan", "inf", ""])
def test_a_time_limit_that_is_none_is_refused(service: Service, seconds: str) -> None:
    assert ask(service.address, "ASK {}", timeout=seconds).status == 400


LIMITED = {
    "query_nesting": "SELECT * " + "{" * 70 + "}" * 70,
    "query_chain": "SELECT * { FILTER(1" + "+1" * 300 + ") }",
    "query_patterns": "SELECT * { " + "?s ?p ?o . " * 101 + "}",
    "query_path_steps": "SELECT * { ?s " + "/".join(["<a:b>"] * 60) + " ?o }",
    "query_literal": "SELECT * { ?s ?p '" + "x" * 70_000 + "' }",
    "query_tokens": "SELECT * { VALUES ?x { " + "1 " * 60_000 + "} }",
}


@pytest.mark.parametrize("limit", LIMITED)
def test_each_limit_of_a_query_is_answered_with_its_name(service: Service, limit: str) -> None:
    headers = {"Content-Type": "application/sparql-query"}
    reply = fetch(service.address, "/sparql", method="POST", headers=headers, body=LIMITED[limit].encode())
    assert (reply.status, reply.json["limit"]) == (400, limit) and reply.json["allowed"] > 0


def test_each_limit_of_a_request_is_answered_with_its_name(service: Service) -> None:
    posted = {"Content-Type": "application/sparql-query"}
    accept = ", ".join(f"a/b{n}" for n in range(40))
    replies = {
        "address_bytes": (414, fetch(service.address, "/sparql?query=" + "x" * 9000)),
        "header_bytes": (431, fetch(service.address, "/sparql", headers={f"X-{n}": "x" * 1000 for n in range(20)})),
        "accept_ranges": (400, ask(service.address, "ASK {}", accept)),
        "body_bytes": (413, fetch(service.address, "/sparql", method="POST", headers=posted, body=b"x" * ((1 << 20) + 1))),
    }
    for limit, (status, reply) in replies.items():
        assert (reply.status, reply.json["limit"]) == (status, limit)


def test_every_limit_is_documented() -> None:
    text = (ROOT / "docs" / "endpoint.md").read_text("utf-8")
    limits = [item.name for item in fields(Settings) if item.name.startswith("query_") or item.name.endswith("_bytes")]
    for limit in {*limits, *LIMITED, "accept_ranges", "result_hold"} - {"query_short_workers", "cache_bytes", "release_bytes"}:
        assert f"`{limit}`" in text, limit
    assert "`ALLEGATA_RELEASE_BYTES`" in (ROOT / "docs" / "releases.md").read_text(
        "utf-8"
    )  # of no service: of who checks a release
    for header in ("Allegata-Truncated", "Allegata-Release", "Retry-After", "ETag"):
        assert f"`{header}`" in text


def begin(service: Service, client: str) -> socket.socket:
    """Have a client ask for what goes on until it hangs up."""
    busy = socket.create_connection(("127.0.0.1", service.port))
    head = f"GET /sparql?{urlencode({'query': CARTESIAN})} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {client}\r\n\r\n"
    busy.sendall(head.encode())
    return busy


def long_ones(service: Service) -> int:
    """Return the number of long queries that run."""
    return service.figures("allegata_engine")["long"]


def test_a_client_with_too_many_queries_is_told_when_to_come_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    site = make_site(tmp_path_factory.mktemp("fair"), numbers(3000))
    with serve(site, query_per_client=1, query_timeout=300.0, trusted_proxies=1) as running:
        with begin(running, "192.0.2.1"):
            until(lambda: long_ones(running) == 1)
            refused, other = (
                fetch(running.address, "/sparql?query=ASK%7B%7D", headers={"X-Forwarded-For": f"192.0.2.{n}"}) for n in (1, 2)
            )
        assert (refused.status, refused.json["limit"], other.status) == (429, "query_per_client", 200)
        assert int(refused.headers["retry-after"]) >= 1


def test_a_client_that_hangs_up_leaves_its_place(tmp_path_factory: pytest.TempPathFactory) -> None:
    site = make_site(tmp_path_factory.mktemp("gone"), numbers(3000))
    with serve(site, query_timeout=300.0) as running:
        with begin(running, "192.0.2.1"):
            until(lambda: long_ones(running) == 1)
        until(lambda: long_ones(running) == 0)


# -- the rest ------------------------------------------------------------------------------------------------------------


def test_csv_is_as_the_standard_has_it_and_safe_for_spreadsheets_on_request(service: Service) -> None:
    query = f"SELECT ?x {{ VALUES ?x {{ '=1+1' '+49' '-x' '@a' '-5.5' '1' 'a,b' }} }} # {EX}"
    plain = ask(service.address, query, "*/*", format="csv").text.split("\r\n")
    safe = ask(service.address, query, "*/*", format="csv-safe")
    assert plain == ["x", "=1+1", "+49", "-x", "@a", "-5.5", "1", '"a,b"', ""]
    assert safe.text.split("\r\n") == ["x", "'=1+1", "+49", "'-x", "'@a", "-5.5", "1", '"a,b"', ""]
    assert safe.headers["etag"] != ask(service.address, query, "*/*", format="csv").headers["etag"]
    assert ask(service.address, GRAPH, "*/*", format="csv-safe").status == 406


def test_a_cell_may_be_as_long_as_an_answer(service: Service) -> None:
    doubled = "=" + "x" * 1000
    concat = ", ".join(["?a"] * 200)
    query = f"SELECT ?x {{ BIND('{doubled}' AS ?a) BIND(CONCAT({concat}) AS ?x) }} # {EX}"
    safe = ask(service.address, query, "*/*", format="csv-safe")
    assert safe.text.split("\r\n") == ["x", "'" + doubled * 200, ""]


def test_an_answer_that_breaks_off_is_one_line_of_the_log() -> None:
    def record(error: Exception) -> logging.LogRecord:
        return logging.LogRecord(
            "waitress", logging.ERROR, "", 0, "Exception while serving /sparql", (), (type(error), error, None)
        )

    foreseen, other = record(over_the_limit(50)), record(ValueError("?"))
    assert without_traceback(foreseen) and without_traceback(other)
    assert foreseen.exc_info is None and foreseen.getMessage().endswith("/sparql: The answer has over 50 bytes.")
    assert other.exc_info


def test_numbers_are_counted_without_queries_and_addresses(service: Service) -> None:
    ask(service.address, "SELECT ('secretword' AS ?x) {}")
    fetch(service.address, "/secretpath/x", headers={"X-Forwarded-For": "192.0.2.77"})
    reply = fetch(service.address, "/metrics")
    assert (reply.status, reply.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert "secret" not in reply.text and "192.0.2" not in reply.text and "127.0.0.1" not in reply.text
    samples = {}
    for line in reply.text.splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            samples[name] = float(value)
    assert samples['allegata_requests_total{method="GET",route="/sparql",status="200"}'] >= 1
    assert samples['allegata_requests_total{method="GET",route="none",status="404"}'] >= 1
    count = samples['allegata_request_seconds_count{route="/sparql"}']
    assert count == samples['allegata_request_seconds_bucket{le="+Inf",route="/sparql"}'] >= 1
    assert {'allegata_engine{what="waiting"}', 'allegata_engine{what="idle"}', "allegata_resident_bytes"} <= set(samples)


def test_a_number_that_the_system_does_not_give_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_MEMORY", tmp_path / "absent")
    release = current(make_site(tmp_path))
    with closing(open_engine(release.folder, Settings())) as engine:
        reply = create_app(Settings(), release, engine).test_client().get("/metrics")
    assert reply.status_code == 200 and "allegata_info{" in reply.text and "allegata_engine{" in reply.text
    assert "allegata_resident_bytes" not in reply.text


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /sparql HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 200_000 + b"\r\n\r\n", 431),
        (b"GET /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n", 400),
        (b"GET /sparql HTTP/1.1\r\nHost x\r\n\r\n", 400),
        (b"NONSENSE\r\n\r\n", 400),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: pigeon\r\n\r\n", 501),
    ],
    ids=["head too large", "bad length", "bad header", "no HTTP", "unknown coding"],
)
def test_what_ends_before_the_application_has_the_same_shape(service: Service, raw: bytes, status: int) -> None:
    head, _, body = exchange(service.port, raw).partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")
    assert lines[0].split()[1] == str(status)
    assert "content-type: application/problem+json" in lines and "access-control-allow-origin: *" in lines
    assert json.loads(body)["status"] == status and b"waitress" not in body


def exchange(port: int, raw: bytes) -> bytes:
    """Send bytes and read until the other side hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(raw)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_stream_that_breaks_is_never_a_whole_answer(hasty: Service) -> None:
    assert Answer.__dataclass_fields__["truncated"].default is False
    query = urlencode({"query": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "format": "json"})
    data = exchange(hasty.port, f"GET /sparql?{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    head, _, body = data.partition(b"\r\n\r\n")
    assert b" 200 " in head.split(b"\r\n")[0] and b"chunked" in head.lower()
    assert body and not body.endswith(b"0\r\n\r\n")

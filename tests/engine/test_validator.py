"""Documents sent to be checked: the report in every form, the limits, and nothing that a hostile document can do."""

from __future__ import annotations

import csv
import io
import json
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest
import rdflib
from pyoxigraph import RdfFormat, parse
from rdflib import RDF, SH

from allegata.corpus.rdf import graph, parse_turtle, serialize_triples
from allegata.engine.validator import SYNTAXES, check_document
from allegata.errors import AllegataError, BadRequest, QueryOutOfMemory, QueryTimeout
from allegata.model.formats import JSON_LD, N_TRIPLES, RDF_XML, TURTLE, Format
from allegata.release.handle import Release
from support import ROOT, settings

BASE = "https://w3id.org/allegata/"
EXAMPLES = ROOT / "tests" / "examples"
LONELY = f"<{BASE}stance/lonely> a <{BASE}ns#Stance> ."


def post(address: str, data: bytes, content: str, accept: str) -> tuple[int, str, bytes]:
    request = urllib.request.Request(f"{address}/validate", data, {"Content-Type": content, "Accept": accept})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.headers["Content-Type"], response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read()


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda item: item.name)
def test_every_syntax_gives_the_same_findings(server: str, syntax: Format) -> None:
    triples = list(parse_turtle(EXAMPLES / "invalid" / "assertion-oneClaim" / "none.ttl"))
    status, _, body = post(server, serialize_triples(triples, syntax), syntax.media_type, "application/json")
    assert status == 200, body
    said = json.loads(body)
    assert [finding["shape"] for finding in said["findings"]] == [f"{BASE}shapes/assertion#oneClaim"]
    assert not said["conforms"] and said["things"] >= 1 and said["statements"] == len(triples)


def test_the_report_comes_as_rdf_csv_and_page(server: str) -> None:
    forms = {"text/turtle": RdfFormat.TURTLE, "application/ld+json": RdfFormat.JSON_LD, "application/rdf+xml": RdfFormat.RDF_XML}
    for accept, form in forms.items():
        status, kind, body = post(server, LONELY.encode(), "text/turtle", accept)
        assert status == 200 and kind.startswith(accept)
        report = graph(quad.triple for quad in parse(body, form))
        assert {str(shape) for shape in report.objects(None, SH.sourceShape)} >= {f"{BASE}shapes/stance#oneBasis"}
        assert report.value(report.value(None, RDF.type, SH.ValidationReport), SH.conforms) == rdflib.Literal(False)
    _, _, table = post(server, LONELY.encode(), "text/turtle", "text/csv")
    rows = list(csv.DictReader(io.StringIO(table.decode())))
    assert rows and {row["focus"] for row in rows} == {f"{BASE}stance/lonely"}
    _, kind, page = post(server, LONELY.encode(), "text/turtle", "text/html")
    assert kind.startswith("text/html") and b"stance/lonely" in page


def test_a_valid_document_conforms_and_one_without_anything_to_check_says_so(server: str) -> None:
    good = (EXAMPLES / "valid" / "stance.ttl").read_bytes()
    said = json.loads(post(server, good, "text/turtle", "application/json")[2])
    assert said["conforms"] and said["findings"] == [] and said["things"] >= 1
    nothing = urlencode({"document": "<urn:a> <urn:b> <urn:c> .", "syntax": "turtle"}).encode()
    status, _, page = post(server, nothing, "application/x-www-form-urlencoded", "text/html")
    assert status == 200 and b"No shape applies to anything in this document." in page


def test_the_form_shows_its_example_and_what_is_wrong_with_a_document(server: str) -> None:
    with urllib.request.urlopen(f"{server}/validate", timeout=20) as response:
        assert b"ministry-on-schools" in response.read()
    broken = urlencode({"document": "<urn:a> <urn:b> <urn:c> .\n<urn:a> ;", "syntax": "turtle"}).encode()
    status, kind, page = post(server, broken, "application/x-www-form-urlencoded", "text/html")
    assert status == 400 and kind.startswith("text/html") and b"line 2" in page and b"&lt;urn:a&gt; ;" in page


@pytest.mark.parametrize(
    ("data", "content", "status", "word"),
    [
        (b"<urn:a> ;", "text/turtle", 400, "does not parse"),
        (b"", "text/turtle", 400, "no document"),
        (b"\xff\xfe<\x00", "text/turtle", 400, "not UTF-8"),
        (b"a,b", "text/csv", 415, "text/csv"),
        (b'<!DOCTYPE r [<!ENTITY a "a">]><r>&a;</r>', "application/rdf+xml", 400, "document type"),
        ("<!DOCTYPE r><r/>".encode("utf-16-le"), "application/rdf+xml", 400, "null character"),
        (b'{"@context": "http://127.0.0.1:9/context.jsonld", "@id": "urn:a"}', "application/ld+json", 400, "does not parse"),
        (b"<urn:a> <urn:b> " + b"[<urn:b>" * 100_000, "text/turtle", 400, "document"),
    ],
    ids=["syntax", "empty", "encoding", "type", "doctype", "hidden doctype", "remote context", "nesting"],
)
def test_what_is_no_document_is_refused_with_the_reason(server: str, data: bytes, content: str, status: int, word: str) -> None:
    found, kind, body = post(server, data, content, "application/json")
    assert found == status and kind == "application/problem+json"
    assert word in json.loads(body)["detail"]


def test_a_document_over_the_limit_is_not_read(server: str) -> None:
    assert post(server, b"#" * (2 << 20), "text/turtle", "application/json")[0] == 413


def test_a_blank_node_is_named_in_the_report(server: str) -> None:
    data = f"_:b a <{BASE}ns#Stance> .".encode()
    said = json.loads(post(server, data, "text/turtle", "application/json")[2])
    assert {finding["focus"] for finding in said["findings"]} == {"_:b"}
    report = rdflib.Graph().parse(data=post(server, data, "text/turtle", "text/turtle")[2], format="turtle")
    assert {type(node) for node in report.objects(None, SH.focusNode)} == {rdflib.BNode}


def test_a_document_that_takes_too_long_or_too_much_is_ended(release: Release) -> None:
    with pytest.raises(QueryTimeout):
        check_document(LONELY.encode(), TURTLE, release.folder, BASE, settings(query_timeout=0.01))
    many = "".join(f"<urn:{n}> <urn:p> <urn:o{n}> .\n" for n in range(200_000)).encode()
    with pytest.raises((QueryOutOfMemory, BadRequest)):
        check_document(many, N_TRIPLES, release.folder, BASE, settings(query_memory=1 << 20))


def test_nothing_is_fetched_and_no_file_is_read(release: Release, tmp_path: Path) -> None:
    secret = tmp_path / "secret.jsonld"
    secret.write_text('{"@context": {"p": "urn:p"}}', "utf-8")
    for context in (secret.as_uri(), str(secret)):
        with pytest.raises(AllegataError):
            document = json.dumps({"@context": context, "@id": "urn:a", "p": "x"}).encode()
            check_document(document, JSON_LD, release.folder, BASE, settings())
    with pytest.raises(BadRequest):
        check_document(b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>', RDF_XML, release.folder, BASE, settings())


@pytest.mark.parametrize(
    ("text", "syntax", "words"),
    [
        (b"<urn:a> <urn:p>\n<<( <urn:b> <urn:q> <urn:c> )>> .", TURTLE, ("line 2", "a triple term", "RDF 1.2")),
        (b'<urn:a> <urn:p> "x"@ar--rtl .', N_TRIPLES, ("line 1", "@ar--rtl", "RDF 1.2")),
        (
            b'{"@id":"urn:a","urn:p":{"@value":"x","@language":"ar","@direction":"rtl"}}',
            JSON_LD,
            ("@ar--rtl", "RDF 1.2"),
        ),
    ],
)
def test_rdf_1_2_is_refused_with_its_place(release: Release, text: bytes, syntax: Format, words: tuple[str, ...]) -> None:
    with pytest.raises(BadRequest) as caught:
        check_document(text, syntax, release.folder, BASE, settings())
    assert all(word in caught.value.message for word in words)
    assert "Parser" not in caught.value.message


def test_a_byte_order_mark_before_a_document_is_no_part_of_it(release: Release) -> None:
    assert b'"statements": 1' in check_document(b"\xef\xbb\xbf" + LONELY.encode(), TURTLE, release.folder, BASE, settings())

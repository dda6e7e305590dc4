"""Heads of requests that came before: they are read as they were, and whatever their first line changes is seen."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from waitress.adjustments import Adjustments

from allegata.errors import BadRequest
from allegata.web.http import waitress_parser
from allegata.web.http.parameters import parse
from allegata.web.http.waitress_parser import Parser

FIELDS = "Host: a.example\r\nAccept: */*\r\nX-One: 1\r\nX-One: 2\r\n\r\n"


def parsed(line: str, fields: str = FIELDS) -> Parser:
    made = Parser(Adjustments())
    made.received(f"{line}\r\n{fields}".encode())
    assert made.completed
    return made


def what(parser: Parser) -> dict[str, object]:
    names = (
        "command",
        "version",
        "path",
        "query",
        "fragment",
        "headers",
        "connection_close",
        "request_uri",
        "url_scheme",
        "chunked",
    )
    return {
        name: getattr(parser, name, None) for name in (*names, "proxy_netloc", "first_line", "content_length", "expect_continue")
    }


@pytest.mark.parametrize(
    "line", ["GET /a%20b?c=%20d HTTP/1.1", "POST /x HTTP/1.1", "HEAD /b/[c]?d=/?e HTTP/1.1", "GET / HTTP/1.1"]
)
@pytest.mark.parametrize("fields", [FIELDS, FIELDS.replace("*/*", "text/csv\r\nConnection: close")])
def test_a_head_that_is_known_is_read_as_before(monkeypatch: pytest.MonkeyPatch, line: str, fields: str) -> None:
    first, again = parsed(line, fields), parsed(line, fields)
    monkeypatch.setattr(Parser, "_read_strictly", lambda *_: pytest.fail("it was read anew"))
    known = parsed(line, fields)
    assert what(first) == what(again) == what(known) and not known.error
    known.headers["HOST"] = "changed"
    assert parsed(line, fields).headers["HOST"] == "a.example"


def test_what_the_first_line_changes_is_seen_though_the_rest_is_known() -> None:
    assert not parsed("GET / HTTP/1.1").error
    assert parsed("GET http://b.example/ HTTP/1.1").headers["HOST"] == "b.example"
    assert parsed("GET / HTTP/1.1").headers["HOST"] == "a.example"
    assert parsed("GET / HTTP/1.0").connection_close
    for line in ("GET //b.example/c?d HTTP/1.1", "GET /x?y#z HTTP/1.1", "GET * HTTP/1.1", "GET /\xe9 HTTP/1.1"):
        assert what(parsed(line)) == what(parsed(line, FIELDS.replace("\r\n\r\n", f"\r\nX-New: {len(line)}\r\n\r\n"))) | {
            "headers": parsed(line).headers
        }
    for line in ("get / HTTP/1.1", "GET / HTTP/2.0", "GET /a b HTTP/1.1", "GET / HTTP/1.1\rX", "GET /", ""):
        assert parsed(line).error or parsed(line).empty, line


@pytest.mark.parametrize(
    "more", ["Authorization: Bearer x", "Cookie: a=b", "Content-Length: 0", "Expect: 100-continue", "Transfer-Encoding: x"]
)
def test_secrets_and_bodies_are_read_each_time(more: str) -> None:
    fields = f"Host: a.example\r\nX-Only: {more.partition(':')[0]}\r\n{more}\r\n\r\n"
    parsed("GET / HTTP/1.1", fields)
    assert waitress_parser._heads.get(fields.encode()) is None


def test_a_head_that_is_refused_is_refused_again() -> None:
    for fields in ("Accept: */*\r\n\r\n", "Host: a\r\nHost: b\r\n\r\n", "Host: a b\r\n\r\n", "Host: a\r\n: x\r\n\r\n"):
        assert parsed("GET / HTTP/1.1", fields).error and parsed("GET / HTTP/1.1", fields).error


@given(st.text(st.characters(max_codepoint=255), max_size=60), st.binary(max_size=20))
def test_parameters_are_decoded_byte_by_byte(text: str, data: bytes) -> None:
    raw = "x=" + text.replace("&", "").replace("%", "%25") + "".join(f"%{byte:02x}" for byte in data) + "=%3D%0D%0A \t"
    expected = unquote_to_bytes(raw[2:].replace("+", " ").encode("latin-1"))
    try:
        found = parse(raw, "query string").one("x")
    except BadRequest:
        with pytest.raises(UnicodeDecodeError):
            expected.decode()
        return
    assert found == expected.decode()

"""Parameters: read strictly from the raw bytes, each fault with its place."""

from __future__ import annotations

import pytest

from allegata.errors import BadRequest
from allegata.web.http.parameters import parse


def test_names_and_values_are_decoded_in_order() -> None:
    found = parse("default-graph-uri=a&query=%C3%84+b%2B&default-graph-uri=c&empty=&lone", "query string")
    assert found.one("query") == "Ä b+"
    assert found.all("default-graph-uri") == ("a", "c")
    assert found.one("empty") == "" and "lone" in found and found.one("absent") is None


def test_raw_utf8_is_read_as_it_came() -> None:
    assert parse("query=Ä".encode().decode("latin-1"), "query string").one("query") == "Ä"


@pytest.mark.parametrize("raw", ["query=%", "query=%2", "query=%zz", "%G1=x"])
def test_broken_percent_encoding_is_refused(raw: str) -> None:
    with pytest.raises(BadRequest, match="percent-encoding"):
        parse(raw, "query string")


@pytest.mark.parametrize("raw", ["query=%FF", "query=%C3", "query=%ED%A0%80", "query=\xff"])
def test_what_is_not_utf8_is_refused_with_its_place(raw: str) -> None:
    with pytest.raises(BadRequest, match="not UTF-8 at byte 0"):
        parse(raw, "query string")


@pytest.mark.parametrize("name", ["query", "timeout", "release"])
def test_a_parameter_given_twice_is_refused(name: str) -> None:
    with pytest.raises(BadRequest, match=f"{name} is given more than once"):
        parse(f"{name}=a&{name}=b", "query string")
    with pytest.raises(BadRequest):
        parse(f"{name}=a", "address") + parse(f"{name}=b", "body")

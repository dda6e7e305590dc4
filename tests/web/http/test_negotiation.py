"""Negotiation: each test is a claim about RFC 9110, section 12.5.1, run over the tables themselves."""

from __future__ import annotations

import pytest

from allegata.errors import BadRequest, LimitExceeded, NotAcceptable
from allegata.model.formats import (
    BINDING_FORMATS,
    CSV_RESULTS,
    GRAPH_FORMATS,
    HTML,
    JSON_LD,
    JSON_RESULTS,
    N_TRIPLES,
    RDF_XML,
    TURTLE,
    XML_RESULTS,
    Format,
)
from allegata.web.http.compression import choose as choose_encoding
from allegata.web.http.negotiation import negotiate, parse_accept

TABLES = [(table, item) for table in (BINDING_FORMATS, GRAPH_FORMATS) for item in table]


@pytest.mark.parametrize(("table", "item"), TABLES, ids=lambda value: getattr(value, "name", ""))
def test_each_format_is_chosen_by_its_media_type(table: tuple[Format, ...], item: Format) -> None:
    assert negotiate(item.media_type, table).format is item


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, TURTLE),
        ("", TURTLE),
        ("*/*", TURTLE),
        ("text/*", TURTLE),
        ("application/*", N_TRIPLES),
        ("application/rdf+xml;q=0.9, text/turtle;q=0.8", RDF_XML),
        ("text/turtle;charset=utf-8", TURTLE),
        ("TEXT/TURTLE", TURTLE),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', JSON_LD),
        ('application/ld+json;profile="a,b;q=0";q=0.9, text/turtle;q=0.5', JSON_LD),
        ("text/turtle;q=0, */*", N_TRIPLES),
        ("text/*;q=0, */*;q=0.1", N_TRIPLES),
        ("*/*;q=0.9, application/rdf+xml;q=0.1", TURTLE),
        ("text/turtle;q=0.2, application/*;q=0.5, application/n-triples;q=0.1", JSON_LD),
        ("*/*, application/rdf+xml", RDF_XML),
        ("application/json", JSON_LD),
        (" , text/turtle ,, ", TURTLE),
        ("*;q=0.5", TURTLE),
    ],
)
def test_graph_formats_are_negotiated(accept: str | None, expected: Format) -> None:
    assert negotiate(accept, GRAPH_FORMATS).format is expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/csv;header=absent;q=0, text/csv;q=1", CSV_RESULTS),
        ("text/csv;charset=iso-8859-1;q=0, text/csv", CSV_RESULTS),
        ("text/csv;charset=iso-8859-1, application/sparql-results+xml;q=0.1", XML_RESULTS),
        ("text/csv;header=present;charset=UTF-8", CSV_RESULTS),
        ('text/csv;charset="utf-8";q=0, */*;q=0.5', JSON_RESULTS),
        ("text/csv;charset=utf-8;q=0.1, text/csv;q=0.9, application/sparql-results+xml;q=0.5", XML_RESULTS),
        ("application/sparql-results+json;charset=utf-8", JSON_RESULTS),
        ("application/sparql-results+json;version=1.2", JSON_RESULTS),
        ("*/*;level=1;q=0, */*", JSON_RESULTS),
        ("text/*;charset=iso-8859-1;q=0, text/*", CSV_RESULTS),
        ("text/csv ; CHARSET = utf-8", CSV_RESULTS),
    ],
)
def test_a_range_applies_to_what_has_its_parameters(accept: str, expected: Format) -> None:
    """RFC 9110, section 12.5.1: parameters make a range more specific, and one that does not match takes no part."""
    assert negotiate(accept, BINDING_FORMATS).format is expected


@pytest.mark.parametrize("accept", ["text/csv;header=absent", "text/csv;charset=iso-8859-1", "application/json;odata=verbose"])
def test_a_range_alone_whose_parameters_nothing_has_is_refused(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        negotiate(accept, BINDING_FORMATS)


def test_an_alias_is_answered_under_the_name_by_which_it_was_asked_for() -> None:
    assert negotiate("application/json", BINDING_FORMATS).content_type == "application/json"
    assert negotiate("application/sparql-results+json", BINDING_FORMATS).content_type == "application/sparql-results+json"


def test_a_wildcard_gives_the_registered_type() -> None:
    assert negotiate("*/*", BINDING_FORMATS).content_type == "application/sparql-results+json"
    assert negotiate("text/csv", BINDING_FORMATS).content_type == "text/csv; charset=utf-8"


def test_a_browser_gets_a_page_where_there_is_one() -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert negotiate(browser, (HTML, *GRAPH_FORMATS)).format is HTML
    assert negotiate(browser, BINDING_FORMATS).format is XML_RESULTS


def test_what_nobody_offers_is_refused_with_the_offer() -> None:
    with pytest.raises(NotAcceptable) as refusal:
        negotiate("image/png", BINDING_FORMATS)
    assert all(item.media_type in str(refusal.value.remedy) for item in BINDING_FORMATS)
    with pytest.raises(NotAcceptable):
        negotiate("*/*;q=0", BINDING_FORMATS)


@pytest.mark.parametrize("header", ["text", "text/turtle;q=2", "text/turtle;q=x", "text/turtle text/csv", "/", "text/"])
def test_a_malformed_header_is_refused(header: str) -> None:
    with pytest.raises(BadRequest):
        negotiate(header, GRAPH_FORMATS)


def test_ranges_have_a_limit() -> None:
    assert len(parse_accept(", ".join(["text/turtle"] * 32))) == 32
    with pytest.raises(LimitExceeded) as refusal:
        parse_accept(", ".join(["text/turtle"] * 33))
    assert refusal.value.members["limit"] == "accept_ranges"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("gzip;q=0.5 , br ; q = 0.7", "br"),
        (" gzip ", "gzip"),
        ("zstd;q=0, gzip", "gzip"),
        (" " * 15_000 + "!", ""),
        ("a" + " " * 9_000 + "!", ""),
    ],
)
def test_encodings_are_read_with_any_space_around_them(accept: str, chosen: str) -> None:
    """What is no item counts for nothing, however much space it has (RFC 9110, section 12.5.3)."""
    assert choose_encoding(accept) == chosen

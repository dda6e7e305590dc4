"""Names of things: shortened for people by one rule, and expanded again."""

from __future__ import annotations

import pytest

from allegata.model.namespaces import ALG, PREFIXES, expand, shorten, slug, split_name

BASE = "https://example.org/"


def test_no_namespace_is_the_beginning_of_another() -> None:
    spaces = list(PREFIXES.values())
    assert not [(one, other) for one in spaces for other in spaces if one != other and other.startswith(one)]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_what_is_shortened_by_a_prefix_expands_to_what_it_was(prefix: str) -> None:
    iri = f"{PREFIXES[prefix]}name"
    assert shorten(iri) == f"{prefix}:name" and expand(shorten(iri)) == iri
    assert split_name(iri) == (prefix, "name")


@pytest.mark.parametrize(
    ("iri", "short"),
    [
        (f"{BASE}claim/one", "claim/one"),
        (f"{ALG}Claim", "alg:Claim"),
        (BASE, BASE),
        ("urn:isbn:123", "urn:isbn:123"),
        ("https://example.com/claim/one", "https://example.com/claim/one"),
    ],
)
def test_an_iri_without_a_prefix_is_shortened_by_the_base_or_stays(iri: str, short: str) -> None:
    assert shorten(iri, BASE) == short


@pytest.mark.parametrize(("iri", "last"), [(f"{BASE}claim/one", "one"), ("https://sws.geonames.org/1873107/", "1873107")])
def test_the_slug_is_the_last_part_of_the_path(iri: str, last: str) -> None:
    assert slug(iri) == last

"""Languages: an IRI that ends in a code of ISO 639 gives the tag and the English name, any other neither."""

from __future__ import annotations

import pytest

from allegata.model.languages import Language, language_iri, language_of

EU = "http://publications.europa.eu/resource/authority/language/"


@pytest.mark.parametrize(
    ("iri", "tag", "name"),
    [
        (f"{EU}ENG", "en", "English"),
        (f"{EU}SPA", "es", "Spanish"),
        (f"{EU}ARA", "ar", "Arabic"),
        (f"{EU}KOR", "ko", "Korean"),
        ("http://id.loc.gov/vocabulary/iso639-1/my", "my", "Burmese"),
        ("http://lexvo.org/id/iso639-3/ckb", "ckb", "Central Kurdish"),
        (f"{EU}OP_DATPRO", "", ""),
        ("https://example.org/language/xqz", "", ""),
        ("", "", ""),
    ],
)
def test_a_language_has_its_tag_and_name(iri: str, tag: str, name: str) -> None:
    assert language_of(iri) == Language(iri, tag, name)


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "ENG"),
        ("es", "SPA"),
        ("ar", "ARA"),
        ("ti", "TIR"),
        ("zh", "ZHO"),
        ("fa", "FAS"),
        ("de", "DEU"),
        ("tig", "TIG"),
        ("pt-br", "POR"),
    ],
)
def test_a_tag_leads_to_the_iri_and_back(tag: str, code: str) -> None:
    iri = language_iri(tag)
    assert iri == f"http://publications.europa.eu/resource/authority/language/{code}"
    assert language_of(iri).tag == tag.partition("-")[0]

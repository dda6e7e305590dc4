"""The metadata for Zenodo keeps to what its developer documentation asks of a deposit."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from allegata.release.export.zenodo import deposit_metadata
from releases import minimal_manifest, parsed

#: The attributes of a dataset's deposit with their types, by https://developers.zenodo.org/#deposit-metadata.
ATTRIBUTES: dict[str, type] = {
    **dict.fromkeys(("upload_type", "publication_date", "title", "description", "access_right", "license"), str),
    **dict.fromkeys(("embargo_date", "access_conditions", "doi", "notes", "version", "language", "method"), str),
    **dict.fromkeys(("creators", "keywords", "related_identifiers", "contributors", "references", "communities"), list),
    **dict.fromkeys(("grants", "subjects", "locations", "dates"), list),
}
#: Required of every deposit; a licence where access is open.
REQUIRED = {"upload_type", "publication_date", "title", "creators", "description", "access_right", "license"}
RELATIONS = {
    *("isCitedBy", "cites", "isSupplementTo", "isSupplementedBy", "isContinuedBy", "continues", "isDescribedBy", "describes"),
    *("hasMetadata", "isMetadataFor", "isNewVersionOf", "isPreviousVersionOf", "isPartOf", "hasPart", "isReferencedBy"),
    *("references", "isDocumentedBy", "documents", "isCompiledBy", "compiles", "isVariantFormOf", "isOriginalFormof"),
    *("isIdenticalTo", "isAlternateIdentifier", "isReviewedBy", "reviews", "isDerivedFrom", "isSourceOf", "requires"),
    *("isRequiredBy", "isObsoletedBy", "obsoletes"),
}
#: HTML that is kept in descriptions and notes.
TAGS = set("a abbr acronym b blockquote br code caption div em i li ol p pre span strike strong sub table".split())
MANIFEST = minimal_manifest(
    **{
        "title": "A & B",
        "description": "What <they> say & where.",
        "publisher": {"iri": "https://example.org/actor/curators", "name": "Curators"},
        "keywords": ["one", "two"],
        "language": "http://publications.europa.eu/resource/authority/language/ENG",
        "base": "https://example.org/",
        "version": "1.2",
        "created": "2026-01-01T12:00:00Z",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "rights": "No text of the documents is part of it.",
        "rdfc10": "a" * 64,
        "notes": ["Ten claims were added."],
    }
)


def test_every_attribute_is_one_that_zenodo_documents() -> None:
    made = deposit_metadata(parsed(MANIFEST))
    assert set(made) >= REQUIRED
    for name, value in made.items():
        assert isinstance(value, ATTRIBUTES[name]) and value, name
    assert (made["upload_type"], made["access_right"]) == ("dataset", "open")
    assert date.fromisoformat(made["publication_date"]) == date(2026, 1, 1)
    assert all(set(item) <= {"name", "affiliation", "orcid", "gnd"} and item["name"] for item in made["creators"])
    for item in made["related_identifiers"]:
        assert set(item) <= {"identifier", "relation", "resource_type"} and item["relation"] in RELATIONS
    assert re.fullmatch(r"[a-z]{3}", made["language"])
    assert json.loads(json.dumps(made)) == made


def test_text_is_html_that_zenodo_keeps() -> None:
    made = deposit_metadata(parsed(MANIFEST))
    for name in ("description", "notes"):
        assert set(re.findall(r"</?([a-z]+)", made[name])) <= TAGS
    assert made["description"] == "<p>What &lt;they&gt; say &amp; where.</p>"
    assert MANIFEST["rdfc10"] in made["notes"] and "Ten claims" in made["notes"] and MANIFEST["rights"] in made["notes"]


def test_the_deposit_names_the_release_and_its_version() -> None:
    made = deposit_metadata(parsed(MANIFEST))
    assert made["version"] == "1.2"
    assert {item["identifier"] for item in made["related_identifiers"]} == {
        "https://example.org/release/1.2",
        "https://example.org/",
    }


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "cc-by-4.0"),
        ("http://creativecommons.org/licenses/by-sa/3.0", "cc-by-sa-3.0"),
        ("https://creativecommons.org/licenses/by/4.0/legalcode", "cc-by-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "cc-zero"),
        ("https://example.org/licence", "other-open"),
    ],
)
def test_licences_have_the_identifiers_of_zenodo(address: str, expected: str) -> None:
    assert deposit_metadata(parsed({**MANIFEST, "licence": address}))["license"] == expected


def test_what_is_not_known_is_left_out() -> None:
    made = deposit_metadata(parsed({**MANIFEST, "language": "", "keywords": [], "description": "", "notes": [], "rights": ""}))
    assert {"language", "keywords"} & set(made) == set()
    assert made["description"] == "<p>A &amp; B</p>" and set(made) >= REQUIRED

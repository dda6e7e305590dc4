"""A corpus is checked against the core, and against each profile that it names; one that is not there is a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from allegata.corpus.profiles import known_profiles, shape_folders
from allegata.corpus.validation import validate
from allegata.errors import CorpusError
from allegata.model.namespaces import BASE, expand
from support import ROOT

SHAPES = ROOT / "shapes"
BUNDLED = f"{BASE}profile/bundled"
ENGLISH = f"{BASE}shapes/profiles/bundled/labels#placeLabel"


@pytest.fixture
def place() -> list[Quad]:
    """Return a place without an English name."""
    node = NamedNode("https://example.org/place/puerto")
    return [
        Quad(node, NamedNode(expand("rdf:type")), NamedNode(expand("schema:Place"))),
        Quad(node, NamedNode(expand("rdfs:label")), Literal("Puerto Viejo", language="es")),
    ]


def names(iri: str) -> Quad:
    return Quad(NamedNode(f"{BASE}dataset"), NamedNode(expand("dct:conformsTo")), NamedNode(iri))


def test_a_corpus_that_names_no_profile_is_checked_against_the_core(place: list[Quad]) -> None:
    assert shape_folders(place, SHAPES) == [SHAPES]
    assert validate(place, SHAPES).findings == ()


def test_a_corpus_is_checked_against_the_profile_that_it_names(place: list[Quad]) -> None:
    quads = [*place, names(BUNDLED)]
    assert shape_folders(quads, SHAPES) == [SHAPES, SHAPES / "profiles" / "bundled"]
    assert [finding.shape for finding in validate(quads, SHAPES).findings] == [ENGLISH]


def test_another_standard_is_no_profile(place: list[Quad]) -> None:
    assert shape_folders([*place, names(f"{BASE}ns/0.2.0")], SHAPES) == [SHAPES]


def test_a_profile_that_is_not_there_is_named_with_those_that_are(place: list[Quad]) -> None:
    with pytest.raises(CorpusError, match=r"names the profile https://example\.org/profile/own") as told:
        shape_folders([names("https://example.org/profile/own")], SHAPES)
    assert BUNDLED in str(told.value)


def test_the_rules_of_a_profile_are_applied_with_its_shapes(place: list[Quad], tmp_path: Path) -> None:
    own = tmp_path / "profiles" / "own"
    (own / "rules").mkdir(parents=True)
    (own / "profile.ttl").write_text("<https://example.org/profile/own> a <http://www.w3.org/ns/dx/prof/Profile> .", "utf-8")
    rule = '# No place.\nSELECT DISTINCT ?focus ?message WHERE { ?focus a schema:Place BIND("No." AS ?message) }'
    (own / "rules" / "no-place.rq").write_text(rule, "utf-8")
    assert not validate(place, tmp_path).findings
    assert len(validate([*place, names("https://example.org/profile/own")], tmp_path).findings) == 1


def test_each_profile_says_its_name_and_the_folder_is_called_so() -> None:
    found = known_profiles(SHAPES)
    assert {iri.rsplit("/", 1)[-1] for iri in found} == {path.name for path in (SHAPES / "profiles").iterdir()}
    assert all(iri == f"{BASE}profile/{folder.name}" for iri, folder in found.items())

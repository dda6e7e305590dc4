"""The catalogue: it satisfies the shapes of DCAT-AP 3.0.1, and its digests and sizes are those of the files."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib.namespace import DCAT, OWL, RDF

from allegata.corpus.rdf import graph
from allegata.release.dcat import catalogue
from allegata.release.handle import Release
from allegata.release.manifest import Contact

SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
DCAT3 = rdflib.Namespace("http://www.w3.org/ns/dcat#")
VCARD = rdflib.Namespace("http://www.w3.org/2006/vcard/ns#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
#: Every file of shapes in the suite; the others there only import vocabularies from elsewhere.
FILES = ("shapes.ttl", "range.ttl", "deprecateduris.ttl", "shapes_recommended.ttl", "mdr-vocabularies.shape.ttl")
#: Recommended properties and code lists that cannot be filled from what the corpus says, by their last part.
WARNED = {"spatial", "bbox", "centroid", "temporal", "publisher", "type"}


@pytest.fixture(scope="module")
def described(release: Release) -> rdflib.Graph:
    """Return the catalogue of a release and one before it."""
    earlier = replace(release.manifest, version="0.0.1", created="2025-01-01")
    return graph(catalogue([earlier, release.manifest]))


@pytest.fixture(scope="module")
def shapes(suites: Path) -> Path:
    folder = suites / "dcat-ap" / "releases" / "3.0.1" / "html" / "shacl"
    if not folder.is_dir():
        pytest.skip("the DCAT-AP shapes are not beside this checkout")
    return folder


def results(described: rdflib.Graph, path: Path, severity: rdflib.URIRef) -> list[tuple[str, str, str]]:
    """Validate offline and give focus, path and value of the results of one severity."""
    rules = rdflib.Graph().parse(path)
    _, report, _ = pyshacl.validate(described, shacl_graph=rules, do_owl_imports=False)
    assert isinstance(report, rdflib.Graph)
    top = report.objects(report.value(predicate=RDF.type, object=SH.ValidationReport), SH.result)
    return [
        tuple(str(report.value(item, name)) for name in (SH.focusNode, SH.resultPath, SH.value))  # type: ignore[misc]
        for item in top
        if report.value(item, SH.resultSeverity) == severity
    ]


def test_every_file_of_shapes_is_used(shapes: Path) -> None:
    assert {path.name for path in shapes.iterdir()} - set(FILES) == {"imports.ttl", "mdr_imports.ttl"}


@pytest.mark.parametrize("name", FILES)
def test_no_shape_of_dcat_ap_is_violated(described: rdflib.Graph, shapes: Path, name: str) -> None:
    assert len(set(described.subjects(RDF.type, DCAT.Distribution))) > 20
    assert results(described, shapes / name, SH.Violation) == []


@pytest.mark.parametrize("name", FILES)
def test_what_is_recommended_and_missing_is_known(described: rdflib.Graph, shapes: Path, name: str) -> None:
    warned = results(described, shapes / name, SH.Warning)
    assert {path.rsplit("/", 1)[-1].rsplit("#", 1)[-1] for _, path, _ in warned} <= WARNED


def test_the_algorithm_has_the_name_of_the_code_list_and_that_of_spdx(described: rdflib.Graph) -> None:
    algorithms = set(described.objects(None, SPDX.algorithm))
    assert algorithms == {rdflib.URIRef("https://spdx.org/rdf/terms#checksumAlgorithm_sha256")}
    assert set(described.objects(algorithms.pop(), OWL.sameAs)) == {SPDX.checksumAlgorithm_sha256}


def test_a_digest_under_an_unknown_algorithm_is_found(described: rdflib.Graph, shapes: Path) -> None:
    broken = rdflib.Graph()
    broken += described
    digest = next(iter(broken.subjects(RDF.type, SPDX.Checksum)))
    broken.set((digest, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
    assert [row[0] for row in results(broken, shapes / "mdr-vocabularies.shape.ttl", SH.Violation)] == [str(digest)]


def test_the_shapes_find_a_mistake(described: rdflib.Graph, shapes: Path) -> None:
    broken = rdflib.Graph()
    broken += described
    distribution = next(iter(broken.subjects(RDF.type, DCAT.Distribution)))
    broken.remove((distribution, DCAT.accessURL, None))
    assert [row[0] for row in results(broken, shapes / "shapes.ttl", SH.Violation)] == [str(distribution)]


def test_sizes_and_digests_are_those_of_the_files(described: rdflib.Graph, release: Release) -> None:
    prefix = f"{release.manifest.base}release/{release.version}/"
    checked = 0
    for file in described.subjects(RDF.type, DCAT.Distribution):
        if not str(file).startswith(prefix):
            continue
        data = (release.folder / str(file).removeprefix(prefix)).read_bytes()
        checksum = described.value(file, SPDX.checksum)
        assert str(described.value(checksum, SPDX.checksumValue)) == hashlib.sha256(data).hexdigest()
        assert str(described.value(file, DCAT.byteSize)) == str(len(data))
        assert described.value(file, rdflib.URIRef("http://purl.org/dc/terms/license"))
        checked += 1
    assert checked > 10


def test_releases_are_versions_of_the_dataset_in_their_order(described: rdflib.Graph, release: Release) -> None:
    base = release.manifest.base
    dataset, this = rdflib.URIRef(f"{base}dataset"), rdflib.URIRef(f"{base}release/{release.version}")
    earlier = rdflib.URIRef(f"{base}release/0.0.1")
    assert set(described.objects(dataset, DCAT3.hasVersion)) == {earlier, this}
    assert described.value(dataset, DCAT3.hasCurrentVersion) == this
    assert described.value(this, DCAT3.previousVersion) == earlier


def test_what_is_new_in_a_release_is_told_and_leads_to_its_changes(release: Release) -> None:
    manifest = replace(release.manifest, version="0.0.1", notes=("Ten claims were added.",))
    made = graph(catalogue([manifest]))
    this = rdflib.URIRef(manifest.release_iri)
    notes = made.value(this, rdflib.URIRef("http://www.w3.org/ns/adms#versionNotes"))
    assert notes == rdflib.Literal("Ten claims were added.", lang="en")
    assert made.value(this, rdflib.namespace.FOAF.page) == this + "/changes"


def test_who_answers_objections_and_where_the_page_is_are_told_as_the_corpus_says_them(release: Release, shapes: Path) -> None:
    declared = graph(catalogue([release.manifest]))
    dataset = rdflib.URIRef(f"{release.manifest.base}dataset")
    (contact,) = declared.objects(dataset, DCAT.contactPoint)
    assert declared.value(contact, VCARD.fn) == rdflib.Literal("Curators of the dataset", lang="en")
    assert declared.value(contact, RDF.type) == VCARD.Kind and not list(declared.objects(contact, VCARD.hasEmail))
    assert str(declared.value(dataset, DCAT.landingPage)) == release.manifest.landing_page
    desk = Contact("https://example.org/desk", "Desk", ("https://example.org/write", "mailto:desk@example.org"))
    other = graph(catalogue([replace(release.manifest, contacts=(desk,), landing_page="https://example.org/data")]))
    (contact,) = other.objects(dataset, DCAT.contactPoint)
    assert [str(other.value(contact, VCARD[name])) for name in ("hasEmail", "hasURL")] == list(reversed(desk.addresses))
    assert str(other.value(dataset, DCAT.landingPage)) == "https://example.org/data"
    for name in FILES:
        assert results(other, shapes / name, SH.Violation) == []
    none = graph(catalogue([replace(release.manifest, contacts=(), landing_page="")]))
    assert not list(none.objects(dataset, DCAT.contactPoint))
    assert str(none.value(dataset, DCAT.landingPage)) == release.manifest.base

"""Nanopublications: their trusty URIs hold by the suite of the method and by an independent library, and state no claim."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import rdflib
from nanopub.nanopub import Nanopub as Independent
from nanopub.sign_utils import verify_trusty
from nanopub.utils import MalformedNanopubError
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from allegata.model.namespaces import expand
from allegata.release.export.nanopubs import Nanopub, nanopubs
from allegata.release.handle import Release
from allegata.release.nanopub import artifact_code
from allegata.release.site import open_release

# The library is built on rdflib's older classes.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(autouse=True)
def _forms_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have rdflib keep lexical forms, which a validation in the same process switches off: a code is that of the very forms."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


@pytest.fixture(scope="module")
def opened(release: Release) -> Release:
    return open_release(str(release.folder), release.folder)


@pytest.fixture(scope="module")
def made(opened: Release) -> list[Nanopub]:
    return list(nanopubs(opened.lines, opened.manifest))


def test_the_code_of_every_example_of_the_suite(suites: Path) -> None:
    files = [path for path in (suites / "trustyuri").rglob("*.RA*") if path.suffix in (".trig", ".nq")]
    assert len(files) >= 5
    for path in files:
        code = path.name.split(".")[1]
        form = RdfFormat.TRIG if path.suffix == ".trig" else RdfFormat.N_QUADS
        quads = list(parse(path=str(path), format=form))
        assert artifact_code(quads, code) == code, path.name
        assert artifact_code(quads[1:], code) != code, path.name


def test_there_is_one_for_each_assertion(made: list[Nanopub], opened: Release) -> None:
    kind = f"<{expand('rdf:type')}> <{expand('alg:Assertion')}>"
    assertions = {line.split()[0].strip("<>") for line in opened.lines if kind in line and "graph/inferred" not in line}
    assert {item.assertion for item in made} == assertions
    assert len({item.iri for item in made}) == len(made) > 300


def test_an_independent_library_finds_them_valid(made: list[Nanopub], tmp_path: Path) -> None:
    for item in made[:: len(made) // 25]:
        path = tmp_path / f"{item.code}.trig"
        path.write_bytes(item.trig())
        read = Independent(rdf=path)
        assert read.is_valid
        assert str(read.metadata.np_uri) == item.iri
        assert verify_trusty(read.rdf, item.iri, read.metadata.namespace)


def test_an_independent_library_finds_an_altered_one(made: list[Nanopub], tmp_path: Path) -> None:
    path = tmp_path / "altered.trig"
    path.write_bytes(made[0].trig().replace(b"polarity/affirms", b"polarity/denies", 1))
    assert path.read_bytes() != made[0].trig()
    read = Independent(rdf=path)
    with pytest.raises(MalformedNanopubError, match="not valid"):
        verify_trusty(read.rdf, made[0].iri, read.metadata.namespace)


def test_every_code_is_that_of_the_written_file(made: list[Nanopub]) -> None:
    for item in made:
        assert artifact_code(parse(item.trig(), RdfFormat.TRIG), item.code) == item.code


def test_the_attribution_is_stated_and_the_claim_only_worded(made: list[Nanopub]) -> None:
    allowed = {expand("rdf:type"), expand("alg:statement")}
    for item in made:
        stated = [quad for quad in item.quads if quad.graph_name == NamedNode(f"{item.iri}#assertion")]
        uses = {quad.object for quad in stated if quad.predicate.value == expand("alg:evidenceUse")}
        about = {quad.subject for quad in stated} - uses
        claims = {quad.object for quad in stated if quad.predicate.value == expand("alg:asserts")}
        assert about == {NamedNode(item.assertion), *claims}
        assert {quad.predicate.value for quad in stated if quad.subject in claims} == allowed
        assert any(quad.predicate.value == expand("alg:polarity") for quad in stated)


def test_licence_creator_and_release_stand_in_the_publication(made: list[Nanopub], opened: Release) -> None:
    published = {quad.predicate.value: quad.object for quad in made[0].quads if str(quad.graph_name).endswith("#pubinfo>")}
    assert published[expand("dct:license")] == NamedNode(opened.manifest.licence)
    assert published[expand("prov:wasDerivedFrom")] == NamedNode(f"{opened.manifest.base}release/{opened.version}")
    created = published[expand("dct:created")]
    assert isinstance(created, Literal) and created.value.endswith("T00:00:00Z")


def test_the_code_depends_on_every_part_of_a_term() -> None:
    def code(value: Literal | NamedNode) -> str:
        return artifact_code([Quad(NamedNode("urn:s"), NamedNode("urn:p"), value, NamedNode("urn:g"))], "-")

    integer = NamedNode(expand("xsd:integer"))
    values: list[Literal | NamedNode] = [
        Literal("1"),
        Literal("1", datatype=integer),
        Literal("1", language="en"),
        Literal("1", language="de"),
        NamedNode("urn:1"),
    ]
    values += [Literal("1\n"), Literal("1\\n")]
    assert len({code(value) for value in values}) == len(values)


def test_the_command_writes_a_file_each_and_an_index(site: Path, release: Release, made: list[Nanopub], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "allegata", "export", "nanopubs", "--site", str(site), "--out", str(tmp_path / "np")]
    subprocess.run(command, check=True, capture_output=True)
    assert {path.stem for path in (tmp_path / "np").glob("*.trig")} == {item.code for item in made}
    rows = (tmp_path / "np" / "index.tsv").read_text("utf-8").splitlines()[1:]
    assert rows == [f"{item.assertion}\t{item.iri}" for item in made]
    again = subprocess.run(command, check=False, capture_output=True, text=True)
    assert again.returncode == 2 and "there already" in again.stderr

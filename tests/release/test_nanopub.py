"""The nanopublication test suite: every valid one is accepted, every invalid one refused with its reason, every transformation equal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Quad, RdfFormat, parse

from allegata.errors import UsageError
from allegata.release.nanopub import artifact_code, problems, transformed
from allegata.release.signatures import Signer
from support import SHARED

# The reader of TriX is built on rdflib's older classes.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

SUITE = SHARED / "suites" / "nanopub-testsuite"
VALID = sorted((SUITE / "valid").glob("*/*.*"))
PLAIN = sorted((SUITE / "transform" / "plain").glob("*.in.trig"))
KEYS = sorted((SUITE / "transform" / "signed").glob("*"))
AGENT = "https://orcid.org/0000-0000-0000-0000"
#: Invalid case → what is said to be wrong with it.
INVALID = {
    "plain/assertion_graph_uri_not_matching.trig": "assertion does not bear its name",
    "plain/emptya.trig": "assertion is empty",
    "plain/emptyinfo.trig": "pubinfo is empty",
    "plain/emptyprov.trig": "provenance is empty",
    "plain/extragraph.trig": "foobar belongs to no part",
    "plain/graphs_uris_equal.trig": "are not four different graphs",
    "plain/illtyped_datatypes_in_assertion.trig": "is no value of its datatype",
    "plain/noinfolink.trig": "publication info says nothing",
    "plain/noprovlink.trig": "provenance says nothing",
    "plain/provenance_graph_uri_not_matching.trig": "provenance does not bear its name",
    "plain/pubinfo_graph_uri_not_matching.trig": "pubinfo does not bear its name",
    "plain/valid_invalid1.trig": "names 3 nanopublications",
    "signed/RA6T-YLqLnYd5XfnqR9PaGUjCzudvHdYjcG4GvOc7fdpA-all-LF.trig": "what it states has the code",
    "signed/simple1-invalid-dsa.trig": "signature is not one of what it states",
    "signed/simple1-invalid-rsa.trig": "signature is not one of what it states",
    "trusty/trusty1.trig": "what it states has the code",
    "trusty/trusty2.trig": "does not bear its name",
}


def read(path: Path) -> list[Quad]:
    """Read a case; TriX, in which one stands, by rdflib."""
    form = {".trig": RdfFormat.TRIG, ".nq": RdfFormat.N_QUADS}.get(path.suffix)
    if form:
        return list(parse(path=str(path), format=form))
    data = rdflib.Dataset()
    data.parse(path, format="trix")
    return list(parse(data.serialize(format="nquads"), RdfFormat.N_QUADS))


def test_the_whole_suite_is_there(suites: Path) -> None:
    assert (len(VALID), len(PLAIN), len(KEYS)) == (91, 23, 2)
    found = {path.relative_to(SUITE / "invalid").as_posix() for path in (SUITE / "invalid").glob("*/*")}
    assert found == set(INVALID)


@pytest.mark.parametrize("path", VALID, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_valid_one_is_accepted(path: Path) -> None:
    assert problems(read(path)) == []


@pytest.mark.parametrize(("name", "reason"), INVALID.items())
def test_an_invalid_one_is_refused_with_the_reason(suites: Path, name: str, reason: str) -> None:
    found = problems(read(SUITE / "invalid" / name))
    assert found and any(reason in text for text in found), found


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: path.name)
@pytest.mark.parametrize("key", KEYS, ids=lambda path: path.name)
def test_a_transformation_is_equal(path: Path, key: Path) -> None:
    name = path.name.removesuffix(".in.trig")
    iri, quads = transformed(read(path), Signer(key / "key" / "id_rsa", AGENT))
    assert iri.endswith((key / f"{name}.out.code").read_text("utf-8").strip())
    assert set(quads) == set(read(key / f"{name}.out.trig"))
    assert problems(quads) == []


@pytest.mark.parametrize("path", PLAIN[:3], ids=lambda path: path.name)
def test_one_without_a_signature_has_a_code_of_its_own(path: Path) -> None:
    iri, quads = transformed(read(path))
    code = iri.rsplit("/", 1)[1]
    assert artifact_code(quads, code) == code and problems(quads) == []


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("none", "utf-8")
    with pytest.raises(UsageError, match="no RSA key"):
        Signer(path, AGENT)


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "allegata", *map(str, words)], capture_output=True, text=True, check=False)


def test_the_command_says_which_hold(suites: Path, tmp_path: Path) -> None:
    done = run("verify-nanopubs", SUITE / "valid" / "trusty", SUITE / "invalid" / "plain" / "emptya.trig")
    assert done.returncode == 1 and "27 of 28 nanopublications hold" in done.stdout and "assertion is empty" in done.stdout
    broken = tmp_path / "broken.trig"
    broken.write_text("<a> {", "utf-8")
    assert "does not parse" in run("verify-nanopubs", broken).stdout
    assert run("verify-nanopubs", SUITE / "valid" / "trusty").returncode == 0


def test_what_is_exported_with_a_key_is_signed_and_holds(suites: Path, site: Path, tmp_path: Path) -> None:
    out, key = tmp_path / "signed", KEYS[0] / "key" / "id_rsa"
    one = run("export", "nanopubs", "--site", site, "--out", out, "--key", key)
    assert one.returncode == 2 and "--signer" in one.stderr and not out.exists()
    assert run("export", "nanopubs", "--site", site, "--out", out, "--key", key, "--signer", AGENT).returncode == 0
    done = run("verify-nanopubs", out)
    assert done.returncode == 0, done.stdout
    assert all(f"<{AGENT}>" in path.read_text("utf-8") for path in out.glob("*.trig"))

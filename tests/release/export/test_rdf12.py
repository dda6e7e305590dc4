"""RDF 1.2: every assertion and stance is reified, and nothing that is quoted is stated."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import Literal, RdfFormat, Store, Triple, parse

from allegata.model.namespaces import sparql_prologue
from allegata.release.export.rdf12 import REIFIES, triple_terms, write_turtle
from allegata.release.handle import Release
from allegata.release.site import open_release


@pytest.fixture(scope="module")
def opened(release: Release) -> Release:
    return open_release(str(release.folder), release.folder)


def test_turtle_1_2_reads_back(opened: Release) -> None:
    data = write_turtle(opened.lines, opened.version, opened.manifest.rdfc10)
    assert data.startswith(b'VERSION "1.2"\n# RDF 1.2')
    assert [quad.triple for quad in parse(data, RdfFormat.TURTLE)] == triple_terms(opened.lines)


def test_only_reification_is_stated(opened: Release) -> None:
    made = triple_terms(opened.lines)
    assert {triple.predicate for triple in made} == {REIFIES}
    assert all(isinstance(triple.object, Triple) for triple in made)


@pytest.mark.parametrize(
    ("pattern", "term"),
    [
        ("?x alg:assertedBy ?s ; alg:polarity ?p ; alg:asserts ?o", "assertion"),
        ("?x alg:from ?s ; alg:stance ?p ; alg:to ?o", "stance"),
    ],
)
def test_there_is_one_for_each_speaker_and_each_stance(release: Release, opened: Release, pattern: str, term: str) -> None:
    base = opened.manifest.base
    store = Store.read_only(str(release.folder / "store"))
    counted = store.query(f"{sparql_prologue()} SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
    number = next(iter(counted))["n"]  # type: ignore[arg-type]
    assert isinstance(number, Literal)
    made = [triple for triple in triple_terms(opened.lines) if str(triple.subject).startswith(f"<{base}{term}/")]
    assert len(made) == int(number.value) > 100


def test_the_command_marks_what_it_writes(site: Path, release: Release, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "allegata", "export", "rdf12", "--site", str(site), "--out", str(tmp_path / "a.ttl")]
    subprocess.run(command, check=True, capture_output=True)
    text = (tmp_path / "a.ttl").read_text("utf-8")
    assert f"release {release.version} ({release.hash})" in text

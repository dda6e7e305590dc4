"""Generated corpora: the same bytes for a seed, any size, and nothing that a shape or rule finds fault with."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from allegata.corpus.generated.corpus import BASE, generate_corpus
from allegata.corpus.reader import read
from allegata.errors import UsageError
from allegata.model.namespaces import expand
from allegata.release.closure import check
from support import ROOT

KINDS = ("Claim", "Assertion", "Stance", "Commitment", "Vote", "Position", "Treaty", "Provision", "EvidenceUse", "EvidenceLine")


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in (folder / "data").rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_generated_corpus_is_whole_and_without_fault(tmp_path: Path) -> None:
    *_, (_, written) = generate_corpus(tmp_path / "corpus", 30_000, 1, ROOT)
    checked = check(tmp_path / "corpus", lambda _step: None)
    assert not checked.report.findings, checked.report.text()
    assert checked.report.shapes > 80 and checked.report.rules > 80
    stated = [quad for quad in checked.corpus.quads if str(quad.subject).startswith(f"<{BASE}")]
    assert 30_000 <= written <= len(stated) < written + 100
    types = {quad.object.value for quad in stated if quad.predicate.value == expand("rdf:type")}  # type: ignore[union-attr]
    assert {expand(f"alg:{kind}") for kind in KINDS} | {
        expand("oa:SpecificResource"),
        expand("schema:QuantitativeValue"),
    } <= types


def test_a_seed_gives_the_same_files_and_another_seed_others(tmp_path: Path) -> None:
    made = {}
    for name, size, seed in (("one", 30_000, 7), ("same", 30_000, 7), ("other", 30_000, 8)):
        list(generate_corpus(tmp_path / name, size, seed, ROOT))
        made[name] = digests(tmp_path / name)
    assert made["one"] == made["same"]
    assert made["one"].keys() == made["other"].keys() and made["one"] != made["other"]


def test_a_larger_corpus_has_more_files_that_are_no_larger(tmp_path: Path) -> None:
    sizes = {}
    for statements in (100_000, 300_000):
        *_, (_, written) = generate_corpus(tmp_path / str(statements), statements, 1, ROOT)
        assert statements <= written < statements * 1.2
        files = [path.stat().st_size for path in (tmp_path / str(statements) / "data" / "documents").rglob("*.ttl")]
        sizes[statements] = (len(files), max(files))
    assert sizes[300_000][0] > 2 * sizes[100_000][0]
    assert sizes[300_000][1] < 1.5 * sizes[100_000][1]


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes").write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        list(generate_corpus(tmp_path / "mine", 30_000, 1, ROOT))
    assert read(ROOT).base != BASE

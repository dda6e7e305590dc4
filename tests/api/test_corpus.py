"""A corpus in a folder: checked and built from Python as from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

import allegata


def test_a_corpus_is_read_checked_and_built(small_root: Path, tmp_path: Path) -> None:
    corpus = allegata.Corpus(small_root)
    assert corpus.read().version == "1.0"
    assert corpus.validate().conforms
    steps: list[str] = []
    release = corpus.build(tmp_path / "site", steps.append)
    assert release.version == "1.0" and "validate" in steps
    assert allegata.open(tmp_path / "site").hash == release.hash == allegata.build(small_root, tmp_path / "other").hash


def test_what_breaks_a_shape_is_found_and_never_published(small_root: Path, tmp_path: Path) -> None:
    (small_root / "data" / "bad.ttl").write_text(
        "<https://example.org/stance/x> a <https://w3id.org/allegata/ns#Stance> .", "utf-8"
    )
    report = allegata.Corpus(small_root).validate()
    assert not report.conforms and {finding.focus for finding in report.findings} == {"https://example.org/stance/x"}
    with pytest.raises(allegata.ValidationFailed, match="stance/x"):
        allegata.build(small_root, tmp_path / "site")
    assert not (tmp_path / "site" / "current").exists()


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(allegata.UsageError, match="absent is not a corpus"):
        allegata.Corpus(tmp_path / "absent")


def test_anchors_are_checked_against_the_texts(sources: Path) -> None:
    verdict = allegata.Corpus().verify_anchors(sources)
    assert verdict.agreeing > 100 and not verdict.problems

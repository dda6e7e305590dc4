"""Anchors: offsets in code points, digests of UTF-8, and every anchor of the corpus against the texts."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from allegata.corpus.anchors import Anchor, passage_digest, verify
from allegata.corpus.reader import read
from allegata.errors import UsageError
from support import ROOT

TEXT = "Ä b “c” b 😀 d"


def test_digests_are_of_utf8() -> None:
    assert passage_digest("“c”") == hashlib.sha256("“c”".encode()).hexdigest()


@pytest.mark.parametrize(("start", "end"), [(0, 99), (5, 5), (6, 5), (-1, 3)])
def test_an_anchor_outside_its_text_is_a_mismatch(start: int, end: int) -> None:
    assert "outside" in (Anchor("x", "s", start, end, passage_digest("")).mismatch(TEXT) or "")


def test_a_passage_that_changed_is_a_mismatch() -> None:
    anchor = Anchor("x", "s", 0, 1, passage_digest("Ä"))
    assert anchor.mismatch(TEXT) is None
    assert "digest" in (anchor.mismatch("A" + TEXT[1:]) or "")


def test_every_anchor_of_the_corpus_agrees_with_the_texts(sources: Path) -> None:
    verdict = verify(read(ROOT).quads, sources)
    assert verdict.problems == []
    assert verdict.without_text == {}
    assert verdict.agreeing > 200


def test_a_changed_text_is_found_by_its_digest_and_its_anchors(sources: Path, tmp_path: Path) -> None:
    for path in sources.glob("*.txt"):
        text = path.read_text("utf-8")
        (tmp_path / path.name).write_text(text[:2000] + "§" + text[2001:], "utf-8")
    problems = verify(read(ROOT).quads, tmp_path).problems
    assert sum("not the one that was used" in problem for problem in problems) == 2
    assert any("another digest" in problem for problem in problems)


def test_a_folder_without_texts_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="none of the"):
        verify(read(ROOT).quads, tmp_path)
    with pytest.raises(UsageError, match="not a folder"):
        verify([], tmp_path / "absent")

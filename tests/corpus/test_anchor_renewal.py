"""Anchors after a text changed: each is placed where its passage is now, or flagged with the reason; none is placed elsewhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from allegata.cli.main import main
from allegata.corpus.anchor_edits import renew_anchors
from allegata.corpus.anchor_renewal import renew
from allegata.corpus.anchors import verify
from allegata.corpus.importers import write_files
from allegata.corpus.reader import read
from allegata.corpus.scaffold import LICENCE, Scaffold, create_corpus
from allegata.corpus.sheet import import_sheet
from allegata.errors import UsageError
from allegata.settings import default_root
from series import seeds, series
from text_edits import case, is_right

SEEDS = seeds(4000)
BASE = "https://example.org/anchors/"
OLD = """A letter

What is said?

The guards of the northern camp counted two hundred people in the winter of that year, and wrote it down.

The office denies it. Nobody else was asked about the camp.

What came later?

The office denies it. Two teachers left the village in spring.
"""
SHEET = """
document: letter
section: numbers
claims:
  two-hundred: {statement: Two hundred people were held., topic: [education]}
  nobody-asked: {statement: No others were asked., topic: [education]}
  teachers-left: {statement: Two teachers went away., topic: [education]}
assertions:
  - {id: counted, claim: two-hundred, passage: counted two hundred people, by: [example-institute], polarity: affirms, modality: categorical, evidence: [notStated]}
  - {id: denied, claim: two-hundred, passage: The office denies it., nth: 1, by: [example-institute], polarity: denies, modality: categorical, evidence: [notStated]}
  - {id: asked, claim: nobody-asked, passage: Nobody else was asked about the camp., by: [example-institute], polarity: affirms, modality: categorical, evidence: [notStated]}
  - {id: teachers, claim: teachers-left, passage: Two teachers left the village in spring., by: [example-institute], polarity: affirms, modality: categorical, evidence: [notStated]}
"""


@series
def test_of_the_series_no_anchor_is_wrong_and_each_is_placed_or_flagged_with_a_reason() -> None:
    placed = lost = flagged = 0
    for seed in SEEDS:
        made = case(seed)
        found = renew(made.before, made.after, made.span)
        if found.span is None:
            assert len(found.reason) > 20, seed
            flagged += 1
            lost += made.truth is not None
        else:
            placed += 1
            assert is_right(made, found.span), (seed, made.edits, made.after[slice(*found.span)])
    assert placed + flagged == len(SEEDS)
    # What could be placed is placed, but for passages that could be another one.
    assert placed > 0.8 * (placed + lost)


@pytest.mark.parametrize(
    ("before", "after", "passage", "found"),
    [
        (
            "Before it. The school was closed. After it.",
            "New. Before it. The school was closed. After it.",
            "The school was closed.",
            20,
        ),
        ("He said “no” to the well-known guard.", 'He said\n"no" to the well-\nknown guard.', "“no” to the well-known", 8),
        (
            "قال المعهد إن نصف المدارس أُغلِق في عام 2020.",
            "خبر: قال المعهد إن نصف المدارس أُغلِق في عام 2020.",
            "نصف المدارس أُغلِق",
            19,
        ),
        (
            "연구소는 학교 절반이 문을 닫았다고 말하였다.",
            "그래서 연구소는 학교 절반이 문을 닫았다고 말하였다.",
            "절반이 문을",
            12,
        ),
    ],
)
def test_a_passage_is_placed_in_any_script_and_type(before: str, after: str, passage: str, found: int) -> None:
    start = before.index(passage)
    span = renew(before, after, (start, start + len(passage))).span
    assert span is not None and span[0] == after.index(after[span[0] : span[1]]) and span[0] <= found <= span[1]


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (OLD.replace("two hundred people in", "three hundred people in"), r"not in the new text any more. The nearest, .*t\[hree\|wo\] hundred|hundred"),
        ("Something else altogether.", "nothing like it"),
        (OLD.replace("The guards of the northern camp counted two hundred people in the winter of that year, and wrote it down.", "") + "\n\nA child "
         "in another place, much later, counted two hundred people there", "what stood around them does not"),
    ],
)  # fmt: skip
def test_what_is_not_placed_is_told_why(after: str, reason: str) -> None:
    start = OLD.index("counted two hundred people")
    found = renew(OLD, after, (start, start + 26))
    assert found.span is None
    assert any(part in found.reason for part in reason.split("|")) or reason in found.reason


def test_one_of_two_alike_is_not_mistaken_for_the_other() -> None:
    start = OLD.index("The office denies it.")
    span = (start, start + 21)
    assert renew(OLD, OLD, span).span == span
    found = renew(OLD, OLD[:start] + OLD[start + 22 :], span)
    assert found.span is None and "around" in found.reason


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a corpus with four anchors, and beside it the text that they were made in."""
    root = tmp_path / "corpus"
    create_corpus(root, Scaffold("Anchors", BASE, LICENCE, date(2026, 2, 1)), default_root())
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    (tmp_path / "old" / "letter.txt").write_text(OLD, "utf-8")
    sheet = tmp_path / "sheet.yaml"
    sheet.write_text(SHEET, "utf-8")
    write_files(root, [import_sheet(sheet, tmp_path / "old", BASE)])
    return root


def test_files_are_edited_in_place_and_agree_with_the_new_text(corpus: Path) -> None:
    new = "A preface of one line.\n\nIt goes on.\n\n" + OLD.replace(
        "Two teachers left the village", "Three teachers left the village"
    )
    (corpus.parent / "new" / "letter.txt").write_text(new, "utf-8")
    path = corpus / "data" / "claims" / "letter" / "numbers.ttl"
    path.write_text("# A comment of ours.\n" + path.read_text("utf-8"), "utf-8")
    before = path.read_text("utf-8")
    dry = renew_anchors(corpus, corpus.parent / "old", corpus.parent / "new", dry_run=True)
    assert path.read_text("utf-8") == before
    found = renew_anchors(corpus, corpus.parent / "old", corpus.parent / "new")
    assert (
        (found.placed, found.unchanged, found.files)
        == (dry.placed, dry.unchanged, dry.files)
        == (3, 0, ["data/claims/letter/numbers.ttl"])
    )
    assert (
        len(found.flagged) == 1 and "assertion/letter/teachers/anchor" in found.flagged[0] and "[Three|Two]" in found.flagged[0]
    )
    after = path.read_text("utf-8")
    changed = [(one, two) for one, two in zip(before.splitlines(), after.splitlines(), strict=True) if one != two]
    assert after.startswith("# A comment of ours.\n") and 6 <= len(changed) <= 15
    problems = verify(read(corpus).quads, corpus.parent / "new").problems
    assert problems and all("teachers" in problem for problem in problems)


def test_the_command_names_what_it_did_and_ends_with_1_where_anchors_are_flagged(corpus: Path) -> None:
    (corpus.parent / "new" / "letter.txt").write_text(OLD.replace("two hundred", "a hundred"), "utf-8")
    folders = ["--before", str(corpus.parent / "old"), "--sources", str(corpus.parent / "new")]
    done = CliRunner().invoke(main, ["anchors", "renew", "--root", str(corpus), *folders])
    assert done.exit_code == 1
    assert "3 anchors placed anew" in done.output and "1 anchors are not placed:" in done.output
    with pytest.raises(UsageError, match="No text of a source with anchors differs"):
        renew_anchors(corpus, corpus.parent / "old", corpus.parent / "old")

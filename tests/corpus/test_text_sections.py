"""Sections and paragraphs of a text are numbered as a reader counts them, with marks and without, over page breaks."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from allegata.corpus.anchors import verify
from allegata.corpus.reader import base_of, read
from allegata.corpus.text_sections import Spot, TextSections
from support import ROOT

MARKED = "# A title\n\n### May 2025\n\nBefore.\n\n## One\nFirst.\n\nSecond.\n### One of one\nDeep.\n### Two of one\n## Other\nOther\nLast.\n1. a.org\n2. b.org\n"
PLAIN = "A title\n\nAn opening.\n\nWhat is it?\n\nThis is a long sentence of a paragraph that fills the page from its first line to its last and then goes\n\n\nTHE HOUSE\n\non here.\n\nIt ends.\n\nTHE HOUSE\n\nWhy so\n\nBecause.\n"


def spots(text: str) -> dict[str, tuple[str, int | None]]:
    sections = TextSections(text)
    lines = [line for line in text.split("\n") if line]
    found = ((line, sections.at(text.index(line) + len(line) // 2)) for line in lines)
    return {line: (spot.section, spot.paragraph) for line, spot in found}


def test_marked_headings_number_sections_and_what_is_below_them() -> None:
    assert spots(MARKED) == {
        **{"# A title": ("", None), "### May 2025": ("", None), "Before.": ("", 1)},
        **{"## One": ("1", None), "First.": ("1", 1), "Second.": ("1", 2)},
        **{"### One of one": ("1.1", None), "Deep.": ("1.1", 1), "### Two of one": ("1.2", None)},
        **{"## Other": ("2", None), "Other": ("2", None), "Last.": ("2", 1), "1. a.org": ("2", 2), "2. b.org": ("2", 3)},
    }


def test_without_marks_questions_and_short_lines_are_headings_and_pages_break_no_paragraph() -> None:
    found = spots(PLAIN)
    assert found["A title"] == ("", None) and found["An opening."] == ("", 1)
    assert found["What is it?"] == ("1", None)
    assert found["THE HOUSE"] == ("1", None)
    assert found["on here."] == ("1", 1) and found["It ends."] == ("1", 2)
    assert found["Because."] == ("2", 1)


def test_what_stands_before_everything_stands_nowhere() -> None:
    assert TextSections("\n\nText.").at(0) == Spot("", None) and TextSections("").at(3) == Spot("", None)


def test_every_passage_of_the_corpus_has_the_numbers_that_its_text_gives(sources: Path) -> None:
    quads = list(read(ROOT).quads)
    base = base_of(ROOT)
    numbers = {
        quad.subject.value: quad.object.value
        for quad in quads
        if isinstance(quad.subject, NamedNode)
        and quad.predicate.value == f"{base}ns#paragraph"
        and isinstance(quad.object, Literal)
    }
    assert len(numbers) > 900 and verify(quads, sources).problems == []
    moved = next(iter(sorted(numbers)))
    other = [
        Quad(quad.subject, quad.predicate, Literal(int(numbers[moved]) + 1), quad.graph_name)
        if isinstance(quad.subject, NamedNode) and quad.subject.value == moved and quad.predicate.value == f"{base}ns#paragraph"
        else quad
        for quad in quads
    ]
    (problem,) = verify(other, sources).problems
    assert moved in problem


@pytest.mark.parametrize("name", ["report-2025", "factsheet"])
def test_no_passage_lies_outside_all_sections_but_in_the_front(sources: Path, name: str) -> None:
    text = (sources / f"{name}.txt").read_text("utf-8")
    sections = TextSections(text)
    assert sections.at(len(text) - 1).section and int(sections.at(len(text) - 1).section.split(".")[0]) >= 6

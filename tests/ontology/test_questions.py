"""The competency questions: each is a readable query with a theme, and each has its whole expected answer."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from allegata.corpus.reader import question_files
from allegata.engine import Engine, Query, inspect, open_engine
from allegata.model.formats import CSV_RESULTS
from allegata.model.namespaces import BASE, PREFIXES
from allegata.release.handle import Release
from allegata.settings import Settings
from support import ROOT

QUESTIONS = sorted(question_files(ROOT), key=lambda path: int(path.stem.split("-")[0]))
ANSWERS = ROOT / "tests" / "questions"
THEMES = {
    *("who says what", "numbers and time", "evidence", "disputes", "sanctions and policy", "law", "trust"),
    "about the dataset",
}
PREFIX = re.compile(r"^PREFIX (\w+): <([^>]*)>$", re.MULTILINE)
#: Text in which no prefixed name stands: comments, IRIs and strings.
OPAQUE = re.compile(r'^#.*$|<[^<>\s]*>|"[^"]*"', re.MULTILINE)
NAME = re.compile(r"(?<![\w?])([a-z]+):[A-Za-z]")
question = pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def engine(release: Release) -> Iterator[Engine]:
    with closing(open_engine(release.folder, Settings())) as opened:
        yield opened


def test_each_question_has_an_answer_and_each_answer_a_question() -> None:
    assert {path.stem for path in QUESTIONS} == {path.stem for path in ANSWERS.glob("*.csv")}
    assert len(QUESTIONS) >= 60


def test_the_numbers_run_without_a_gap() -> None:
    assert sorted(int(path.stem.split("-")[0]) for path in QUESTIONS) == list(range(1, len(QUESTIONS) + 1))


def test_every_theme_has_questions_and_no_question_is_asked_twice() -> None:
    heads = [path.read_text("utf-8").splitlines()[:2] for path in QUESTIONS]
    assert {theme.removeprefix("# Theme: ") for _, theme in heads} == THEMES
    assert len({title for title, _ in heads}) == len(heads)


@question
def test_a_question_says_what_it_asks_and_under_which_theme(path: Path) -> None:
    first, second = path.read_text("utf-8").splitlines()[:2]
    assert re.fullmatch(r"# [A-Z].*\?", first)
    assert second.removeprefix("# Theme: ") in THEMES


@question
def test_prefixes_agree_with_the_table_and_are_all_used(path: Path) -> None:
    text = path.read_text("utf-8")
    declared = dict(PREFIX.findall(text))
    assert declared == {prefix: PREFIXES[prefix] for prefix in declared}
    assert set(declared) == set(NAME.findall(OPAQUE.sub("", PREFIX.sub("", text))))
    assert set(re.findall(r"^BASE <([^>]*)>$", text, re.MULTILINE)) <= {BASE}


@question
def test_a_question_has_an_order_and_no_slow_negation(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.search(r"^ORDER BY ", text, re.MULTILINE)
    assert "NOT EXISTS" not in text


@question
def test_the_answer_is_as_expected(path: Path, engine: Engine) -> None:
    query = Query(inspect(path.read_text("utf-8"), Settings()), CSV_RESULTS)
    expected = (ANSWERS / f"{path.stem}.csv").read_bytes()
    assert b"".join(engine.answer(query).chunks).decode() == expected.decode()
    assert len(list(csv.reader(io.StringIO(expected.decode(), newline="")))) > 1, "no row"

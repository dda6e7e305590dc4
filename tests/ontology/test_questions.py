"""The competency questions: each is a readable query with a theme, and each has its whole expected answer."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import closing

import pytest

from allegata.corpus.questions import Question, questions
from allegata.corpus.reader import base_of
from allegata.engine import Engine, Query, inspect, open_engine
from allegata.model.formats import CSV_RESULTS
from allegata.model.namespaces import BASE, PREFIXES
from allegata.release.handle import Release
from allegata.settings import Settings
from support import ROOT
from unanswered import WITHOUT_ANSWER

QUESTIONS = questions(ROOT, base_of(ROOT))
#: Questions of the model that the corpus asks something by: their answer is that of the first of these.
ASKED = {item.asks for item in QUESTIONS}
ANSWERED = [item for item in QUESTIONS if item.name not in ASKED]
ANSWERS = ROOT / "tests" / "questions"
THEMES = {
    *("who says what", "numbers and time", "evidence", "disputes", "sanctions and policy", "law", "trust"),
    *("about the dataset", "who should act"),
}
PREFIX = re.compile(r"^PREFIX (\w+): <([^>]*)>$", re.MULTILINE)
#: Text in which no prefixed name stands: comments, IRIs and strings.
OPAQUE = re.compile(r'^#.*$|<[^<>\s]*>|"[^"]*"', re.MULTILINE)
NAME = re.compile(r"(?<![\w?])([a-z]+):[A-Za-z]")
question = pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked.name)


@pytest.fixture(scope="module")
def engine(release: Release) -> Iterator[Engine]:
    with closing(open_engine(release.folder, Settings())) as opened:
        yield opened


def test_each_question_has_an_answer_and_each_answer_a_question() -> None:
    assert {asked.name for asked in ANSWERED} == {path.stem for path in ANSWERS.glob("*.csv")}
    assert len(QUESTIONS) >= 140


def test_each_question_of_the_first_version_is_found_under_the_name_that_it_had() -> None:
    earlier = {name for asked in QUESTIONS for name in asked.formerly}
    assert sorted(int(name.split("-")[0]) for name in earlier) == [*range(1, 106)]


def test_no_question_of_the_model_is_bound_to_a_corpus() -> None:
    """What it names is the model's: its vocabulary, and concepts of its schemes but topics, measures and rights."""
    for path in sorted((ROOT / "ontology" / "questions").glob("*.rq")):
        named = re.findall(r"<([a-z]+/[^<>]*)>", path.read_text("utf-8"))
        assert all(re.match(r"scheme/(?!topic/|measure/|right/)", name) for name in named), path.name


def test_the_names_have_no_numbers() -> None:
    assert not [asked.name for asked in QUESTIONS if re.match(r"\d", asked.name)]


def test_every_theme_has_questions_and_no_question_is_asked_twice() -> None:
    assert {asked.theme for asked in QUESTIONS} == THEMES
    assert len({asked.title for asked in QUESTIONS}) == len(QUESTIONS)


@question
def test_a_question_says_what_it_asks_and_what_for(asked: Question) -> None:
    assert re.fullmatch(r"[A-Z].*\?", asked.title)
    for parameter in asked.parameters:
        assert f"VALUES ?{parameter.name} {{" in asked.text
        assert parameter.says and (parameter.kind.startswith("scheme/") or parameter.kind.partition(":")[0] in PREFIXES)


def test_a_question_of_the_model_has_the_values_of_the_first_that_the_corpus_asks_by_it() -> None:
    found = {asked.name: asked for asked in QUESTIONS}
    for general in (found[name] for name in ASKED if name):
        query = general.text.partition("\nPREFIX")[2]
        assert query in {asked.text.partition("\nPREFIX")[2] for asked in QUESTIONS if asked.asks == general.name}, general.name


@question
def test_prefixes_agree_with_the_table_and_are_all_used(asked: Question) -> None:
    text = asked.text
    declared = dict(PREFIX.findall(text))
    assert declared == {prefix: PREFIXES[prefix] for prefix in declared}
    assert set(declared) == set(NAME.findall(OPAQUE.sub("", PREFIX.sub("", text))))
    assert set(re.findall(r"^BASE <([^>]*)>$", text, re.MULTILINE)) <= {BASE}


@question
def test_a_question_has_an_order_and_no_slow_negation(asked: Question) -> None:
    text = asked.text
    assert re.search(r"^ORDER BY ", text, re.MULTILINE)
    assert "NOT EXISTS" not in text


@pytest.mark.parametrize("asked", ANSWERED, ids=lambda asked: asked.name)
def test_the_answer_is_as_expected(asked: Question, engine: Engine) -> None:
    query = Query(inspect(asked.text, Settings()), CSV_RESULTS)
    expected = (ANSWERS / f"{asked.name}.csv").read_bytes()
    assert b"".join(engine.answer(query).chunks).decode() == expected.decode()
    rows = len(list(csv.reader(io.StringIO(expected.decode(), newline="")))) - 1
    assert (rows == 0) == (asked.name in WITHOUT_ANSWER)

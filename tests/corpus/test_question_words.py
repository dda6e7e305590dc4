"""Words of questions: heads of columns by the names of variables, sentences in further languages, those of a corpus before the model's."""

from __future__ import annotations

from pathlib import Path

import pytest

from allegata.corpus.question_words import RELEASE_FILE, QuestionWords, question_words, read_words
from allegata.errors import CorpusSyntaxError

MODEL = """columns:
  recordedIn: {en: Recorded in, ko: 기록된 곳}
  no: {en: No, ko: 반대}
sentences:
  who says what:
    ko: 누가 무엇을 말하는가
  law:
    ko: 법
"""
CORPUS = """columns:
  recordedIn: {en: Kept by}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder, text in (("ontology", MODEL), ("data", CORPUS)):
        (tmp_path / folder / "questions").mkdir(parents=True)
        (tmp_path / folder / "questions" / "words.yaml").write_text(text, "utf-8")
    return tmp_path


def test_a_corpus_has_words_of_its_own_and_the_rest_from_the_model(root: Path, tmp_path: Path) -> None:
    words = question_words(root)
    assert words.column("recordedIn") == words.column("recordedIn", "ko") == "Kept by"
    assert (words.column("no", "ko"), words.column("no", "fr")) == ("반대", "No")
    assert words.column("timeOfTheWord_said", "ko") == "Time of the word said"
    assert (words.sentence("law", "ko"), words.sentence("law", "en"), words.sentence("war", "ko")) == ("법", "law", "war")
    assert [words.place(theme) for theme in ("who says what", "law", "war")] == [0, 1, 2]
    (tmp_path / RELEASE_FILE).write_text(words.to_json(), "utf-8")
    assert read_words(tmp_path) == words


def test_a_release_without_words_says_what_it_has(tmp_path: Path) -> None:
    assert read_words(tmp_path) == QuestionWords()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- no", 1),
        ("rows: {}", 1),
        ("columns:\n- no", 1),
        ("columns:\n  a: b", 2),
        ("columns: {}\nsentences:\n  a: {ko: [b]}", 3),
    ],
)
def test_what_is_no_table_is_told_with_its_line(root: Path, text: str, line: int) -> None:
    (root / "data" / "questions" / "words.yaml").write_text(text, "utf-8")
    with pytest.raises(CorpusSyntaxError) as told:
        question_words(root)
    assert told.value.members["line"] == line

"""Questions with parameters: values are put in as terms, what does not fit is said, and a corpus asks by the model's questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from allegata.corpus.questions import Question, find, in_order, questions
from allegata.errors import CorpusSyntaxError, UsageError

BASE = "https://example.org/claims/"
GENERAL = """# How did a state vote on a topic by a day?
# Theme: law
# Parameter: state (schema:Country): whose votes
# Parameter: topic (scheme/topic): what they are on
# Parameter: date (xsd:date): the day
# Formerly: 79-votes
PREFIX alg: <https://w3id.org/allegata/ns#>

SELECT ?vote WHERE {
  VALUES ?state { UNDEF }
  VALUES ?topic { UNDEF }
  VALUES ?date { UNDEF }
  ?vote alg:state ?state
  MINUS { VALUES ?state { UNDEF } ?vote alg:about ?state }
}
ORDER BY ?vote
"""
ASKED = """votes:
  votes-of-arland:
    question: How did Arland vote?
    formerly: 12-arland
    theme: Arland
    state: actor/arland
    date: 2014-02-17
  votes-of-two:
    state: [actor/arland, actor/borland]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, file, text in (("ontology", "votes.rq", GENERAL), ("data", "asked.yaml", ASKED)):
        (tmp_path / name / "questions").mkdir(parents=True)
        (tmp_path / name / "questions" / file).write_text(text, "utf-8")
    return tmp_path


def values(asked: Question) -> dict[str, str]:
    return {parameter.name: asked.values(parameter) for parameter in asked.parameters}


def test_a_question_says_itself() -> None:
    asked = Question("votes", GENERAL)
    assert (asked.title, asked.theme, asked.formerly, asked.asks) == (
        *("How did a state vote on a topic by a day?", "law", ("79-votes",), ""),
    )
    assert [(item.name, item.kind, item.says) for item in asked.parameters] == [
        ("state", "schema:Country", "whose votes"),
        ("topic", "scheme/topic", "what they are on"),
        ("date", "xsd:date", "the day"),
    ]
    assert Question("bare", "ASK {}").title == "bare"


def test_values_are_put_in_as_terms_everywhere() -> None:
    given = {"state": ["actor/a", "https://example.net/b"], "topic": ["education"], "date": ['2014"']}
    asked = Question("votes", GENERAL).bind(given, BASE)
    states = f"<{BASE}actor/a> <https://example.net/b>"
    assert values(asked) == {
        "state": states,
        "topic": "<https://w3id.org/allegata/scheme/topic/education>",
        "date": '"2014\\""^^<http://www.w3.org/2001/XMLSchema#date>',
    }
    assert asked.text.count(f"VALUES ?state {{ {states} }}") == 2
    assert asked.bind({"state": []}, BASE).text.count("VALUES ?state { UNDEF }") == 2


@pytest.mark.parametrize("value", ["actor/a> } ?s ?p ?o {", "a b:c", "<x>", "http://"])
def test_no_value_becomes_a_part_of_the_query(value: str) -> None:
    asked = Question("votes", GENERAL)
    try:
        bound = asked.bind({"state": [value]}, BASE)
    except UsageError:
        return
    assert bound.text.count("{") == GENERAL.count("{") and bound.text.count("<") <= GENERAL.count("<") + 2


def test_a_parameter_that_it_does_not_have_is_named_with_those_that_it_has() -> None:
    with pytest.raises(UsageError, match="no parameter speaker") as told:
        Question("votes", GENERAL).bind({"speaker": ["actor/a"]}, BASE)
    assert "state, topic, date" in str(told.value)


def test_a_corpus_asks_by_the_questions_of_the_model(root: Path) -> None:
    found = {asked.name: asked for asked in questions(root, BASE)}
    assert sorted(found) == ["votes", "votes-of-arland", "votes-of-two"]
    arland, two = found["votes-of-arland"], found["votes-of-two"]
    assert (arland.title, arland.theme, arland.asks, arland.formerly) == (
        "How did Arland vote?",
        "Arland",
        "votes",
        ("12-arland",),
    )
    assert values(arland)["state"] == f"<{BASE}actor/arland>" and "2014-02-17" in values(arland)["date"]
    assert two.title == found["votes"].title and values(two)["state"] == f"<{BASE}actor/arland> <{BASE}actor/borland>"
    # The first that is asked gives the values of the question itself.
    assert values(found["votes"]) == values(arland) and found["votes"].formerly == ("79-votes",)
    assert arland.text.partition("PREFIX")[2] == found["votes"].text.partition("PREFIX")[2]


def test_a_question_is_found_by_the_names_that_it_had(root: Path) -> None:
    asked = questions(root, BASE)
    assert [item.name for name in ("votes", "79-votes", "12-arland") if (item := find(asked, name))] == [
        "votes",
        "votes",
        "votes-of-arland",
    ]
    assert find(asked, "nothing") is None
    assert [item.name for item in in_order(asked)] == ["votes-of-arland", "votes", "votes-of-two"]  # by theme: Arland, law


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("absent:\n  a:\n    state: actor/a\n", 1, "the model has no question absent"),
        ("votes:\n  a:\n    state: actor/a\n    speaker: actor/b\n", 2, "no parameter speaker"),
        ("votes:\n  a:\n    state: <x>\n", 2, "no name of a thing"),
        ("votes:\n  - a\n", 1, "here stands a mapping"),
        ("votes:\n  a: actor/a\n", 2, "here stands a mapping"),
    ],
)
def test_values_that_fit_no_question_are_told_with_their_line(root: Path, text: str, line: int, words: str) -> None:
    (root / "data" / "questions" / "asked.yaml").write_text(text, "utf-8")
    with pytest.raises(CorpusSyntaxError, match=rf"asked\.yaml:{line}: .*{words}"):
        questions(root, BASE)


def test_a_corpus_words_a_question_anew_by_a_file_of_its_own(root: Path) -> None:
    (root / "data" / "questions" / "votes.rq").write_text("# What else?\n# Theme: law\nASK {}\n", "utf-8")
    assert {asked.name: asked.title for asked in questions(root, BASE)}["votes"] == "What else?"

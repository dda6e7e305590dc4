"""Tables of answers: things by their names with links, one column for a thing and its name, words of schemes without links."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from allegata.domain import Descriptions
from allegata.domain.answers import Answers
from allegata.model.namespaces import expand
from support import make_release

BASE = "https://example.org/"
ALG, LABEL = "https://w3id.org/allegata/ns#", expand("rdfs:label")
STATEMENTS = [
    f'<{BASE}actor/ada> <{LABEL}> "Ada" <{BASE}graph/a> .\n',
    f'<{BASE}place/ada> <{LABEL}> "Ada" <{BASE}graph/a> .\n',
    f'<{BASE}actor/ben> <{LABEL}> "Ben" <{BASE}graph/a> .\n',
    f'<{BASE}scheme/polarity/affirms> <{expand("skos:prefLabel")}> "affirms" <{BASE}graph/a> .\n',
    f'<{BASE}claim/rain> <{ALG}statement> "It rains." <{BASE}graph/a> .\n',
    f"<{BASE}assertion/one> <{ALG}asserts> <{BASE}claim/rain> <{BASE}graph/a> .\n",
    f"<{BASE}assertion/two> <{ALG}asserts> <{BASE}claim/rain> <{BASE}graph/a> .\n",
]


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    return Answers(Descriptions(make_release(tmp_path / "release", STATEMENTS), BASE))


def body(*rows: dict[str, str], head: str = "") -> bytes:
    """Write an answer; what begins with the base is an IRI, digits are a number."""

    def term(text: str) -> dict[str, Any]:
        if text.startswith(BASE):
            return {"type": "uri", "value": text}
        return {"type": "literal", "value": text} | ({"datatype": expand("xsd:integer")} if text.isdecimal() else {})

    names = head.split() or list(rows[0])
    bindings = [{name: term(text) for name, text in row.items()} for row in rows]
    return json.dumps({"head": {"vars": names}, "results": {"bindings": bindings}}).encode()


def test_a_thing_and_its_name_share_a_column_and_words_lead_nowhere(answers: Answers) -> None:
    rows = [
        {"speaker": "Ben", "polarity": "affirms", "claim": "It rains.", "assertion": f"{BASE}assertion/one", "number": "3"},
        {"speaker": "Ada", "polarity": "affirms", "claim": "It rains.", "assertion": f"{BASE}assertion/two", "number": "12"},
    ]
    table = answers.table(body(*rows))
    assert table.columns == ("speaker", "polarity", "claim", "number")
    assert [[cell.leads_to.removeprefix(BASE) for cell in row] for row in table.rows] == [
        ["actor/ben", "", "assertion/one", ""],
        ["actor/ada", "", "assertion/two", ""],
    ]
    assert [cell.value.iri.removeprefix(BASE) for cell in table.rows[0]] == [
        "actor/ben",
        "scheme/polarity/affirms",
        "claim/rain",
        "",
    ]
    assert [table.is_numeric(at) for at in range(4)] == [False, False, False, True] and table.numbers("number") == [3.0, 12.0]


def test_what_has_two_meanings_means_what_the_rest_of_its_column_is(answers: Answers) -> None:
    table = answers.table(body({"who": "Ada"}, {"who": "Ben"}))
    assert [row[0].leads_to for row in table.rows] == [f"{BASE}actor/ada", f"{BASE}actor/ben"]


def test_a_word_of_a_scheme_in_other_texts_is_a_text(answers: Answers) -> None:
    table = answers.table(body({"phrase": "affirms"}, {"phrase": "affirms as ever"}))
    assert [row[0].value.iri for row in table.rows] == ["", ""]


def test_a_thing_alone_is_named_and_an_empty_column_is_none(answers: Answers) -> None:
    table = answers.table(body({"actor": f"{BASE}actor/ben"}, {"actor": f"{BASE}actor/ada"}, head="actor note"))
    assert table.columns == ("actor",)
    assert [(row[0].value.text, row[0].leads_to) for row in table.rows] == [
        ("Ben", f"{BASE}actor/ben"),
        ("Ada", f"{BASE}actor/ada"),
    ]
    assert answers.table(body(head="a b")).rows == ()


def test_a_column_that_says_the_same_is_told_from_several_rows_on(answers: Answers) -> None:
    row = {"claim": "It rains.", "number": "1"}
    assert answers.table(body(row, row)).same == ()
    assert answers.table(body(row, row, row)).same == (0,)


def test_yes_is_an_answer(answers: Answers) -> None:
    table = answers.table(b'{"head":{},"boolean":true}')
    assert (table.columns, table.rows[0][0].value.text) == (("answer",), "true")

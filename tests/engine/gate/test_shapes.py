"""Shapes: what is remembered of a query with other names is what the query itself is rewritten to."""

from __future__ import annotations

import pytest
import yaml

from allegata.corpus.questions import questions
from allegata.engine.gate import shapes
from allegata.engine.gate.announcement import departures
from allegata.engine.gate.named_graphs import NamedGraphs
from allegata.engine.gate.rewriting import Rewritten, rewrite
from allegata.engine.gate.shapes import MOST_AHEAD, rewrite_by_shape, rewritten_ahead
from allegata.engine.gate.tokens import CONTENT
from allegata.errors import BadRequest
from support import EX, ROOT

XSD = "http://www.w3.org/2001/XMLSchema#"
LONG = f"{EX}{'a-long-name-' * 3}"
TEXTS = (
    *(question.text for question in questions(ROOT, EX)),
    f"SELECT * {{ <{LONG}1> (<{LONG}2>|<{LONG}1>)? ?o . ?s <{LONG}3>/<{LONG}4> <{LONG}5> }} ORDER BY ?o # <{LONG}6>",
    f'SELECT ?s {{ ?s <{LONG}1> "01"^^<{XSD}integer> , "1"^^<{XSD}integer> , "1.50"^^ \n <{XSD}decimal> }}',
    f'SELECT (GROUP_CONCAT(DISTINCT ?o; SEPARATOR="<{LONG}>") AS ?x) {{ ?s <{LONG}1> ?o FILTER(<{XSD}boolean>(?o) || ?o = <{LONG}1>) }}',
    f"SELECT ?s {{ GRAPH <{LONG}1> {{ ?s <{LONG}2>* ?o }} }}",
    f"SELECT ?s {{ ?s ?p '''<{LONG}1>''' FILTER(?p < <{LONG}1> && ?s>?p) }}",
    f"PREFIX x: <{LONG}1> SELECT ?s {{ ?s x:a|x:b <urn:allegata:name:0~~~~~~~~~> }}",
    f"SELECT ?s {{ ?s <{LONG}1> ?o FILTER(?o = <{LONG}2>#(\n) }}",
    "SELECT * { ?s ?p",
    "SELECT * { ?s ?p 'a text that is long enough' , 'another text, long enough'@en , 'short' } ORDER BY ?s LIMIT 20 OFFSET 20",
    "SELECT * { ?s ?p 10 , 'NaN, and long enough for all'@en FILTER(?p < 'NaN, and long enough for all') } LIMIT 10",
    "SELECT * { { SELECT * { ?s ?p ?o } LIMIT 7 } ?o ?q ?limit . ?offset ?q ?s } OFFSET 7 LIMIT 0010",
    'SELECT * { ?s ?p """~0""" } LIMIT 999900000001',
)


def named_otherwise(text: str) -> str:
    text = text.replace("a text that", "a line that").replace("LIMIT 20", "LIMIT 31")
    return text.replace("-name-", "-mane-").replace("w3id.org/allegata/ns", "w3id.org/aliegata/ns")


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_rewritten_as_by_itself_also_where_its_shape_is_known(text: str) -> None:
    for one in (named_otherwise(text), text, text + "\n# again"):
        expected, found = rewrite(one, lambda: NamedGraphs(["<urn:g>"])), rewrite_by_shape(one, lambda: NamedGraphs(["<urn:g>"]))
        assert (found.departures, found.functions) == (expected.departures, expected.functions)
        assert without_comments(found.text) == without_comments(expected.text)


def without_comments(text: str) -> list[str]:
    return CONTENT.sub(lambda match: " " if match.lastgroup == "comment" else match.group(), text).split()


def test_the_cases_of_the_departures_are_rewritten_as_by_themselves() -> None:
    cases = [text for text in strings(yaml.safe_load((ROOT / "tests/engine/departures.yaml").read_text("utf-8"))) if "{" in text]
    assert len(cases) > 30
    for text in cases:
        expected, found = (
            rewrite(text, lambda: NamedGraphs(["<urn:g>"])),
            rewrite_by_shape(text, lambda: NamedGraphs(["<urn:g>"])),
        )
        assert (found.departures, found.functions) == (expected.departures, expected.functions)
        assert without_comments(found.text) == without_comments(expected.text)


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in inside for text in strings(part)]


def test_a_shape_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(text: str, *, most: int) -> Rewritten:
        read.append(text)
        return rewrite(text, most=most)

    monkeypatch.setattr(shapes, "rewrite", noted)
    for number in range(5):
        found = rewrite_by_shape(f"SELECT ?once {{ ?once <{LONG}{number}>? ?o }} # {number}")
        assert f"<{LONG}{number}>" in found.text and "urn:allegata:name" not in found.text
    assert len(read) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT ({'COUNT(DISTINCT ' * 11} ?x + 1 {')' * 11} AS ?n) {{ ?x ?p ?o }}",
        f"SELECT ({'COUNT(' * 17} ?x + 1 {')' * 17} AS ?n) {{ ?x ?p ?o }}",
        f"SELECT * {{ <{EX}a> {'/'.join(['(<urn:p>?|<urn:q>?)'] * 18)} <{EX}b> }}",
        f"SELECT * {{ <{EX}a> {'/'.join(['(<urn:p>?|<urn:q>?)'] * 18)} ?o }}",
    ],
)
def test_a_short_query_that_grows_with_each_level_is_refused_and_not_kept(text: str) -> None:
    shapes._rewritten.cache_clear()
    assert rewritten_ahead(text) is None
    assert departures(text) == ("unread",)
    with pytest.raises(BadRequest, match="grows too long"):
        rewrite_by_shape(text)
    assert shapes._rewritten.cache_info().currsize == 0


def test_what_grows_a_little_is_written_whole_by_a_worker_alone() -> None:
    text = f"SELECT ({'COUNT(DISTINCT ' * 6} ?x + 1 {')' * 6} AS ?n) {{ ?x ?p ?o }}"
    assert rewritten_ahead(text) is None
    assert rewrite_by_shape(text) == rewrite(text)
    assert len(rewrite(text).text) > MOST_AHEAD

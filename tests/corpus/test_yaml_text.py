"""YAML as text: values keep what stands there, keys have lines, and what is wrong is told in plain words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.corpus.yaml_text import Value, parse_yaml
from allegata.errors import CorpusSyntaxError

HERE = Path("sheet.yaml")


@pytest.mark.parametrize(
    "written", ["0120", "1:30", "no", "yes", "2014", "2004-06-30", "1_000", "0x1F", "1e3", "~", "null", ".inf", "<<", "1.10"]
)
def test_a_value_keeps_what_stands_there(written: str) -> None:
    assert parse_yaml(f"a: {written}", HERE).value == {"a": written}
    assert parse_yaml(f"{written}: a", HERE).value == {written: "a"}


@pytest.mark.parametrize(
    ("text", "value"),
    [("", None), ("# x", None), ("a:\nb: ''", {"a": None, "b": ""}), ("- a\n-\n- [b, 1]", ["a", None, ["b", "1"]])],
)
def test_what_is_left_out_is_nothing(text: str, value: Value) -> None:
    assert parse_yaml(text, HERE).value == value


def test_every_part_has_its_line_and_a_missing_one_that_of_what_is_around_it() -> None:
    found = parse_yaml("a: 1\nb:\n  - c: 2\n    d:\n      3\n", HERE)
    assert [found.line(steps) for steps in (("a",), ("b",), ("b", 0), ("b", 0, "d"), ("b", 0, "e"), ("f",))] == [1, 2, 3, 4, 3, 1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\nb: 2\na: 3", ":3: the key a stands twice, first in line 1"),
        ("x: {a: 1,\n b: 2, a: 3}", ":2: the key a stands twice, first in line 1"),
        ("a: [", ":1: this is not YAML"),
        ("a: b: c", ":1: this is not YAML"),
        ("a:\n\t- b", ":2: a tab stands"),
        ("a: \x07", ":1: the character U[+]0007"),
        ("a: &x 1\nb: *x", ":2: [*]x stands for another part"),
        ("&x [*x]", ":1: [*]x stands for another part"),
        ("? [a]\n: b", ":1: a key is a word"),
        ("a: 1\n---\nb: 2", ":2: this is not YAML"),
        ("[" * 40 + "]" * 40, ":1: lists or mappings are nested too deeply"),
        ("[" * 3_000, "nested too deeply|not YAML"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_key(text: str, words: str) -> None:
    with pytest.raises(CorpusSyntaxError, match=rf"^sheet\.yaml.*{words}"):
        parse_yaml(text, HERE)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:-[]{},&*!|>'\"%@`#?\n \t\r\ufeff\x85é0.~"), max_size=40))
def test_no_text_brings_out_another_error(text: str) -> None:
    try:
        parse_yaml(text, HERE)
    except CorpusSyntaxError as error:
        assert error.message.startswith("sheet.yaml")

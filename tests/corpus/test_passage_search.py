"""Passages: found as they stand, else alike but for white space and composed letters, else the difference is named."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.corpus.passage_search import locate
from allegata.errors import AnchorError

TEXT = "Ä b “c” b 😀 d"
PAGE = "The guard\u2019s caf\u00e9\nholds\r\n  200 \u2013 not 300 \u2013 peo\u00adple. Nobody \u201cminds\u201d the \ufb01re."


def test_offsets_are_code_points() -> None:
    start, end = locate(TEXT, "😀 d")
    assert (start, end) == (10, 13)
    assert TEXT[start:end] == "😀 d"


def test_a_passage_must_be_there_once_or_be_numbered() -> None:
    with pytest.raises(AnchorError, match="not in the text"):
        locate(TEXT, "x")
    with pytest.raises(AnchorError, match="2 times"):
        locate(TEXT, "b")
    assert locate(TEXT, "b", nth=2) == (8, 9)
    with pytest.raises(AnchorError, match="2 times, not 3"):
        locate(TEXT, "b", nth=3)


@pytest.mark.parametrize(
    ("passage", "found"),
    [
        ("caf\u00e9 holds 200", "caf\u00e9\nholds\r\n  200"),
        ("cafe\u0301 holds", "caf\u00e9\nholds"),
        ("  holds 200\n", "holds\r\n  200"),
        ("holds\u00a0200", "holds\r\n  200"),
    ],
)
def test_white_space_and_composed_letters_count_alike_and_offsets_are_those_of_the_text(passage: str, found: str) -> None:
    for text in (PAGE, unicodedata.normalize("NFD", PAGE)):
        start, end = locate(text, passage)
        assert unicodedata.normalize("NFC", text[start:end]) == found


@pytest.mark.parametrize(
    ("passage", "words"),
    [
        (
            "The guard's caf\u00e9",
            "at character 9 the text has U[+]2019 RIGHT SINGLE .* where the passage has U[+]0027 APOSTROPHE",
        ),
        ('Nobody "minds"', "the text has U[+]201C .* where the passage has U[+]0022"),
        ("200 - not", "the text has U[+]2013 EN DASH where the passage has U[+]002D"),
        ("300 \u2013 people", "the text has U[+]00AD SOFT HYPHEN where the passage has U[+]0070"),
        ("the fire", "has U[+]FB01 LATIN SMALL LIGATURE FI where the passage has U[+]0066"),
        ("the guard\u2019s", "at character 0 the text has U[+]0054 .* where the passage has U[+]0074"),
        ("cafe holds", "at character 15 the text has U[+]0301 COMBINING ACUTE ACCENT where the passage has U[+]0020"),
        ("holds 200 \u2013 not 400 people", "in full: at character 36 the text has '300 .*' where the passage has '400 people'"),
        ("wholly elsewhere", "is not in the text$"),
        ("", "is not in the text$"),
    ],
)
def test_what_differs_is_named_with_its_place(passage: str, words: str) -> None:
    with pytest.raises(AnchorError, match=words):
        locate(PAGE, passage)


def test_a_letter_without_its_accent_is_another_letter() -> None:
    for text in ("caf\u00e9", "cafe\u0301"):
        assert locate(text, "caf\u00e9") == (0, len(text))
    with pytest.raises(AnchorError):
        locate("un caf\u00e9", "un\ncafe")
    with pytest.raises(AnchorError):
        locate("un cafe\u0301", "un\ncafe")


def test_several_alike_are_counted() -> None:
    with pytest.raises(AnchorError, match="2 times"):
        locate("a\nb. a\tb.", "a b")
    assert locate("a\nb. a\tb.", "a b", nth=2) == (5, 8)


SIGNS = "ab \u00e9\u0301\n\u2019'\u201c"


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.text(alphabet=SIGNS, max_size=30), st.text(alphabet=SIGNS, max_size=8))
def test_what_is_found_lies_in_the_text_and_nothing_else_is_raised(text: str, passage: str) -> None:
    try:
        start, end = locate(text, passage, nth=1)
    except AnchorError:
        assert passage not in text or not passage
        return
    assert 0 <= start < end <= len(text)
    found, wanted = ("".join(item.split()) for item in (text[start:end], passage))
    assert unicodedata.normalize("NFD", found) == unicodedata.normalize("NFD", wanted)

"""Passages: found as they stand, else written in another way, else the difference or the nearest is named."""

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
    with pytest.raises(AnchorError, match="2 times, and nth is 3"):
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
    ("passage", "found"),
    [
        ("The guard's caf\u00e9", "The guard\u2019s caf\u00e9"),
        ('Nobody "minds"', "Nobody \u201cminds\u201d"),
        ("200 - not", "200 \u2013 not"),
        ("300 \u2013 people", "300 \u2013 peo\u00adple"),
        ("the fire", "the \ufb01re"),
        ("the \ufb01re", "the \ufb01re"),
    ],
)
def test_quotation_marks_dashes_ligatures_and_invisible_signs_count_alike(passage: str, found: str) -> None:
    start, end = locate(PAGE, passage)
    assert PAGE[start:end] == found


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("a well-\nknown exam-\r\nple of it", "well-known example of it"),
        ("a well-known example", "well- known exam-ple"),
        ("\u0642\u0627\u0644 \u0627\u0644\u0645\u0639\u0647\u062f", "\ufed7\ufe8e\ufedd \ufe8d\ufedf\ufee4\ufecc\ufeec\ufeaa"),
        ("\ubc18\uc774 \ubb38\uc744\n\ub2eb\uc558\ub2e4", "\u1107\u1161\u11ab\u110b\u1175 \ubb38\uc744 \ub2eb\uc558\ub2e4"),
        ("\u05d4\u05de\u05db\u05d5\u05df \u2013\u200f \u05d0\u05de\u05e8", "\u05d4\u05de\u05db\u05d5\u05df - \u05d0\u05de\u05e8"),
        ("\uff21\uff22\uff23 \u2162", "ABC III"),
    ],
)
def test_hyphens_of_line_breaks_and_forms_of_letters_are_no_difference_in_any_script(text: str, passage: str) -> None:
    start, end = locate(text, passage)
    assert locate(text, text[start:end]) == (start, end) and end - start > 4


def test_a_part_of_a_ligature_is_no_passage_and_a_dash_between_words_is_no_hyphen() -> None:
    with pytest.raises(AnchorError):
        locate("the \ufb01re", "ire")
    with pytest.raises(AnchorError):
        locate("200 \u2013 not 300", "200 not")


@pytest.mark.parametrize(
    ("passage", "words"),
    [
        ("the guard\u2019s", "at character 0 the text has U[+]0054 .* where the passage has U[+]0074"),
        ("cafe holds", "at character 15 the text has U[+]0301 COMBINING ACUTE ACCENT where the passage has U[+]0020"),
        (
            "holds 200 \u2013 not 400 people",
            r"The nearest, at characters 17-50, .*: holds 200 - not \[300 -\|400 people\] \[people.\|\]",
        ),
        ("Nobody \u201cmends\u201d the fire", r"""characters 51-74, .*: Nobody \["minds"\|"mends"\] the \[fire.\|fire\]"""),
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


SIGNS = "ab- \u00e9\u0301\n\u2019'\u201c"


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.text(alphabet=SIGNS, max_size=30), st.text(alphabet=SIGNS, max_size=8))
def test_what_is_found_lies_in_the_text_and_nothing_else_is_raised(text: str, passage: str) -> None:
    try:
        start, end = locate(text, passage, nth=1)
    except AnchorError:
        assert passage not in text or not passage
        return
    assert 0 <= start < end <= len(text)
    alike = str.maketrans({"\u2019": "'", "\u201c": '"', "-": None})
    found, wanted = ("".join(item.split()).translate(alike) for item in (text[start:end], passage))
    assert unicodedata.normalize("NFKD", found) == unicodedata.normalize("NFKD", wanted)

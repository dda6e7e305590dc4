"""The order of names: English before what has no language, then by language, then by text."""

from __future__ import annotations

from allegata.model.labels import LABELS, NAMES, by_language


def test_english_comes_first_then_what_is_in_no_language_then_the_others_by_language_and_text() -> None:
    texts = [("나", "ko"), ("b", "en"), ("b c", "en"), ("a", None), ("가", "ko"), ("Ö", "de")]
    assert sorted(texts, key=lambda item: by_language(*item)) == [
        ("b", "en"),
        ("b c", "en"),
        ("a", None),
        ("Ö", "de"),
        ("가", "ko"),
        ("나", "ko"),
    ]


def test_what_a_thing_says_names_it_only_where_nothing_else_does() -> None:
    assert LABELS[: len(NAMES)] == NAMES and LABELS[-1] == "alg:statement"

"""The questions of an open release: listed with their parameters, and asked with values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import allegata
from allegata.errors import NotFound, UsageError


@pytest.fixture
def release(small_root: Path, tmp_path: Path) -> Iterator[allegata.Release]:
    """Return a release of a small corpus, open: its questions are those of the model."""
    with allegata.build(small_root, tmp_path / "site") as opened:
        yield opened


def test_questions_are_listed_and_asked(release: allegata.Release) -> None:
    found = {asked.name: asked for asked in release.questions}
    assert [item.name for item in found["treaties-of-a-state-on-a-date"].parameters] == ["state", "date"]
    assert [asked.theme for asked in release.questions] == sorted(asked.theme for asked in release.questions)
    text = release.question("treaties-of-a-state-on-a-date", state="actor/arland", date=["2014-02-17", "2015-01-01"])
    assert "VALUES ?state { <https://example.org/actor/arland> }" in text and text.count("XMLSchema#date>") == 2
    assert len(release.query(text)) == 0
    assert release.question("90-place-and-digest") == found["place-and-digest"].text


def test_what_is_no_question_or_parameter_is_said(release: allegata.Release) -> None:
    with pytest.raises(NotFound, match="no question 'nothing'"):
        release.question("nothing")
    with pytest.raises(UsageError, match="no parameter topic"):
        release.question("votes-of-a-state", topic="education")

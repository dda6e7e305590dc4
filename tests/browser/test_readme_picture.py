"""The picture of the README shows what the page says now."""

from __future__ import annotations

from typing import Any

from dispute_picture import PAGE, TARGET, shown, told
from support import ROOT


def test_the_picture_bears_the_words_of_the_page(tab: Any) -> None:
    tab.set_viewport_size({"width": 900, "height": 1200})
    tab.goto(PAGE)
    assert told() == shown(tab), "make picture draws it anew"


def test_the_readme_opens_with_it_and_says_what_it_shows() -> None:
    head = (ROOT / "README.md").read_text("utf-8").split("\n## ", 1)[0]
    assert "](docs/dispute.png)" in head
    assert TARGET.stat().st_size < 200_000

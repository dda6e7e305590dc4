"""What templates can say: one table, each entry with a sentence, each used by a template, and described for who adds a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import allegata.web
from allegata.web.pages.template_globals import FUNCTIONS
from support import ROOT

TEMPLATES = sorted((Path(allegata.web.__file__).parent / "templates").rglob("*.html"))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_described_and_used(name: str) -> None:
    sentence = (FUNCTIONS[name].__doc__ or "").strip().split("\n")[0]
    assert re.match(r"[A-Z]\w+ .*[.:;]$", sentence), name
    assert len(TEMPLATES) > 30
    assert any(re.search(rf"\b{name}\(", path.read_text("utf-8")) for path in TEMPLATES), name
    assert f"`{name}`" in (ROOT / "docs" / "extending.md").read_text("utf-8"), name


def test_no_template_makes_the_address_of_a_page_by_hand() -> None:
    found = [
        f"{path.name}: {match[0]}"
        for path in TEMPLATES
        for match in re.finditer(r'(?:href|action|formaction|src)="/[^"]*"', path.read_text("utf-8"))
    ]
    assert found == []

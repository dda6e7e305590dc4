"""Recipes: the code of each page runs against a served release and the extracts, and prints what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from recipes import ADDRESS, RECIPES, parts, run
from support import ROOT, SHARED

EXTRACTS = SHARED / "reference" / "extracts"
#: Tables that stand beside the extracts.
TABLES = ("treaties.csv", "treaty_status.csv", "unbis_concepts.csv")


def test_there_are_recipes() -> None:
    assert len(RECIPES) >= 8
    listed = (ROOT / "docs" / "recipes" / "README.md").read_text("utf-8")
    assert all(f"({path.name})" in listed for path in RECIPES)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_names_its_join_and_its_sources(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "*Joins on*" in text
    assert re.search(r"\*Sources?\*:", text)
    code, result = parts(path)
    assert "ask(" in code and len(result.splitlines()) >= 4


@pytest.fixture
def workbench(tmp_path: Path) -> Path:
    """Give a folder with the extracts, or skip: they are not ours to publish, so a clone alone has none."""
    if not EXTRACTS.is_dir():
        pytest.skip("the extracts are not beside this checkout")
    for path in (*EXTRACTS.iterdir(), *(EXTRACTS.parent / name for name in TABLES)):
        (tmp_path / path.name).symlink_to(path)
    return tmp_path


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_prints_what_it_says(path: Path, server: str, workbench: Path) -> None:
    code, result = parts(path)
    assert ADDRESS in code
    printed = run(code, server, workbench)
    assert printed.returncode == 0, printed.stderr
    assert printed.stdout == result

"""Recipes: the code of each page runs against a served release and the extracts, and prints what the page says; notebooks draw."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from recipes import ADDRESS, NOTEBOOKS, RECIPES, cells, parts, program, run
from support import ROOT, SHARED

EXTRACTS = SHARED / "reference" / "extracts"
#: Tables that stand beside the extracts.
TABLES = ("treaties.csv", "treaty_status.csv", "unbis_concepts.csv")


def test_there_are_recipes() -> None:
    assert len(RECIPES) >= 10 and NOTEBOOKS
    listed = (ROOT / "docs" / "recipes" / "README.md").read_text("utf-8")
    assert all(f"({path.name})" in listed for path in (*RECIPES, *NOTEBOOKS))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_names_its_join_and_its_sources(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "*Joins on*" in text
    assert re.search(r"\*Sources?\*:", text)
    code, result = parts(path)
    assert "ask(" in code and len(result.splitlines()) >= 4


@pytest.fixture
def workbench(tmp_path: Path) -> Path:
    """Return a folder with the extracts, or skip: they are not ours to publish, so a clone alone has none."""
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


# -- notebooks ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_one_and_holds_no_outputs(path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbformat.validate(nbformat.read(path, as_version=4))
    code = [cell for cell in cells(path) if cell["cell_type"] == "code"]
    assert len(code) >= 4 and all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    text = "".join("".join(cell["source"]) for cell in cells(path) if cell["cell_type"] == "markdown")
    assert "*Joins on*" in text and re.search(r"\*Sources?\*:", text)


#: What is asked of the notebook's own variables after its last cell, and the answer.
FINDINGS = {
    "general-assembly-votes": (
        "print(len(agreement), int(agreement['differ'].sum()), int(agreement['agree'].min()), list(counts.loc['A/RES/60/173']))",
        r"9 0 1[5-9]\d \[\d+, \d+, \d+\]\n",
    )
}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_end_to_end_and_draws(path: Path, server: str, workbench: Path) -> None:
    pytest.importorskip("matplotlib")
    pytest.importorskip("pandas")
    question, answer = FINDINGS[path.stem]
    code = program(path, question)
    assert ADDRESS in code
    printed = run(f"import matplotlib\n\nmatplotlib.use('Agg')\n\n{code}", server, workbench)
    assert printed.returncode == 0, printed.stderr
    assert re.fullmatch(answer, printed.stdout), printed.stdout
    picture = (workbench / "votes.svg").read_text("utf-8")
    assert picture.count("<path") > 27 and "Sources" in picture

"""The page about Python and the tutorial notebook: their code runs on a release of the bundled corpus and prints what they say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from recipes import cells, program
from support import ROOT

PAGE = ROOT / "docs" / "python.md"
NOTEBOOK = ROOT / "docs" / "tutorial.ipynb"
_BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(code: str, site: Path, folder: Path) -> str:
    """Run code in a folder in which `build` is the site, and give what it prints."""
    (folder / "build").symlink_to(site, target_is_directory=True)
    (folder / "example.py").write_text(code, "utf-8")
    command = [sys.executable, "-X", "utf8", "-W", "error", "example.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_prints_what_it_says(site: Path, tmp_path: Path) -> None:
    blocks = _BLOCK.findall(PAGE.read_text("utf-8"))
    kinds = [kind for kind, _ in blocks]
    assert len(blocks) >= 12 and kinds == ["python", "text"] * (len(kinds) // 2)
    said = "".join(text for kind, text in blocks if kind == "text")
    assert run("\n".join(text for kind, text in blocks if kind == "python"), site, tmp_path) == said


def test_the_notebook_is_one_and_holds_no_outputs() -> None:
    nbformat.validate(json.loads(NOTEBOOK.read_text("utf-8")))
    code = [cell for cell in cells(NOTEBOOK) if cell["cell_type"] == "code"]
    assert len(code) >= 8 and all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


#: What is asked of the notebook's own variables after its last cell, by name, and what has to hold.
FINDINGS = """
import json
print(json.dumps({
    "claims": len(claims), "sides": [word for word, held in sides.sides if held], "disputes": len(comparison.disputes),
    "frame": list(frame.columns), "rows": len(frame), "hits": len(found.hits), "hash": release.hash, "cited": citation.text(),
}))
"""


def test_the_notebook_runs_from_end_to_end(site: Path, tmp_path: Path) -> None:
    printed = run(program(NOTEBOOK, FINDINGS), site, tmp_path)
    found = json.loads(printed.splitlines()[-1])
    assert found["claims"] > 200 and found["sides"] and found["disputes"] > 3 and found["hits"] > 0
    assert found["frame"] == ["speaker", "assertions"] and found["rows"] > 5
    assert re.fullmatch(r"[0-9a-f]{64}", found["hash"]) and found["hash"] in found["cited"]


@pytest.mark.parametrize("path", [PAGE, NOTEBOOK], ids=lambda path: path.name)
def test_no_address_but_those_of_the_model_is_fetched(path: Path) -> None:
    for address in re.findall(r"https?://[^\s\"'<>)\\]+", path.read_text("utf-8")):
        assert address.startswith(("https://w3id.org/allegata/", "http://www.w3.org/", "https://…")), address

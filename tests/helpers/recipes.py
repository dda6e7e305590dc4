"""Reads the recipes' code and results, runs them, and writes the results anew when called with a server and a folder of extracts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

RECIPES = sorted(path for path in (Path(__file__).parents[2] / "docs" / "recipes").glob("*.md") if path.name != "README.md")
NOTEBOOKS = sorted((Path(__file__).parents[2] / "docs" / "recipes").glob("*.ipynb"))
ADDRESS = "http://127.0.0.1:8000"
_CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_RESULT = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def parts(path: Path) -> tuple[str, str]:
    """Return the one piece of code of a recipe and the one result that it states."""
    text = path.read_text("utf-8")
    (code,), (result,) = _CODE.findall(text), _RESULT.findall(text)
    return code, result


def run(code: str, server: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the code of a recipe in a folder with the extracts, against a server."""
    program = folder / "recipe.py"
    program.write_text(code.replace(ADDRESS, server), "utf-8")
    command = [sys.executable, "-X", "utf8", "-W", "error", program.name]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=120)


def cells(path: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook (nbformat 4)."""
    return list(json.loads(path.read_text("utf-8"))["cells"])


def program(path: Path, ending: str) -> str:
    """Return the code cells of a notebook as one program, each ending with a blank line, and `ending` after the last."""
    return "\n\n".join(["".join(cell["source"]) for cell in cells(path) if cell["cell_type"] == "code"] + [ending]) + "\n"


def write_anew(path: Path, server: str, folder: Path) -> None:
    """Run a recipe and put what it prints into its page."""
    result = run(parts(path)[0], server, folder)
    result.check_returncode()
    block = f"```text\n{result.stdout}```"
    path.write_text(_RESULT.sub(lambda _: block, path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    for page in RECIPES:
        write_anew(page, sys.argv[1], Path(sys.argv[2]))

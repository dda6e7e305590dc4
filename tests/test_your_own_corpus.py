"""The page and the notebook about a corpus of one's own: what they say is done, from an empty folder to a served site."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from allegata.corpus.anchors import verify
from allegata.corpus.reader import read
from http_client import fetch
from recipes import cells, program
from service import running
from support import ROOT
from workbooks import example_rows

PAGE = ROOT / "docs" / "your-own-corpus.md"
NOTEBOOK = ROOT / "docs" / "your-own-corpus.ipynb"
_SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    """Return the commands of the page, in order."""
    lines = [line for block in _SHELL.findall(PAGE.read_text("utf-8")) for line in block.splitlines()]
    return [shlex.split(line) for line in lines]


def test_whoever_follows_the_page_has_a_site(tmp_path: Path) -> None:
    (tmp_path / "docs").symlink_to(ROOT / "docs", target_is_directory=True)
    done: list[str] = []
    for name, *arguments in commands():
        if name == "cp":
            for text in (ROOT / "docs" / "your-own-corpus" / "texts").glob("*.txt"):
                shutil.copy(text, tmp_path / arguments[-1])
        elif arguments[0] != "serve":
            command = [sys.executable, "-m", "allegata", *arguments]
            ran = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=300, check=False)
            assert ran.returncode == 0, (arguments, ran.stderr)
            done.append(arguments[0])
    assert done == ["new", "import", "import", "build", "export"] and (tmp_path / "again.xlsx").is_file()
    assert verify(read(tmp_path / "ports").quads, tmp_path / "ports" / "texts").agreeing == 18
    serve = ["-m", "allegata", "serve", "--site", "ports-site", "--port"]
    with running(lambda port: [*serve, str(port)], tmp_path, folder=tmp_path) as service:
        for path, word in (
            ("/", "Work in the ports of Arland"),
            ("/page/claim/no-crane-inspected", "Ministry of Ports"),
            ("/page/source/reply", "Letter of the Ministry of Ports"),
            ("/compare?topic=safety-at-work", "Safety at work"),
            ("/search?q=estibadores", "estibadores"),
        ):
            reply = fetch(service.address, path, headers={"Accept": "text/html"})
            assert reply.status == 200 and word in reply.text, path


def test_the_example_is_as_large_as_the_page_says() -> None:
    rows = example_rows()
    assert [row["document"] for row in rows["Assertions"]] == ["survey"] * 10 + ["reply"] * 8
    text = PAGE.read_text("utf-8")
    shown = [row for row in rows["Assertions"] if f"| {row['passage']} |" in text]
    assert len(shown) == 3
    for row in shown:
        assert row["polarity"] in text and f"| {row['claim']} |" in text


def test_the_notebook_is_one_and_holds_no_outputs() -> None:
    nbformat.validate(json.loads(NOTEBOOK.read_text("utf-8")))
    code = [cell for cell in cells(NOTEBOOK) if cell["cell_type"] == "code"]
    assert len(code) >= 8 and all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


#: What is asked of the notebook's own variables after its last cell.
FINDINGS = """
import json
print(json.dumps({
    "refused": [refused.returncode, refused.stderr], "taken": taken.returncode, "claims": len(claims),
    "sides": [word for word, held in cranes.sides if held], "written": written.stdout,
}))
"""


def test_the_notebook_runs_from_end_to_end(tmp_path: Path) -> None:
    (tmp_path / "notebook.py").write_text(program(NOTEBOOK, FINDINGS), "utf-8")
    command = [sys.executable, "-X", "utf8", "-W", "error", str(tmp_path / "notebook.py")]
    done = subprocess.run(command, cwd=ROOT / "docs", capture_output=True, encoding="utf-8", timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    status, told = found["refused"]
    assert status == 1 and "2 problems, nothing is written" in told and "The nearest is health care" in told
    assert found["taken"] == 0 and found["claims"] == 13 and found["sides"] == ["affirms", "denies"]
    assert "rows in" in found["written"] and "left out" not in found["written"]

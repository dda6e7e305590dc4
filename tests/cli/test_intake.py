"""The commands that draft workbooks: what they write and say, and that they write over nothing."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

from allegata.corpus.scaffold import LICENCE, Scaffold, create_corpus
from support import ROOT

FILES = ROOT / "tests" / "fixtures" / "formats"


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "allegata", "import", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_a_workbook_is_drafted_told_of_and_not_written_over(tmp_path: Path) -> None:
    create_corpus(tmp_path / "arland", Scaffold("Arland", "https://example.org/arland/", LICENCE, date(2026, 1, 1)), ROOT)
    words = ("ftm", FILES / "entities.ftm.json", "--root", tmp_path / "arland", "--out", tmp_path / "review.xlsx")
    first, second = run(*words), run(*words)
    assert first.returncode == 0 and first.stdout == f"{tmp_path / 'review.xlsx'}\n", first.stderr
    assert "Rows: Actors 3, Documents 2, Claims 1, Assertions 1." in first.stderr
    assert "Not taken: 1 records of the kind Ownership." in first.stderr
    assert second.returncode == 2 and "is there already" in second.stderr and "Traceback" not in second.stderr
    broken = run("uhri", FILES / "acled.csv", "--root", tmp_path / "arland", "--out", tmp_path / "other")
    assert broken.returncode == 1 and "row 2: there is no Symbol" in broken.stderr and not (tmp_path / "other").exists()


def test_a_map_is_drafted_and_written_over_by_nothing(tmp_path: Path) -> None:
    create_corpus(tmp_path / "arland", Scaffold("Arland", "https://example.org/arland/", LICENCE, date(2026, 1, 1)), ROOT)
    words = ("csv", FILES / "incidents.csv", "--root", tmp_path / "arland", "--suggest", "--out", tmp_path / "map.yaml")
    assert run(*words).returncode == 0 and "rows:" in (tmp_path / "map.yaml").read_text("utf-8")
    again = run(*words)
    assert again.returncode == 2 and "is there already" in again.stderr

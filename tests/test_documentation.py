"""Documentation: links lead somewhere, the README's first query answers as it says, and the parts that exist are named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from http_client import ask
from support import ROOT

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


def test_all_pages_are_read() -> None:
    assert len(PAGES) >= 8


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_first_query_of_the_readme_answers_as_it_says(server: str) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    query = re.search(r"```sparql\n(.*?)```", text, re.DOTALL)
    answer = re.search(r"```csv\n(.*?)```", text, re.DOTALL)
    assert query and answer
    assert ask(server, query.group(1), "text/csv").text.replace("\r\n", "\n") == answer.group(1)


def test_the_readme_names_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert "make serve" in text and "make test" in text


def test_the_table_of_exercises_is_whole() -> None:
    text = (ROOT / "docs" / "extending.md").read_text("utf-8")
    rows = re.findall(r"^\| \[(.+?)\]\(#[a-z-]+\) \| .*(?:file|line).* \|$", text, re.MULTILINE)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert len(headings) >= 6 and sorted(rows) == sorted(heading[0].lower() + heading[1:] for heading in headings)


def test_each_threat_names_tests_that_are_there() -> None:
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if "`tests/" in line]
    assert len(rows) >= 15
    for row in rows:
        for path, names in re.findall(r"`(tests/[\w/.]+)`(?:: ((?:`\w+`(?:, )?)+))?", row):
            code = (ROOT / path).read_text("utf-8")
            for name in re.findall(r"\w+", names):
                assert f"def {name}(" in code, f"{path} has no {name}"

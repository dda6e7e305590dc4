"""A class with a page is one row, one function and one template: the exercise of docs/extending.md, done in a copy of the program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from support import ROOT

PACKAGE = ROOT / "server" / "allegata"
ROW = """\
    Kind(
        *("schema:Library", "library", "libraries", "library", "library"),
        type="library",
        counted="libraries",
        uses=Use.SEARCH | Use.SITEMAP,
    ),
"""
FUNCTION = """

@shows("library")
def _library(dataset: Dataset, iri: str) -> Content:
    return {"named": {"Branches": values(dataset, "schema:containedInPlace", iri)}}
"""
TEMPLATE = """\
{% extends "thing.html" %}
{% block body %}<p class="lead">What is said of this library.</p>
{% for heading, values in named.items() %}{{ names(heading, values) }}{% endfor %}{% endblock %}
"""
DATA = """\
@base <https://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <http://schema.org/> .
<library/city> a schema:Library ; rdfs:label "City library"@en .
<library/east> a schema:Library ; rdfs:label "Branch in the east"@en ; schema:containedInPlace <library/city> .
"""
ADDRESSES = {
    "thing": "/library/city",
    "page": "/page/library/city",
    "sitemap": "/sitemap/1.xml",
    "search": "/search?" + urlencode({"q": "city library", "kind": "library", "format": "json"}),
    "names": "/reconcile?" + urlencode({"queries": json.dumps({"q": {"query": "City library", "type": "schema:Library"}})}),
    "home": "/",
}
#: Builds a corpus with the copy of the program, asks it for some addresses, and writes what it answers.
PROGRAM = """
import json, sys
from pathlib import Path
from allegata.release.build import build
from allegata.settings import Settings
from allegata.web import create_app
root, site, asked = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
client = create_app(Settings(), build(root, site, lambda step: None), None).test_client()
answers = {name: client.get(address) for name, address in asked.items()}
print(json.dumps({name: [answer.status_code, answer.headers.get("Location"), answer.text] for name, answer in answers.items()}))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the program with the three things that a class with a page needs."""
    package = tmp_path / "program" / "allegata"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__", "built"))
    table, pages = package / "model" / "kinds.py", package / "web" / "pages" / "kinds.py"
    first = "KINDS: Final = (\n"
    text = table.read_text("utf-8")
    assert text.count(first) == 1
    table.write_text(text.replace(first, first + ROW), "utf-8")
    pages.write_text(pages.read_text("utf-8") + FUNCTION, "utf-8")
    (package / "web" / "templates" / "kinds" / "library.html").write_text(TEMPLATE, "utf-8")
    return package.parent


def test_a_class_with_a_page_is_a_row_a_function_and_a_template(copy: Path, small_root: Path, tmp_path: Path) -> None:
    (small_root / "data" / "libraries.ttl").write_text(DATA, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(small_root), str(tmp_path / "site"), json.dumps(ADDRESSES)],
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: dict[str, Any] = json.loads(done.stdout)
    assert answers["thing"][:2] == [303, "/page/library/city"]
    assert answers["page"][0] == 200
    assert "What is said of this library." in answers["page"][2] and "Branch in the east" in answers["page"][2]
    assert "/page/library/city</loc>" in answers["sitemap"][2]
    assert [hit["kind"] for hit in json.loads(answers["search"][2])["hits"]] == ["library"]
    found = json.loads(answers["names"][2])["q"]["result"][0]
    assert (found["id"], [kind["name"] for kind in found["type"]]) == ("https://example.org/library/city", ["library"])
    assert '<th scope="row">libraries</th><td class="number">2</td>' in answers["home"][2]

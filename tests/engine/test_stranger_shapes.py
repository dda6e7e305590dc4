"""Shapes and rules of a release that nobody vouches for: whatever they ask for, the process that applies them ends within bounds."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

import allegata
from allegata.corpus.quad_file import QuadFile
from allegata.corpus.validation import validate
from allegata.engine.stranger_shapes import apply_confined
from allegata.errors import ReleaseError
from attacks import canary
from releases import build_versions, replace
from support import EX, settings

__all__ = ["canary"]

QUADS = [Quad(NamedNode(f"{EX}n{n}"), NamedNode(f"{EX}value"), Literal(str(n)), NamedNode(f"{EX}graph")) for n in range(2_000)]
HEAD = "SELECT DISTINCT ?focus ?message WHERE {"
SHAPE = f"""
@prefix sh: <http://www.w3.org/ns/shacl#> .
<{EX}shape> a sh:NodeShape ; sh:targetSubjectsOf <{EX}value> ; sh:property <{EX}shape-value> .
<{EX}shape-value> a sh:PropertyShape ; sh:path <{EX}value> ; sh:maxLength 3 ; sh:message "Too long."@en .
"""


@pytest.fixture
def shapes(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "shapes.ttl").write_text(SHAPE, "utf-8")
    return tmp_path


@pytest.fixture
def quads(tmp_path_factory: pytest.TempPathFactory) -> QuadFile:
    return QuadFile.of(QUADS, tmp_path_factory.mktemp("quads") / "quads.nq")


def rule(shapes: Path, text: str) -> None:
    (shapes / "rules" / "hostile.rq").write_text(text, "utf-8")


def test_what_they_find_is_the_same_as_without_a_process(quads: QuadFile, shapes: Path) -> None:
    rule(shapes, f'{HEAD} ?focus <{EX}value> "7" BIND("Seven." AS ?message) }}')
    found = apply_confined(quads, shapes, settings())
    assert found == validate(QUADS, shapes) and len(found.findings) == 1001


#: What a rule does, and what is said of it.
HOSTILE = {
    "run away": (
        f"{HEAD} ?focus ?p ?a . ?b ?q ?c . ?d ?r ?e FILTER(STRLEN(CONCAT(STR(?a), STR(?c), STR(?e))) > 99) BIND('x' AS ?message) }}",
        "ended",
    ),
    "take memory": (
        "SELECT ?focus (GROUP_CONCAT(CONCAT(STR(?a), STR(?c), STR(?focus))) AS ?message) { ?focus ?p ?a . ?b ?q ?c } GROUP BY ?focus",
        "ended|cannot be applied",
    ),
    "nest": ("SELECT * " + "{" * 100_000 + "}" * 100_000, "ended|cannot be applied"),
    "be no rule": ("ASK { ?s ?p ?o }", "a rule is a SELECT query"),
    "be no query": ("SELECT", "hostile.rq"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_rule_ends_within_its_limits(quads: QuadFile, shapes: Path, name: str) -> None:
    text, said = HOSTILE[name]
    rule(shapes, text)
    with pytest.raises(ReleaseError) as caught:
        apply_confined(quads, shapes, settings(query_timeout=0.15, query_memory=512 << 20))
    assert re.search(said, caught.value.message) and str(shapes) not in caught.value.message


def test_a_rule_calls_nobody(quads: QuadFile, shapes: Path, canary: tuple[str, list[bytes]]) -> None:
    address, calls = canary
    rule(shapes, f"{HEAD} SERVICE <{address}> {{ ?focus ?p ?message }} }}")
    with pytest.raises(ReleaseError):
        apply_confined(quads, shapes, settings())
    assert calls == []


def test_nested_shapes_end_nobody_else(quads: QuadFile, shapes: Path) -> None:
    (shapes / "shapes.ttl").write_text(f"<{EX}a> <{EX}b> " + f"[<{EX}b> " * 100_000, "utf-8")
    with pytest.raises(ReleaseError):
        apply_confined(quads, shapes, settings())


def test_a_release_with_a_hostile_rule_fails_its_verification(tmp_path: Path) -> None:
    folder = (build_versions(tmp_path, "1.0") / "current").resolve()
    names = sorted((folder / "dumps" / "rules").glob("*.rq"))
    replace(folder, f"dumps/rules/{names[0].name}", HOSTILE["be no rule"][0].encode())
    checks = {check.name: check for check in allegata.open(folder).verify(only=("shapes",))}
    assert "a rule is a SELECT query" in checks["shapes"].problems[0]
    shutil.rmtree(folder)

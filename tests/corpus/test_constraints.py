"""Rules as constraints of SHACL: pySHACL finds by them what the rules find, and what cannot be one is said."""

from __future__ import annotations

from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib import SH

from allegata.corpus.constraints import constraint, constraints
from allegata.corpus.validation import findings, rule_files
from allegata.errors import CorpusError
from allegata.model.namespaces import RULES
from support import ROOT

SHAPES = ROOT / "shapes"
EXAMPLES = ROOT / "tests" / "examples" / "rules"
#: Rules that SHACL has no words for, with the reason.
QUERIES_ALONE = {"deprecated-terms-are-replaced": "it asks in which graph a statement stands"}
ALL = rule_files(SHAPES, *sorted(path for path in (SHAPES / "profiles").iterdir() if path.is_dir()))
FILES = [path for path in ALL if path.stem not in QUERIES_ALONE]


def context() -> rdflib.Graph:
    """Return the ontology and the schemes, which rules read."""
    result = rdflib.Graph()
    for path in sorted((ROOT / "ontology").rglob("*.ttl")):
        result.parse(path)
    return result


def shapes_of(data: bytes) -> rdflib.Graph:
    return rdflib.Graph().parse(data=data, format="turtle")


@pytest.mark.parametrize("rule", FILES, ids=lambda path: path.stem)
def test_the_constraint_finds_what_the_rule_finds(rule: Path) -> None:
    data = rdflib.Graph().parse(EXAMPLES / f"{rule.stem}.ttl")
    if "isDefinedBy" in rule.read_text("utf-8"):
        data += context()
    _, report, text = pyshacl.validate(data, shacl_graph=shapes_of(constraints([rule])), inference="none")
    assert isinstance(report, rdflib.Graph), text
    rows = data.query(rule.read_text("utf-8"))
    expected = {(f"{RULES}{rule.stem}", str(row.focus), str(row.message)) for row in rows}  # type: ignore[union-attr]
    assert expected
    assert {(finding.shape, finding.focus, finding.message) for finding in findings(report)} == expected


@pytest.mark.parametrize("rule", FILES, ids=lambda path: path.stem)
def test_the_constraint_has_the_severity_of_the_rule(rule: Path) -> None:
    shape = shapes_of(constraints([rule]))
    severity = SH.Warning if '"Warning" AS ?severity' in rule.read_text("utf-8") else SH.Violation
    assert set(shape.objects(None, SH.severity)) == {severity}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT DISTINCT ?focus ?message WHERE {\n  ?focus ?p ?message\n}\n", "does not say what it looks at"),
        ("# Focus: all of alg:Claim\nSELECT DISTINCT ?focus ?message WHERE {\n  ?focus ?p ?message\n}\n", "does not say"),
        ("# Focus: members of no:Claim\nSELECT DISTINCT ?focus ?message WHERE {\n  ?focus ?p ?message\n}\n", "does not say"),
        ("# Focus: members of alg:Claim\nSELECT ?focus ?message WHERE {\n  ?focus ?p ?message\n}\n", "cannot be a constraint"),
        (
            "# Focus: members of alg:Claim\nSELECT DISTINCT ?focus ?message WHERE {\n  VALUES ?p { alg:topic } ?focus ?p ?message\n}\n",
            "cannot be a constraint",
        ),
    ],
)
def test_what_cannot_be_a_constraint_is_said_and_left_out(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "own.rq"
    path.write_text(f"# A rule.\n{text}", "utf-8")
    with pytest.raises(CorpusError, match=words):
        constraint(path)
    assert not shapes_of(constraints([path]))


def test_a_rule_that_stays_a_query_alone_could_not_be_more() -> None:
    alone = [path for path in ALL if path.stem in QUERIES_ALONE]
    assert len(alone) == len(QUERIES_ALONE) and not shapes_of(constraints(alone))

"""Differences of releases: in claims, assertions and stances, with how a thing changed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from allegata.model.namespaces import ALG
from allegata.release.diff import Difference, diff

BASE = "https://example.org/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
DATE = "http://www.w3.org/2001/XMLSchema#gYear"


def claim(slug: str, statement: str, *, year: str = "2017", topic: str = "one", graph: str = "claims") -> list[str]:
    iri, end = f"{BASE}claim/{slug}", f"<{BASE}graph/{graph}> ."
    return [
        f"<{iri}> <{TYPE}> <{ALG}Claim> {end}",
        f'<{iri}> <{ALG}statement> "{statement}"@en {end}',
        f"<{iri}> <{ALG}topic> <{BASE}scheme/topic/{topic}> {end}",
        f'<{iri}/period> <http://www.w3.org/ns/dcat#endDate> "{year}"^^<{DATE}> {end}',
    ]


def claims(before: list[str], after: list[str]) -> Difference:
    return diff(before, after)[0]


def test_nothing_changed() -> None:
    lines = claim("a", "A.")
    assert [(item.added, item.removed, item.changes) for item in diff(lines, lines)] == [((), (), ())] * 3
    assert diff(lines, claim("a", "A.", graph="elsewhere"))[0].changes == ()


def test_added_and_removed() -> None:
    found = claims(claim("a", "A."), claim("b", "B."))
    assert (found.added, found.removed, found.changes) == ((f"{BASE}claim/b",), (f"{BASE}claim/a",), ())


@pytest.mark.parametrize(
    ("after", "ways"),
    [
        (claim("a", "Another A."), ("reworded",)),
        (claim("a", "A.", year="2018"), ("re-dated",)),
        (claim("a", "A.", topic="two"), ("changed otherwise",)),
        (claim("a", "Another A.", year="2018"), ("reworded", "re-dated")),
    ],
)
def test_the_way_of_a_change_is_named(after: list[str], ways: tuple[str, ...]) -> None:
    (change,) = claims(claim("a", "A."), after).changes
    assert (change.iri, change.ways) == (f"{BASE}claim/a", ways)
    assert len(change.gone) == len(change.come) == len(ways)


def test_inferences_and_the_description_are_left_out() -> None:
    assert diff(claim("a", "A."), claim("a", "A."))[0].ways == {}
    more = [f"<{BASE}claim/a> <urn:p> <urn:o> <{BASE}graph/inferred> .", f"<{BASE}claim/a> <urn:p> <urn:o> <{BASE}graph/meta> ."]
    assert claims(claim("a", "A."), claim("a", "A.") + more).changes == ()


def test_the_command_tells_it_to_people_and_to_programs(site: Path, release: object) -> None:
    command = [sys.executable, "-m", "allegata", "diff", "--site", str(site), str(site), str(site)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert text.splitlines() == [f"{kind}: 0 added, 0 removed" for kind in ("claims", "assertions", "stances")]
    read = json.loads(subprocess.run([*command, "--json"], capture_output=True, text=True, check=True).stdout)
    assert set(read) == {"claims", "assertions", "stances"}
    failed = subprocess.run([*command[:-1], "9.9"], capture_output=True, text=True, check=False)
    assert failed.returncode == 1 and "9.9" in failed.stderr and "Traceback" not in failed.stderr

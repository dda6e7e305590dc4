"""Changes counted by document: what was added, split, retyped and withdrawn; the notes of this corpus say what the count says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from allegata.corpus.statements import Statements
from allegata.release.tally import COUNTED, WAYS, Tally, sentences, tally
from version_notes import counted, written

PREFIXES = """
@prefix : <https://example.org/> . @prefix alg: <https://w3id.org/allegata/ns#> . @prefix oa: <http://www.w3.org/ns/oa#> .
@prefix schema: <http://schema.org/> .
:letter schema:position 2 . :leaflet schema:position 1 .
"""


def assertion(
    name: str, document: str, start: int, end: int, says: str, *, by: str = "author", modality: str = "categorical"
) -> str:
    return f"""
    :{name} a alg:Assertion ; alg:asserts :{name}-claim ; alg:assertedBy :{by} ; alg:modality :{modality} ; alg:anchor :{name}-anchor .
    :{name}-anchor oa:hasSource :{document} ; oa:hasSelector :{name}-position . :{name}-position oa:start {start} ; oa:end {end} .
    :{name}-claim alg:statement "{says}"@en .
    """


def stance(name: str, taken: str, target: str, word: str = "supports") -> str:
    return f":{name} a alg:Stance ; alg:from :{taken} ; alg:to :{target} ; alg:stance :{word} ."


def statements(*texts: str) -> Statements:
    return Statements(parse(PREFIXES + "\n".join(texts), RdfFormat.TURTLE))


def changes(before: list[str], after: list[str]) -> dict[tuple[str, str], dict[str, int]]:
    """Return what changed, without what did not."""
    rows = tally(statements(*before), statements(*after))
    assert [(row.document.rpartition("/")[2], row.counted) for row in rows] == [
        (d, c) for d in ("leaflet", "letter") for c in COUNTED
    ]
    told = {
        (row.document.rpartition("/")[2], row.counted): {way: n for way, n in zip(WAYS, row.changes, strict=True) if n}
        for row in rows
    }
    return {key: value for key, value in told.items() if value}


A = assertion("a", "letter", 0, 50, "Two things.")


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([A], {}),
        ([A, assertion("b", "letter", 60, 70, "Another.")], {"added": 1}),
        ([], {"withdrawn": 1}),
        ([assertion("a", "letter", 0, 50, "Two things.", modality="causal")], {"retyped": 1}),
        ([assertion("a", "letter", 0, 20, "One."), assertion("b", "letter", 21, 50, "Two.")], {"added": 1, "split": 1}),
        ([assertion("b", "letter", 0, 20, "One."), assertion("c", "letter", 21, 50, "Two.")], {"added": 2, "split": 1}),
        ([assertion("a", "letter", 0, 20, "One."), assertion("b", "letter", 51, 60, "Two.")], {"added": 1}),
        ([assertion("a", "letter", 0, 20, "One."), assertion("b", "letter", 21, 50, "Two.", by="other")], {"added": 1}),
        ([A, assertion("b", "letter", 21, 50, "Two.")], {"added": 1}),
        ([assertion("a", "letter", 0, 20, "One.")], {}),
    ],
)
def test_assertions_are_counted_by_the_kind_of_change(after: list[str], expected: dict[str, int]) -> None:
    assert changes([A], after) == ({("letter", "assertions"): expected} if expected else {})


def test_stances_are_counted_where_their_target_is_and_by_who_takes_them() -> None:
    records = [A, assertion("b", "leaflet", 0, 9, "A reply."), assertion("r", "register", 0, 9, "What is registered.")]
    before = [*records, stance("gone", "b", "a"), stance("typed", "b", "a")]
    after = [
        *records,
        stance("typed", "b", "a", "rebuts"),
        stance("new", "a", "b"),
        stance("rec", "r", "a"),
        stance("claim", "a", "b-claim"),
    ]
    assert changes(before, after) == {
        ("leaflet", "stances"): {"added": 2},
        ("letter", "stances"): {"retyped": 1, "withdrawn": 1},
        ("letter", "record stances"): {"added": 1},
    }


def test_a_sentence_names_the_document_and_leaves_no_kind_out() -> None:
    rows = [Tally("x", "assertions", (1200, 1, 0, 0)), Tally("x", "stances", (2, 0, 0, 1)), Tally("y", "stances", (0, 0, 0, 0))]
    assert sentences(rows, {"x": "Letter", "y": "Leaflet"}.__getitem__) == [
        "Letter: assertions 1,200 added, 1 split, 0 retyped, 0 withdrawn; stances 2 added, 0 retyped, 1 withdrawn.",
        "Leaflet: stances 0 added, 0 retyped, 0 withdrawn.",
    ]


def test_the_command_counts(site: Path, release: object) -> None:
    command = [sys.executable, "-m", "allegata", "diff", "--count", "--site", str(site), str(site), str(site)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(lines) == 2 and all("assertions 0 added, 0 split, 0 retyped, 0 withdrawn" in line for line in lines)


def test_the_notes_of_this_corpus_say_what_changed_since_0_1() -> None:
    assert written() == (counted(), counted()), "Run PYTHONPATH=tests/helpers python tests/helpers/version_notes.py"

"""Tables of alignments are read as records alone; what cannot be used is told with its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from allegata.corpus.alignments import FOLDER, read_alignments
from allegata.corpus.reader import Corpus, read
from allegata.errors import LinkError
from support import ROOT

HEAD = """#curie_map:
#  alg: "https://w3id.org/allegata/ns#"
#  ex: "https://example.org/"
#mapping_set_id: "https://w3id.org/allegata/ns/alignment/ex"
#mapping_date: "2026-11-30"
subject_id\tpredicate_modifier\tpredicate_id\tobject_id\tmapping_justification\tcomment
"""


@pytest.fixture(scope="module")
def model() -> Corpus:
    return read(ROOT)


def written(model: Corpus, folder: Path, text: str) -> Corpus:
    """Return the corpus with one table in the place of those of the model."""
    (folder / FOLDER).mkdir(parents=True)
    (folder / FOLDER / "ex.sssom.tsv").write_text(text, "utf-8")
    return replace(model, root=folder)


def row(subject: str, modifier: str = "") -> str:
    return f"{subject}\t{modifier}\tskos:closeMatch\tex:thing\tsemapv:ManualMappingCuration\tnear\n"


def test_a_row_is_a_record_and_links_nothing(model: Corpus, tmp_path: Path) -> None:
    quads = read_alignments(written(model, tmp_path, HEAD + row("alg:Claim")))
    assert {quad.graph_name for quad in quads} == {model.graph(f"{FOLDER}/ex")}
    assert not [quad for quad in quads if quad.predicate.value.endswith("closeMatch")]
    assert [quad.subject.value for quad in quads if quad.predicate.value.endswith("subject_id")] == [  # type: ignore[union-attr]
        "https://w3id.org/allegata/ns/alignment/ex#Claim-thing"
    ]


def test_what_does_not_hold_is_not_published(model: Corpus, tmp_path: Path) -> None:
    quads = read_alignments(written(model, tmp_path, HEAD + row("alg:Claim", "Not")))
    assert not [quad for quad in quads if quad.predicate.value.endswith("subject_id")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEAD + row("alg:Clam"), "the model has no"),
        (HEAD.replace('#mapping_set_id: "https://w3id.org/allegata/ns/alignment/ex"\n', "") + row("alg:Claim"), "mapping_set_id"),
        (HEAD + row("alg:Claim").replace("skos:closeMatch", "owl:sameAs"), "predicate_id"),
    ],
)
def test_what_cannot_be_used_is_told(model: Corpus, tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(LinkError, match=problem):
        read_alignments(written(model, tmp_path, text))

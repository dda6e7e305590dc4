"""Canonical form: the suite of RDF Dataset Canonicalization, and what a hash does not depend on."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from allegata.engine.stranger_hash import hash_confined
from allegata.errors import ReleaseError
from allegata.release.canonical import canonical_hash, canonical_nquads
from allegata.settings import Settings
from masters import master_file
from support import SHARED

SUITE = SHARED / "suites" / "rdf-canon" / "tests"
#: Cases that do not apply, by name, with the reason.
EXCUSED = {
    "#test075c": "asks for SHA-384; the hash of a release is made with SHA-256, the default of the standard",
    "#test075m": "asks for SHA-384; the hash of a release is made with SHA-256, the default of the standard",
}


def entries() -> Iterator[Any]:
    if not SUITE.is_dir():
        yield pytest.param({}, marks=pytest.mark.skip("the conformance suites are not beside this checkout"))
        return
    for entry in json.loads((SUITE / "manifest.jsonld").read_text("utf-8"))["entries"]:
        reason = EXCUSED.get(entry["id"])
        yield pytest.param(entry, id=entry["id"], marks=[pytest.mark.skip(reason)] if reason else [])


def test_the_whole_suite_is_read() -> None:
    if not SUITE.is_dir():
        pytest.skip("the conformance suites are not beside this checkout")
    kinds = [parameter.values[0]["type"].split(":")[-1] for parameter in entries()]
    assert (kinds.count("RDFC10EvalTest"), kinds.count("RDFC10MapTest"), kinds.count("RDFC10NegativeEvalTest")) >= (64, 21, 1)


@pytest.mark.parametrize("entry", list(entries()))
def test_suite(entry: dict[str, str]) -> None:
    """Compare the canonical form; of a map test, that the labels of the map make the canonical form."""
    lines = (SUITE / entry["action"]).read_text("utf-8").split("\n")
    if entry["type"] == "rdfc:RDFC10NegativeEvalTest":
        with pytest.raises(ReleaseError, match="for ever"):
            canonical_nquads(lines)
    elif entry["type"] == "rdfc:RDFC10EvalTest":
        assert canonical_nquads(lines) == (SUITE / entry["result"]).read_text("utf-8")
    else:
        labels = json.loads((SUITE / entry["result"]).read_text("utf-8"))
        assert canonical_nquads(lines) == relabelled(SUITE / entry["action"], labels)


def relabelled(path: Path, labels: dict[str, str]) -> str:
    """Write a dataset with the labels of a map, in code point order."""
    from pyoxigraph import BlankNode, Quad, RdfFormat, parse, serialize

    def label(term: Any) -> Any:
        return BlankNode(labels[term.value]) if isinstance(term, BlankNode) else term

    # The parser keeps the labels of the file.
    quads = parse(path.read_bytes(), RdfFormat.N_QUADS, rename_blank_nodes=False)
    renamed = [Quad(label(q.subject), q.predicate, label(q.object), label(q.graph_name)) for q in quads]
    data = (serialize(renamed, format=RdfFormat.N_QUADS) or b"").decode()
    return "".join(f"{line}\n" for line in sorted(set(data.split("\n"))) if line)


def test_the_hash_does_not_depend_on_order_or_labels() -> None:
    lines = ["<urn:a> <urn:b> _:x .", "_:x <urn:b> _:y .", "<urn:a> <urn:b> <urn:c> ."]
    renamed = [line.replace("_:x", "_:k").replace("_:y", "_:a") for line in lines]
    random.Random(1).shuffle(renamed)
    assert canonical_hash(lines) == canonical_hash(renamed)
    assert canonical_hash(lines) != canonical_hash(lines[:2])


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("_:a{} <urn:p> _:a{} .", "for ever"),
        ("_:a{} <urn:p> <urn:o> _:a{} .", "for ever"),
        ("<urn:s> <urn:p> _:a{} _:a{} .", "for ever"),
        ("_:a{} <urn:p> <<( <urn:s> <urn:p> _:a{} )>> .", "triple term"),
    ],
)
def test_links_are_counted_between_all_positions(form: str, message: str) -> None:
    lines = [form.format(one, other) for one in range(7) for other in range(7) if one != other]
    with pytest.raises(ReleaseError, match=message):
        canonical_hash(lines)


def test_a_hash_that_ends_at_a_limit_is_told(tmp_path: Path) -> None:
    lines = ["<urn:a> <urn:b> _:x .", "_:x <urn:b> _:y ."]
    quads = master_file(tmp_path / "fine", sorted(lines))
    assert hash_confined(quads, Settings()) == canonical_hash(lines)
    poison = [f"_:a{one} <urn:p> <urn:o> _:a{other} ." for one in range(12) for other in range(12) if one != other]
    with pytest.raises(ReleaseError, match="look alike"):
        hash_confined(master_file(tmp_path / "poison", sorted(poison)), Settings())
    with pytest.raises(ReleaseError, match="was ended"):
        hash_confined(quads, replace(Settings(), query_timeout=0.0))

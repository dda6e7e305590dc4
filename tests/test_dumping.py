"""Dumps: no statement is lost or altered from file to dump, and the bytes depend on the statements alone."""

from __future__ import annotations

import gzip
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import Quad, RdfFormat, parse

from allegata.corpus import nquads_lines, read
from allegata.dumping import DUMPS, canonical_hash, write_dumps
from allegata.linking import read_links
from allegata.release import Release
from support import ROOT

SYNTAX = {
    "nq": RdfFormat.N_QUADS,
    "trig": RdfFormat.TRIG,
    "jsonld": RdfFormat.JSON_LD,
    "ttl": RdfFormat.TURTLE,
    "nt": RdfFormat.N_TRIPLES,
}


def parsed(release: Release, name: str) -> set[str]:
    """Give the statements of a dump as N-Quads lines."""
    data = gzip.decompress((release.folder / "dumps" / name).read_bytes())
    return set(nquads_lines(parse(data, SYNTAX[name.split(".")[1]])))


def test_the_master_dump_holds_every_statement_of_the_files_to_the_letter(release: Release) -> None:
    corpus = read(ROOT)
    ours = set(nquads_lines([*corpus.quads, *read_links(corpus)]))
    dumped = set(gzip.decompress((release.folder / "dumps" / "allegata.nq.gz").read_bytes()).decode().splitlines())
    assert ours <= dumped
    made = {line.rsplit(" ", 2)[-2] for line in dumped - ours}
    assert made == {f"<{corpus.base}graph/inferred>", f"<{corpus.base}graph/meta>"}
    assert len(ours) > 10_000


@pytest.mark.parametrize("name", ["allegata.trig.gz", "allegata.jsonld.gz"])
def test_dataset_dumps_hold_the_same_quads(release: Release, name: str) -> None:
    assert parsed(release, name) == parsed(release, "allegata.nq.gz")


@pytest.mark.parametrize("name", ["allegata.ttl.gz", "allegata.nt.gz"])
def test_graph_dumps_hold_the_union(release: Release, name: str) -> None:
    quads = parse("\n".join(sorted(parsed(release, "allegata.nq.gz"))), RdfFormat.N_QUADS)
    assert parsed(release, name) == set(nquads_lines(Quad(q.subject, q.predicate, q.object) for q in quads))


def test_every_dump_is_tested_here() -> None:
    assert set(DUMPS) == {"allegata.nq.gz", "allegata.trig.gz", "allegata.jsonld.gz", "allegata.ttl.gz", "allegata.nt.gz"}


def test_odd_forms_survive(tmp_path: Path) -> None:
    lines = [
        '<urn:a> <urn:b> "01"^^<http://www.w3.org/2001/XMLSchema#integer> <urn:g> .',
        '<urn:a> <urn:b> "tab\\tquote\\"line\\n\U0001f600"@en-GB <urn:g> .',
        '<urn:a> <urn:b> "2017Z"^^<http://www.w3.org/2001/XMLSchema#gYear> <urn:g> .',
    ]
    master = nquads_lines(parse("\n".join(lines), RdfFormat.N_QUADS))
    write_dumps(master, tmp_path / "dumps")
    for name in ("allegata.nq.gz", "allegata.trig.gz", "allegata.jsonld.gz"):
        data = gzip.decompress((tmp_path / "dumps" / name).read_bytes())
        assert nquads_lines(parse(data, SYNTAX[name.split(".")[1]])) == master, name


def test_the_canonical_hash_does_not_depend_on_order_or_labels() -> None:
    lines = ["<urn:a> <urn:b> _:x .", "_:x <urn:b> _:y .", "<urn:a> <urn:b> <urn:c> ."]
    renamed = [line.replace("_:x", "_:k").replace("_:y", "_:a") for line in lines]
    random.Random(1).shuffle(renamed)
    assert canonical_hash(lines) == canonical_hash(renamed)
    assert canonical_hash(lines) != canonical_hash(lines[:2])


def test_bytes_do_not_depend_on_locale_time_zone_or_hash_seed(tmp_path: Path, release: Release) -> None:
    site = tmp_path / "site"
    environment = {**os.environ, "LC_ALL": "C", "TZ": "Asia/Pyongyang", "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-m", "allegata", "build", "--root", str(ROOT), "--site", str(site)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    again = site / "current"
    files = sorted(
        path.relative_to(release.folder) for part in ("dumps", "reports") for path in (release.folder / part).iterdir()
    )
    assert len(files) >= 8
    for path in [Path("manifest.json"), *files]:
        assert (again / path).read_bytes() == (release.folder / path).read_bytes(), path

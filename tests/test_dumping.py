"""Dumps: no statement is lost or altered from file to dump, and the bytes depend on the statements alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Quad, RdfFormat, parse

from allegata import dumping
from allegata.corpus import nquads_lines, read
from allegata.dumping import DATASETS, GRAPHS, PACKED, SYNTAX, WHOLE, write_dumps
from allegata.errors import ReleaseError
from allegata.linking import read_links
from allegata.packing import unpacked
from allegata.release import Release
from support import ROOT

BASE = "https://example.org/"


def content(release: Release, name: str) -> bytes:
    """Give the unpacked content of a dump."""
    return unpacked((release.folder / "dumps" / name).read_bytes(), name)


def statements(data: bytes, suffix: str) -> set[str]:
    """Give the statements of a dump as N-Quads lines."""
    return set(nquads_lines(parse(data, SYNTAX[suffix])))


def lines(release: Release) -> list[str]:
    """Give the lines of the master."""
    return content(release, "allegata.nq.gz").decode().split("\n")[:-1]


def test_the_master_dump_holds_every_statement_of_the_files_to_the_letter(release: Release) -> None:
    corpus = read(ROOT)
    ours, dumped = set(nquads_lines([*corpus.quads, *read_links(corpus)])), set(lines(release))
    assert ours <= dumped
    made = {line.rsplit(" ", 2)[-2] for line in dumped - ours}
    assert made == {f"<{corpus.base}graph/inferred>", f"<{corpus.base}graph/meta>"}
    assert len(ours) > 10_000


@pytest.mark.parametrize("packing", PACKED)
@pytest.mark.parametrize("suffix", DATASETS)
def test_dataset_dumps_hold_the_same_quads(release: Release, suffix: str, packing: str) -> None:
    assert statements(content(release, f"allegata.{suffix}.{packing}"), suffix) == set(lines(release))


@pytest.mark.parametrize("packing", PACKED)
@pytest.mark.parametrize("suffix", [suffix for suffix in WHOLE if suffix not in DATASETS])
def test_graph_dumps_hold_the_union(release: Release, suffix: str, packing: str) -> None:
    quads = parse("\n".join(lines(release)), RdfFormat.N_QUADS)
    union = set(nquads_lines(Quad(q.subject, q.predicate, q.object) for q in quads))
    assert statements(content(release, f"allegata.{suffix}.{packing}"), suffix) == union


def test_each_graph_has_dumps_that_hold_what_stands_in_it(release: Release) -> None:
    base, graphs = release.manifest["base"], release.manifest["graphs"]
    by_name: dict[str, set[str]] = {name: set() for name in graphs}
    for quad in parse("\n".join(lines(release)), RdfFormat.N_QUADS):
        by_name[quad.graph_name.value] |= set(nquads_lines([Quad(quad.subject, quad.predicate, quad.object)]))
    assert len(graphs) > 30
    for name, expected in by_name.items():
        for suffix in GRAPHS:
            held = content(release, f"graphs/{name.removeprefix(base + 'graph/')}.{suffix}.gz")
            assert statements(held, suffix) == expected, name


def test_an_independent_parser_reads_the_same_from_rdf_xml_and_turtle(release: Release) -> None:
    read_by = {suffix: content(release, f"graphs/events/events.{suffix}.gz") for suffix in ("nt", "rdf", "ttl")}
    formats = {"nt": "nt", "rdf": "xml", "ttl": "turtle"}
    graphs = [set(rdflib.Graph().parse(data=data, format=formats[suffix])) for suffix, data in read_by.items()]
    assert len(graphs[0]) > 50
    assert graphs[0] == graphs[1] == graphs[2]


def test_odd_forms_survive(tmp_path: Path) -> None:
    odd = [
        '"01"^^<http://www.w3.org/2001/XMLSchema#integer>',
        '"1"^^<http://www.w3.org/2001/XMLSchema#boolean>',
        '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>',
        '"12345678901234567890"^^<http://www.w3.org/2001/XMLSchema#integer>',
        '"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>',
        '"tab\\tquote\\"line\\n\U0001f600\u2028\u0085"@en-GB',
        '"2017Z"^^<http://www.w3.org/2001/XMLSchema#gYear>',
        '"2020-01-01T00:00:00.000Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>',
        "<https://example.org/a//b/../c>",
        "<https://example.org/a:b>",
    ]
    master = nquads_lines(parse("\n".join(f"<urn:a> <urn:b> {value} <{BASE}graph/g> ." for value in odd), RdfFormat.N_QUADS))
    assert len(master) == len(odd)
    write_dumps(master, tmp_path / "dumps", BASE)
    for suffix in DATASETS:
        data = unpacked((tmp_path / "dumps" / f"allegata.{suffix}.zst").read_bytes(), "x.zst")
        assert nquads_lines(parse(data, SYNTAX[suffix])) == master, suffix


def test_a_dump_that_does_not_hold_its_statements_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(dumping.DATASETS, "trig", lambda _quads, _base: b"<urn:a> <urn:b> <urn:other> .")
    with pytest.raises(ReleaseError, match=r"allegata\.trig"):
        write_dumps([f"<urn:a> <urn:b> <urn:c> <{BASE}graph/g> ."], tmp_path / "dumps", BASE)


@pytest.mark.parametrize("name", ["urn:g", f"{BASE}graph/../../etc", f"{BASE}graph/", f"{BASE}graph//x"])
def test_a_graph_without_a_place_below_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReleaseError, match="no place"):
        write_dumps([f"<urn:a> <urn:b> <urn:c> <{name}> ."], tmp_path / "dumps", BASE)


def test_bytes_do_not_depend_on_locale_time_zone_hash_seed_or_day(tmp_path: Path, release: Release) -> None:
    """Build again under another locale, time zone and hash seed, on a clock that is two years off for whoever asks Python."""
    site, early = tmp_path / "site", tmp_path / "early"
    early.mkdir()
    (early / "sitecustomize.py").write_text("import time\nreal = time.time\ntime.time = lambda: real() - 63072000\n", "utf-8")
    environment = {**os.environ, "LC_ALL": "C", "TZ": "Asia/Pyongyang", "PYTHONHASHSEED": "7", "PYTHONPATH": str(early)}
    command = [sys.executable, "-m", "allegata", "build", "--root", str(ROOT), "--site", str(site)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    again = site / "current"
    assert len(release.manifest["files"]) > 100
    for path in ["manifest.json", *release.manifest["files"]]:
        assert (again / path).read_bytes() == (release.folder / path).read_bytes(), path

"""Dumps: no statement is lost or altered from file to dump, and the bytes depend on the statements alone."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from datetime import date, timedelta
from operator import attrgetter
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Quad, RdfFormat, parse

from allegata.corpus.alignments import read_alignments
from allegata.corpus.rdf import rdf_format
from allegata.corpus.reader import nquads_lines, read
from allegata.corpus.sssom import read_links
from allegata.errors import ReleaseError
from allegata.model.formats import TRIG, Format, Use, serving
from allegata.release.build import build
from allegata.release.digests import unpacked
from allegata.release.dumps import DUMPS, GRAPH_DUMPS, PACKED, WRITERS, write_dumps
from allegata.release.handle import STORE_LIST, Release
from masters import master_file
from support import ROOT

BASE = "https://example.org/"
DATASETS = [form for form in DUMPS if form.datasets]


def content(release: Release, name: str) -> bytes:
    """Return the unpacked content of a dump."""
    return unpacked((release.folder / "dumps" / name).read_bytes(), name)


def statements(data: bytes, form: Format) -> set[str]:
    """Return the statements of a dump as N-Quads lines."""
    return set(nquads_lines(parse(data, rdf_format(form))))


def lines(release: Release) -> list[str]:
    """Return the lines of the master."""
    return content(release, "allegata.nq.gz").decode().split("\n")[:-1]


def test_the_master_dump_holds_every_statement_of_the_files_to_the_letter(release: Release) -> None:
    corpus = read(ROOT)
    ours, dumped = set(nquads_lines([*corpus.quads, *read_links(corpus), *read_alignments(corpus)])), set(lines(release))
    assert ours <= dumped
    made = {line.rsplit(" ", 2)[-2] for line in dumped - ours}
    assert made == {f"<{corpus.base}graph/inferred>", f"<{corpus.base}graph/meta>"}
    assert len(ours) > 10_000


@pytest.mark.parametrize("packing", PACKED, ids=attrgetter("name"))
@pytest.mark.parametrize("form", DATASETS, ids=attrgetter("name"))
def test_dataset_dumps_hold_the_same_quads(release: Release, form: Format, packing: Format) -> None:
    assert statements(content(release, f"allegata.{form.suffix}.{packing.suffix}"), form) == set(lines(release))


@pytest.mark.parametrize("packing", PACKED, ids=attrgetter("name"))
@pytest.mark.parametrize("form", [form for form in DUMPS if not form.datasets], ids=attrgetter("name"))
def test_graph_dumps_hold_the_union(release: Release, form: Format, packing: Format) -> None:
    quads = parse("\n".join(lines(release)), RdfFormat.N_QUADS)
    union = set(nquads_lines(Quad(q.subject, q.predicate, q.object) for q in quads))
    assert statements(content(release, f"allegata.{form.suffix}.{packing.suffix}"), form) == union


def test_every_dump_of_the_table_of_formats_has_a_writer() -> None:
    assert set(WRITERS) == {*serving(Use.DUMPS), *serving(Use.GRAPH_DUMPS)}
    assert len(DATASETS) >= 3
    assert not any(form.datasets for form in GRAPH_DUMPS)


def test_each_graph_has_dumps_that_hold_what_stands_in_it(release: Release) -> None:
    base, graphs = release.manifest.base, release.manifest.graphs
    by_name: dict[str, set[str]] = {name: set() for name in graphs}
    for quad in parse("\n".join(lines(release)), RdfFormat.N_QUADS):
        by_name[quad.graph_name.value] |= set(nquads_lines([Quad(quad.subject, quad.predicate, quad.object)]))
    assert len(graphs) > 30
    for name, expected in by_name.items():
        for form in GRAPH_DUMPS:
            held = content(release, f"graphs/{name.removeprefix(base + 'graph/')}.{form.suffix}.gz")
            assert statements(held, form) == expected, name


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
    write_dumps(master_file(tmp_path, master), tmp_path / "dumps", BASE)
    for form in DATASETS:
        data = unpacked((tmp_path / "dumps" / f"allegata.{form.suffix}.zst").read_bytes(), "x.zst")
        assert nquads_lines(parse(data, rdf_format(form))) == master, form.name


def test_a_dump_that_does_not_hold_its_statements_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WRITERS, TRIG, lambda _source, target: target.write_bytes(b"<urn:a> <urn:b> <urn:other> .") and None)
    with pytest.raises(ReleaseError, match=r"allegata\.trig"):
        write_dumps(master_file(tmp_path, [f"<urn:a> <urn:b> <urn:c> <{BASE}graph/g> ."]), tmp_path / "dumps", BASE)


@pytest.mark.parametrize("name", ["urn:g", f"{BASE}graph/../../etc", f"{BASE}graph/", f"{BASE}graph//x"])
def test_a_graph_without_a_place_below_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReleaseError, match="no place"):
        write_dumps(master_file(tmp_path, [f"<urn:a> <urn:b> <urn:c> <{name}> ."]), tmp_path / "dumps", BASE)


#: Run before anything else in every process of a build: a clock that is two years and half a day off, for whoever asks Python.
CLOCK = """\
import os, time

OFF = 63_115_200
real = {name: getattr(time, name) for name in ("time", "time_ns", "gmtime", "localtime", "strftime")}
time.time = lambda: real["time"]() - OFF
time.time_ns = lambda: real["time_ns"]() - OFF * 10**9
time.gmtime = lambda seconds=None: real["gmtime"](time.time() if seconds is None else seconds)
time.localtime = lambda seconds=None: real["localtime"](time.time() if seconds is None else seconds)
time.strftime = lambda form, moment=None: real["strftime"](form, time.localtime() if moment is None else moment)

with open(os.environ["CLOCK_LOG"], "a") as log:
    log.write(f"{time.strftime('%Y-%m-%d')} {time.tzname}\\n")
"""
ELSEWHERE = (
    {"LC_ALL": "C", "TZ": "Asia/Pyongyang", "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1"},
    {"LC_ALL": "tr_TR.UTF-8", "LANG": "ko_KR.EUC-KR", "TZ": "America/St_Johns", "PYTHONHASHSEED": "4242", "PYTHONUTF8": "0"},
)


def built_elsewhere(folder: Path, root: Path, environment: dict[str, str]) -> tuple[Path, list[str]]:
    """Build a corpus under another locale, time zone, hash seed and day; give the release, and the days its processes saw."""
    early = folder / "early"
    early.mkdir()
    (early / "sitecustomize.py").write_text(CLOCK, "utf-8")
    log = folder / "clock.log"
    given = {**os.environ, **environment, "PYTHONPATH": str(early), "CLOCK_LOG": str(log)}
    command = [sys.executable, "-m", "allegata", "build", "--root", str(root), "--site", str(folder / "site")]
    subprocess.run(command, env=given, check=True, capture_output=True, cwd=folder)
    return folder / "site" / "current", log.read_text("utf-8").splitlines()


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file of a release but the store, whose files RocksDB numbers by the moment, and the list of these."""
    found = (
        path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder).parts[0] not in ("store", STORE_LIST)
    )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def test_bytes_do_not_depend_on_locale_time_zone_hash_seed_or_day(tmp_path: Path, release: Release) -> None:
    again, days = built_elsewhere(tmp_path, ROOT, ELSEWHERE[0])
    assert days and all(day < str(date.today() - timedelta(days=700)) for day in days)
    mine = files_of(release.folder)
    assert set(release.manifest.files) | {"manifest.json"} == set(mine) and len(mine) > 150
    assert differing(mine, files_of(again.resolve())) == []
    assert again.resolve().name == release.folder.name


def test_no_part_that_makes_a_release_asks_for_the_day() -> None:
    """The clock of the test above is Python's; datetime asks the system itself, so nobody may ask datetime."""
    asked: list[str] = []
    rooms = [ROOT / "server" / "allegata" / room for room in ("model", "corpus", "release")]
    makers = [path for room in rooms for path in room.rglob("*.py") if path.stem != "sssom_checks"]
    assert len(makers) > 30
    for path in makers:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today", "fromtimestamp", "st_ctime"):
                asked.append(f"{path.name}:{node.lineno}")
    assert asked == []


def test_nor_do_they_in_a_small_corpus_under_any_other(tmp_path: Path, small_root: Path) -> None:
    mine = files_of(build(small_root, tmp_path / "mine", lambda _step: None).folder)
    for number, environment in enumerate(ELSEWHERE):
        folder = tmp_path / f"elsewhere-{number}"
        folder.mkdir()
        again, _ = built_elsewhere(folder, small_root, environment)
        assert differing(mine, files_of(again.resolve())) == [], environment

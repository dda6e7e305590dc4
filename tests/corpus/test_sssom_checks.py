"""Checking links: each kind of mistake is found at its row, and the bundled tables have none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from click.testing import CliRunner
from pyoxigraph import NamedNode

from allegata.cli.main import main
from allegata.corpus.reader import Corpus, read
from allegata.corpus.sssom import COLUMNS, Row
from allegata.corpus.sssom_checks import STALE, check_links, unreachable
from allegata.model.namespaces import expand
from support import ROOT

TODAY = date(2026, 11, 30)
HEAD = (
    "#curie_map:\n#  here: https://example.org/\n#  wd: http://www.wikidata.org/entity/\n"
    + "\t".join((*COLUMNS, "confidence", "reviewer_label", "comment"))
    + "\n"
)
GOOD = (
    "here:actor/x",
    "skos:exactMatch",
    "wd:Q1",
    "semapv:ManualMappingCuration",
    "2026-01-02",
    "0.9",
    "Somebody",
    "compared the names",
)


@pytest.fixture
def root(small_root: Path) -> Path:
    (small_root / "data" / "links").mkdir()
    (small_root / "data" / "actors.ttl").write_text(
        f"<https://example.org/source/hidden> a <{expand('alg:ProtectedSource')}> .\n"
        "<https://example.org/actor/x> a <http://schema.org/Organization> .\n"
        "<https://example.org/actor/y> a <http://schema.org/Organization> .\n",
        "utf-8",
    )
    return small_root


def changed(**cells: str) -> tuple[str, ...]:
    places = {"subject": 0, "predicate": 1, "object": 2, "date": 4, "confidence": 5, "reviewer": 6, "comment": 7}
    row = list(GOOD)
    for name, value in cells.items():
        row[places[name]] = value
    return tuple(row)


def write(root: Path, *rows: tuple[str, ...], name: str = "test") -> Corpus:
    (root / "data" / "links" / f"{name}.sssom.tsv").write_text(HEAD + "".join("\t".join(row) + "\n" for row in rows), "utf-8")
    return read(root)


def test_a_good_row_has_no_findings(root: Path) -> None:
    checkup = check_links(write(root, GOOD), TODAY)
    assert (len(checkup.rows), checkup.findings) == (1, ())


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (GOOD, "same mapping stands at"),
        (changed(subject="here:actor/y"), "linked as the same as https://example.org/actor/x"),
        (changed(object="wd:Q2"), "two things of Wikidata"),
        (changed(predicate="skos:broadMatch"), "cannot hold beside"),
        (changed(object="wd:Q2", subject="here:actor/nobody"), "says nothing of"),
        (changed(object="wd:L2", subject="here:actor/y"), "not an identifier of Wikidata"),
        (changed(object="wd:Q2", subject="here:source/hidden"), "protected source"),
        (changed(object="unknown:Q2"), "prefix"),
        (changed(object="here:actor/x"), "itself"),
        (changed(object="wd:Q2", subject="here:actor/y", confidence="1.5"), "confidence"),
        (changed(object="wd:Q2", subject="here:actor/y", confidence="high"), "confidence"),
        (changed(object="wd:Q2", subject="here:actor/y", reviewer=""), "names no reviewer"),
        (changed(object="wd:Q2", subject="here:actor/y", comment=""), "what was compared"),
        (changed(object="wd:Q2", subject="here:actor/y", date="2026-02-30"), "no day of the calendar"),
        (changed(object="wd:Q2", subject="here:actor/y", date="2027-01-01"), "has not come yet"),
    ],
)
def test_a_mistake_is_found_at_its_row(root: Path, second: tuple[str, ...], message: str) -> None:
    errors = check_links(write(root, GOOD, second), TODAY).errors
    assert [error.place.rsplit("/", 1)[-1] for error in errors] == ["test.sssom.tsv:6"]
    assert message in errors[0].message


def test_mistakes_are_found_across_tables(root: Path) -> None:
    write(root, GOOD, name="a")
    errors = check_links(write(root, GOOD, name="b"), TODAY).errors
    assert [error.place.rsplit("/", 1)[-1] for error in errors] == ["b.sssom.tsv:5"]


def test_an_old_mapping_is_a_warning(root: Path) -> None:
    old = TODAY - timedelta(days=STALE + 1)
    checkup = check_links(write(root, changed(date=old.isoformat())), TODAY)
    assert not checkup.errors
    assert "last looked at" in checkup.findings[0].message


def test_the_bundled_tables_hold() -> None:
    checkup = check_links(read(ROOT), TODAY)
    assert len(checkup.rows) > 1300
    assert [str(error) for error in checkup.errors] == []


def test_the_command_names_every_row(root: Path) -> None:
    write(root, GOOD, GOOD, changed(object="wd:nothing"))
    result = CliRunner().invoke(main, ["link", "check", "--root", str(root)])
    assert result.exit_code == 1
    assert "test.sssom.tsv:6" in result.stderr and "test.sssom.tsv:7" in result.stderr
    write(root, GOOD)
    result = CliRunner().invoke(main, ["link", "check", "--root", str(root)])
    assert (result.exit_code, result.stdout) == (0, "1 mappings hold.\n")


# -- visiting -----------------------------------------------------------------------------------------------------------------


class _Site(BaseHTTPRequestHandler):
    visited: ClassVar[list[str]] = []

    def do_HEAD(self) -> None:
        self.visited.append(self.path)
        self.send_response({"/gone": 410, "/lost": 404, "/broken": 500}.get(self.path, 200))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def row(address: str) -> Row:
    thing = NamedNode("https://example.org/actor/x")
    return Row(address, "test", thing, "schema:sameAs", NamedNode(address), thing, "2026-01-02", "0.9", "Somebody", "x")


def test_only_what_is_gone_is_reported(site: str) -> None:
    rows = [row(f"{site}/{path}") for path in ("there", "gone", "lost", "broken")]
    assert [finding.place for finding in unreachable(rows)] == [f"{site}/gone", f"{site}/lost"]


def test_a_page_is_visited_once_whatever_the_fragment(site: str) -> None:
    _Site.visited.clear()
    assert list(unreachable([row(f"{site}/list#{number}") for number in range(3)])) == []
    assert _Site.visited == ["/list"]


def test_without_a_network_nothing_is_reported_and_nobody_waits_for_every_target(site: str) -> None:
    assert list(unreachable([row("http://127.0.0.1:9/")])) == []
    _Site.visited.clear()
    assert list(unreachable([*(row(f"http://127.0.0.1:9/{number}") for number in range(5)), row(f"{site}/lost")])) == []
    assert _Site.visited == []
    silent = [row(f"http://127.0.0.1:9/{number}") for number in range(9)]
    assert [finding.place for finding in unreachable([row(f"{site}/there"), *silent, row(f"{site}/lost")])] == [f"{site}/lost"]

"""Tables: valid for the independent Frictionless framework, and every cell stands in the RDF."""

from __future__ import annotations

import csv
import json
import shutil
import threading
import warnings
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import csvw
import frictionless
import pytest
from pyoxigraph import Store

from allegata.corpus.statements import Statements, StoredStatements
from allegata.domain.attributions import AGAINST
from allegata.domain.dataset import Dataset
from allegata.model.columns import Column, Table
from allegata.model.namespaces import expand, sparql_prologue
from allegata.model.tables import DISPUTES, TABLES
from allegata.release import tables
from allegata.release.csvw import FILE as CSVW_FILE
from allegata.release.handle import Release
from allegata.release.tables import PackageMetadata, parquet_rows, write_tables


@pytest.fixture(scope="module")
def folder(release: Release) -> Path:
    return release.folder / "dumps" / "tables"


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_tables_are_the_ones_that_people_ask_for() -> None:
    wanted = {"claims", "assertions", "actors", "instruments", "sources", "stances", "commitments", "votes"}
    assert wanted <= {table.name for table in TABLES}


def test_frictionless_finds_the_package_valid(folder: Path) -> None:
    report = frictionless.Package(str(folder / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "note"])
    assert len(report.tasks) == len(TABLES)
    assert sum(task.stats["rows"] for task in report.tasks) > 500


@pytest.mark.parametrize("damage", [b"x", b'https://w3id.org/allegata/claim/a,"'])
def test_frictionless_finds_an_altered_table(folder: Path, tmp_path: Path, damage: bytes) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes() + (damage if path.name == "claims.csv" else b""))
    assert not frictionless.Package(str(tmp_path / "datapackage.json")).validate().valid


def test_csv_on_the_web_finds_the_tables_valid(folder: Path) -> None:
    read = csvw.CSVW(str(folder / CSVW_FILE), validate=True, strict=False)  # strict: no key may be empty
    assert read.is_valid, [str(item.message) for item in read.warnings]
    assert [str(table.url) for table in read.tables] == [f"{table.name}.csv" for table in TABLES]
    for table, described in zip(TABLES, read.tables, strict=True):
        keys = {key.columnReference[0]: str(key.reference.resource) for key in described.tableSchema.foreignKeys}
        assert keys == {column.name: f"{column.refers}.csv" for column in table.columns if column.refers}
        assert [column.name for column in described.tableSchema.columns] == [column.name for column in table.columns]
        assert all(column.common_props["dc:description"] for column in described.tableSchema.columns)


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [("stances", "from", "https://example.org/nothing"), ("votes", "yes", "many")],
)
def test_csv_on_the_web_finds_a_wrong_value(folder: Path, tmp_path: Path, name: str, column: str, value: str) -> None:
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    read = rows(folder, name)
    read[0][column] = value
    with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(read[0]))
        writer.writeheader()
        writer.writerows(read)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # by which it says what is wrong
            assert not csvw.CSVW(str(tmp_path / CSVW_FILE), validate=True, strict=False).is_valid
    except ValueError as error:
        assert f"{name}.csv:2" in str(error)


class Files(SimpleHTTPRequestHandler):
    """Gives the files of a folder, and says nothing of it."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_a_program_that_has_a_table_alone_finds_its_description_beside_it(folder: Path) -> None:
    claims = next(table for table in TABLES if table.name == "claims")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        read = csvw.CSVW(f"http://127.0.0.1:{server.server_port}/claims.csv", validate=True, strict=False)
        server.shutdown()
    assert not read.no_metadata
    described = {column.name: column for table in read.tables for column in table.tableSchema.columns}
    assert described.keys() >= {column.name for column in claims.columns}


def test_sections_and_paragraphs_and_the_coordinates_of_points_go_together(release: Release, folder: Path) -> None:
    store = Store.read_only(str(release.folder / "store"))
    for name, first, columns in (
        ("who-says-what", "alg:anchor", {"sections": "alg:section", "paragraphs": "alg:paragraph"}),
        ("places", "^alg:locates", {"latitudes": "schema:latitude", "longitudes": "schema:longitude", "points": ""}),
    ):
        optional = " ".join(f"OPTIONAL {{ ?part {path} ?{column} }}" for column, path in columns.items() if path)
        query = f"SELECT ?id ?part {' '.join(f'?{column}' for column, path in columns.items() if path)}"
        found: dict[str, list[dict[str, str]]] = {}
        for row in store.query(f"{sparql_prologue()}{query} WHERE {{ ?id {first} ?part {optional} }} ORDER BY ?id STR(?part)"):  # type: ignore[union-attr]
            values = {column: row[column if path else "part"] for column, path in columns.items()}
            found.setdefault(row["id"].value, []).append(
                {column: value.value if value else "" for column, value in values.items()}
            )
        several = 0
        for read in rows(folder, name):
            told = [
                dict(zip(columns, cells, strict=True))
                for cells in zip(*(read[column].split(" | ") for column in columns), strict=True)
            ]
            assert told == found.get(read["id"], [dict.fromkeys(columns, "")]) or not any(
                map(any, (row.values() for row in found[read["id"]]))
            )
            several += len(told) > 1
        assert several >= 3, name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_thing_is_a_row_and_every_cell_stands_in_the_rdf(release: Release, folder: Path, table: Table) -> None:
    store = Store.read_only(str(release.folder / "store"))
    read = rows(folder, table.name)
    values = " ".join(f"<{expand(curie)}>" for curie in table.classes)
    things = store.query(f"SELECT DISTINCT ?s WHERE {{ VALUES ?c {{ {values} }} ?s a ?c }}")
    assert {row["id"] for row in read} == {str(row["s"].value) for row in things}  # type: ignore[union-attr]
    for column in table.columns[1:]:
        known = pairs(store, column)
        for row in read:
            for cell in filter(None, row[column.name].split(column.separator) if column.many else [row[column.name]]):
                assert (row["id"], cell) in known, (column.name, row["id"])


def pairs(store: Store, column: Column) -> set[tuple[str, str]]:
    """Return every thing with every value at the end of a column's path, or with its language."""
    end = "?t BIND(LANG(?t) AS ?v)" if column.language else "?v"
    query = f"SELECT ?s ?v WHERE {{ ?s {'/'.join(column.path)} {end} }}"
    return {(row["s"].value, row["v"].value) for row in store.query(sparql_prologue() + query)}  # type: ignore[union-attr]


def test_the_first_table_says_in_words_who_says_what_and_who_disputes_it(release: Release, folder: Path) -> None:
    assert TABLES[0].name == "who-says-what" and tuple(AGAINST) == DISPUTES
    dataset = Dataset(release)
    read = rows(folder, "who-says-what")
    disputed = 0
    for row in read:
        item = dataset.assertion(row["id"])
        against = {
            speaker.text
            for stance in dataset.attributions.stances_to(row["id"])
            if stance.word in DISPUTES
            for speaker in stance.source.asserters
        }
        assert set(filter(None, row["disputed_by"].split(" | "))) == against, row["id"]
        assert row["statement"] == item.claim.text and row["polarity"] == item.polarity.text, row["id"]
        assert set(row["speakers"].split(" | ")) == {speaker.text for speaker in item.asserters}, row["id"]
        assert row["document"] in {document.text for document in item.documents}, row["id"]
        disputed += bool(against)
    assert len(read) > 500 and disputed > 60


def test_no_value_of_a_list_column_is_lost(release: Release, folder: Path) -> None:
    store = Store.read_only(str(release.folder / "store"))
    topics = next(column for table in TABLES if table.name == "claims" for column in table.columns if column.name == "topics")
    told = {(row["id"], cell) for row in rows(folder, "claims") for cell in row["topics"].split()}
    assert told == pairs(store, topics) and len(told) > 100


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_parquet_holds_what_csv_holds(folder: Path, table: Table) -> None:
    in_parquet = parquet_rows((folder / f"{table.name}.parquet").read_bytes(), table.name)
    in_csv = rows(folder, table.name)
    assert len(in_parquet) == len(in_csv)
    for left, right in zip(in_parquet, in_csv, strict=True):
        for column in table.columns:
            cells = right[column.name].split(column.separator) if right[column.name] else []
            read = [column.read(cell) for cell in cells] if column.many else (column.read(right[column.name]) if cells else None)
            assert left[column.name] == read, (column.name, left["id"])


def test_passages_stand_in_the_order_of_their_numbers(folder: Path) -> None:
    several = [row for row in rows(folder, "assertions") if " " in row["starts"]]
    assert several
    for row in several:
        starts, ends = ([int(word) for word in row[name].split()] for name in ("starts", "ends"))
        assert all(start < end for start, end in zip(starts, ends, strict=True)), row["id"]


def test_the_bytes_do_not_depend_on_how_many_rows_are_read_at_once(
    release: Release, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "CHUNK", 37)
    write_tables(
        StoredStatements(release.open_store()),
        tmp_path,
        PackageMetadata("x", "X", "", "1.0", "2026-01-01", "https://example.org/"),
    )
    written = [path for path in tmp_path.iterdir() if path.suffix in (".csv", ".parquet")]
    assert len(written) == 2 * len(TABLES)
    assert [path.name for path in written if path.read_bytes() != (folder / path.name).read_bytes()] == []


def test_an_empty_corpus_makes_valid_empty_tables(tmp_path: Path) -> None:
    about = PackageMetadata("empty", "Empty", "Nothing.", "1", "2026-01-01", "https://example.org/")
    write_tables(Statements([]), tmp_path / "tables", about)
    package: Any = json.loads((tmp_path / "tables" / "datapackage.json").read_text("utf-8"))
    assert package["created"] == "2026-01-01T00:00:00Z"
    assert frictionless.Package(str(tmp_path / "tables" / "datapackage.json")).validate().valid

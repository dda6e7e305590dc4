"""Croissant: the service's description is valid by the library of those who made it, and its records are those of the tables."""

from __future__ import annotations

import csv
import itertools
import json
from pathlib import Path
from typing import Any

import mlcroissant
import pytest

from allegata.release.croissant import croissant
from allegata.release.handle import Release
from http_client import fetch

# The library is built on older classes of rdflib and pandas.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def described(release: Release) -> dict[str, Any]:
    return croissant(release)


@pytest.fixture(scope="module")
def read(release: Release, described: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> mlcroissant.Dataset:
    """Return the description as the library reads it, with the files of the release in the place of their addresses."""
    path = tmp_path_factory.mktemp("croissant") / "croissant.json"
    path.write_text(json.dumps(described), "utf-8")
    tables = release.folder / "dumps" / "tables"
    mapping = {item["@id"]: str(tables / item["@id"]) for item in described["distribution"]}
    return mlcroissant.Dataset(jsonld=path, mapping=mapping)


def test_the_library_finds_nothing_wrong(read: mlcroissant.Dataset) -> None:
    assert read.metadata.issues.errors == set()
    assert read.metadata.issues.warnings == set()


def test_every_table_is_described_with_its_digest(release: Release, described: dict[str, Any]) -> None:
    tables = {
        name.rsplit("/", 1)[1]: entry
        for name, entry in release.manifest.files.items()
        if name.endswith(".csv") and "/tables/" in name
    }
    found = {item["name"]: (item["sha256"], item["contentSize"]) for item in described["distribution"]}
    assert found == {name: (entry.sha256, f"{entry.bytes} B") for name, entry in tables.items()}
    assert len(described["recordSet"]) == len(tables) >= 15


def test_every_column_of_every_table_is_described(release: Release, described: dict[str, Any]) -> None:
    for records in described["recordSet"]:
        with (release.folder / "dumps" / "tables" / f"{records['name']}.csv").open(encoding="utf-8", newline="") as lines:
            assert [field["name"] for field in records["field"]] == next(csv.reader(lines))
        assert all(field["description"] for field in records["field"])


@pytest.mark.parametrize("name", ["who-says-what", "claims", "votes"])
def test_the_library_reads_the_records(release: Release, read: mlcroissant.Dataset, name: str) -> None:
    with (release.folder / "dumps" / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(itertools.islice(csv.DictReader(lines), 5))
    for record, row in zip(itertools.islice(read.records(name), 5), rows, strict=True):
        assert record[f"{name}/id"].decode() == row["id"]
        assert set(record) == {f"{name}/{column}" for column in row}


def test_a_file_with_another_digest_is_not_read(described: dict[str, Any], release: Release, tmp_path: Path) -> None:
    table = tmp_path / "claims.csv"
    table.write_bytes((release.folder / "dumps" / "tables" / "claims.csv").read_bytes() + b"x")
    altered = {**described, "distribution": [{**item, "contentUrl": str(table)} for item in described["distribution"]]}
    path = tmp_path / "croissant.json"
    path.write_text(json.dumps(altered), "utf-8")
    with pytest.raises(Exception, match=r"Download\(claims\.csv\)"):
        next(iter(mlcroissant.Dataset(jsonld=path).records("claims")))


def test_it_is_served_for_the_dataset_and_each_release(server: str, release: Release, described: dict[str, Any]) -> None:
    for path in ("/croissant.json", f"/release/{release.version}/croissant.json"):
        reply = fetch(server, path)
        assert (reply.status, reply.type) == (200, "application/ld+json") and reply.json == described
    assert fetch(server, "/release/0/croissant.json").status == 404
    assert "/croissant.json" in fetch(server, "/dumps", headers={"Accept": "text/html"}).text
    links = fetch(server, "/", headers={"Accept": "text/html"}).headers["link"]
    assert '</croissant.json>; rel="describedby"; type="application/ld+json"' in links

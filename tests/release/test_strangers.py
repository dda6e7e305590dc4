"""Releases of strangers: few bytes that unpack to many, links that lead elsewhere, and what no build would have written."""

from __future__ import annotations

import gzip
import io
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from click.testing import CliRunner

import allegata
from allegata.cli.main import main
from allegata.errors import ReleaseError
from allegata.release.bounds import Bounds
from allegata.release.counts import Counts
from allegata.release.digests import blocks
from allegata.release.handle import MASTER
from allegata.release.search_index import FILE, row_digests
from allegata.release.site import open_release
from allegata.release.tables import read_parquet
from allegata.release.verify import verify
from allegata.release.void import recount
from masters import master_file, packed
from releases import build_versions, change_manifest, replace

FEW = Bounds(1 << 20, 2000)
MANY = Bounds(1 << 30, 1_000_000)


def lines(count: int, width: int = 10) -> bytes:
    """Return sorted statements that pack well."""
    return b"".join(b'<urn:s%08d> <urn:p> "%s" <https://example.org/graph/g> .\n' % (n, b"x" * width) for n in range(count))


def told(folder: Path, bounds: Bounds, **more: object) -> dict[str, str]:
    made = verify(open_release(str(folder), folder, bounds), **more)  # type: ignore[arg-type]
    return {check.name: "\n".join(check.problems) for check in made if check.problems}


def test_what_is_within_bounds_holds(folder: Path) -> None:
    assert told(folder, MANY) == {}


@pytest.mark.parametrize(
    ("data", "name", "setting"),
    [
        (lines(100, 100_000), MASTER, "RELEASE_BYTES"),
        (lines(2001), MASTER, "RELEASE_STATEMENTS"),
    ],
)
def test_a_master_beyond_bounds_is_refused_with_the_setting(folder: Path, data: bytes, name: str, setting: str) -> None:
    replace(folder, name, packed(data))
    problem = told(folder, FEW, only=["numbers"])["master"]
    assert problem.startswith(f"{name} ") and f"set ALLEGATA_{setting} to more" in problem
    opened = open_release(str(folder), folder, FEW)
    for member in ("lines", "checked_lines"):
        with pytest.raises(ReleaseError, match=name) as caught:
            getattr(opened, member)
        assert setting in (caught.value.remedy or "")


def test_every_command_that_reads_a_release_by_name_has_the_bounds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace(folder, MASTER, packed(lines(100, 100_000)))
    monkeypatch.setenv("ALLEGATA_RELEASE_BYTES", str(1 << 20))
    out = str(folder.parent / "out")
    commands = (
        ["verify", str(folder)],
        ["diff", str(folder), str(folder)],
        ["diff", "--count", str(folder), str(folder)],
        ["export", "rdf12", "--release", str(folder), "--out", out],
        ["export", "nanopubs", "--release", str(folder), "--out", out],
        ["export", "webannotation", "--release", str(folder), "--out", out],
    )
    for command in commands:
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 1 and "unpacks to more than 1,048,576 bytes" in done.output, (command, done.output)
        assert "ALLEGATA_RELEASE_BYTES" in done.output, command


def test_a_dump_beyond_bounds_or_the_master_is_named(folder: Path) -> None:
    name = "dumps/allegata.nt.gz"
    replace(folder, name, packed(b"<urn:s> <urn:p> <urn:o> .\n" * 700_000))
    assert f"{name} unpacks to more than 16,777,216 bytes" in told(folder, Bounds(1 << 24, 1 << 20), only=["dumps"])["dumps"]
    replace(folder, name, packed(b"".join(b"<urn:s> <urn:p> <urn:o%d> .\n" % number for number in range(100_000))))
    assert f"{name} holds more statements than the master" in told(folder, MANY, only=["dumps"])["dumps"]


def test_an_xml_dump_with_a_document_type_is_not_parsed(folder: Path) -> None:
    bomb = b'<!DOCTYPE r [<!ENTITY a "ha">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
    change_manifest(folder, lambda manifest: manifest["files"].update({"dumps/more.rdf.gz": {}}))
    replace(folder, "dumps/more.rdf.gz", packed(b" " * ((1 << 20) - 4) + bomb))
    assert "dumps/more.rdf.gz has a document type" in told(folder, MANY, only=["dumps"])["dumps"]


def test_statements_in_no_named_graph_and_numbers_that_are_none_are_told(folder: Path) -> None:
    data = gzip.decompress((folder / MASTER).read_bytes())
    replace(folder, MASTER, packed(data + b"<urn:z> <urn:p> <urn:o> .\n"))
    assert "stands in no named graph" in told(folder, MANY)["master"]
    row = next(line for line in data.split(b"\n") if b"void#triples>" in line)
    wrong = row.split(b'"')[0] + b'"many"' + row.split(b'"')[2]
    replace(folder, MASTER, packed(b"\n".join(sorted(wrong if line == row else line for line in data.split(b"\n")[:-1])) + b"\n"))
    assert "void:triples -1" in told(folder, MANY, only=["description"])["description"]


def test_classes_and_properties_of_one_thing_do_not_multiply(tmp_path: Path) -> None:
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    made = [f"<urn:s> {kind} <urn:c{n}> <urn:g> ." for n in range(1500)]
    made += [f"<urn:s> <urn:p{n}> <urn:o> <urn:g> ." for n in range(1500)]
    with pytest.raises(ReleaseError, match="too many"):
        list(recount(master_file(tmp_path / "x", sorted(made)), "urn:"))
    assert Counts.of(f"{line}\n".encode() for line in sorted(made[:50])).triples == 50


@pytest.mark.parametrize("name", ["x.gz", "x.zst", "x"])
def test_a_file_is_unpacked_block_by_block(name: str) -> None:
    """A few kilobytes that unpack to 64 MiB come in pieces of which none is large."""
    from zstandard import ZstdCompressor

    plain = bytes(1 << 26)
    data = {"x.gz": lambda: gzip.compress(plain), "x.zst": lambda: ZstdCompressor().compress(plain), "x": lambda: plain}[name]()
    sizes = [len(block) for block in blocks(io.BytesIO(data), len(data), name, Bounds(1 << 26, 1))]
    assert sum(sizes) == 1 << 26 and max(sizes) <= 1 << 25
    with pytest.raises(ReleaseError, match="unpacks to more"):
        list(blocks(io.BytesIO(data), len(data), name, Bounds((1 << 26) - 1, 1)))


def test_a_table_whose_one_word_is_that_of_every_row_is_bounded() -> None:
    sink = pa.BufferOutputStream()
    pyarrow.parquet.write_table(pa.table({"a": pa.array(["x" * 10_000] * 2000)}), sink)
    data = sink.getvalue().to_pybytes()
    assert len(data) < 1 << 20
    with pytest.raises(ReleaseError, match=r"a\.parquet unpacks to more"):
        read_parquet(data, "a.parquet", Bounds(1 << 22, 1))


def test_an_index_whose_table_is_a_view_without_end_is_refused(whole: Path, tmp_path: Path) -> None:
    assert sum(map(len, row_digests((whole / FILE).read_bytes()).values())) > 20
    path = tmp_path / FILE
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE VIEW item AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n")
    with pytest.raises(ReleaseError, match="damaged"):
        row_digests(path.read_bytes())


LINKS: dict[str, Callable[[Path, Path], None]] = {
    "a file": lambda folder, secret: _turn(folder / "dumps/allegata.ttl.gz", secret / "file"),
    "a folder": lambda folder, secret: _turn(folder / "reports", secret),
    "a folder that is not listed": lambda folder, secret: (folder / "more").symlink_to(secret),
    "the manifest": lambda folder, secret: _turn(folder / "manifest.json", secret / "file"),
    "the store": lambda folder, secret: _turn(folder / "store", secret),
    "a file of the store": lambda folder, secret: _turn(folder / "store/CURRENT", secret / "file"),
    "the list of the store": lambda folder, secret: _turn(folder / "store.sha256", secret / "file"),
    "the index": lambda folder, secret: _turn(folder / FILE, secret / "file"),
    "a withdrawal": lambda folder, secret: (folder / "withdrawn.json").symlink_to(secret / "file"),
    "to itself": lambda folder, _secret: (folder / "dumps/x").symlink_to("x"),
}


def _turn(path: Path, target: Path) -> None:
    """Put a link in the place of a file or a folder."""
    path.rename(path.parent.parent / f"{path.name}.away") if path.is_dir() else path.unlink()
    path.symlink_to(target)


@pytest.mark.parametrize("place", LINKS)
def test_no_link_in_a_release_is_followed(folder: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/file").write_text("x" * 12_345, "utf-8")
    LINKS[place](folder, tmp_path / "secret")
    out = str(tmp_path / "out")
    for command in (
        ["verify", str(folder)],
        ["diff", str(folder), str(folder)],
        ["export", "files", "--release", str(folder), "--out", out],
    ):
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 1 and "is a link, and none is followed" in done.output, (command, done.output)
        assert "12,345" not in done.output and not Path(out).exists()
    with pytest.raises(ReleaseError, match="is a link"):
        allegata.open(folder)


def test_what_is_no_file_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "dumps/pipe")
    with pytest.raises(ReleaseError, match="neither a file nor a folder"):
        open_release(str(folder), folder)


def test_no_link_in_a_site_is_served(tmp_path: Path) -> None:
    site = build_versions(tmp_path, "1.0")
    (site / "current" / "dumps" / "more").symlink_to("/etc/hostname")
    done = CliRunner().invoke(main, ["serve", "--site", str(site), "--port", "0"])
    assert done.exit_code == 1 and "is a link" in done.output

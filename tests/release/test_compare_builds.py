"""Two builds of one release: the same, the same in other packing, or different; and which it is is said."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from allegata.errors import ReleaseError
from allegata.release.compare_builds import compare
from allegata.release.digests import writers
from allegata.release.search_index import FILE
from allegata.release.site import open_release
from allegata.release.tables import parquet_rows, read_parquet
from releases import build_versions, change_manifest, replace

CLAIMS = "dumps/tables/claims.parquet"
MASTER = "dumps/allegata.nq.gz"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return (build_versions(tmp_path_factory.mktemp("rebuilt"), "1.0") / "current").resolve()


@pytest.fixture
def other(built: Path, tmp_path: Path) -> Path:
    """Give another build of the release, by software of other versions."""
    folder = Path(shutil.copytree(built, tmp_path / "other"))
    change_manifest(folder, lambda manifest: manifest["writers"].update(pyarrow="1.0", zlib="0.9"))
    return folder


def compared(one: Path, other: Path) -> tuple[str, list[str]]:
    return compare(open_release(str(one), one), open_release(str(other), other))


def repack(folder: Path) -> None:
    """Write a dump, a table and the index as other software would: the same content in other bytes."""
    replace(folder, MASTER, gzip.compress(gzip.decompress((folder / MASTER).read_bytes()), 1))
    table, sink = read_parquet((folder / CLAIMS).read_bytes(), CLAIMS), pa.BufferOutputStream()
    pyarrow.parquet.write_table(table, sink, compression="none")
    replace(folder, CLAIMS, sink.getvalue().to_pybytes())
    with closing(sqlite3.connect(folder / FILE)) as base:
        base.executescript("PRAGMA page_size = 8192; VACUUM;")
    replace(folder, FILE, (folder / FILE).read_bytes())


def test_the_manifest_says_what_wrote_the_files(built: Path) -> None:
    told = json.loads((built / "manifest.json").read_text("utf-8"))["writers"]
    assert told == writers() and set(told) == {"block", "pyarrow", "pyoxigraph", "sqlite", "zlib", "zstandard"}
    assert told["pyarrow"] == pa.__version__ and all(told.values())


def test_the_same_build_has_the_same_bytes(built: Path, other: Path) -> None:
    says, problems = compared(built, other)
    assert problems == [] and "hold the same" not in says and int(says.split()[0]) > 150


def test_what_is_packed_otherwise_holds_the_same_and_is_told(built: Path, other: Path) -> None:
    repack(other)
    says, problems = compared(built, other)
    assert problems == []
    assert f"3 hold the same, packed by other software (pyarrow {pa.__version__} and 1.0, zlib" in says


def test_what_holds_something_else_is_told(built: Path, other: Path) -> None:
    table = read_parquet((other / CLAIMS).read_bytes(), CLAIMS).slice(1)
    sink = pa.BufferOutputStream()
    pyarrow.parquet.write_table(table, sink)
    replace(other, CLAIMS, sink.getvalue().to_pybytes())
    with closing(sqlite3.connect(other / FILE)) as base, base:
        base.execute("UPDATE item SET label = 'Something else' WHERE id = 1")
    replace(other, FILE, (other / FILE).read_bytes())
    change_manifest(other, lambda manifest: manifest.update(quads=7))
    change_manifest(other, lambda manifest: manifest["files"].pop("reports/shacl.txt"))
    problems = compared(built, other)[1]
    assert f"{CLAIMS} holds something else." in problems and f"{FILE} holds something else." in problems
    assert "reports/shacl.txt is in one of the two alone." in problems
    assert any(problem.startswith("quads is ") for problem in problems) and len(problems) == 4


def test_a_damaged_file_is_told_and_not_compared(built: Path, other: Path) -> None:
    replace(other, CLAIMS, b"PAR1" + bytes(40) + b"PAR1")
    with pytest.raises(ReleaseError, match=r"claims\.parquet cannot be read"):
        compared(built, other)
    replace(other, CLAIMS, (built / CLAIMS).read_bytes())
    replace(other, FILE, b"SQLite format 3\0" + bytes(4000))
    with pytest.raises(ReleaseError, match="damaged"):
        compared(built, other)
    assert len(parquet_rows((built / CLAIMS).read_bytes(), CLAIMS)) == 2


def test_the_command_compares_two_builds(built: Path, other: Path) -> None:
    repack(other)
    command = [sys.executable, "-m", "allegata", "verify", str(built), "--against", str(other)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "holds    other build:" in run.stdout and "3 hold the same, packed by other software" in run.stdout
    replace(other, MASTER, gzip.compress(b""))
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1 and f"{MASTER} holds something else." in run.stdout

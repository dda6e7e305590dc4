"""Importers and exporters that other packages bring: listed, run, and none of them can hide or harm another."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

MODULE = '''"""A plug-in for tests."""

import errno
from pathlib import PurePosixPath

from allegata.corpus.extensions import Option
from allegata.corpus.importers import CorpusFile, Importer
from allegata.release.export.exporters import Exporter


def read(path, base, values):
    name = values.get("name", ("lines",))[0]
    rows = path.read_text("utf-8").split()
    text = "".join(f'<{base}place/{row}> a <http://schema.org/Place> .\\n' for row in rows)
    yield CorpusFile(PurePosixPath(f"places/{name}.ttl"), text)


def count(release, target, values):
    target.mkdir()
    (target / "count.txt").write_text(f"{len(release.checked_lines)}\\n")
    if "fail" in values:
        raise OSError(errno.ENOSPC, "the disk is full")
    return "a number"


LINES = Importer("Take over places, one a line.", read, (Option("name", "Name of the file."),))
COUNT = Exporter("Write the number of statements.", count, (Option("fail", "Fail halfway.", many=True),))
'''


def install(folder: Path, name: str, groups: Mapping[str, Mapping[str, str]], module: str = MODULE) -> None:
    """Put a distribution into a folder, as an installer does."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / f"{name}.py").write_text(module, "utf-8")
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    rows = [f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items()) for group, entries in groups.items()]
    (info / "entry_points.txt").write_text("\n".join(rows), "utf-8")


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Return a folder in which a package with an importer and an exporter is installed."""
    groups = {"allegata.importers": {"lines": "plugin:LINES"}, "allegata.exporters": {"count": "plugin:COUNT"}}
    install(tmp_path / "packages", "plugin", groups)
    return tmp_path / "packages"


def run(packages: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "allegata", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(packages)})
    assert "Traceback" not in done.stderr
    return done


def names(listed: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Return what is listed: name and the distribution that brings it."""
    return {name: origin for name, origin, _ in (line.split("\t") for line in listed.stdout.splitlines())}


def test_the_bundled_ones_and_those_of_other_packages_are_listed_alike(packages: Path) -> None:
    importers, exporters = names(run(packages, "import", "--list")), names(run(packages, "export", "--list"))
    assert (
        importers.keys() >= {"lines", "ga-votes", "participants", "readings", "sheet", "workbook"}
        and importers["lines"] == "plugin 1.0"
    )
    assert (
        exporters.keys() >= {"count", "files", "nanopubs", "rdf12", "rocrate", "webannotation"}
        and exporters["count"] == "plugin 1.0"
    )
    assert exporters["files"].startswith("allegata ")
    assert "lines" in run(packages, "import", "--help").stdout


def test_an_importer_of_another_package_writes_files_of_the_corpus(packages: Path, small_root: Path, tmp_path: Path) -> None:
    (tmp_path / "places.txt").write_text("here\nthere\n", "utf-8")
    command = ("import", "lines", "--root", small_root, tmp_path / "places.txt")
    assert run(packages, *command).returncode == 0
    text = (small_root / "data" / "places" / "lines.ttl").read_text("utf-8")
    assert text.count("<https://example.org/place/") == 2
    again = run(packages, *command)
    assert again.returncode == 2 and "--replace" in again.stderr
    assert run(packages, *command, "--replace").returncode == 0
    assert run(packages, *command, "--name", "others").returncode == 0
    assert (small_root / "data" / "places" / "others.ttl").is_file()


def test_an_importer_leads_out_of_no_folder(packages: Path, small_root: Path, tmp_path: Path) -> None:
    (tmp_path / "places.txt").write_text("here\n", "utf-8")
    done = run(packages, "import", "lines", "--root", small_root, "--name", "../../../escaped", tmp_path / "places.txt")
    assert done.returncode == 1 and "escaped.ttl is no Turtle file below data/" in done.stderr
    assert not list(tmp_path.rglob("escaped.ttl"))


def test_an_exporter_of_another_package_writes_whole_or_nothing(packages: Path, site: Path, tmp_path: Path) -> None:
    done = run(packages, "export", "count", "--site", site, "--out", tmp_path / "counted")
    assert done.returncode == 0 and done.stdout == f"a number in {tmp_path / 'counted'}\n"
    assert int((tmp_path / "counted" / "count.txt").read_text("utf-8")) > 1000
    failed = run(packages, "export", "count", "--site", site, "--out", tmp_path / "failed", "--fail", "now")
    assert failed.returncode == 2 and "disk" in failed.stderr, failed.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"counted", "packages"}


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("absent:THING", "'wrong' of other 1.0 cannot be loaded: No module named 'absent'"),
        ("other:NOTHING", "'wrong' of other 1.0 cannot be loaded"),
        ("other:read", "'wrong' of other 1.0 is no Exporter"),
    ],
)
def test_one_that_cannot_be_used_is_named_and_hides_no_other(packages: Path, target: str, words: str) -> None:
    install(packages, "other", {"allegata.exporters": {"wrong": target}})
    listed = run(packages, "export", "--list")
    assert listed.returncode == 0 and words in listed.stdout and "count\tplugin 1.0" in listed.stdout
    assert run(packages, "export", "files", "--help").returncode == 0
    asked = run(packages, "export", "wrong", "--out", packages / "out")
    assert asked.returncode == 2 and words in asked.stderr


def test_a_name_that_two_packages_take_is_refused(packages: Path) -> None:
    install(packages, "other", {"allegata.exporters": {"count": "other:COUNT"}})
    done = run(packages, "export", "count", "--out", packages / "out")
    assert done.returncode == 2 and "other 1.0, plugin 1.0 both register 'count'" in done.stderr

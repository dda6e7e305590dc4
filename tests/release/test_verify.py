"""Verification: a whole release holds; one flipped byte, one removed statement, a cut file or a false count does not."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace as replace_member
from pathlib import Path
from typing import Any

import pytest

from allegata.release.canonical import canonical_hash
from allegata.release.digests import unpacked
from allegata.release.handle import MASTER, STORE_LIST, Release
from allegata.release.loading import load_store
from allegata.release.manifest import Publisher
from allegata.release.site import open_release
from allegata.release.verify import verify
from masters import master_file, packed
from releases import change_manifest, minimal_manifest, parsed, replace


def failing(folder: Path, **more: Any) -> dict[str, str]:
    """Return the checks that fail with what they say."""
    checks = verify(open_release(str(folder), folder), **more)
    assert checks
    return {check.name: "\n".join(check.problems) for check in checks if check.problems}


def test_a_whole_release_holds(folder: Path) -> None:
    checks = verify(open_release(str(folder), folder))
    assert [(check.name, check.problems) for check in checks if check.problems] == []
    assert {check.name for check in checks if check.skipped} == {"anchors"}
    assert len(checks) == 9


def flip(path: Path, place: float = 0.5) -> None:
    """Turn one bit of a file over."""
    data = bytearray(path.read_bytes())
    data[int(len(data) * place)] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("place", [0.0, 0.5, 0.999])
def test_a_flipped_bit_is_found_in_every_file(folder: Path, place: float) -> None:
    names = [
        name for name in json.loads((folder / "manifest.json").read_text("utf-8"))["files"] if (folder / name).stat().st_size
    ]
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and "store" not in path.parts}
    assert {*names, "manifest.json", STORE_LIST} == {name for name in there if (folder / name).stat().st_size} and len(
        names
    ) > 150
    for name in names:
        flip(folder / name, place)
    found = failing(folder, only=["files"])["files"]
    assert [name for name in names if f"{name} has SHA-256" not in found] == []


@pytest.mark.parametrize("place", [0.0, 0.5, 0.999])
def test_a_flipped_bit_is_found_in_the_list_of_the_store_and_in_what_it_lists(folder: Path, place: float) -> None:
    listed = max((path for path in (folder / "store").iterdir() if path.suffix == ".sst"), key=lambda path: path.stat().st_size)
    for path in (folder / STORE_LIST, listed):
        whole = path.read_bytes()
        flip(path, place)
        assert failing(folder, only=["store"]), path
        path.write_bytes(whole)


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9])
def test_a_flipped_bit_is_found_in_the_manifest(folder: Path, place: float) -> None:
    path = folder / "manifest.json"
    whole = path.read_text("utf-8")
    # A digit of a digest, which stays one; what is no manifest any more is told on opening.
    digest = whole.index('"sha256": "', int(len(whole) * place)) + len('"sha256": "')
    at = next(n for n in range(digest, len(whole)) if whole[n] in "0123456789bcde")
    path.write_text(whole[:at] + chr(ord(whole[at]) ^ 1) + whole[at + 1 :], "utf-8")
    assert "the name of its folder says" in failing(folder, only=["manifest"])["manifest"]


def test_a_flipped_bit_is_found_in_every_table_of_the_store(folder: Path) -> None:
    tables = sorted((folder / "store").glob("*.sst"))
    assert len(tables) > 3
    for table in tables:
        whole = table.read_bytes()
        for place in (0.1, 0.5):
            flip(table, place)
            assert "store" in failing(folder, only=["store"]), f"{table.name} at {place}"
            table.write_bytes(whole)
    assert failing(folder, only=["store"]) == {}


def test_a_store_of_many_numbers_holds(tmp_path: Path) -> None:
    """Numbers that fill their last byte (511, 767) are looked up like others."""
    integer = "<http://www.w3.org/2001/XMLSchema#integer>"
    lines = sorted(f'<urn:s{n}> <urn:p> "{n}"^^{integer} <https://example.org/graph/g> .' for n in range(500, 1300))
    made = master_file(tmp_path / "made", lines)
    load_store(made, tmp_path / "store")
    manifest = parsed(minimal_manifest(base="https://example.org/"))
    (tmp_path / "dumps").mkdir()
    (tmp_path / MASTER).write_bytes(master(lines))
    (check,) = verify(Release(tmp_path, manifest), only=["store"])
    assert (check.problems, check.skipped) == ((), False)
    (tmp_path / MASTER).write_bytes(master(lines[1:]))
    assert verify(Release(tmp_path, manifest), only=["store"])[0].problems


@pytest.mark.parametrize("member", ["publisher", "language", "rights"])
def test_each_member_that_the_data_says_too_is_compared(release: Any, member: str) -> None:
    altered: Any = Publisher("urn:nobody", "Nobody") if member == "publisher" else "urn:nobody"
    manifest = replace_member(release.manifest, **{member: altered})
    (check,) = verify(Release(release.folder, manifest), only=["manifest"])
    assert any(problem.startswith(f"{member} is 'urn:nobody' in the manifest") for problem in check.problems)


def master(lines: list[str]) -> bytes:
    """Pack lines as the master."""
    return packed("".join(f"{line}\n" for line in lines).encode())


def test_a_manifest_that_says_other_things_than_the_data_is_found(folder: Path) -> None:
    change_manifest(folder, lambda manifest: manifest.update(title="Something else", created="2027-01-01", licence="urn:free"))
    told = failing(folder, only=["manifest"])["manifest"]
    assert "title is 'Something else' in the manifest, and in the data 'Places'" in told and "2027-01-01" in told


@pytest.mark.parametrize("suffix", ["nq", "trig", "jsonld", "ttl", "nt"])
@pytest.mark.parametrize("cut", [1, 9, 1000])
def test_a_cut_dump_is_found(folder: Path, suffix: str, cut: int) -> None:
    name = f"dumps/allegata.{suffix}.gz"
    replace(folder, name, (folder / name).read_bytes()[:-cut])
    found = failing(folder)
    assert name in found.get("master", "") + found.get("dumps", "")


def without_one_line(folder: Path) -> list[str]:
    lines = unpacked((folder / MASTER).read_bytes(), MASTER).decode().split("\n")[:-1]
    removed = next(line for line in lines if "Somewhere" in line)
    return [line for line in lines if line != removed]


def test_a_removed_statement_is_found_though_the_file_list_agrees(folder: Path) -> None:
    replace(folder, MASTER, packed("".join(f"{line}\n" for line in without_one_line(folder)).encode()))
    assert {"canonical hash", "numbers", "dumps", "store", "description"} <= set(failing(folder))


def test_a_removed_statement_is_found_though_the_whole_manifest_agrees(folder: Path) -> None:
    left = without_one_line(folder)
    replace(folder, MASTER, packed("".join(f"{line}\n" for line in left).encode()))
    change_manifest(folder, lambda manifest: manifest.update(rdfc10=canonical_hash(left), quads=len(left)))
    found = failing(folder)
    assert {"dumps", "store", "description"} <= set(found)
    assert "Somewhere" in found["dumps"]


def test_blank_nodes_that_name_graphs_are_refused_before_they_are_labelled(folder: Path) -> None:
    poison = [f"_:a{one} <urn:p> <urn:o> _:a{other} ." for one in range(12) for other in range(12) if one != other]
    replace(folder, MASTER, packed("".join(f"{line}\n" for line in sorted(poison)).encode()))
    assert "names a graph" in failing(folder)["master"]


def test_another_release_is_told_from_the_cited_one(folder: Path) -> None:
    told = json.loads((folder / "manifest.json").read_text("utf-8"))["rdfc10"]
    assert failing(folder, expected=told.upper()) == {}
    assert "expected is" in failing(folder, expected="0" * 64)["canonical hash"]


def test_false_numbers_are_found(folder: Path) -> None:
    change_manifest(
        folder, lambda manifest: manifest.update(quads=7, graphs={**manifest["graphs"], "https://example.org/graph/x": 1})
    )
    assert "7" in failing(folder)["numbers"]
    assert "graph/x" in failing(folder)["numbers"]


def test_a_missing_file_and_one_too_many_are_found(folder: Path) -> None:
    (folder / "dumps" / "allegata.nt.gz").unlink()
    (folder / "dumps" / "more.nt").write_text("", "utf-8")
    found = failing(folder)["files"]
    assert "allegata.nt.gz cannot be read" in found and "more.nt is not in the manifest" in found


def test_a_statement_against_the_shapes_is_found(folder: Path) -> None:
    claim = "<https://example.org/claim/x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/allegata/ns#Claim> <https://example.org/graph/places> ."
    lines = sorted([*unpacked((folder / MASTER).read_bytes(), MASTER).decode().split("\n")[:-1], claim])
    replace(folder, MASTER, packed("".join(f"{line}\n" for line in lines).encode()))
    assert "claim/x" in failing(folder)["shapes"]


def test_the_command_says_on_one_screen_what_holds(folder: Path) -> None:
    command = [sys.executable, "-m", "allegata", "verify", str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert 9 <= len(run.stdout.splitlines()) <= 24
    data = bytearray((folder / MASTER).read_bytes())
    data[-20] ^= 4
    (folder / MASTER).write_bytes(data)
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "FAILS" in run.stdout and "does not hold: files" in run.stderr
    assert "Traceback" not in run.stderr


def test_the_anchors_are_checked_for_whoever_has_the_texts(release: Any, sources: Path) -> None:
    checks = {check.name: check for check in verify(open_release(str(release.folder), release.folder), sources=sources)}
    assert [(check.name, check.problems) for check in checks.values() if check.problems or check.skipped] == []
    assert int(checks["anchors"].summary.split()[0]) > 100

"""What the program is made of: locked by digests and named by nobody's index, listed with licences, and checked honestly."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from advisories import FOUND, UNREAD, told
from bill_of_materials import bundled, licences, with_bundled
from support import ROOT

LOCKS = ("requirements.lock", "requirements-check.lock")
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?: ;[^\\]*)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)


def name(text: str) -> str:
    """Return the normal form of the name of a package (PEP 503)."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[><=~! ;]", text)[0]).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_everything_by_digests_and_names_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    pinned = {name(found[1]) for found in _PINNED.finditer(text)}
    assert len(pinned) == len({name(line) for line in text.splitlines() if line[:1].isalnum()}) > 30
    assert "://" not in text and "index" not in text and "file:" not in text


def test_the_locks_hold_what_is_declared() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = declared["dependency-groups"]
    wanted = {
        "requirements.lock": [*declared["project"]["dependencies"], *declared["build-system"]["requires"]],
        "requirements-check.lock": [*groups["test"], *(item for item in groups["check"] if isinstance(item, str))],
    }
    for lock, names in wanted.items():
        text = (ROOT / lock).read_text("utf-8")
        pinned = {name(found[1]) for found in _PINNED.finditer(text)}
        assert {name(item) for item in names} <= pinned, f"make lock writes {lock} anew"


def test_the_bundled_scripts_are_components_with_licence_and_digest() -> None:
    found = bundled()
    packages = json.loads((ROOT / "server" / "web" / "package.json").read_text("utf-8"))
    assert set(packages["dependencies"]) <= {item["name"] for item in found} and "esbuild" not in {item["name"] for item in found}
    assert all(re.fullmatch(r"[0-9a-f]{128}", item["hashes"][0]["content"]) for item in found)
    document = with_bundled({"metadata": {"component": {"bom-ref": "root"}}, "components": [], "dependencies": [{"ref": "root"}]})
    assert len(licences(document)) == len(found) == len(document["dependencies"][0]["dependsOn"])


def test_what_has_no_licence_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="nobody"):
        licences({"components": [{"name": "nobody", "version": "1"}]})


def test_advisories_that_could_not_be_read_are_no_good_news() -> None:
    sound = {"name": "a", "version": "1", "vulns": []}
    assert told([sound])[0] == 0
    assert told([sound, {"name": "b", "skip_reason": "not found"}])[0] == UNREAD
    ill = {"name": "c", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}
    assert told([sound, ill, {"name": "b", "skip_reason": "not found"}]) == (FOUND, "c 1: X-1, mended in 2")

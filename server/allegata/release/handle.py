"""Holds a release that is looked at: its folder, its manifest, its files on disk or over HTTP, and its store."""

from __future__ import annotations

import http.client
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from pyoxigraph import Store

from allegata.errors import ReleaseError
from allegata.release.digests import sha256, unpacked
from allegata.release.search_index import FILE as SEARCH_INDEX

SECONDS: Final = 60
MASTER: Final = "dumps/allegata.nq.gz"
_ANEW: Final = "Fetch or build the release anew; `allegata verify` says what else differs."


@dataclass
class Opened:
    """A release that is being looked at: its manifest, and its files on disk or over HTTP."""

    name: str
    manifest: Mapping[str, Any]
    folder: Path | None = None
    address: str = ""
    _kept: dict[str, bytes] = field(default_factory=dict)

    def read(self, name: str) -> bytes:
        """Return a file; raise ReleaseError where it is not there, or where its name leads out of the release."""
        if name.startswith("/") or "\\" in name or {".", "..", ""} & set(name.split("/")):
            raise ReleaseError(f"The manifest lists {name}, which lies outside of the release.")
        if name not in self._kept:
            self._kept[name] = self._file(name) if self.folder else _get(f"{self.address}/{quote(name.removeprefix('dumps/'))}")
        return self._kept[name]

    def sound(self, name: str) -> bytes:
        """Return a file that agrees with the manifest; raise ReleaseError, with the remedy, where it is altered or not listed."""
        entry = self.manifest["files"].get(name)
        if entry is None:
            raise ReleaseError(f"The manifest of release {self.name} does not list {name}.", remedy=_ANEW)
        data = self.read(name)
        if len(data) != entry["bytes"]:
            raise ReleaseError(f"{name} has {len(data):,} bytes, the manifest says {entry['bytes']:,}.", remedy=_ANEW)
        if sha256(data) != entry["sha256"]:
            told = f"{sha256(data)[:16]}…, the manifest says {entry['sha256'][:16]}…"
            raise ReleaseError(f"{name} has SHA-256 {told}.", remedy=_ANEW)
        return data

    @property
    def sound_lines(self) -> list[str]:
        """Return the lines of the master, where it is what the manifest says; raise ReleaseError where it is not."""
        self.sound(MASTER)
        return self.lines

    def _file(self, name: str) -> bytes:
        assert self.folder is not None
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise ReleaseError(f"{name} cannot be read: {error.strerror}.") from None

    @property
    def files(self) -> dict[str, Mapping[str, Any]]:
        """Return the files that can be had: all that are listed; over HTTP the dumps."""
        return {name: entry for name, entry in self.manifest["files"].items() if self.folder or name.startswith("dumps/")}

    @cached_property
    def lines(self) -> list[str]:
        """Return the lines of the master; raise ReleaseError where it is cut short or damaged."""
        data = unpacked(self.read(MASTER), MASTER)
        try:
            lines = data.decode("utf-8").split("\n")
        except UnicodeDecodeError as error:
            raise ReleaseError(f"{MASTER} is not UTF-8: {error}") from None
        if lines.pop() != "":
            raise ReleaseError(f"{MASTER} is cut short: its last line has no end.")
        return lines


def _get(address: str) -> bytes:
    try:
        request = urllib.request.Request(address, headers={"Accept": "application/json, */*;q=0.1"})  # noqa: S310 - HTTP, see above
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            content: bytes = answer.read()
            return content
    except urllib.error.HTTPError as error:
        raise ReleaseError(f"{address} cannot be had: HTTP status {error.code}.") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise ReleaseError(f"{address} cannot be had: {getattr(error, 'reason', error)}.") from None


def shapes_folder(opened: Opened, stack: ExitStack) -> Path:
    """Put the shapes and rules of a release into a folder of their own, which goes with the stack."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    (folder / "rules").mkdir()
    for name in opened.files:
        if name == "dumps/shapes.ttl" or (name.startswith("dumps/rules/") and name.endswith(".rq")):
            target = folder / ("shapes.ttl" if name.endswith(".ttl") else f"rules/{name.rsplit('/', 1)[-1]}")
            target.write_bytes(opened.read(name))
    return folder


#: What the manifest lists with size and digest: all of a release but the store, whose files RocksDB rewrites, and itself.
LISTED = ("dumps", "reports", "questions", SEARCH_INDEX)


@dataclass(frozen=True)
class Release:
    """A release on disk: its folder and its manifest."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def version(self) -> str:
        """Return the version of the corpus."""
        return str(self.manifest["version"])

    @property
    def hash(self) -> str:
        """Return the RDFC-1.0 hash of the data."""
        return str(self.manifest["rdfc10"])


def open_store(folder: Path) -> Store:
    """Open the store of a release to read from; raise ReleaseError where it is damaged or not there."""
    try:
        return Store.read_only(str(folder / "store"))
    except (OSError, ValueError, RuntimeError) as error:
        raise ReleaseError(f"{folder / 'store'} cannot be opened: {error}", remedy="Build the release anew.") from None


def listed_files(folder: Path) -> list[Path]:
    """Return the files of a release that its manifest has to list, sorted."""
    parts = [folder / part for part in LISTED]
    found = (path for part in parts for path in (part.rglob("*") if part.is_dir() else (part,)))
    return sorted(path for path in found if path.is_file())

"""Opens a release wherever it is: in a folder, in a site by its version, or at an address of a server."""

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

from allegata.errors import ReleaseError, UsageError
from allegata.manifests import parse_manifest
from allegata.packing import sha256, unpacked
from allegata.release import Release, current
from allegata.shelving import Shelf, read_release

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
        """Give a file; raise ReleaseError where it is not there, or where its name leads out of the release."""
        if name.startswith("/") or "\\" in name or {".", "..", ""} & set(name.split("/")):
            raise ReleaseError(f"The manifest lists {name}, which lies outside of the release.")
        if name not in self._kept:
            self._kept[name] = self._file(name) if self.folder else _get(f"{self.address}/{quote(name.removeprefix('dumps/'))}")
        return self._kept[name]

    def sound(self, name: str) -> bytes:
        """Give a file that is what the manifest says; raise ReleaseError, with the remedy, where it is not listed or altered."""
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
        """Give the lines of the master, where it is what the manifest says; raise ReleaseError where it is not."""
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
        """Give the files that can be had: all that are listed; over HTTP the dumps."""
        return {name: entry for name, entry in self.manifest["files"].items() if self.folder or name.startswith("dumps/")}

    @cached_property
    def lines(self) -> list[str]:
        """Give the lines of the master; raise ReleaseError where it is cut short or damaged."""
        data = unpacked(self.read(MASTER), MASTER)
        try:
            lines = data.decode("utf-8").split("\n")
        except UnicodeDecodeError as error:
            raise ReleaseError(f"{MASTER} is not UTF-8: {error}") from None
        if lines.pop() != "":
            raise ReleaseError(f"{MASTER} is cut short: its last line has no end.")
        return lines


def open_release(word: str, site: Path) -> Opened:
    """Open a release by its folder, the folder of a site, its version in the site, or an address.

    Raises ReleaseError where there is none, UsageError for an address that is not HTTP.
    """
    if "://" in word:
        return _at_address(word)
    path = Path(word)
    if (path / "manifest.json").is_file():
        release = read_release(path)
    elif (path / "current").exists():
        release = current(path)
    elif path.is_dir():
        release = read_release(path)
    else:
        release = _by_version(word, site)
    return Opened(release.version, release.manifest, folder=release.folder)


def _by_version(word: str, site: Path) -> Release:
    if not (site / "current").exists():
        raise ReleaseError(
            f"There is no folder {word}, and {site} holds no release.", remedy="Give another, or the site by --site."
        )
    shelf = Shelf(current(site))
    found = [item for item in shelf.releases if word in (item.version, item.folder.name)]
    if not found:
        known = ", ".join(item.version for item in shelf.releases)
        raise ReleaseError(f"There is no folder and no release {word}.", remedy=f"{site} holds: {known}.")
    return found[0]


def _at_address(word: str) -> Opened:
    if not word.startswith(("http://", "https://")):
        raise UsageError(f"{word} is not an address of a release.", remedy="Give http://… or https://…, or a folder.")
    address = word.removesuffix("manifest.json").rstrip("/")
    address = address if address.endswith("/dumps") else f"{address}/dumps"
    manifest = parse_manifest(_get(f"{address}/manifest.json"), f"{address}/manifest.json")
    return Opened(str(manifest["version"]), manifest, address=address)


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

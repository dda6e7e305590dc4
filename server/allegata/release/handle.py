"""Holds one release: its manifest, and its files in a folder or over HTTP, read as they are or checked against the manifest."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Final, cast
from urllib.parse import quote

from pyoxigraph import Store

from allegata.corpus.text_files import open_regular
from allegata.errors import ReleaseError
from allegata.release.bounds import UNBOUNDED, Bounds
from allegata.release.digests import blocks, file_hash, sha256, unpacked
from allegata.release.file_checks import FileChecks
from allegata.release.manifest import NAME as MANIFEST
from allegata.release.manifest import FileEntry, Manifest
from allegata.release.search_index import FILE as SEARCH_INDEX
from allegata.release.transfer import MOST_BYTES, UNKNOWN_BYTES, fetch

MASTER: Final = "dumps/allegata.nq.gz"
#: The store, and the list of its files: they differ from build to build, so the manifest does not name them.
STORE: Final = "store"
STORE_LIST: Final = "store.sha256"
#: The outline for maps, where a corpus has one.
OUTLINE: Final = "dumps/outline.geojson"
#: Questions in plain words with query and rows, where the corpus has some: its name below data/questions, and below dumps.
PLAIN_WORDS: Final = "plain-words.json"
#: The rules of inference.
INFERENCE: Final = "dumps/inference"
#: What the corpus and its model are worded in further languages, where they are.
TRANSLATIONS: Final = "dumps/translations.ttl"
#: What its claims say in further languages, where glosses do.
GLOSSES: Final = "dumps/glosses.ttl"
#: What the manifest lists with size and digest: all of a release but the store, whose files RocksDB rewrites, and itself.
LISTED: Final = ("dumps", "reports", "questions", SEARCH_INDEX)
_REBUILD: Final = "Fetch or build the release anew; `allegata verify` says what else differs."


@dataclass(frozen=True)
class Release:
    """A release, which never changes: two handles on one place are equal.

    `location` is its folder, or the address of its dumps (https://…/dumps), from which only those can be had.
    """

    location: Path | str
    manifest: Manifest = field(compare=False)
    #: Size and digest of the manifest itself, as it was read.
    own: FileEntry | None = field(default=None, compare=False, repr=False)
    #: How much of it is read, where it is somebody else's.
    bounds: Bounds = field(default=UNBOUNDED, compare=False, repr=False)
    _fetched: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)

    @property
    def version(self) -> str:
        """Return the version of the corpus."""
        return self.manifest.version

    @property
    def hash(self) -> str:
        """Return the RDFC-1.0 hash of the data."""
        return self.manifest.rdfc10

    @property
    def name(self) -> str:
        """Return the name of the folder, which has the version and the begin of the manifest's SHA-256; elsewhere the version."""
        return self.location.name if isinstance(self.location, Path) else self.version

    @property
    def is_local(self) -> bool:
        """Return whether it stands in a folder of this machine, with its store."""
        return isinstance(self.location, Path)

    @property
    def has_store(self) -> bool:
        """Return whether it stands in a folder with its store; without one, engines elsewhere have to hold its statements."""
        return isinstance(self.location, Path) and (self.location / STORE).is_dir()

    @property
    def folder(self) -> Path:
        """Return its folder; raise ReleaseError for one that is read over HTTP."""
        if not isinstance(self.location, Path):
            raise ReleaseError(
                f"Release {self.version} at {self.location} is read over HTTP: it has no folder here.",
                remedy="Build the corpus, or copy the folder of the release to this machine.",
            )
        return self.location

    @property
    def files(self) -> dict[str, FileEntry]:
        """Return the files that can be had: all that the manifest lists; over HTTP the dumps."""
        return {name: entry for name, entry in self.manifest.files.items() if self.is_local or name.startswith("dumps/")}

    @cached_property
    def checks(self) -> FileChecks:
        """Return what opens its files, and the manifest, only as they are listed."""
        own = {MANIFEST: self.own} if self.own else {}
        stored = read_store_list(self.folder) if self.has_store else {}
        return FileChecks(self.folder, self.version, {**own, **self.manifest.files, **stored})

    def read(self, name: str) -> bytes:
        """Return a file; raise ReleaseError where it is not there, or where its name leads out of the release."""
        if isinstance(self.location, Path):
            try:
                with self.open(name) as file:
                    size = os.fstat(file.fileno()).st_size
                    if size > MOST_BYTES:
                        raise ReleaseError(f"{name} has {size:,} bytes, and at most {MOST_BYTES:,} are read.")
                    return file.read(MOST_BYTES)
            except OSError as error:
                raise ReleaseError(f"{name} cannot be read: {error.strerror}.") from None
        _check_inside(name)
        if name not in self._fetched:
            address = f"{self.location}/{quote(name.removeprefix('dumps/'))}"
            entry = self.manifest.files.get(name)
            self._fetched[name] = fetch(address, entry.bytes if entry else UNKNOWN_BYTES)
        return self._fetched[name]

    def open(self, name: str) -> BinaryIO:
        """Open a file to read; raise ReleaseError as `read` does."""
        if not isinstance(self.location, Path):
            return io.BytesIO(self.read(name))
        _check_inside(name)
        try:
            return cast(BinaryIO, open_regular(self.location / name))
        except OSError as error:
            raise ReleaseError(f"{name} cannot be read: {error.strerror}.") from None

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield a file block by block, unpacked, within the bounds of the release; raise ReleaseError as `digests` does."""
        with self.open(name) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            yield from blocks(file, size, name, self.bounds)

    def check(self, name: str) -> None:
        """Raise ReleaseError, with the remedy, where a file does not agree with the manifest, or is not listed there."""
        entry = self._entry(name)
        with self.open(name) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            digest = "" if size != entry.bytes else hashlib.file_digest(cast(io.BytesIO, file), "sha256").hexdigest()
            wrong = entry.departure(size, digest)
        if wrong:
            raise ReleaseError(f"{name} {wrong}.", remedy=_REBUILD)

    def _entry(self, name: str) -> FileEntry:
        entry = self.manifest.files.get(name)
        if entry is None:
            raise ReleaseError(f"The manifest of release {self.version} does not list {name}.", remedy=_REBUILD)
        return entry

    def read_checked(self, name: str) -> bytes:
        """Return a file that agrees with the manifest; raise ReleaseError, with the remedy, where it is altered or not listed."""
        entry = self._entry(name)
        data = self.read(name)
        if wrong := entry.departure(len(data)) or entry.departure(len(data), sha256(data)):
            raise ReleaseError(f"{name} {wrong}.", remedy=_REBUILD)
        return data

    @property
    def lines(self) -> list[str]:
        """Return the lines of the master N-Quads, read anew each time; raise ReleaseError where it is cut short or damaged."""
        return _lines(self.read(MASTER), self.bounds)

    @property
    def checked_lines(self) -> list[str]:
        """Return the lines of the master N-Quads where it agrees with the manifest; raise ReleaseError where it does not."""
        return _lines(self.read_checked(MASTER), self.bounds)

    def open_store(self) -> Store:
        """Open its store to read from; raise ReleaseError where it is damaged or not there."""
        return open_store(self.folder)


def _check_inside(name: str) -> None:
    if name.startswith("/") or "\\" in name or {".", "..", ""} & set(name.split("/")):
        raise ReleaseError(f"The manifest lists {name}, which lies outside of the release.")


def _lines(packed: bytes, bounds: Bounds) -> list[str]:
    content = unpacked(packed, MASTER, bounds)
    bounds.check_statements(MASTER, content.count(b"\n"))
    try:
        lines = content.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise ReleaseError(f"{MASTER} is not UTF-8: {error}") from None
    if lines.pop() != "":
        raise ReleaseError(f"{MASTER} is cut short: its last line has no end.")
    return lines


def open_store(folder: Path) -> Store:
    """Open the store of the release in a folder to read from; raise ReleaseError where it is damaged or not there."""
    try:
        return Store.read_only(str(folder / "store"))
    except (OSError, ValueError, RuntimeError) as error:
        raise ReleaseError(f"{folder / 'store'} cannot be opened: {error}", remedy="Build the release anew.") from None


def write_store_list(folder: Path) -> None:
    """Write down size and SHA-256 of the files of a finished store, without its logs, from which nothing is read."""
    names = (path.relative_to(folder).as_posix() for path in sorted((folder / STORE).iterdir()) if not path.name.startswith("LO"))
    rows = (f"{file_hash(folder / name)} {(folder / name).stat().st_size} {name}\n" for name in names)
    (folder / STORE_LIST).write_text("".join(rows), "utf-8")


def read_store_list(folder: Path) -> dict[str, FileEntry]:
    """Return what the files of a store have to be; nothing where a release does not say."""
    try:
        rows = [line.split(" ", 2) for line in (folder / STORE_LIST).read_text("utf-8").splitlines()]
        return {name: FileEntry(digest, int(size)) for digest, size, name in rows}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise ReleaseError(f"{folder / STORE_LIST} is damaged.", remedy=_REBUILD, file=STORE_LIST) from None


def copy_shapes(release: Release, stack: ExitStack) -> Path:
    """Copy the SHACL shapes and SPARQL rules of a release into a folder of their own, which goes with the stack."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    (folder / "rules").mkdir()
    for name in release.files:
        if name == "dumps/shapes.ttl" or (name.startswith("dumps/rules/") and name.endswith(".rq")):
            target = folder / ("shapes.ttl" if name.endswith(".ttl") else f"rules/{name.rsplit('/', 1)[-1]}")
            target.write_bytes(release.read(name))
    return folder


def listed_files(folder: Path) -> list[Path]:
    """Return the files of a release that its manifest has to list, sorted."""
    parts = [folder / part for part in LISTED]
    found = (path for part in parts for path in (part.rglob("*") if part.is_dir() else (part,)))
    return sorted(path for path in found if path.is_file())

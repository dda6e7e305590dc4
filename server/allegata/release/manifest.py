"""Reads and writes manifests: what a release says of itself, and of each of its files the size and SHA-256."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from allegata.errors import ReleaseError

NAME: Final = "manifest.json"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class FileEntry:
    """A file of a release: the SHA-256 of its bytes in 64 hexadecimal digits, and how many there are."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Publisher:
    """Who publishes the dataset: an IRI and a name."""

    iri: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a release says of itself, in the order of its file; the members with a default may be missing."""

    title: str
    description: str
    publisher: Publisher
    keywords: tuple[str, ...]
    language: str
    base: str
    version: str
    created: str
    notes: tuple[str, ...] = ()
    software: str = ""
    writers: Mapping[str, str] = field(default_factory=dict)
    licence: str
    rights: str
    quads: int
    triples: int
    graphs: Mapping[str, int]
    rdfc10: str
    files: Mapping[str, FileEntry]

    @property
    def release_iri(self) -> str:
        """Return the IRI of the release, under which it is cited and kept."""
        return f"{self.base}release/{self.version}"

    @property
    def dumps(self) -> dict[str, FileEntry]:
        """Return the files that are offered for download, by their name under /dumps/."""
        return {name.removeprefix("dumps/"): entry for name, entry in self.files.items() if name.startswith("dumps/")}

    def to_json(self) -> dict[str, Any]:
        """Return the members as JSON has them."""
        return {**asdict(self), "keywords": list(self.keywords), "notes": list(self.notes)}

    def to_bytes(self) -> bytes:
        """Return the file."""
        return (json.dumps(self.to_json(), indent=2, ensure_ascii=False) + "\n").encode()


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of the release in a folder; raise ReleaseError where there is none, or it is damaged."""
    path = folder / NAME
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise ReleaseError(f"{folder} holds no release.", remedy=f"Give the folder that holds {NAME}.") from None
    except OSError as error:
        raise ReleaseError(f"{path} cannot be read: {error.strerror}.") from None
    return parse_manifest(data, str(path))


def parse_manifest(data: bytes, name: str) -> Manifest:
    """Read a manifest that came as bytes; raise ReleaseError, with the name that is given, where it is damaged or none."""
    try:
        document = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ReleaseError(f"{name} is damaged: {error}.", remedy="Fetch or build the release anew.") from None
    try:
        return _manifest(_Members(document))
    except _WrongMember as error:
        raise ReleaseError(f"{name} is not the manifest of a release: {error}.") from None


class _WrongMember(Exception):
    """A member of a manifest is missing or of another type."""


class _Members:
    """Takes members out of a JSON object, each with its type; raises _WrongMember where one is missing or of another type."""

    def __init__(self, document: object, within: str = ""):
        if not isinstance(document, dict):
            raise _WrongMember(f"{within or 'it'} is no object")
        self._members = document
        self._within = f"{within}." if within else ""

    def has(self, name: str) -> bool:
        return name in self._members

    def names(self) -> list[str]:
        return list(self._members)

    def text(self, name: str) -> str:
        value = self._members.get(name)
        if not isinstance(value, str):
            raise _WrongMember(f"{self._within}{name} is no text")
        return value

    def number(self, name: str) -> int:
        value = self._members.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise _WrongMember(f"{self._within}{name} is no count")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._members.get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _WrongMember(f"{self._within}{name} is no list of texts")
        return tuple(value)

    def members(self, name: str) -> _Members:
        return _Members(self._members.get(name), f"{self._within}{name}")


def _manifest(members: _Members) -> Manifest:
    publisher, graphs, files = members.members("publisher"), members.members("graphs"), members.members("files")
    writers = members.members("writers") if members.has("writers") else _Members({})
    return Manifest(
        **{name: members.text(name) for name in _TEXTS},
        publisher=Publisher(publisher.text("iri"), publisher.text("name")),
        keywords=members.texts("keywords"),
        notes=members.texts("notes") if members.has("notes") else (),
        software=members.text("software") if members.has("software") else "",
        writers={name: writers.text(name) for name in writers.names()},
        quads=members.number("quads"),
        triples=members.number("triples"),
        graphs={name: graphs.number(name) for name in graphs.names()},
        files={name: _file_entry(files.members(name), name) for name in files.names()},
    )


_TEXTS: Final = ("title", "description", "language", "base", "version", "created", "licence", "rights", "rdfc10")


def _file_entry(members: _Members, name: str) -> FileEntry:
    digest = members.text("sha256")
    if not _DIGEST.fullmatch(digest):
        raise _WrongMember(f"the SHA-256 of {name} has not 64 hexadecimal digits")
    return FileEntry(digest, members.number("bytes"))

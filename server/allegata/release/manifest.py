"""Reads and writes manifests: what a release says of itself, and of each of its files the size and SHA-256."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from allegata.corpus.text_files import read_regular
from allegata.errors import ReleaseError
from allegata.model.licences import licence_of

NAME: Final = "manifest.json"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class FileEntry:
    """A file of a release: the SHA-256 of its bytes in 64 hexadecimal digits, and how many there are."""

    sha256: str
    bytes: int

    def departure(self, size: int, digest: str = "") -> str:
        """Return in what a file is another one, by its size or else by its digest where one is given, or nothing."""
        if size != self.bytes:
            return f"has {size:,} bytes, the manifest says {self.bytes:,}"
        if digest and digest != self.sha256:
            return f"has SHA-256 {digest[:16]}…, the manifest says {self.sha256[:16]}…"
        return ""


@dataclass(frozen=True)
class Publisher:
    """Who publishes the dataset: an IRI, a name, and whether it is a person or an organization, in the words of schema.org."""

    iri: str
    name: str
    kind: str = "Organization"


@dataclass(frozen=True)
class Labelled:
    """A thing that the description of the dataset names, with its name."""

    iri: str
    label: str


@dataclass(frozen=True)
class Contact:
    """To whom objections and replies go: an IRI, a name, and addresses, which are mailto: or http(s): IRIs."""

    iri: str
    name: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a release says of itself, in the order of its file; the members with a default may be missing."""

    title: str
    description: str
    publisher: Publisher
    keywords: tuple[str, ...]
    language: str
    #: All languages of the data, the one in which it is described first; and the tag of that one.
    languages: tuple[str, ...] = ()
    text_language: str = "en"
    #: How pages call the dataset, and how files and keys do.
    brand: str = ""
    name: str = "allegata"
    themes: tuple[Labelled, ...] = ()
    coverage: tuple[Labelled, ...] = ()
    contacts: tuple[Contact, ...] = ()
    #: The page of the dataset, where it says that it has one.
    landing_page: str = ""
    base: str
    version: str
    created: str
    notes: tuple[str, ...] = ()
    software: str = ""
    writers: Mapping[str, str] = field(default_factory=dict)
    licence: str
    licence_id: str = ""
    licence_name: str = ""
    rights: str
    quads: int
    triples: int
    graphs: Mapping[str, int]
    rdfc10: str
    files: Mapping[str, FileEntry]
    #: The strictest level of its records, where it is not for everybody; a public release says nothing.
    protection: str = ""

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
        said: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return said if self.protection else {name: value for name, value in said.items() if name != "protection"}

    def to_bytes(self) -> bytes:
        """Return the file."""
        return (json.dumps(self.to_json(), indent=2, ensure_ascii=False) + "\n").encode()


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of the release in a folder; raise ReleaseError where there is none, or it is damaged."""
    return parse_manifest(manifest_bytes(folder), str(folder / NAME))


def manifest_bytes(folder: Path) -> bytes:
    """Return the bytes of the manifest of the release in a folder; raise ReleaseError where there is none."""
    path = folder / NAME
    try:
        return read_regular(path)
    except (FileNotFoundError, NotADirectoryError):
        raise ReleaseError(f"{folder} holds no release.", remedy=f"Give the folder that holds {NAME}.") from None
    except OSError as error:
        raise ReleaseError(f"{path} cannot be read: {error.strerror}.") from None


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

    def labelled(self, name: str) -> Iterator[Labelled]:
        value = self._members.get(name)
        if not isinstance(value, list):
            raise _WrongMember(f"{self._within}{name} is no list")
        for item in (_Members(item, f"{self._within}{name}") for item in value):
            yield Labelled(item.text("iri"), item.text("label"))

    def contacts(self, name: str) -> Iterator[Contact]:
        value = self._members.get(name)
        if not isinstance(value, list):
            raise _WrongMember(f"{self._within}{name} is no list")
        for item in (_Members(item, f"{self._within}{name}") for item in value):
            yield Contact(item.text("iri"), item.text("name"), item.texts("addresses"))

    def members(self, name: str) -> _Members:
        return _Members(self._members.get(name), f"{self._within}{name}")


def _manifest(members: _Members) -> Manifest:
    graphs, files = members.members("graphs"), members.members("files")
    writers = members.members("writers") if members.has("writers") else _Members({})
    return Manifest(
        **_descriptive(members),
        publisher=_publisher(members.members("publisher")),
        keywords=members.texts("keywords"),
        contacts=tuple(members.contacts("contacts")) if members.has("contacts") else (),
        notes=members.texts("notes") if members.has("notes") else (),
        software=members.text("software") if members.has("software") else "",
        writers={name: writers.text(name) for name in writers.names()},
        quads=members.number("quads"),
        triples=members.number("triples"),
        graphs={name: graphs.number(name) for name in graphs.names()},
        files={name: _file_entry(files.members(name), name) for name in files.names()},
    )


def _publisher(members: _Members) -> Publisher:
    kind = members.text("kind") if members.has("kind") else Publisher.kind
    return Publisher(members.text("iri"), members.text("name"), kind)


def _descriptive(members: _Members) -> dict[str, Any]:
    """Return the texts, and what 0.1 did not write yet: as it is there, or as it follows; each name was allegata then."""
    known, language = licence_of(members.text("licence")), members.text("language")
    instead = {"text_language": "en", "brand": members.text("title"), "name": Manifest.name, "protection": "", "landing_page": ""}
    instead |= {"licence_id": known.identifier, "licence_name": known.name}
    texts = {name: members.text(name) if members.has(name) else value for name, value in instead.items()}
    languages = members.texts("languages") if members.has("languages") else (language,) if language else ()
    named = {name: tuple(members.labelled(name)) if members.has(name) else () for name in ("themes", "coverage")}
    required = {name: members.text(name) for name in _TEXTS}
    return {**required, **texts, "languages": languages, **named}


_TEXTS: Final = ("title", "description", "language", "base", "version", "created", "licence", "rights", "rdfc10")


def _file_entry(members: _Members, name: str) -> FileEntry:
    digest = members.text("sha256")
    if not _DIGEST.fullmatch(digest):
        raise _WrongMember(f"the SHA-256 of {name} has not 64 hexadecimal digits")
    return FileEntry(digest, members.number("bytes"))

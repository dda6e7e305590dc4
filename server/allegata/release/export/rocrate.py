"""Packs a release as an RO-Crate: its files with a description that repositories, and people years later, can read."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from allegata.corpus.extensions import Values
from allegata.model.formats import of_file
from allegata.model.languages import language_of
from allegata.release.citations import of_dataset
from allegata.release.digests import sha256
from allegata.release.export.exporters import Exporter
from allegata.release.export.zenodo import NAME, deposit_metadata
from allegata.release.handle import Release
from allegata.release.jsonld import write
from allegata.release.manifest import NAME as MANIFEST
from allegata.release.manifest import FileEntry, Manifest

SPECIFICATION: Final = "https://w3id.org/ro/crate/1.1"
METADATA: Final = "ro-crate-metadata.json"
#: Parts of a release that are of use away from its server.
_PARTS: Final = ("dumps/", "reports/", "questions/")
_README: Final = """{title}
Release {version}, {created}

{citation}
{description}

ro-crate-metadata.json says what each file is; manifest.json has the SHA-256 of each.
`allegata verify` on this folder checks all of it. .zenodo.json is the metadata with which Zenodo takes it.
Licence: {licence_name} {licence}
{rights}
"""


def contents(release: Release) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the crate in a stable order: the description, a page to read first, the manifest, the release's files.

    Of the packings of a dump only gzip is taken, which every system unpacks; the manifest of the crate lists no other.
    """
    files = [name for name in sorted(release.files) if name.startswith(_PARTS) and not name.endswith(".zst")]
    manifest = replace(release.manifest, files={name: release.manifest.files[name] for name in files})
    extra = {"README.txt": _readme(manifest).encode(), MANIFEST: b"", NAME: write(deposit_metadata(manifest))}
    described = b""
    # The manifest has the digest of the description, which has the size of the manifest: that is settled in a few rounds.
    while True:
        listed = {name: _entry(data) for name, data in {**extra, METADATA: described}.items() if name != MANIFEST}
        extra[MANIFEST] = write(replace(manifest, files={**manifest.files, **listed}).to_json())
        before, described = described, write(metadata(manifest, {**extra, **dict.fromkeys(files, b"")}))
        if described == before:
            break
    yield METADATA, described
    yield from extra.items()
    for name in files:
        yield name, release.read_checked(name)


def _entry(data: bytes) -> FileEntry:
    """Describe a file as a manifest does."""
    return FileEntry(sha256(data), len(data))


def write_crate(release: Release, target: Path) -> int:
    """Write the crate as a folder, or as a ZIP archive where the name ends in .zip; give the number of its files."""
    count = 0
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in contents(release):
                # The earliest day of the format for every file (APPNOTE, section 4.4.6): the bytes depend on the content alone.
                entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(entry, data)
                count += 1
        return count
    for name, data in contents(release):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(data)
        count += 1
    return count


def metadata(manifest: Manifest, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Describe the crate (RO-Crate 1.1, sections 3 to 5)."""
    publisher, licence = manifest.publisher, manifest.licence
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": manifest.title,
        "description": manifest.description or manifest.title,
        "datePublished": manifest.created,
        "version": manifest.version,
        "identifier": manifest.release_iri,
        "url": manifest.base,
        "license": {"@id": licence} if licence else None,
        "inLanguage": [tag for tag in (language_of(iri).tag for iri in manifest.languages) if tag],
        "usageInfo": manifest.rights,
        "keywords": ", ".join(manifest.keywords),
        "author": {"@id": publisher.iri},
        "publisher": {"@id": publisher.iri},
        "creditText": of_dataset(manifest).text().strip(),
        "hasPart": [{"@id": name} for name in files],
    }
    graph = [
        {"@id": METADATA, "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": {"@id": SPECIFICATION}},
        {key: value for key, value in root.items() if value},
        {"@id": publisher.iri, "@type": publisher.kind, "name": publisher.name, "url": publisher.iri},
        *_licence(manifest),
        *(_file(name, manifest, data) for name, data in files.items()),
        *({"@id": page, "@type": "WebPage", "name": page} for page in _pages(files)),
    ]
    return {"@context": f"{SPECIFICATION}/context", "@graph": graph}


def _licence(manifest: Manifest) -> Iterator[dict[str, Any]]:
    """Yield the licence as an entity, by its identifier of SPDX where it has one."""
    if manifest.licence:
        entity = {"@id": manifest.licence, "@type": "CreativeWork", "name": manifest.licence_name or manifest.licence}
        yield {**entity, **({"identifier": manifest.licence_id} if manifest.licence_id else {}), "url": manifest.licence}


def _file(name: str, manifest: Manifest, data: bytes) -> dict[str, Any]:
    """Describe a file; what is in the manifest has its size and digest from there."""
    media_type, page = _format(name)
    entry = manifest.files.get(name)
    described: dict[str, Any] = {
        "@id": name,
        "@type": "File",
        "name": name,
        "encodingFormat": [media_type, {"@id": page}] if page else media_type,
        "contentSize": str(entry.bytes if entry else len(data)),
    }
    described |= {"license": {"@id": manifest.licence}} if manifest.licence else {}
    return {**described, "sha256": entry.sha256} if entry else described


def _format(name: str) -> tuple[str, str]:
    """Return the media type of a file, and the page that defines its format, or that of what is packed in it."""
    form, packing = of_file(name)
    outer = packing or form
    return outer.media_type if outer else "application/octet-stream", form.page if form else ""


def _pages(files: Mapping[str, bytes]) -> list[str]:
    return sorted({page for _, page in map(_format, files) if page})


def _readme(manifest: Manifest) -> str:
    return _README.format(citation=of_dataset(manifest).text(), **{name: getattr(manifest, name) for name in _IN_README})


_IN_README: Final = ("title", "version", "created", "description", "licence", "licence_name", "rights")


def _write(release: Release, target: Path, _values: Values) -> str:
    return f"{write_crate(release, target)} files"


EXPORTER: Final = Exporter(
    "Write the release as an RO-Crate with the metadata for Zenodo: a folder, or an archive where the name ends in .zip.", _write
)

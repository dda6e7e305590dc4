"""Serves the files of the release: a list for people, the manifest, and each with ranges, strong tags and its type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from allegata.errors import NotFound
from allegata.model.formats import CSV, HTML, JSON, PARQUET, TEXT, Choice
from allegata.model.tables import TABLES
from allegata.release.digests import CHECKSUMS, checksums
from allegata.release.dumps import DUMPS, GRAPH_DUMPS, PACKED
from allegata.release.handle import Release
from allegata.release.manifest import NAME as MANIFEST
from allegata.release.manifest import FileEntry, Manifest
from allegata.release.search_index import FILE as SEARCH_INDEX
from allegata.web.http.files import send, send_file
from allegata.web.http.signposts import dataset_links, file_links
from allegata.web.http.views import choose_format, view
from allegata.web.state import state

blueprint = Blueprint("dumps", __name__)


@view(blueprint, "/dumps", "/dumps/", formats=(HTML, JSON), cached=True, in_sitemap=True, signposts=dataset_links)
def index() -> BaseResponse:
    """List the files of the current release."""
    return listed(state().release, choose_format())


@view(blueprint, "/dumps/manifest.json", formats=(JSON,))
def manifest() -> BaseResponse:
    """Return the manifest: version, counts, and the SHA-256 of each file."""
    return manifest_of(state().release)


@view(blueprint, "/dumps/<path:name>", formats=(), signposts=file_links)
def dump(name: str) -> BaseResponse:
    """Return a file that the manifest lists, and no other."""
    return dump_of(state().release, name)


def listed(release: Release, choice: Choice, *, versioned: bool = False) -> BaseResponse:
    """List the files of a release: a page for people, the manifest for programs; `versioned`: at addresses with its version."""
    if choice.format is not HTML:
        return manifest_of(release)

    def address(name: str) -> str:
        return url_for("releases.dump", version=release.version, name=name) if versioned else url_for("dumps.dump", name=name)

    files = _files(release.manifest)
    return Response(render_template("dumps.html", files=release, address=address, versioned=versioned, **files))


def manifest_of(release: Release) -> BaseResponse:
    """Return the manifest of a release."""
    tag = release.own.sha256 if release.own else ""
    return send_file(release.checks.open(MANIFEST), JSON.media_type, tag)


def dump_of(release: Release, name: str) -> BaseResponse:
    """Return a dump of a release."""
    if name == CHECKSUMS:
        return _checksums(release)
    if name == SEARCH_INDEX and name in release.manifest.files:
        return send(release, name)
    if f"dumps/{name}" not in release.manifest.files:
        raise NotFound(f"There is no dump {name} in release {release.version}.", remedy="/dumps/manifest.json lists them.")
    return send(release, f"dumps/{name}")


def _checksums(release: Release) -> BaseResponse:
    """List the digests of the dumps for `sha256sum --check`."""
    return Response(checksums(release.manifest.dumps), content_type=TEXT.content_type)


def _files(manifest: Manifest) -> dict[str, Any]:
    """Arrange the files of a manifest for the page."""
    files = manifest.dumps
    rows = [name for name in files if name.startswith("tables/") and not name.endswith(f".{JSON.suffix}")]
    named = {name.split("/")[1].partition(".")[0] for name in rows}
    titles = {table.name: table.title for table in TABLES}
    tables = sorted(named, key=[*titles, *sorted(named - titles.keys())].index)
    graphs = sorted({name.rsplit(".", 2)[0].removeprefix("graphs/") for name in files if name.startswith("graphs/")})
    return {
        "syntaxes": [(form.name, form.holds, list(_packed(files, f"allegata.{form.suffix}"))) for form in DUMPS],
        "tables": [
            (
                name,
                titles.get(name, ""),
                [
                    (path, path.partition(".")[2], files[path])
                    for path in (f"tables/{name}.{item.suffix}" for item in (CSV, PARQUET))
                ],
            )
            for name in tables
        ],
        "search": manifest.files.get(SEARCH_INDEX),
        "graphs": [
            (name, [row for form in GRAPH_DUMPS for row in _packed(files, f"graphs/{name}.{form.suffix}")]) for name in graphs
        ],
    }


def _packed(files: dict[str, FileEntry], stem: str) -> Iterator[tuple[str, str, FileEntry]]:
    for packing in (item.suffix for item in PACKED):
        if f"{stem}.{packing}" in files:
            yield f"{stem}.{packing}", f"{stem.rpartition('.')[2]}.{packing}", files[f"{stem}.{packing}"]

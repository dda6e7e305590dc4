"""Puts up signposts for programs: Link headers that say what a page is, how to cite it, where its data is (FAIR Signposting)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from flask import request, url_for

from allegata.model.formats import CSV, CSVW, GZIP, HTML, JSON_LD, LINK_FORMAT, N_QUADS, TURTLE
from allegata.release.csvw import FILE as CSVW_FILE
from allegata.release.manifest import Manifest
from allegata.web.http.files import media_type
from allegata.web.i18n.gettext import PARAMETER
from allegata.web.state import state

_SCHEMA: Final = "https://schema.org/"
#: Files that stand for all: the master, the readable ones, the tables.
ITEMS: Final = (*(f"allegata.{item.suffix}.{GZIP.suffix}" for item in (N_QUADS, TURTLE, JSON_LD)), "tables/datapackage.json")


def no_links(**_path: str) -> Iterator[str]:
    """Yield nothing: what is there has no licence of its own."""
    return iter(())


def licence_link(version: str | None = None, **_path: str) -> Iterator[str]:
    """Yield the licence of the release that answers."""
    licence = state().site.get(version).manifest.licence
    if licence:
        yield f'<{licence}>; rel="license"'


def dataset_links(version: str | None = None) -> Iterator[str]:
    """Signpost the page of the dataset or of a release (FAIR Signposting Profile, level 1)."""
    manifest = state().site.get(version).manifest
    yield f'<{manifest.release_iri}>; rel="cite-as"'
    yield f'<{_SCHEMA}Dataset>; rel="type"'
    yield f'<{_SCHEMA}AboutPage>; rel="type"'
    yield f'<{manifest.publisher.iri}>; rel="author"'
    yield f'<{_address("description.catalog")}>; rel="describedby"; type="{TURTLE.media_type}"'
    yield f'<{_address("description.void")}>; rel="describedby"; type="{TURTLE.media_type}"'
    croissant = _address("croissant.of", version=version) if version else _address("croissant.current")
    yield f'<{croissant}>; rel="describedby"; type="{JSON_LD.media_type}"'
    yield from _items(manifest, version)
    yield from licence_link(version)


def _items(manifest: Manifest, version: str | None) -> Iterator[str]:
    for name in ITEMS:
        if f"dumps/{name}" in manifest.files:
            file = _address("releases.dump", version=version, name=name) if version else _address("dumps.dump", name=name)
            yield f'<{file}>; rel="item"; type="{media_type(name).partition(";")[0]}"'


def page_links(path: str) -> Iterator[str]:
    """Signpost the page of a thing."""
    yield f'<{state().descriptions.iri_at(path)}>; rel="cite-as"'
    for item in (TURTLE, JSON_LD):
        yield f'<{_address("things.data", path=f"{path}.{item.suffix}")}>; rel="describedby"; type="{item.media_type}"'
    yield f'<{_SCHEMA}AboutPage>; rel="type"'
    yield f'<{state().release.manifest.publisher.iri}>; rel="author"'
    yield _collection()
    yield from licence_link()


def timegate_links(**_path: str) -> Iterator[str]:
    """Lead from a thing, which is its own TimeGate, to the list of what releases state of it (RFC 7089, section 3.2)."""
    path = request.path.strip("/")
    yield f'<{request.script_root}/{quote(path)}>; rel="original timegate"'
    yield f'<{_address("memento.timemap", path=path)}>; rel="timemap"; type="{LINK_FORMAT.media_type}"'


def data_links(path: str) -> Iterator[str]:
    """Lead from the data of a thing to its page."""
    page = _address("things.page", path=path.rpartition(".")[0] or path)
    yield f'<{page}>; rel="describes"; type="{HTML.media_type}"'
    yield from licence_link()


def file_links(version: str | None = None, name: str = "", **_path: str) -> Iterator[str]:
    """Lead from a file to the page of what it belongs to, and from a table to what describes its columns (CSV on the Web)."""
    described = f"dumps/tables/{CSVW_FILE}" in state().site.get(version).manifest.files
    if described and name.startswith("tables/") and name.endswith(f".{CSV.suffix}"):
        yield f'<{CSVW_FILE}>; rel="describedby"; type="{CSVW.media_type}"'
    yield _collection()
    yield from licence_link(version)


def _collection() -> str:
    return f'<{_address("home.home")}>; rel="collection"; type="{HTML.media_type}"'


def _address(endpoint: str, **values: str) -> str:
    """Return the address of a view, in no language: signposts are for programs."""
    return url_for(endpoint, **{PARAMETER: None}, **values)  # type: ignore[arg-type]

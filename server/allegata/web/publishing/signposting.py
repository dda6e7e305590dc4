"""Puts up signposts for programs: Link headers that say what a page is, how to cite it, where its data is (FAIR Signposting)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, request
from markupsafe import Markup

from allegata.model.formats import GZIP, JSON_LD, N_QUADS, TURTLE
from allegata.release.manifest import Manifest
from allegata.web.http.files import media_type
from allegata.web.http.page_cache import given
from allegata.web.state import state

blueprint = Blueprint("signposts", __name__)
_SCHEMA = "https://schema.org/"
#: Files that stand for all: the master, the readable ones, the tables.
_ITEMS = (*(f"allegata.{item.suffix}.{GZIP.suffix}" for item in (N_QUADS, TURTLE, JSON_LD)), "tables/datapackage.json")


@blueprint.after_app_request
def add_links(response: Response) -> Response:
    """Add the links that fit the page; what names its own licence or address keeps it."""
    if given() or request.method not in ("GET", "HEAD") or response.status_code not in (200, 206, 303, 304):
        return response
    found = list(_links())
    if found:
        # One field line for all links: clients that keep the last of several lines lose none.
        response.headers["Link"] = ", ".join([*response.headers.getlist("Link"), *found])
    if request.endpoint == "things.thing":
        response.vary.add("Accept-Datetime")
    return response


def _links() -> Iterator[str]:
    endpoint = request.endpoint or ""
    version = (request.view_args or {}).get("version") if endpoint.startswith("releases.") else None
    manifest = state().site.get(version).manifest
    path = (request.view_args or {}).get("path", "")
    if endpoint in ("home.home", "dumps.index", "releases.release", "releases.dumps"):
        yield from _landing(manifest, f"/release/{version}/dumps" if version else "/dumps")
    elif endpoint == "things.page":
        yield f'<{state().descriptions.iri_at(path)}>; rel="cite-as"'
        yield from _metadata(f"/data/{path}")
        yield f'<{_SCHEMA}AboutPage>; rel="type"'
        yield f'<{manifest.publisher.iri}>; rel="author"'
        yield '</>; rel="collection"; type="text/html"'
    elif endpoint == "things.thing":
        where = request.path.strip("/")
        yield f'</{where}>; rel="original timegate"'
        yield f'</timemap/{where}>; rel="timemap"; type="application/link-format"'
    elif endpoint == "things.data":
        yield f'</page/{path.rpartition(".")[0] or path}>; rel="describes"; type="text/html"'
    elif endpoint in ("dumps.dump", "releases.dump"):
        yield '</>; rel="collection"; type="text/html"'
    if endpoint not in ("things.thing", "static", ""):
        yield f'<{manifest.licence}>; rel="license"'


def _landing(manifest: Manifest, dumps: str) -> Iterator[str]:
    """Signpost the page of the dataset (FAIR Signposting Profile, level 1)."""
    release = manifest.release_iri
    yield f'<{release}>; rel="cite-as"'
    yield f'<{_SCHEMA}Dataset>; rel="type"'
    yield f'<{_SCHEMA}AboutPage>; rel="type"'
    yield f'<{manifest.publisher.iri}>; rel="author"'
    yield f'</catalog>; rel="describedby"; type="{TURTLE.media_type}"'
    yield f'</.well-known/void>; rel="describedby"; type="{TURTLE.media_type}"'
    for name in _ITEMS:
        if f"dumps/{name}" in manifest.files:
            yield f'<{dumps}/{name}>; rel="item"; type="{media_type(name).partition(";")[0]}"'


def _metadata(stem: str) -> Iterator[str]:
    for item in (TURTLE, JSON_LD):
        yield f'<{stem}.{item.suffix}>; rel="describedby"; type="{item.media_type}"'


@blueprint.app_context_processor
def markup() -> dict[str, object]:
    """Provide templates with the dataset as schema.org describes one."""
    return {
        "schema_dataset": lambda: _block(dataset(state().release.manifest)),
        "schema_release": lambda manifest: _block(release(manifest)),
    }


def release(manifest: Manifest) -> dict[str, Any]:
    """Describe one release for search engines, under a name and address of its own, as a version of the dataset."""
    iri = manifest.release_iri
    own = {"@id": iri, "url": iri, "sameAs": iri, "name": f"{manifest.title}, release {manifest.version}"}
    return {**dataset(manifest), **own, "isPartOf": f"{manifest.base}dataset"}


def dataset(manifest: Manifest) -> dict[str, Any]:
    """Describe the dataset for search engines: every property that they require or recommend and that is known.

    The properties are those of https://developers.google.com/search/docs/appearance/structured-data/dataset.
    """
    base, version = manifest.base, manifest.version
    publisher = {"@type": "Organization", "@id": manifest.publisher.iri, "name": manifest.publisher.name}
    publisher["url"] = publisher["@id"]
    return {
        "@context": _SCHEMA,
        "@type": "Dataset",
        "@id": f"{base}dataset",
        "name": manifest.title,
        "description": manifest.description,
        "url": base,
        "sameAs": f"{base}dataset",
        "identifier": f"{base}release/{version}",
        "version": version,
        "datePublished": manifest.created,
        "dateModified": manifest.created,
        "inLanguage": "en",
        "keywords": manifest.keywords,
        "license": manifest.licence,
        "usageInfo": manifest.rights,
        "isAccessibleForFree": True,
        "creator": publisher,
        "publisher": publisher,
        "includedInDataCatalog": {"@type": "DataCatalog", "name": f"Catalogue of {manifest.title}", "url": f"{base}catalog"},
        "distribution": list(_downloads(manifest)),
    }


def _downloads(manifest: Manifest) -> Iterator[dict[str, Any]]:
    """Describe the files that stand for all, where the release has them."""
    for name in _ITEMS:
        entry = manifest.files.get(f"dumps/{name}")
        if entry:
            yield {
                "@type": "DataDownload",
                "name": name,
                "contentUrl": f"{manifest.release_iri}/dumps/{name}",
                "encodingFormat": media_type(name).partition(";")[0],
                "contentSize": f"{entry.bytes} B",
                "sha256": entry.sha256,
            }


def _block(document: dict[str, Any]) -> Markup:
    """Write a data block: JSON in which no character can end the element (HTML, section 4.12.1.3)."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(f'<script type="application/ld+json">\n{text}\n</script>')  # noqa: S704 - escaped above

"""Describes the dataset to search engines, in the words of schema.org."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from allegata.model.formats import CSV, JSON_LD, TURTLE
from allegata.model.languages import language_of
from allegata.release.manifest import Manifest
from allegata.web.http.files import media_type
from allegata.web.http.signposts import ITEMS
from allegata.web.state import state

_SCHEMA = "https://schema.org/"
#: Members whose values are addresses.
_ADDRESSES = ("contentUrl", "identifier", "isPartOf", "license", "sameAs", "subjectOf", "url")
#: What the words mean, in the document itself: programs that read RDF fetch no context from elsewhere.
_CONTEXT = {"@vocab": _SCHEMA, **{name: {"@type": "@id"} for name in _ADDRESSES}}


def schema_dataset() -> Markup:
    """Return the block that describes the dataset."""
    return _block(dataset(state().release.manifest))


def schema_release(manifest: Manifest) -> Markup:
    """Return the block that describes a release."""
    return _block(release(manifest))


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
    publisher = {"@type": manifest.publisher.kind, "@id": manifest.publisher.iri, "name": manifest.publisher.name}
    publisher["url"] = publisher["@id"]
    described = {
        "@context": _CONTEXT,
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
        "inLanguage": [tag for tag in (language_of(iri).tag for iri in manifest.languages) if tag],
        "keywords": manifest.keywords,
        "license": manifest.licence,
        "usageInfo": manifest.rights,
        "isAccessibleForFree": True,
        "creator": publisher,
        "publisher": publisher,
        "includedInDataCatalog": {"@type": "DataCatalog", "name": f"Catalogue of {manifest.title}", "url": f"{base}catalog"},
        "spatialCoverage": [{"@type": "Place", "@id": place.iri, "name": place.label} for place in manifest.coverage],
        "distribution": list(_downloads(manifest)),
    }
    return {name: value for name, value in described.items() if value not in ("", [], ())}


def schema_record(iri: str, name: str, path: str) -> Markup:
    """Return the block that describes the page of a record: a web page about it, of the dataset, with its data."""
    manifest = state().release.manifest
    forms = (CSV, JSON_LD, TURTLE)
    described = {
        "@context": _CONTEXT,
        "@type": "WebPage",
        "@id": iri,
        "url": iri,
        "identifier": iri,
        "name": name,
        "isPartOf": f"{manifest.base}dataset",
        "license": manifest.licence,
        "version": manifest.version,
        "dateModified": manifest.created,
        "creator": {"@type": manifest.publisher.kind, "@id": manifest.publisher.iri, "name": manifest.publisher.name},
        "publisher": {"@id": manifest.publisher.iri},
        "encoding": [
            {
                "@type": "MediaObject",
                "contentUrl": f"{manifest.base}data/{path}.{form.suffix}",
                "encodingFormat": form.media_type,
            }
            for form in forms
        ],
    }
    return _block({name: value for name, value in described.items() if value not in ("", [], ())})


def _downloads(manifest: Manifest) -> Iterator[dict[str, Any]]:
    """Describe the files that stand for all, where the release has them."""
    for name in ITEMS:
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

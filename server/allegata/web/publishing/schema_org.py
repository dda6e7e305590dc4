"""Describes the dataset, its releases and its records to search engines, in the words of schema.org."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup
from pyoxigraph import NamedNode

from allegata.domain import Thing
from allegata.model.formats import CSV, JSON_LD, TURTLE, Choice
from allegata.model.languages import language_of
from allegata.model.namespaces import PREFIXES
from allegata.model.tables import TABLES
from allegata.release.dcat import access_right
from allegata.release.manifest import Manifest
from allegata.web.http.files import media_type
from allegata.web.http.signposts import ITEMS
from allegata.web.i18n.gettext import gettext
from allegata.web.i18n.names import name_of
from allegata.web.pages.rows import representation
from allegata.web.state import state

_SCHEMA = "https://schema.org/"
#: Members whose values are addresses.
_ADDRESSES = ("about", "contentUrl", "identifier", "isBasedOn", "isPartOf", "license", "sameAs", "subjectOf", "url")
_PROVENANCE = ("prov:wasAttributedTo", "prov:wasDerivedFrom")
#: What the words mean, in the document itself: programs that read RDF fetch no context from elsewhere.
_CONTEXT = {
    "@vocab": _SCHEMA,
    "prov": PREFIXES["prov"],
    **{name: {"@type": "@id"} for name in (*_ADDRESSES, *_PROVENANCE)},
}
#: What a record is given as to programs, in the order in which it is named.
_RECORD_FORMATS = (CSV, JSON_LD, TURTLE)


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
    publisher = _publisher(manifest)
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
        "conditionsOfAccess": access_right(manifest),
        "creator": publisher,
        "publisher": publisher,
        "includedInDataCatalog": {"@type": "DataCatalog", "name": f"Catalogue of {manifest.title}", "url": f"{base}catalog"},
        "spatialCoverage": [{"@type": "Place", "@id": place.iri, "name": place.label} for place in manifest.coverage],
        "variableMeasured": list(_variables()),
        "prov:wasAttributedTo": publisher["@id"],
        "distribution": list(_downloads(manifest)),
    }
    return _said(described)


def _variables() -> Iterator[dict[str, str]]:
    """Describe what is known of each assertion: the columns of the table that is opened first."""
    for column in TABLES[0].columns:
        yield {"@type": "PropertyValue", "name": column.name, "description": column.says}


def schema_record(thing: Thing, name: str, path: str) -> Markup:
    """Return the block that describes the record behind a page: a small dataset about the thing, part of the whole."""
    return _block(record(thing, name, path))


def record(thing: Thing, name: str, path: str) -> dict[str, Any]:
    """Describe the record of a thing as a dataset of its own: the thing itself is what it is about."""
    manifest = state().release.manifest
    publisher = _publisher(manifest)
    topics = state().descriptions.values(NamedNode(thing.iri), "alg:topic")
    described = {
        "@context": _CONTEXT,
        "@type": "Dataset",
        "@id": f"{manifest.base}data/{path}",
        "url": f"{manifest.base}page/{path}",
        "identifier": thing.iri,
        "about": thing.iri,
        "name": name,
        "description": gettext("What %(title)s records of “%(name)s”: who says it, where, on what evidence, and who disputes it.")
        % {"title": manifest.title, "name": name},
        "keywords": [*map(name_of, topics), *manifest.keywords],
        "isPartOf": f"{manifest.base}dataset",
        "isBasedOn": manifest.release_iri,
        "license": manifest.licence,
        "usageInfo": manifest.rights,
        "isAccessibleForFree": True,
        "conditionsOfAccess": access_right(manifest),
        "version": manifest.version,
        "datePublished": manifest.created,
        "dateModified": manifest.created,
        "creator": publisher,
        "publisher": publisher,
        "prov:wasAttributedTo": publisher["@id"],
        "prov:wasDerivedFrom": manifest.release_iri,
        "distribution": list(_forms(thing.iri, f"{manifest.base}data/{path}")),
    }
    return _said(described)


def _forms(iri: str, address: str) -> Iterator[dict[str, Any]]:
    """Describe what a record can be fetched as, with the length that each has."""
    for form in _RECORD_FORMATS:
        yield {
            "@type": "DataDownload",
            "contentUrl": f"{address}.{form.suffix}",
            "encodingFormat": form.media_type,
            "contentSize": f"{len(representation(state().descriptions, iri, Choice(form, form.content_type)))} B",
        }


def _publisher(manifest: Manifest) -> dict[str, str]:
    publisher = manifest.publisher
    return {"@type": publisher.kind, "@id": publisher.iri, "name": publisher.name, "url": publisher.iri}


def _said(described: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not known."""
    return {name: value for name, value in described.items() if value not in ("", [], ())}


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

"""Describes the tables of a release for those who train and test with data (Croissant 1.0), from its own data package."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from allegata.release.citations import of_dataset
from allegata.release.handle import Release

SPECIFICATION: Final = "http://mlcommons.org/croissant/1.0"
PACKAGE: Final = "dumps/tables/datapackage.json"
#: Kinds of columns in a data package, as Croissant names them; addresses are known by their format.
_TYPES: Final = {"string": "sc:Text", "integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean"}
_TERMS: Final = (
    *("citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileObject", "fileProperty", "fileSet"),
    *("format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex"),
    *("repeated", "replace", "samplingRate", "separator", "source", "subField", "transform"),
)
#: The context that the specification gives (appendix 1), in the document itself: nobody has to fetch it.
_CONTEXT: Final[dict[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "isArray": "cr:isArray",
    **{term: f"cr:{term}" for term in _TERMS},
}


def croissant(release: Release) -> dict[str, Any]:
    """Describe a release: each table as a file with its SHA-256, and its columns as they are described beside it."""
    manifest = release.manifest
    tables = json.loads(release.read(PACKAGE))["resources"] if PACKAGE in release.files else []
    publisher = manifest.publisher
    described = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "@id": manifest.release_iri,
        "conformsTo": SPECIFICATION,
        "name": manifest.title,
        "description": manifest.description or manifest.title,
        "url": manifest.release_iri,
        "license": manifest.licence,
        "usageInfo": manifest.rights,
        "version": manifest.version,
        "datePublished": manifest.created,
        "keywords": list(manifest.keywords),
        "citeAs": of_dataset(manifest).text().strip(),
        "creator": {"@type": f"sc:{publisher.kind}", "name": publisher.name, "url": publisher.iri},
        "isLiveDataset": False,
        "distribution": [_file(table, f"{manifest.release_iri}/dumps/tables/") for table in tables],
        "recordSet": [_records(table) for table in tables],
    }
    return {name: value for name, value in described.items() if value not in ("", [], ())}


def _file(table: dict[str, Any], folder: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": table["path"],
        "name": table["path"],
        "description": table["title"],
        "contentUrl": folder + table["path"],
        "contentSize": f"{table['bytes']} B",
        "encodingFormat": table["mediatype"],
        "sha256": table["hash"].removeprefix("sha256:"),
    }


def _records(table: dict[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table["name"],
        "name": table["name"],
        "description": table["title"],
        "key": {"@id": f"{table['name']}/{table['schema']['primaryKey'][0]}"},
        "field": list(_fields(table)),
    }


def _fields(table: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the columns; one that names the rows of another table refers to them."""
    foreign = {key["fields"][0]: key["reference"] for key in table["schema"].get("foreignKeys", [])}
    for field in table["schema"]["fields"]:
        described = {
            "@type": "cr:Field",
            "@id": f"{table['name']}/{field['name']}",
            "name": field["name"],
            "description": field["description"],
            "dataType": "sc:URL" if field.get("format") == "uri" else _TYPES[field["type"]],
            "source": {"fileObject": {"@id": table["path"]}, "extract": {"column": field["name"]}},
        }
        if to := foreign.get(field["name"]):
            described["references"] = {"field": {"@id": f"{to['resource']}/{to['fields'][0]}"}}
        yield described

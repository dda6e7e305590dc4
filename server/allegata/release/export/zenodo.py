"""Describes a release as Zenodo takes it: .zenodo.json, by the deposit metadata of Zenodo's developer documentation.

https://developers.zenodo.org/#deposit-metadata says which attributes there are, which are required, and which HTML is taken.
Nothing is uploaded by this project: whoever deposits a release gives this file with it, or sends it as `metadata`.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any, Final

from allegata.model.licences import licence_of
from allegata.model.namespaces import slug
from allegata.release.citations import of_dataset
from allegata.release.manifest import Manifest

NAME: Final = ".zenodo.json"


def deposit_metadata(manifest: Manifest) -> dict[str, Any]:
    """Return the metadata of a deposit: the required attributes, and of the others those that the manifest knows."""
    notes = [*manifest.notes, manifest.rights, of_dataset(manifest).note]
    found: dict[str, Any] = {
        "upload_type": "dataset",
        "publication_date": manifest.created[:10],
        "title": manifest.title,
        "creators": [{"name": manifest.publisher.name}],
        "description": f"<p>{escape(manifest.description or manifest.title)}</p>",
        "access_right": "open",
        "license": _licence(manifest.licence) if manifest.licence else "",
        "keywords": list(manifest.keywords),
        "notes": "".join(f"<p>{escape(note)}</p>" for note in notes if note),
        "related_identifiers": [
            {
                "identifier": manifest.release_iri,
                "relation": "isIdenticalTo",
                "resource_type": "dataset",
            },
            {"identifier": manifest.base, "relation": "isDocumentedBy"},
        ],
        "version": manifest.version,
        "language": _language(manifest.language),
    }
    return {name: value for name, value in found.items() if value}


def _licence(address: str) -> str:
    """Return Zenodo's identifier of a licence: that of SPDX for Creative Commons; any other one is `other-open`."""
    identifier = licence_of(address).identifier.lower()
    return "cc-zero" if identifier == "cc0-1.0" else identifier if identifier.startswith("cc-") else "other-open"


def _language(iri: str) -> str:
    """Return the three letters of ISO 639 in which the EU's list of languages ends its IRIs."""
    code = slug(iri).lower()
    return code if re.fullmatch(r"[a-z]{3}", code) else ""

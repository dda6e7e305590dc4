"""Reads manifests: what a release says of itself, and of each file its size and SHA-256."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final, TypeGuard

from allegata.errors import ReleaseError

NAME: Final = "manifest.json"
#: What every manifest has, with its type; what later software added besides may be missing.
_MEMBERS: Final[dict[str, type]] = {
    **dict.fromkeys(("title", "description", "base", "version", "created", "licence", "rights", "rdfc10", "language"), str),
    **dict.fromkeys(("publisher", "graphs", "files"), dict),
    **dict.fromkeys(("quads", "triples"), int),
    "keywords": list,
}
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of the release in a folder; raise ReleaseError where there is none, or it is damaged."""
    path = folder / NAME
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise ReleaseError(f"{folder} holds no release.", remedy=f"Give the folder that holds {NAME}.") from None
    except OSError as error:
        raise ReleaseError(f"{path} cannot be read: {error.strerror}.") from None
    return parse_manifest(data, str(path))


def parse_manifest(data: bytes, name: str) -> dict[str, Any]:
    """Read a manifest that came as bytes; raise ReleaseError, with the name that is given, where it is damaged or none."""
    try:
        manifest = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ReleaseError(f"{name} is damaged: {error}.", remedy="Fetch or build the release anew.") from None
    if not _is_manifest(manifest):
        raise ReleaseError(f"{name} is not the manifest of a release.")
    return manifest


def _is_manifest(data: object) -> TypeGuard[dict[str, Any]]:
    """Return whether JSON is the manifest of a release: its members are there, and each file has its size and SHA-256."""
    if not isinstance(data, dict) or not all(isinstance(data.get(name), kind) for name, kind in _MEMBERS.items()):
        return False
    named = isinstance(data["publisher"].get("iri"), str) and isinstance(data["publisher"].get("name"), str)
    return named and all(
        isinstance(entry, dict) and isinstance(entry.get("bytes"), int) and _DIGEST.fullmatch(str(entry.get("sha256")))
        for entry in data["files"].values()
    )

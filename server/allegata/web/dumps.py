"""Serves the files of the release: the manifest and the dumps, with ranges, strong tags and their types."""

from __future__ import annotations

from flask import Blueprint, Response, send_file

from allegata.errors import NotFound
from allegata.formats import JSON
from allegata.web.state import state

blueprint = Blueprint("dumps", __name__, url_prefix="/dumps")


@blueprint.get("/manifest.json")
def manifest() -> Response:
    """Give the manifest: version, counts, and the SHA-256 of each file."""
    return send_file(state().release.folder / "manifest.json", mimetype=JSON.media_type, etag=False)


@blueprint.get("/<name>")
def dump(name: str) -> Response:
    """Give a file that the manifest lists, and no other."""
    release = state().release
    entry = release.manifest["files"].get(f"dumps/{name}")
    if entry is None:
        listed = sorted(path.removeprefix("dumps/") for path in release.manifest["files"] if path.startswith("dumps/"))
        raise NotFound(f"There is no dump {name}.", remedy=f"There are: {', '.join(listed)}.")
    response = send_file(release.folder / "dumps" / name, mimetype="application/gzip", etag=False, conditional=False)
    response.set_etag(entry["sha256"])
    return response

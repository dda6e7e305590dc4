"""Says whether the service is alive, and whether it is ready to answer queries."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from allegata import __version__
from allegata.errors import Busy
from allegata.web.state import state

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer as long as the process does."""
    release = state().release
    response = jsonify(status="ok", release=release.version, rdfc10=release.hash, software=f"allegata {__version__}")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/readyz")
def readyz() -> Response:
    """Answer 200 while queries can be answered, 503 while not."""
    if not state().engine.healthy():
        raise Busy("The query engine does not answer.", retryAfter=5)
    response = jsonify(status="ready")
    response.headers["Cache-Control"] = "no-store"
    return response

"""Reports whether the service is alive, and whether it is ready to answer queries."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from allegata import __version__
from allegata.errors import Busy, ReleaseError
from allegata.model.formats import JSON
from allegata.release.search_index import FILE as SEARCH_INDEX
from allegata.web.http.views import Lifetime, view
from allegata.web.state import state

blueprint = Blueprint("health", __name__)


@view(blueprint, "/healthz", formats=(JSON,), lifetime=Lifetime.NONE)
def healthz() -> Response:
    """Answer as long as the process does."""
    release = state().release
    return jsonify(status="ok", release=release.version, rdfc10=release.hash, software=f"allegata {__version__}")


@view(blueprint, "/readyz", formats=(JSON,), lifetime=Lifetime.NONE)
def readyz() -> Response:
    """Answer 200 while queries, pages and searches can be answered, 503 while not; files that are not as listed are named."""
    checks = state().release.checks
    if not state().engine.healthy():
        raise Busy("The query engine does not answer.", retryAfter=5)
    if state().release.manifest.quads and not state().descriptions.is_there():
        raise Busy("The store from which pages are made gives nothing.", retryAfter=5)
    if SEARCH_INDEX in checks.damaged:
        error = ReleaseError(checks.damaged[SEARCH_INDEX], file=SEARCH_INDEX, release=state().release.version)
        error.status = Busy.status
        raise error
    if checks.lists(SEARCH_INDEX):
        state().dataset.index.probe()
    return jsonify(status="damaged" if checks.damaged else "ready", damaged=list(checks.damaged), unchecked=checks.unchecked)

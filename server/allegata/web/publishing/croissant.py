"""Serves the description of the tables for those who train and test with data (Croissant)."""

from __future__ import annotations

import json

from flask import Blueprint, Response
from werkzeug.wrappers import Response as BaseResponse

from allegata.model.formats import JSON_LD
from allegata.release.croissant import croissant
from allegata.web.http.signposts import file_links
from allegata.web.http.views import Lifetime, view
from allegata.web.publishing.releases import of_release
from allegata.web.state import state

blueprint = Blueprint("croissant", __name__)


@view(blueprint, "/croissant.json", formats=(JSON_LD,), signposts=file_links)
def current() -> BaseResponse:
    """Describe the tables of the current release, column by column (Croissant)."""
    return of(None)


@view(blueprint, "/release/<version>/croissant.json", formats=(JSON_LD,), lifetime=Lifetime.DAY, signposts=file_links)
def of(version: str | None) -> BaseResponse:
    """Describe the tables of a release, column by column (Croissant)."""
    chosen = state().site.get(version)
    body = json.dumps(croissant(chosen), ensure_ascii=False, indent=1) + "\n"
    return of_release(chosen, Response(body, content_type=JSON_LD.content_type))

"""Says what changed in a release, against the one before it: claims, assertions and stances, for people and programs."""

from __future__ import annotations

import json
from functools import lru_cache
from threading import Lock

from flask import Blueprint, Response, render_template
from werkzeug.wrappers import Response as BaseResponse

from allegata.domain import Descriptions
from allegata.model.formats import HTML, JSON
from allegata.release.diff import Difference, Fact, as_json, diff
from allegata.release.handle import Release
from allegata.web.http.views import Lifetime, choose_format, view
from allegata.web.publishing.releases import of_release
from allegata.web.state import state

blueprint = Blueprint("changes", __name__)
#: Things of one kind and way that the page shows; JSON has all.
SHOWN = 200
_ONE = Lock()


@view(blueprint, "/release/<version>/changes", formats=(HTML, JSON), lifetime=Lifetime.DAY, cached=True)
def changes(version: str) -> BaseResponse:
    """Return what is new in a release: its notes, and what was added, removed, reworded and re-dated since the one before."""
    return _answer(state().site.get(version))


@view(blueprint, "/changes", formats=(HTML, JSON), cached=True, in_sitemap=True)
def latest() -> BaseResponse:
    """Return what is new in the release that is served."""
    return _answer(state().release)


def _answer(release: Release) -> BaseResponse:
    before = state().site.before(release)
    choice = choose_format()
    differences = between(before, release)
    if choice.format is HTML:
        response = Response(_page(release, before, differences))
    else:
        response = Response(_document(release, before, differences), content_type=JSON.content_type)
    return of_release(release, response)


def between(before: Release | None, after: Release) -> tuple[Difference, ...]:
    """Compare two releases; the first of all is compared with nothing."""
    if before is None:
        return ()
    with _ONE:
        return _between(before, after)


@lru_cache(64)
def _between(before: Release, after: Release) -> tuple[Difference, ...]:
    return tuple(diff(before.checked_lines, after.checked_lines))


def _document(release: Release, before: Release | None, differences: tuple[Difference, ...]) -> str:
    document = {
        "release": release.version,
        "created": release.manifest.created,
        "since": before.version if before else None,
        "notes": release.manifest.notes,
        "changes": as_json(differences),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _page(release: Release, before: Release | None, differences: tuple[Difference, ...]) -> str:
    now = state().at(release).descriptions
    then = state().at(before).descriptions if before else now
    base = state().base
    return render_template(
        "changes.html",
        new=release,
        before=before,
        differences=differences,
        notes=release.manifest.notes,
        most=SHOWN,
        gone=lambda fact: _named(then, fact),
        come=lambda fact: _named(now, fact),
        label=now.label_of,
        old_label=then.label_of,
        path=lambda iri: iri.removeprefix(base),
    )


def _named(descriptions: Descriptions, fact: Fact) -> tuple[str, str, str, str]:
    """Name a fact for people: the part of the thing that it is about, the property, the value and its language."""
    part, predicate, value = fact
    name = descriptions.label_of(predicate)
    if not value.startswith('"'):
        return part, name, descriptions.label_of(value), ""
    text, _, language = value[1:].rpartition('"')
    return part, name, text, language.removeprefix("@")

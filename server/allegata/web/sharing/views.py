"""Serves what claims and comparisons are shared by: pictures at /picture and pages that others can embed at /embed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Flask, Response, current_app, render_template
from pyoxigraph import NamedNode

from allegata import budget
from allegata.domain.comparisons import Comparison
from allegata.engine.cache import ByteCache
from allegata.errors import NotFound
from allegata.model.formats import HTML, PNG
from allegata.model.namespaces import expand
from allegata.web.http.headers import embedded_policy
from allegata.web.http.shares import client
from allegata.web.http.under_way import UnderWay
from allegata.web.http.views import Lifetime, view
from allegata.web.i18n.gettext import chosen, language
from allegata.web.i18n.names import name_of
from allegata.web.pages.compare import SUBJECTS, compared
from allegata.web.pages.compare_disputes import by_target
from allegata.web.sharing.card import draw
from allegata.web.sharing.shared import Shared, share_claim, share_comparison
from allegata.web.state import state
from allegata.web.svg import intervals

blueprint = Blueprint("sharing", __name__)
#: Pictures are made when they are asked for, as most links are never shared; some hundreds are kept.
_KEPT_BYTES: Final = 16 * 1024 * 1024
_KEY: Final = "allegata.pictures"
_UNDER_WAY: Final = "allegata.pictures under way"
#: Requests that may wait for a picture that another request makes, in all and of one client: each holds a thread.
_WAITING: Final = (16, 4)
#: Contested things that the page of a comparison for others shows; the whole page has all.
_SHOWN: Final = 2


def register(app: Flask) -> None:
    """Register the pictures that an application keeps, and those that it makes."""
    app.extensions[_KEY] = ByteCache[bytes](_KEPT_BYTES)
    app.extensions[_UNDER_WAY] = UnderWay(*_WAITING)


@view(blueprint, "/picture/<path:path>.png", formats=(PNG,), lifetime=Lifetime.DAY)
def picture(path: str) -> Response:
    """Draw the picture for links to a claim."""
    return _drawn(path, lambda: share_claim(state().dataset.summary(_claim(path))))


@view(blueprint, "/picture/compare/<name>/<path:value>.png", formats=(PNG,), lifetime=Lifetime.DAY)
def compared_picture(name: str, value: str) -> Response:
    """Draw the picture for links to a comparison."""
    comparison = _compared(name, value)
    return _drawn(f"{name}={value}", lambda: share_comparison(comparison, {name: value}))


@view(blueprint, "/embed/<path:path>", formats=(HTML,), cached=True)
def embed(path: str) -> Response:
    """Show the first lines of a claim on a page that others can embed."""
    iri = _claim(path)
    comparison, summary = state().dataset.compare(iri), state().dataset.summary(iri)
    estimates = [estimate for _, group in comparison.estimates for estimate in group]
    shared = share_claim(summary)
    shown = {"claim": summary.sides.claim, "summary": summary, "estimates": estimates, "whole": shared.page}
    return _embedded("embed-claim.html", shared, **shown)


@view(blueprint, "/embed/compare/<name>/<path:value>", formats=(HTML,), cached=True)
def compared_embed(name: str, value: str) -> Response:
    """Show the first disputes of a comparison on a page that others can embed."""
    comparison = _compared(name, value)
    contested = by_target(comparison.disputes)
    return _embedded(
        "embed-compare.html",
        share_comparison(comparison, {name: value}),
        comparison=comparison,
        contested=contested[:_SHOWN],
        pictures=[(measure, intervals(name_of(measure), group)) for measure, group in comparison.estimates[:1]],
    )


def _embedded(template: str, shared: Shared, **shown: object) -> Response:
    response = Response(render_template(template, shared=shared, **shown), content_type=HTML.content_type)
    response.headers["Content-Security-Policy"] = embedded_policy()
    return response


def _drawn(name: str, shared: Callable[[], Shared]) -> Response:
    pictures: ByteCache[bytes] = current_app.extensions[_KEY]
    key = f"{state().release.hash} {language()} {name}"
    body = pictures.get(key)
    while body is None:
        body = _made(key, pictures, shared)
    response = Response(body, content_type=PNG.content_type)
    if not chosen():
        response.vary.add("Accept-Language")
    return response


def _made(key: str, pictures: ByteCache[bytes], shared: Callable[[], Shared]) -> bytes | None:
    """Make a picture; where another request makes the same, wait for that one and return what it made."""
    works: UnderWay = current_app.extensions[_UNDER_WAY]
    if not works.begin(key, client(), budget.current()):
        return pictures.get(key)
    is_made = False
    try:
        made = draw(shared().card, client())
        is_made = bool(pictures.put(key, made, len(made)))
    finally:
        works.end(key, is_made=is_made)
    return made


def _claim(path: str) -> str:
    iri = state().descriptions.iri_at(path)
    if not state().descriptions.has(iri) or expand("alg:Claim") not in state().descriptions.classes(NamedNode(iri)):
        raise NotFound(f"This release has no claim {iri}.", remedy="Claims and comparisons are shared; /search finds them.")
    return iri


def _compared(name: str, value: str) -> Comparison:
    if name not in SUBJECTS:
        raise NotFound(f"No {name[:40]} is compared.", remedy=f"Compared is one of {', '.join(SUBJECTS)}.")
    return compared(name, value)

"""Leads from a thing to what earlier releases state of it (Memento, RFC 7089): every thing is its own TimeGate."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from allegata.corpus.rdf import serialize_triples
from allegata.errors import BadRequest, Gone, NotFound
from allegata.model.formats import GRAPH_FORMATS, HTML, LINK_FORMAT
from allegata.model.namespaces import uri
from allegata.release.handle import Release
from allegata.web.http.views import choose_format, view
from allegata.web.state import state

blueprint = Blueprint("memento", __name__)
_SUFFIX = {item.suffix: item for item in GRAPH_FORMATS}
_MISTAKE = "See RFC 7089, section 2.1.1; for example: Sat, 21 Nov 2026 00:00:00 GMT."


def instant(release: Release) -> datetime:
    """Return the moment from which a release counts: the day on which it came out, from midnight on."""
    found = datetime.fromisoformat(release.manifest.created)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def timegate(path: str, moment: str) -> BaseResponse:
    """Answer a request for a thing that names a moment: 302 to the release of that time (RFC 7089, section 4.1.2)."""
    release = _chosen(_holding(path), _moment(moment))
    choice = choose_format(offered=(HTML, *GRAPH_FORMATS))
    response = redirect(_address(release, path, "" if choice.format is HTML else choice.format.suffix), code=302)
    response.vary.update(("Accept-Datetime", "Accept"))
    response.headers["Link"] = uri(", ".join(links(path, _holding(path))))
    return response


@view(blueprint, "/release/<version>/page/<path:path>", formats=(HTML,), cached=True)
def page(version: str, path: str) -> Response:
    """Show a thing as a release describes it."""
    release = state().site.get(version)
    iri = described(release, path)
    thing = state().at(release).descriptions.thing(iri)
    return _memento(Response(render_template("memento.html", thing=thing, path=path, old=release)), release, path)


@view(blueprint, "/release/<version>/data/<path:path>", formats=GRAPH_FORMATS)
def data(version: str, path: str) -> Response:
    """Return what a release states of a thing; the suffix chooses the syntax, without one the Accept header does."""
    release = state().site.get(version)
    stem, dot, suffix = path.rpartition(".")
    if dot and suffix in _SUFFIX:
        path, choice = stem, choose_format(suffix)
    else:
        choice = choose_format()
    triples = state().at(release).descriptions.triples(described(release, path))
    return _memento(Response(serialize_triples(triples, choice.format), content_type=choice.content_type), release, path)


@view(blueprint, "/timemap/<path:path>", formats=(LINK_FORMAT,))
def timemap(path: str) -> Response:
    """List the releases that describe a thing (RFC 7089, section 5)."""
    holding = _holding(path)
    span = f'from="{_date(holding[0])}"; until="{_date(holding[-1])}"'
    own = f'<{url_for("memento.timemap", path=path, _external=True)}>; rel="self"; type="{LINK_FORMAT.media_type}"; {span}'
    return Response(",\n".join([own, *links(path, holding, every=True)]) + "\n", content_type=LINK_FORMAT.content_type)


def links(path: str, holding: list[Release], *, every: bool = False) -> Iterable[str]:
    """Yield the links of a TimeGate and a memento: the original, which is the TimeGate, the TimeMap, and mementos."""
    yield f'<{request.url_root}{path}>; rel="original timegate"'
    yield f'<{url_for("memento.timemap", path=path, _external=True)}>; rel="timemap"; type="{LINK_FORMAT.media_type}"'
    shown = holding if every else list(dict.fromkeys((holding[0].version, holding[-1].version)))
    for release in holding:
        if every or release.version in shown:
            words = [word for word, at in (("first", 0), ("last", -1)) if holding[at] is release]
            rel = " ".join([*words, "memento"])
            address = _address(release, path, lang=None, _external=True)
            yield f'<{address}>; rel="{rel}"; datetime="{_date(release)}"'


def _memento(response: Response, release: Release, path: str) -> Response:
    response.headers["Memento-Datetime"] = _date(release)
    response.headers["Link"] = uri(", ".join(links(path, _holding(path))))
    response.headers["Allegata-Release"] = release.version
    return response


def described(release: Release, path: str) -> str:
    """Return the IRI of a thing in a release; raise NotFound where it does not, Gone where the thing was withdrawn."""
    iri = _not_withdrawn(path)
    if not state().at(release).descriptions.has(iri):
        raise NotFound(
            f"Release {release.version} states nothing of {iri}.", remedy=f"/timemap/{path} lists the releases that do."
        )
    return iri


def _not_withdrawn(path: str) -> str:
    iri = state().descriptions.iri_at(path)
    if iri in state().site.withdrawn:
        raise Gone(f"{iri} was withdrawn: {state().site.withdrawn[iri]}")
    return iri


def _holding(path: str) -> list[Release]:
    """Return the releases that describe a thing, oldest first; raise NotFound where none does, Gone where it was withdrawn."""
    iri = _not_withdrawn(path)
    found = [release for release in state().site.offered if state().at(release).descriptions.has(iri)]
    if not found:
        raise NotFound(f"No release states anything of {iri}.", remedy="Look for it with a query at /sparql.")
    return found


def _chosen(holding: list[Release], moment: datetime) -> Release:
    """Choose the last release at the moment, and for one before all of them the first (RFC 7089, section 4.5.3)."""
    return next((release for release in reversed(holding) if instant(release) <= moment), holding[0])


def _moment(header: str) -> datetime:
    try:
        found = parsedate_to_datetime(header.strip())
    except (ValueError, IndexError, OverflowError):
        raise BadRequest(f"Accept-Datetime: {header} is not a date of HTTP.", remedy=_MISTAKE) from None
    if found.tzinfo is None:
        raise BadRequest(f"Accept-Datetime: {header} is not in GMT.", remedy=_MISTAKE)
    return found


def _address(release: Release, path: str, suffix: str = "", **options: Any) -> str:
    if suffix:
        return url_for("memento.data", version=release.version, path=f"{path}.{suffix}")
    return url_for("memento.page", version=release.version, path=path, **options)


def _date(release: Release) -> str:
    return format_datetime(instant(release).astimezone(UTC), usegmt=True)

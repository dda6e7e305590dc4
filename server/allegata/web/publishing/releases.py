"""Serves the releases side by side: a list of them, and each with its files and its description under its version."""

from __future__ import annotations

import json
from functools import lru_cache

from flask import Blueprint, Response, render_template, url_for
from pyoxigraph import NamedNode, Triple
from werkzeug.wrappers import Response as BaseResponse

from allegata.corpus.rdf import serialize_triples
from allegata.model.formats import GRAPH_FORMATS, HTML, JSON, Choice
from allegata.release.dcat import catalogue
from allegata.release.handle import Release
from allegata.web.http.signposts import dataset_links, file_links
from allegata.web.http.views import Lifetime, choose_format, view
from allegata.web.publishing.dumps import dump_of, listed, manifest_of
from allegata.web.state import State, state

blueprint = Blueprint("releases", __name__)


@view(blueprint, "/release", "/release/", formats=(HTML, JSON), cached=True, in_sitemap=True)
def index() -> Response:
    """List the releases: a page for people, JSON for programs."""
    site = state().site
    choice = choose_format()
    if choice.format is HTML:
        return Response(render_template("releases.html", releases=list(reversed(site.offered)), current=site.current))
    rows = [
        {
            "version": item.version,
            "created": item.manifest.created,
            "rdfc10": item.hash,
            "notes": item.manifest.notes,
            "changes": url_for("changes.changes", version=item.version, lang=None),
            "address": url_for(".release", version=item.version, lang=None),
        }
        for item in site.offered
    ]
    return Response(_json({"current": site.current.version, "releases": rows}), content_type=JSON.content_type)


@view(
    blueprint,
    "/release/<version>",
    formats=(HTML, *GRAPH_FORMATS),
    lifetime=Lifetime.DAY,
    cached=True,
    signposts=dataset_links,
)
def release(version: str) -> BaseResponse:
    """Describe a release: its files to people, DCAT and VoID to programs."""
    chosen = state().site.get(version)
    choice = choose_format()
    if choice.format is HTML:
        return of_release(chosen, listed(chosen, choice, versioned=True))
    return of_release(chosen, _rdf(described(state().at(chosen)), choice))


@view(blueprint, "/release/<version>/void", formats=GRAPH_FORMATS, lifetime=Lifetime.DAY)
def void(version: str) -> BaseResponse:
    """Return the counts and partitions of a release."""
    chosen = state().site.get(version)
    triples = state().at(chosen).descriptions.graph(f"{state().base}graph/meta")
    return of_release(chosen, _rdf(triples, choose_format()))


@view(
    blueprint,
    "/release/<version>/dumps/manifest.json",
    "/release/<version>/manifest.json",
    formats=(JSON,),
    lifetime=Lifetime.DAY,
)
def manifest(version: str) -> BaseResponse:
    """Return the manifest of a release."""
    chosen = state().site.get(version)
    return of_release(chosen, manifest_of(chosen))


@view(
    blueprint,
    "/release/<version>/dumps",
    "/release/<version>/dumps/",
    formats=(HTML, JSON),
    lifetime=Lifetime.DAY,
    cached=True,
    signposts=dataset_links,
)
def dumps(version: str) -> BaseResponse:
    """List the files of a release."""
    chosen = state().site.get(version)
    return of_release(chosen, listed(chosen, choose_format(), versioned=True))


@view(blueprint, "/release/<version>/dumps/<path:name>", formats=(), lifetime=Lifetime.DAY, signposts=file_links)
def dump(version: str, name: str) -> BaseResponse:
    """Return a file of a release."""
    chosen = state().site.get(version)
    return of_release(chosen, dump_of(chosen, name))


def described(of: State) -> list[Triple]:
    """Return what the catalogue says of a release, with the counts that the release keeps of itself."""
    name = of.release.manifest.release_iri
    about = [triple for triple in _catalogue((of.release,)) if _begins(triple, name)]
    return [*about, *of.descriptions.graph(f"{of.base}graph/meta")]


def whole_catalogue(of: State) -> tuple[Triple, ...]:
    """Return the catalogue of all releases that can be had."""
    return _catalogue(tuple(of.site.offered))


@lru_cache(8)
def _catalogue(releases: tuple[Release, ...]) -> tuple[Triple, ...]:
    return tuple(catalogue([item.manifest for item in releases]))


def _begins(triple: Triple, name: str) -> bool:
    return isinstance(triple.subject, NamedNode) and triple.subject.value.startswith(name)


def _rdf(triples: list[Triple], choice: Choice) -> Response:
    return Response(serialize_triples(triples, choice.format), content_type=choice.content_type)


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def of_release(chosen: Release, response: BaseResponse) -> BaseResponse:
    """Return an answer that says of which release it is."""
    response.headers["Allegata-Release"] = chosen.version
    return response

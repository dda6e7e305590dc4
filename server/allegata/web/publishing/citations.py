"""Says how to cite the dataset, a release, a record or a query: on a page, and as BibTeX, RIS, CSL-JSON and text."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from allegata.corpus.text_files import read_text
from allegata.errors import BadRequest, NotFound
from allegata.model.formats import (
    BINDING_FORMATS,
    CITATION_FORMATS,
    CSV_RESULTS,
    GRAPH_FORMATS,
    HTML,
    SPARQL_QUERY,
    TEXT,
    Choice,
    Format,
)
from allegata.release.citations import Citation, of_dataset, of_query, of_thing, query_hash
from allegata.release.handle import Release
from allegata.web.http.views import Lifetime, choose_format, view
from allegata.web.i18n.links import escaped
from allegata.web.publishing.memento import described
from allegata.web.publishing.releases import of_release
from allegata.web.state import state

blueprint = Blueprint("citations", __name__)
_SUFFIX: dict[str, Format] = {item.suffix: item for item in CITATION_FORMATS}
_OFFERED = (HTML, *CITATION_FORMATS)
_FORMAT = {"format": "word of a format, before the Accept header"}
_RELEASE = {"release": "version of the release, the current one without it"}


@view(
    blueprint,
    "/cite/query",
    formats=_OFFERED,
    parameters={"query": "the query that is cited", **_RELEASE, **_FORMAT},
    required=("query",),
    cached=True,
)
def query() -> Response:
    """Cite the query in the address, as it was put to a release."""
    text = request.args.get("query", "")
    if not text.strip():
        raise BadRequest("There is no query to cite.", remedy="Give it as the parameter query, and its release as release.")
    return _answer(of_query(_release().manifest, text), "query", _choice(None), {"query": text}, query=text)


@view(blueprint, "/cite/query/<digest>", formats=_OFFERED, parameters={**_RELEASE, **_FORMAT}, cached=True)
def question(digest: str) -> Response:
    """Cite a saved query, one that comes with the release, by its hash."""
    digest, _, suffix = digest.partition(".")
    release = _release()
    text = _saved(release, digest)
    title = text.split("\n", 1)[0].lstrip("# ").strip()
    cited = of_query(release.manifest, text, title, saved=True)
    return _answer(cited, f"query/{digest}", _choice(suffix or None), {}, query=text)


@view(
    blueprint,
    "/release/<version>/query/<digest>",
    formats=(HTML, SPARQL_QUERY, TEXT, *BINDING_FORMATS, *GRAPH_FORMATS),
    lifetime=Lifetime.DAY,
    redirects=True,
)
def saved(version: str, digest: str) -> BaseResponse:
    """Return a saved query by its hash and release: its page to people, its text or its answer to programs."""
    release = state().site.get(version)
    text = _saved(release, digest)
    choice = choose_format()
    if choice.format in (SPARQL_QUERY, TEXT):
        response: BaseResponse = Response(text, content_type=choice.content_type)
    elif choice.format is HTML:
        response = redirect(url_for(".question", digest=digest, release=version), code=303)
    else:
        response = redirect(escaped(url_for("sparql.release_by_get", version=version, query=text)), code=303)
    return of_release(release, response)


def _saved(release: Release, digest: str) -> str:
    """Find a query that comes with a release by its hash; raise NotFound where there is none."""
    for path in sorted((release.folder / "questions").glob("*.rq")):
        text = read_text(path)
        if query_hash(text) == digest:
            return text
    raise NotFound(
        f"No saved query of release {release.version} has the hash {digest[:64]}.", remedy="Cite others as /cite/query?query=…"
    )


@view(blueprint, "/cite/release/<path:name>", formats=_OFFERED, parameters=_FORMAT, cached=True)
def release(name: str) -> Response:
    """Cite a release; its version may end in the suffix of a format."""
    stem, _, suffix = name.rpartition(".")
    known = suffix in _SUFFIX
    chosen = state().site.get(stem if known else name)
    return _answer(of_dataset(chosen.manifest), f"release/{chosen.version}", _choice(suffix if known else None), {})


@view(blueprint, "/cite/<path:path>", formats=_OFFERED, parameters={**_RELEASE, **_FORMAT}, cached=True)
def thing(path: str) -> Response:
    """Cite a record, or the dataset as a whole."""
    stem, _, suffix = path.rpartition(".")
    known = suffix in _SUFFIX
    path, chosen = stem if known else path, _release()
    # What cannot be cited is said before how it could have been written.
    cited = of_dataset(chosen.manifest) if path == "dataset" else citation(path, chosen)
    return _answer(cited, path, _choice(suffix if known else None), {})


def citation(path: str, chosen: Release) -> Citation:
    """Cite a record as a release describes it; raise NotFound or Gone where it does not."""
    iri = described(chosen, path)
    return of_thing(chosen.manifest, path, state().at(chosen).descriptions.label_of(iri))


def cite_thing(path: str) -> Citation:
    """Cite a record as the current release describes it."""
    return citation(path, state().release)


def cite_dataset() -> Citation:
    """Cite the current release."""
    return of_dataset(state().release.manifest)


def _release() -> Release:
    return state().site.get(request.args.get("release"))


def _choice(suffix: str | None) -> Choice:
    word = suffix or request.args.get("format")
    return choose_format(word, CITATION_FORMATS if word else ())


def _answer(cited: Citation, path: str, choice: Choice, given: dict[str, str], query: str = "") -> Response:
    if choice.format is HTML:
        release = cited.version if request.args.get("release") or given else ""
        arguments = {**given, **({"release": release} if release else {})}
        answer = escaped(url_for("sparql.release_by_get", version=cited.version, query=query, format=CSV_RESULTS.words[0]))
        body = render_template("citation.html", cited=cited, path=path, arguments=arguments, query=query, answer=answer)
    else:
        body = cited.write(choice.format)
    response = Response(body, content_type=choice.content_type)
    response.headers["Allegata-Release"] = cited.version
    return response

"""Caches finished pages and feeds: a release never changes, so each is made once and then sent as it is, with headers and tag."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, request
from werkzeug.wrappers import Response as BaseResponse

from allegata import budget
from allegata.engine.cache import ByteCache
from allegata.errors import BadRequest, Gone, NotFound, RequestError, WorkTimeout
from allegata.web.http import problems
from allegata.web.http.shares import client
from allegata.web.http.under_way import UnderWay
from allegata.web.http.views import WORDED, View, choose_format, current_view
from allegata.web.i18n.gettext import PARAMETER, chosen, preferred
from allegata.web.state import state

CACHED_BYTES: Final = 20 * 1024 * 1024
_KEY: Final = "allegata.pages"
_UNDER_WAY: Final = "allegata.pages under way"
#: Addresses longer than this are asked once.
_LONGEST: Final = 600
#: Errors that follow from what was asked: whoever asks the same gets the same.
_OF_ALL: Final = (BadRequest, NotFound, Gone, WorkTimeout)
Page = tuple[bytes, list[tuple[str, str]]]


def register(app: Flask, threads: int) -> None:
    """Register the cache of an application: of its threads half may wait for pages that others make, a quarter for one client."""
    app.extensions[_KEY] = ByteCache[Page](CACHED_BYTES)
    app.extensions[_UNDER_WAY] = UnderWay(max(1, threads // 2), max(1, threads // 4))
    app.teardown_request(lambda _error: _end())


def cached_page() -> BaseResponse | None:
    """Return the finished page that the request asks for, if it is cached, or will be as soon as another is answered."""
    g.page_key = _page_key()
    found = _found(g.page_key) if g.page_key else None
    if found is None:
        return None
    g.is_cached = True
    body, headers = found
    return Response(body, headers=headers).make_conditional(request)


def _found(key: str) -> Page | None:
    found = _pages().get(key)
    if found is None and request.method == "GET":
        if not _under_way().begin(key, client(), budget.current()):
            return _pages().get(key)
        g.page_under_way = key
    return found


def _end() -> None:
    if key := g.pop("page_under_way", ""):
        error = problems.told()
        _under_way().end(key, is_made=_pages().get(key) is not None, error=error if isinstance(error, _OF_ALL) else None)


def is_cached() -> bool:
    """Return whether the answer was finished before this request, with all its headers."""
    return "is_cached" in g


def cache_page(response: Response) -> Response:
    """Cache a page that is in order, if its view says that it can be."""
    key = g.get("page_key")
    if key and response.status_code == 200 and response.mimetype in WORDED and request.method == "GET":
        body = response.get_data()
        _pages().put(key, (body, [pair for pair in response.headers if pair[0] != "Content-Length"]), len(body))
    return response


def _page_key() -> str:
    """Name a page by what it follows from; return nothing for what is not kept, or follows from more than its view says.

    That is the release, the path, the parameters that the view declares, the language, and the type.
    Host and prefix are part of it because pages and their Link headers say where the service is.
    """
    view = current_view()
    if view.cached is None or request.method not in ("GET", "HEAD") or len(request.full_path) > _LONGEST:
        return ""
    asked = {PARAMETER: preferred()}
    if PARAMETER in request.args:
        if not chosen():
            return ""
        asked = {"chosen": request.args[PARAMETER].lower().partition("-")[0]}
    pairs = [(name, value) for name, value in request.args.items(multi=True) if view.reads(name) and name != PARAMETER]
    if not view.further and not all(name in view.cached for name, _ in pairs):
        return ""
    if not (kind := _kind(view)):
        return ""
    return f"{state().release.hash} {urlencode(asked)} {kind} {request.url_root} {request.path}?{urlencode(pairs)}"


def _kind(view: View) -> str:
    """Return the type that the view will choose, or nothing where that is not kept; what cannot be chosen the view refuses."""
    if len(view.formats) < 2:  # there is nothing to choose
        return next((form.content_type for form in view.formats if form.media_type in WORDED), "")
    try:
        kind = choose_format(request.args.get("format") if view.reads("format") else None).content_type
    except RequestError:
        return ""
    return kind if kind.partition(";")[0] in WORDED else ""


def _pages() -> ByteCache[Page]:
    pages: ByteCache[Page] = current_app.extensions[_KEY]
    return pages


def _under_way() -> UnderWay:
    found: UnderWay = current_app.extensions[_UNDER_WAY]
    return found

"""Keeps rendered pages: a release never changes, so a page is rendered once and then sent as it is, with a strong tag."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec

from flask import Flask, Response, current_app, g, request
from werkzeug.wrappers import Response as BaseResponse

from allegata.web.http.lru import LruCache
from allegata.web.i18n.gettext import language, preferred
from allegata.web.state import state

KEPT_BYTES: Final = 12 * 1024 * 1024
FINISHED_BYTES: Final = 8 * 1024 * 1024
_KEY, _FINISHED = "allegata.pages", "allegata.finished"
#: Addresses longer than this are asked once.
_LONGEST: Final = 600
#: Blueprints whose pages follow from the address, the language and the type that is asked for, and from nothing else.
_LASTING: Final = frozenset({"changes", "citing", "compare", "dumps", "memento", "model", "reconcile", "releases", "search"})
#: What the address of the query page may carry so that its page lasts: no query of the reader's own.
_OWN: Final = frozenset({"example", "lang"})
P = ParamSpec("P")
Page = tuple[bytes, str]


class PageCache:
    """Pages by their key, those that were not asked for longest given up first."""

    def __init__(self, most: int = KEPT_BYTES):
        self._pages: LruCache[Page] = LruCache(most)

    def get(self, key: str, make: Callable[[], str]) -> Page:
        """Return a page and its tag (RFC 9110, section 8.8.3), made now if it is not kept."""
        page = self._pages.get(key)
        if page:
            return page
        body = make().encode()
        return self._pages.put(key, (body, hashlib.sha256(body).hexdigest()[:32]), len(body))


def kept(view: Callable[P, str]) -> Callable[P, BaseResponse]:
    """Keep what a view renders, by release, path and language; for views that look at nothing else of the request."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> BaseResponse:
        pages: PageCache = current_app.extensions.setdefault(_KEY, PageCache())
        g.kept = True
        body, tag = pages.get(f"{state().release.hash} {language()} {request.path}", lambda: view(*args, **kwargs))
        response = Response(body, content_type="text/html; charset=utf-8")
        response.set_etag(tag)
        return response.make_conditional(request)

    return answer


def register(app: Flask) -> None:
    """Keep finished pages: registered behind the compression and before what else works on an answer, it runs between them."""
    app.extensions[_FINISHED] = LruCache(FINISHED_BYTES)
    app.after_request(_keep)


def serve_cached_pages(app: Flask) -> None:
    """Give a finished page in the place of a view. Registered last, so that every check of the request comes first."""
    app.before_request(_finished)


def _finished() -> BaseResponse | None:
    key = _key()
    found = _answers().get(key) if key else None
    if found is None:
        g.finished = key
        return None
    g.given = True
    body, headers = found
    return Response(body, headers=headers).make_conditional(request)


def given() -> bool:
    """Return whether the answer was finished before this request, with all its headers."""
    return "given" in g


def _keep(response: Response) -> Response:
    key = g.get("finished")
    if not key or response.status_code != 200 or response.mimetype != "text/html" or not response.is_sequence:
        return response
    if "ETag" not in response.headers:
        response.add_etag()
        response.make_conditional(request)
    if response.status_code == 200 and request.method == "GET":
        body = response.get_data()
        _answers().put(key, (body, [pair for pair in response.headers if pair[0] != "Content-Length"]), len(body))
    return response


def _key() -> str:
    """Name a page that lasts: by release, address with the host, and the headers that choose its type and language.

    The host is part of it because pages and their Link headers say where the service is; other pages have no name.
    """
    blueprint, address = request.blueprint or "", request.full_path
    own = request.endpoint == "query.page" and set(request.args) <= _OWN
    if request.method not in ("GET", "HEAD") or not (own or blueprint in _LASTING) or len(address) > _LONGEST:
        return ""
    return f"{state().release.hash} {preferred()} {request.headers.get('Accept', '')[:_LONGEST]} {request.host_url}{address}"


def _answers() -> LruCache[tuple[bytes, list[tuple[str, str]]]]:
    answers: LruCache[tuple[bytes, list[tuple[str, str]]]] = current_app.extensions[_FINISHED]
    return answers

"""Keeps rendered pages: a release never changes, so a page is rendered once and then sent as it is, with a strong tag."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import ParamSpec

from flask import Response, current_app, g, request
from werkzeug.wrappers import Response as BaseResponse

from allegata.web.state import state
from allegata.web.translating import language

KEPT_BYTES = 16 * 1024 * 1024
_KEY = "allegata.pages"
P = ParamSpec("P")


class Pages:
    """Pages by their key, those that were not asked for longest given up first."""

    def __init__(self, most: int = KEPT_BYTES):
        self._most = most
        self._size = 0
        self._pages: OrderedDict[str, tuple[bytes, str]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str, make: Callable[[], str]) -> tuple[bytes, str]:
        """Give a page and its tag (RFC 9110, section 8.8.3), made now if it is not kept."""
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
                return self._pages[key]
        body = make().encode()
        page = body, hashlib.sha256(body).hexdigest()[:32]
        with self._lock:
            self._size += len(body) - len(self._pages.pop(key, (b"", ""))[0])
            self._pages[key] = page
            while self._size > self._most:
                self._size -= len(self._pages.popitem(last=False)[1][0])
        return page


def kept(view: Callable[P, str]) -> Callable[P, BaseResponse]:
    """Keep what a view renders, by release, path and language; for views that look at nothing else of the request."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> BaseResponse:
        pages: Pages = current_app.extensions.setdefault(_KEY, Pages())
        g.kept = True
        body, tag = pages.get(f"{state().release.hash} {language()} {request.path}", lambda: view(*args, **kwargs))
        response = Response(body, content_type="text/html; charset=utf-8")
        response.set_etag(tag)
        return response.make_conditional(request)

    return answer

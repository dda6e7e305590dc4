"""Sets the headers that every answer carries: who may read it, what a page may load, for how long it may be kept."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request
from werkzeug.http import parse_date
from werkzeug.wrappers import Response as BaseResponse

from allegata.errors import HeadersTooLarge, UriTooLong
from allegata.web.state import state


def policy(*styles: str) -> str:
    """Return what a page may load (CSP Level 3): what this host serves, and styles that are named by their digest."""
    allowed = " ".join(("'self'", *styles))
    return (
        f"default-src 'none'; style-src {allowed}; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


_ALWAYS = {
    # Fetch, section 3.3: anybody's page may read public data, errors too.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "ETag, Link, Retry-After, Content-Location, Allegata-Missing, Allegata-Release, Allegata-Truncated"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": policy(),
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
#: Conditions that may hold a date; the framework stumbles over a year that no date has.
_DATED: Final = ("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_RANGE")


def register(app: Flask) -> None:
    """Check the head of each request, and set the headers of each answer."""
    app.before_request(_check_head)
    app.before_request(_ignore_dates)
    app.after_request(_set_headers)


def negotiated(response: Response) -> BaseResponse:
    """Finish an answer whose type the client chose: tagged, and given on its conditions (RFC 9110, sections 12.5.5 and 13)."""
    response.vary.add("Accept")
    response.add_etag()
    return response.make_conditional(request)


def _check_head() -> None:
    settings = state().settings
    address = len(request.environ.get("QUERY_STRING", "")) + len(request.environ.get("PATH_INFO", ""))
    if address > settings.address_bytes:
        raise UriTooLong(
            f"The address is over {settings.address_bytes} bytes.",
            remedy="Send the query by POST.",
            limit="address_bytes",
            allowed=settings.address_bytes,
        )
    if sum(len(name) + len(value) + 4 for name, value in request.headers) > settings.header_bytes:
        raise HeadersTooLarge(
            f"The headers are over {settings.header_bytes} bytes.", limit="header_bytes", allowed=settings.header_bytes
        )


def _ignore_dates() -> None:
    """Take out conditions whose date is none: they are to be ignored (RFC 9110, sections 13.1.3 to 13.1.5)."""
    for name in _DATED:
        try:
            parse_date(request.environ.get(name))
        except OverflowError:
            del request.environ[name]


def _set_headers(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if request.method == "OPTIONS":
        response.headers.update(_PREFLIGHT)
    response.headers.setdefault("Allegata-Release", state().release.version)
    if response.status_code < 300 and request.method in ("GET", "HEAD"):
        response.headers.setdefault("Cache-Control", "public, max-age=300")
    elif response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    return response

"""Sets the headers that every answer carries: who may read it, what a page may load, for how long it may be kept."""

from __future__ import annotations

from typing import Final

from flask import Response, request
from werkzeug.http import parse_date

from allegata.errors import HeadersTooLarge, UnsupportedMediaType, UriTooLong
from allegata.model.namespaces import uri
from allegata.release.tombstone import surrogate_key
from allegata.web.http.views import Lifetime, current_view
from allegata.web.state import state


def policy(*styles: str) -> str:
    """Return what a page may load (CSP Level 3): what this host serves, and styles that are named by their digest."""
    allowed = " ".join(("'self'", *styles))
    return (
        f"default-src 'none'; style-src {allowed}; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def embedded_policy() -> str:
    """Return what a page that others embed may load: styles and its pictures; it runs no scripts and sends no forms."""
    return "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors *"


ALWAYS: Final = {
    # Fetch, section 3.3: anybody's page may read public data, errors too.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "ETag, Link, Retry-After, Content-Location, Allegata-Current, Allegata-Departures, Allegata-Engine, Allegata-Missing, "
        "Allegata-Release, Allegata-Truncated"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": policy(),
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Datetime, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
#: Conditions that may hold a date; the framework stumbles over a year that no date has.
_DATED: Final = ("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_RANGE")


def check_sizes() -> None:
    """Refuse a request whose address or headers are longer than the settings allow."""
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


def refuse_packed() -> None:
    """Refuse a body in a content coding (RFC 9110, section 15.5.16)."""
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("", "identity"):
        raise UnsupportedMediaType(f"The body is packed as {coding[:40]}.", remedy="Send it as it is, without Content-Encoding.")


def ignore_dates() -> None:
    """Take out conditions whose date is none: they are to be ignored (RFC 9110, sections 13.1.3 to 13.1.5)."""
    for name in _DATED:
        try:
            parse_date(request.environ.get(name))
        except OverflowError:
            del request.environ[name]


def set_headers(response: Response) -> Response:
    """Set what every answer says of itself; what its view has set stays."""
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if request.method == "OPTIONS":
        response.headers.update(_PREFLIGHT)
    response.headers.setdefault("Allegata-Release", state().release.version)
    response.headers["Allegata-Current"] = state().release.name
    _name_releases(response)
    lifetime = current_view().lifetime
    if response.status_code >= 400:
        response.headers["Cache-Control"] = Lifetime.NONE
    elif lifetime and (request.method in ("GET", "HEAD") or lifetime is Lifetime.NONE):
        response.headers.setdefault("Cache-Control", lifetime)
    return response


def _name_releases(response: Response) -> None:
    """Name the releases that an answer may hold something of, by which caches before the service are told to drop it.

    Every page knows the whole release that is served, so with one record of it every answer that was made of it goes.
    """
    versions = dict.fromkeys((state().release.version, response.headers["Allegata-Release"]))
    response.headers["Surrogate-Key"] = " ".join(surrogate_key(version) for version in versions)


def vary_by_format(response: Response) -> Response:
    """Name the Accept header as what the answer depends on, where the view gives several types (RFC 9110, section 12.5.5)."""
    if len(current_view().formats) > 1:
        response.vary.add("Accept")
    return response


def add_signposts(response: Response) -> Response:
    """Add the links that the view names, to those that it has set, in one field line, of which no client loses any."""
    if request.method in ("GET", "HEAD") and response.status_code in (200, 206, 303, 304):
        found = list(current_view().signposts(**(request.view_args or {})))
        if found:
            response.headers["Link"] = uri(", ".join([*response.headers.getlist("Link"), *found]))
    return response


def tag(response: Response) -> Response:
    """Set the strong tag of a whole answer, and send it on the conditions of the request (RFC 9110, sections 8.8.3 and 13)."""
    kept = current_view().lifetime not in (Lifetime.NONE, Lifetime.BY_ANSWER)
    whole = response.status_code == 200 and response.is_sequence and "ETag" not in response.headers
    if kept and whole and request.method in ("GET", "HEAD"):
        response.add_etag()
        response.make_conditional(request)
    return response

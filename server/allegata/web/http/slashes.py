"""Leads from an address with a slash at its end to the one without, where only that one is known."""

from __future__ import annotations

from flask import Response, current_app, redirect, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as BaseResponse


def lead_on() -> BaseResponse | None:
    """Answer by leading on for good, by the same method (RFC 9110, section 15.4.9); None for any other address."""
    if not isinstance(request.routing_exception, NotFound) or not _is_known(request.path.rstrip("/")):
        return None
    query = request.environ.get("QUERY_STRING", "")
    address = request.script_root + request.path.rstrip("/") + ("?" + query if query else "")
    response: Response | BaseResponse = redirect(address, code=308)
    return response


def _is_known(path: str) -> bool:
    """Return whether a path has a view; one that begins with two slashes would lead to another host."""
    if path == request.path or not path or path.startswith("//"):
        return False
    try:
        current_app.create_url_adapter(request).match(path, method=request.method)  # type: ignore[union-attr]
    except RequestRedirect:
        return False
    except HTTPException:
        return False
    return True

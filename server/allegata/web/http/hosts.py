"""Says which names of a host a request may bear, and puts the configured address of the service in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from allegata.errors import UsageError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PART: Final = r"[A-Za-z0-9_-]{1,63}"
_HOST: Final = re.compile(rf"(?P<name>(?:{_PART}\.){{0,126}}{_PART}\.?|\[[0-9A-Fa-f:.]{{2,45}}\])(?::[0-9]{{1,5}})?")


@lru_cache(1024)
def is_host(text: str) -> bool:
    """Return whether a text is the name of a host, with or without a port (RFC 9110, section 7.2).

    Names beyond ASCII are written by IDNA (RFC 3490); one that stands for no name is none.
    """
    found = _HOST.fullmatch(text)
    if not found:
        return False
    try:
        found["name"].encode("ascii").decode("idna")
    except UnicodeError:
        return False
    return True


class Address:
    """A layer around the application by which it has one address, whatever host a request names."""

    def __init__(self, app: WSGIApplication, address: str) -> None:
        """Read the address; raise UsageError where it is none of a service."""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not is_host(parts.netloc) or parts.query or parts.fragment:
            raise UsageError(
                f"ALLEGATA_ADDRESS has {address!r}, which is no address of a service.",
                remedy="Write one such as https://data.example.org/ or https://example.org/claims/.",
            )
        self._app = app
        self._scheme, self._host, self._prefix = parts.scheme, parts.netloc, parts.path.rstrip("/")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request as one to the address."""
        environ["wsgi.url_scheme"], environ["HTTP_HOST"] = self._scheme, self._host
        environ["SCRIPT_NAME"] = self._prefix
        return self._app(environ, start_response)

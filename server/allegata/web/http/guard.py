"""Lets in only who has a token, where the service is told to: a layer around the whole application, with no way past it."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from allegata.errors import UsageError
from allegata.release.handle import Release
from allegata.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: A token has at least so many characters; 32 random ones are good (openssl rand -hex 16).
LEAST: Final = 20
_CHALLENGES: Final = ('Basic realm="Allegata", charset="UTF-8"', 'Bearer realm="Allegata"')
#: What an answer that needs a token may not say, and what it says instead.
_DROPPED: Final = frozenset({"cache-control", "access-control-allow-origin", "x-robots-tag"})
_SAID: Final = (("Cache-Control", "private, no-store"), ("X-Robots-Tag", "noindex, nofollow, noarchive"))


def guarded(app: WSGIApplication, settings: Settings, release: Release) -> WSGIApplication:
    """Put the layer around an application where there is a token file.

    Raises UsageError where a release that is not for everybody would be served without one, or the file has no good token.
    """
    if settings.token_file:
        return Guard(app, read_tokens(settings.token_file), release.manifest.protection)
    if release.manifest.protection:
        raise UsageError(
            f"Release {release.version} is {release.manifest.protection}: it is served only to who has a token.",
            remedy="Write a token into a file that only you can read, and give that file by --token-file.",
        )
    return app


def read_tokens(path: Path) -> tuple[str, ...]:
    """Read the tokens of a file, one a line; raise UsageError where it cannot be read, has none, or has one that is too short."""
    try:
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The token file {path} cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}.") from None
    tokens = tuple(line for line in lines if line and not line.startswith("#"))
    if not tokens or min(map(len, tokens)) < LEAST:
        raise UsageError(
            f"The token file {path} has {'a token that is too short' if tokens else 'no token'}.",
            remedy=f"Write one token a line, each of {LEAST} characters or more.",
        )
    return tokens


class Guard:
    """A layer that answers 401 to every request without a token, from whatever address it comes."""

    def __init__(self, app: WSGIApplication, tokens: Iterable[str], protection: str):
        self._app, self._protection = app, protection
        self._digests = [sha256(token.encode()).digest() for token in tokens]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass a request on that has a token, with an answer that no cache keeps; answer any other."""
        if not self._knows(environ.get("HTTP_AUTHORIZATION", "")):
            return _refuse(environ, start_response)
        environ.pop("HTTP_AUTHORIZATION", None)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            kept = [item for item in headers if item[0].lower() not in _DROPPED]
            marked = [("Allegata-Protection", self._protection)] if self._protection else []
            return start_response(status, [*kept, *_SAID, *marked], *((exc_info,) if exc_info else ()))

        return self._app(environ, start)

    def _knows(self, header: str) -> bool:
        """Return whether credentials hold a token, in a time that does not depend on how much of it is right."""
        given = sha256(_token(header)).digest()
        return any([hmac.compare_digest(given, known) for known in self._digests])  # noqa: C419 - each is compared


def _token(header: str) -> bytes:
    """Return the token of credentials: what follows Bearer, or the password of Basic (RFC 6750, RFC 7617)."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip().encode("latin-1", "replace")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(rest.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""


def _refuse(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    problem = {"type": "about:blank", "title": "Unauthorized", "status": 401, "detail": "This service asks for a token."}
    body = json.dumps(problem).encode()
    headers = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(body))), *_SAID]
    start_response("401 Unauthorized", [*headers, *(("WWW-Authenticate", challenge) for challenge in _CHALLENGES)])
    return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else body]

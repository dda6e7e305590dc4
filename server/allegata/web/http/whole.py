"""Sets the length of an answer before it is sent to whoever cannot be sent chunks, so that half of one never looks whole.

A stream that breaks shows only by its chunks or its length (RFC 9112, sections 6.3 and 8); HTTP/1.0 has no chunks, and a proxy
that speaks it passes on what came.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from typing import IO, Final, cast

from flask import Response, request
from werkzeug.wsgi import wrap_file

from allegata.errors import Busy, RequestError
from allegata.web.http.problems import render

#: What a view leaves in the environment of its request that counts the bytes of a further file with its answer.
COUNT: Final = "allegata.count-unread"
_PIECE: Final = 256 * 1024


def takes_chunks() -> bool:
    """Return whether the client of this request can be sent chunks."""
    return request.environ.get("SERVER_PROTOCOL") == "HTTP/1.1"


def lacks_length(response: Response) -> bool:
    """Return whether an answer has neither length nor chunks to show its end."""
    return not (takes_chunks() or response.is_sequence or response.content_length is not None or request.method == "HEAD")


def measure(response: Response) -> Response:
    """Write an answer to a temporary file and send that with its length; one that breaks becomes the error that it broke with."""
    count: Callable[[int], None] = request.environ.get(COUNT, lambda _size: None)
    file = cast(IO[bytes], tempfile.TemporaryFile())  # noqa: SIM115 - it lives as long as the answer
    try:
        for chunk in cast(Iterable[bytes], response.response):
            count(len(chunk))
            file.write(chunk)
    except RequestError as error:
        file.close()
        return _refused(response, error)
    except OSError:
        file.close()
        remedy = "Ask by HTTP/1.1, for less, or later."
        return _refused(response, Busy("There is no room for the answer.", remedy=remedy, retryAfter=1))
    length = file.tell()
    file.seek(0)
    response.response = wrap_file(request.environ, file, _PIECE)
    response.direct_passthrough = True
    response.call_on_close(file.close)
    response.content_length = length
    return response


def _refused(response: Response, error: RequestError) -> Response:
    response.close()
    refusal = render(error)
    for name in ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "X-Content-Type-Options", "Referrer-Policy"):
        if name in response.headers:
            refusal.headers[name] = response.headers[name]
    refusal.headers["Cache-Control"] = "no-store"
    return refusal

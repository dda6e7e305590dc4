"""Fetches files of a release over HTTP, within bounds: whoever serves it is a stranger."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from email.message import Message
from typing import IO, Final
from urllib.parse import urlsplit

from allegata.errors import ReleaseError

#: What is fetched where nothing says how large it is: a manifest lists files, and says little of each.
UNKNOWN_BYTES: Final = 64 << 20
#: What is fetched at most, since it is held in memory.
MOST_BYTES: Final = 4 << 30
#: How long a transfer may say nothing, and how slow it may be beyond that.
SECONDS: Final = 60
LEAST_BYTES_PER_SECOND: Final = 10_000
_PIECE: Final = 1 << 20
_MOST_REDIRECTIONS: Final = 5


class _Faithful(urllib.request.HTTPRedirectHandler):
    """Follows a redirection to the same host alone, which can so lead to nothing that only this machine reaches."""

    max_redirections = _MOST_REDIRECTIONS

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        """Make the next request; raise ReleaseError where it would leave the host or HTTP."""
        asked, told = urlsplit(req.full_url), urlsplit(newurl)
        secured = asked.scheme == "http" and told.scheme == "https" and asked.hostname == told.hostname
        if not secured and (asked.scheme, asked.netloc) != (told.scheme, told.netloc):
            raise ReleaseError(
                f"{req.full_url} redirects to {told.scheme}://{told.netloc}, another place.",
                remedy="Give that address, if it is the one that you trust.",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def fetch(address: str, most: int = UNKNOWN_BYTES, seconds: float = SECONDS) -> bytes:
    """Return what an HTTP address gives, of at most so many bytes.

    Raises ReleaseError where it cannot be had, is longer, comes too slowly, or is to be had at another host.
    """
    if most > MOST_BYTES:
        raise ReleaseError(
            f"{address} should have {most:,} bytes, over the {MOST_BYTES:,} that are fetched.",
            remedy="Fetch the files of the release with another program, and give their folder.",
        )
    opener = urllib.request.build_opener(_Faithful)
    deadline = time.monotonic() + seconds + most / LEAST_BYTES_PER_SECOND
    try:
        request = urllib.request.Request(address, headers={"Accept": "application/json, */*;q=0.1"})  # noqa: S310 - HTTP, see site.py
        with opener.open(request, timeout=seconds) as answer:
            return _read(answer, address, most, deadline)
    except urllib.error.HTTPError as error:
        raise ReleaseError(f"{address} cannot be had: HTTP status {error.code}.") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise ReleaseError(f"{address} cannot be had: {getattr(error, 'reason', error)}.") from None


def _read(answer: http.client.HTTPResponse, address: str, most: int, deadline: float) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := answer.read1(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > most:
            raise ReleaseError(f"{address} gives more than the {most:,} bytes that it should have.")
        if time.monotonic() > deadline:
            raise ReleaseError(f"{address} gives its bytes too slowly: {size:,} of at most {most:,} came.", remedy="Try again.")
    return b"".join(pieces)

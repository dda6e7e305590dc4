"""Sends a file of a release: whole, in part, or not again (RFC 9110, sections 13 and 14), with the types of what is in it."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from allegata.errors import RangeNotSatisfiable
from allegata.model.formats import CSVW, DATA_PACKAGE, of_file
from allegata.release.csvw import FILE as CSVW_FILE
from allegata.release.file_checks import CheckedFile
from allegata.release.handle import Release

_ONE_RANGE: Final = re.compile(r"\s*(?:(\d{1,18})\s*-\s*(\d{0,18})|-\s*(\d{1,18}))\s*")


def media_type(name: str) -> str:
    """Return the Content-Type of a file by its name; a packed one has that of its packing."""
    for described, kind in (("datapackage.json", DATA_PACKAGE), (CSVW_FILE, CSVW)):
        if name.endswith(described):
            return kind.media_type
    form, packing = of_file(name)
    outer = packing or form
    return outer.file_content_type if outer else "application/octet-stream"


def send(release: Release, name: str) -> BaseResponse:
    """Send a file that the manifest of a release lists; the manifest's SHA-256 is its strong tag and its digest (RFC 9530).

    Raises ReleaseError for one that is not as the manifest says, and Busy for one that has yet to be digested.
    """
    tag = release.manifest.files[name].sha256
    response = send_file(release.checks.open(name), media_type(name), tag, moment(release))
    digest = base64.b64encode(bytes.fromhex(tag)).decode()
    response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    if not name.endswith(".html"):
        response.headers["Content-Disposition"] = f'inline; filename="{name.rsplit("/", 1)[-1]}"'
    return response


def moment(release: Release) -> datetime:
    """Return when a release was made, before which none of its files was (RFC 9110, section 8.8.2)."""
    found = datetime.fromisoformat(release.manifest.created)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def send_file(file: CheckedFile, content_type: str, tag: str, modified: datetime | None = None) -> BaseResponse:
    """Send a file in answer to GET or HEAD, by its conditions and range; it is closed when it was sent, or nobody wants it."""
    try:
        response = _answer(file, content_type, tag, modified)
    except BaseException:
        file.close()
        raise
    response.call_on_close(file.close)
    return response


def _answer(file: CheckedFile, content_type: str, tag: str, modified: datetime | None) -> BaseResponse:
    size = file.size
    response = Response(content_type=content_type)
    response.set_etag(tag)
    response.last_modified = modified
    response.headers["Accept-Ranges"] = "bytes"
    conditional = response.make_conditional(request)
    if conditional.status_code in (304, 412):
        return conditional
    part = _range(size, tag)
    first, last = part or (0, size - 1)
    if part:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    if request.method != "HEAD":
        response.response = file.blocks(first, last)
    response.content_length = last - first + 1
    return response


def _range(size: int, tag: str) -> tuple[int, int] | None:
    """Return the first and last byte asked for; None for the whole.

    Ignored, as the standard has it, are a range in a request that is not GET, in units other than bytes or malformed
    (section 14.2), several ranges at once (which a server may), and one whose If-Range names another file (13.1.5).
    Raises RangeNotSatisfiable for one that begins behind the end (section 15.5.17).
    """
    unit, equals, rest = request.headers.get("Range", "").partition("=")
    if request.method != "GET" or not equals or unit.strip().lower() != "bytes" or not _same(tag):
        return None
    match = _ONE_RANGE.fullmatch(rest)
    if not match or (match.group(2) and int(match.group(2)) < int(match.group(1))):
        return None
    if match.group(3) is not None:
        first, last = max(size - int(match.group(3)), 0), size - 1
        begins = int(match.group(3)) > 0 and size > 0
    else:
        first, last = int(match.group(1)), min(int(match.group(2) or size - 1), size - 1)
        begins = first < size
    if not begins:
        raise RangeNotSatisfiable(f"The range begins behind the end of the file, which has {size} bytes.", size=size)
    return first, last


def _same(tag: str) -> bool:
    """Return whether If-Range, where there is one, names this file by its strong tag; a date, which is of a day, never does."""
    condition = request.headers.get("If-Range")
    return condition is None or condition.strip() == f'"{tag}"'

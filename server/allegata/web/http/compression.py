"""Compresses what is worth it, by negotiation (RFC 9110, section 12.5.3), with a strong tag of its own for each encoding."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Protocol, cast

import brotli
import zstandard
from flask import Response, request

from allegata.engine.cache import ByteCache
from allegata.model.formats import BINDING_FORMATS, GRAPH_FORMATS, HTML, JSON, N_QUADS, PROBLEM, TEXT

#: Shorter ones grow, or fit one packet anyway.
SMALLEST: Final = 1024
_TYPES: Final = frozenset(form.media_type for form in (*BINDING_FORMATS, *GRAPH_FORMATS, N_QUADS, HTML, JSON, PROBLEM, TEXT)) | {
    *("text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/xml", "application/schema+json"),
    *("application/opensearchdescription+xml", "application/manifest+json"),
}
#: Packed pages, by encoding and digest.
_PACKED: Final[ByteCache[bytes]] = ByteCache(4 * 1024 * 1024)
_SUFFIX: Final = re.compile(r'-(?:zstd|br|gzip)"')
_ITEM: Final = re.compile(r"([A-Za-z0-9*_-]++)\s*+(?:;\s*+q\s*+=\s*+(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?")


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class _Brotli:
    """The compressor of brotli with the method names that the others have."""

    def __init__(self) -> None:
        self._inner = brotli.Compressor(quality=4)

    def compress(self, data: bytes, /) -> bytes:
        return cast(bytes, self._inner.process(data))

    def flush(self) -> bytes:
        return cast(bytes, self._inner.finish())


#: Content codings in the server's order of preference, each with a compressor for a stream.
ENCODINGS: Final[dict[str, Callable[[], _Compressor]]] = {
    "zstd": lambda: cast(_Compressor, zstandard.ZstdCompressor(level=3).compressobj()),
    "br": _Brotli,
    "gzip": lambda: cast(_Compressor, zlib.compressobj(5, zlib.DEFLATED, 16 + zlib.MAX_WBITS)),
}


def choose(accept: str | None) -> str:
    """Choose a content coding; the empty one is none. A header that cannot be read counts as none."""
    weights: dict[str, float] = {}
    for item in (accept or "").split(","):
        match = _ITEM.fullmatch(item.strip())
        if match:
            weights[match[1].lower()] = float(match[2] or 1)
    rest = weights.get("*", 0.0)
    best = max(ENCODINGS, key=lambda name: weights.get(name, rest))
    weight = weights.get(best, rest)
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else ""


def strip_encodings() -> None:
    """Let the application see its own tags in If-None-Match: a tag of an encoding is the plain one with a suffix."""
    sent = request.environ.get("HTTP_IF_NONE_MATCH", "")
    if sent:
        request.environ["allegata.if_none_match"] = sent
        request.environ["HTTP_IF_NONE_MATCH"] = _SUFFIX.sub('"', sent)


def encode(response: Response) -> Response:
    """Compress an answer that is worth it, in the encoding that the client likes best of those that the server has."""
    if response.status_code == 304:
        return _tagged_as_asked(response)
    if response.mimetype not in _TYPES or "Content-Encoding" in response.headers or response.status_code == 206:
        return response
    response.vary.add("Accept-Encoding")
    name = choose(request.headers.get("Accept-Encoding"))
    length = response.content_length
    if not name or (length is not None and length < SMALLEST):
        return response
    tag, weak = response.get_etag()
    _pack(response, name)
    if tag and not weak:
        response.set_etag(f"{tag}-{name}")
    response.headers["Content-Encoding"] = name
    response.headers.pop("Accept-Ranges", None)
    return response


def _pack(response: Response, name: str) -> None:
    response.direct_passthrough = False
    if response.is_sequence:
        data = response.get_data()
        response.set_data(_packed_page(data, name) if response.mimetype == HTML.media_type else packed(data, name))
    else:
        response.response = _CompressedBody(cast(Iterable[bytes], response.response), ENCODINGS[name]())
        response.headers.pop("Content-Length", None)


def packed(data: bytes, name: str) -> bytes:
    """Compress data in an encoding."""
    packer = ENCODINGS[name]()
    return packer.compress(data) + packer.flush()


def _packed_page(data: bytes, name: str) -> bytes:
    """Pack a page once: the same bytes are sent to many."""
    key = f"{name} {hashlib.blake2b(data, digest_size=20).hexdigest()}"
    found = _PACKED.get(key)
    if found is None:
        found = packed(data, name)
        _PACKED.put(key, found, len(found))
    return found


def _tagged_as_asked(response: Response) -> Response:
    """Return a 304 the tag under which the client keeps the answer (RFC 9110, section 15.4.5)."""
    response.vary.add("Accept-Encoding")
    tag, weak = response.get_etag()
    if tag and not weak:
        kept = re.search(rf'"{re.escape(tag)}(-(?:zstd|br|gzip))"', request.environ.get("allegata.if_none_match", ""))
        response.set_etag(tag + (kept[1] if kept else ""))
    return response


class _CompressedBody(Iterator[bytes]):
    """A stream with its compressor; closing it closes what it reads, and a stream that breaks is not finished."""

    def __init__(self, source: Iterable[bytes], packer: _Compressor) -> None:
        self._source = source
        self._chunks = self._run(iter(source), packer)

    def _run(self, source: Iterator[bytes], packer: _Compressor) -> Iterator[bytes]:
        for chunk in source:
            packed = packer.compress(chunk)
            if packed:
                yield packed
        yield packer.flush()

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        """Let go of the source."""
        close: Any = getattr(self._source, "close", None)
        if close:
            close()

"""Negotiates content: which of the formats on offer fits an Accept header (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from allegata.errors import BadRequest, LimitExceeded, NotAcceptable
from allegata.model.formats import Choice, Format, content_type, listing

_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PARAMETER = re.compile(rf'\s*;\s*(?:({_NAME})\s*=\s*({_NAME}|"(?:[^"\\]|\\.)*")\s*)?')
_RANGE = re.compile(rf"\s*(?:({_NAME})/({_NAME})|\*)")
_COMMA = re.compile(r"\s*(?:,[\s,]*|$)")
_ESCAPED = re.compile(r"\\(.)")
_QVALUE = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$")


# Parameters that every answer of a type fulfils, whether its Content-Type says them or not: all text is UTF-8 (RFC 9110, section
# 8.3.2), tables have a header (RFC 4180, section 3), and what holds for RDF 1.1 holds for 1.2.
_FULFILLED = {"charset": ("utf-8", "utf8"), "version": ("1.1", "1.2")}
_OF_TYPE = {"text/csv": {"header": ("present",)}}
# Hints that change nothing about the type: how JSON-LD is written (RFC 6906, section 3.1) is up to the server.
_HINTS = frozenset(("profile",))


@dataclass(frozen=True)
class MediaRange:
    """One media range of an Accept header: type and subtype (each may be `*`), its weight from 0 to 1, and its parameters."""

    type: str
    subtype: str
    q: float
    parameters: tuple[tuple[str, str], ...] = ()

    def specificity(self, media_type: str) -> int:
        """Return how closely the range names the type: 4 with parameters, 3 exactly, 2 by type, 1 by `*/*`, 0 not at all.

        A range applies only to what has all its parameters (RFC 9110, section 12.5.1).
        """
        kind, _, sub = media_type.partition("/")
        wanted = [(name, value) for name, value in self.parameters if name not in _HINTS]
        fulfilled = _FULFILLED | _OF_TYPE.get(media_type, {})
        if any(value.lower() not in fulfilled.get(name, ()) for name, value in wanted):
            return 0
        if (self.type, self.subtype) == (kind, sub):
            return 4 if wanted else 3
        if self.type == kind and self.subtype == "*":
            return 2
        return int(self.type == "*")


def parse_accept(header: str, limit: int = 32) -> list[MediaRange]:
    """Read an Accept header (RFC 9110, section 12.5.1); raise BadRequest where it is malformed, LimitExceeded over `limit`."""
    ranges: list[MediaRange] = []
    at = len(header) - len(header.lstrip(" \t,"))
    while at < len(header):
        match = _RANGE.match(header, at)
        if not match:
            raise _malformed(at)
        kind, sub = (match.group(1) or "*").lower(), (match.group(2) or "*").lower()
        q, parameters, at = _parameters(header, match.end())
        ranges.append(MediaRange(kind, sub, q, parameters))
        if len(ranges) > limit:
            raise LimitExceeded(f"The Accept header has over {limit} media ranges.", limit="accept_ranges", allowed=limit)
        at = _after_comma(header, at)
    return ranges


def _parameters(header: str, at: int) -> tuple[float, tuple[tuple[str, str], ...], int]:
    """Read the weight of a range and its parameters: names in lower case, values without quotation marks."""
    q = 1.0
    found: list[tuple[str, str]] = []
    while match := _PARAMETER.match(header, at):
        at = match.end()
        name, value = (match.group(1) or "").lower(), match.group(2)
        if name == "q":
            if not _QVALUE.match(value):
                raise BadRequest(f"The weight q={value} in the Accept header is not a number from 0 to 1.")
            q = float(value)
        elif name:
            found.append((name, _ESCAPED.sub(r"\1", value[1:-1]) if value.startswith('"') else value))
    return q, tuple(found), at


def _after_comma(header: str, at: int) -> int:
    rest = _COMMA.match(header, at)
    if not rest:
        raise _malformed(at)
    return rest.end()


def _malformed(at: int) -> BadRequest:
    return BadRequest(f"The Accept header is malformed at character {at + 1}.", remedy="See RFC 9110, section 12.5.1.")


def negotiate(accept: str | None, offered: Sequence[Format], limit: int = 32) -> Choice:
    """Choose among formats in the server's order of preference (RFC 9110, section 12.5.1).

    For each format the most specific range that names it gives its weight (so `q=0` excludes and `*/*;q=0.1` never lifts
    what a closer range lowers); the highest weight wins, then the closer range, then the server's order. No header means
    the first format. Raises NotAcceptable with the list of what is offered.
    """
    if accept is None or not accept.strip():
        return Choice(offered[0], offered[0].content_type)
    ranges = parse_accept(accept, limit)
    best: tuple[float, int] = (0.0, 0)
    choice: Choice | None = None
    for item in offered:
        for media_type in (item.media_type, *item.aliases):
            q, closeness = _weight(ranges, media_type)
            if media_type != item.media_type and closeness < 3:
                continue
            if (q, closeness) > best and q > 0:
                best, choice = (q, closeness), Choice(item, content_type(media_type, charset=item.charset))
    if choice is None:
        raise NotAcceptable(f"Nothing that is offered fits Accept: {accept}", remedy=f"Offered here: {listing(offered)}.")
    return choice


def _weight(ranges: Iterable[MediaRange], media_type: str) -> tuple[float, int]:
    """Return weight and closeness of the closest range; of equally close ones the first counts."""
    closest = (0.0, 0)
    for item in ranges:
        closeness = item.specificity(media_type)
        if closeness > closest[1]:
            closest = (item.q, closeness)
    return closest

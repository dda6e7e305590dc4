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
_QVALUE = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$")


@dataclass(frozen=True)
class MediaRange:
    """One media range of an Accept header: type and subtype (each may be `*`) and its weight from 0 to 1."""

    type: str
    subtype: str
    q: float

    def specificity(self, media_type: str) -> int:
        """Return how closely the range names the type: 3 exactly, 2 by type, 1 by `*/*`, 0 not at all."""
        kind, _, sub = media_type.partition("/")
        if (self.type, self.subtype) == (kind, sub):
            return 3
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
        q, at = _parameters(header, match.end())
        ranges.append(MediaRange(kind, sub, q))
        if len(ranges) > limit:
            raise LimitExceeded(f"The Accept header has over {limit} media ranges.", limit="accept_ranges", allowed=limit)
        at = _after_comma(header, at)
    return ranges


def _parameters(header: str, at: int) -> tuple[float, int]:
    """Read the parameters behind a range; only the weight counts, the others (charset, profile) leave the choice open."""
    q = 1.0
    while match := _PARAMETER.match(header, at):
        at = match.end()
        if (match.group(1) or "").lower() == "q":
            if not _QVALUE.match(match.group(2)):
                raise BadRequest(f"The weight q={match.group(2)} in the Accept header is not a number from 0 to 1.")
            q = float(match.group(2))
    return q, at


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

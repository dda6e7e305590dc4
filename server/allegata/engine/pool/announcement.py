"""Puts links for the departures from SPARQL that apply to a query into the head of its answer, in JSON and XML."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from allegata.model.formats import JSON_RESULTS, XML_RESULTS, Format

_JSON_HEAD, _XML_END = b'{"head":{', b"</head>"


class Head:
    """The head of an answer, which gets a link for each departure (SPARQL Results JSON, section 3.1.2; XML, section 2.2)."""

    def __init__(self, form: Format, links: Sequence[str]) -> None:
        self._form = form
        self._links = links if form in (JSON_RESULTS, XML_RESULTS) else ()
        self._held = b""

    def add(self, data: bytes) -> bytes:
        """Take the next bytes of the answer, and return what can be written."""
        if not self._links:
            return data
        self._held += data
        place = _JSON_HEAD if self._form is JSON_RESULTS else _XML_END
        at = self._held.find(place)
        if at < 0 or len(self._held) == at + len(place):
            return b""
        written = self._linked(at, place)
        self._links, self._held = (), b""
        return written

    def rest(self) -> bytes:
        """Return what is still held at the end of the answer."""
        held, self._held = self._held, b""
        return held

    def _linked(self, at: int, place: bytes) -> bytes:
        before, behind = self._held[:at], self._held[at + len(place) :]
        if self._form is XML_RESULTS:
            links = "".join(f"<link href={quoteattr(link)}/>" for link in self._links)
            return before + links.encode() + place + behind
        listed = ",".join(f'"{link}"' for link in self._links)
        return before + place + f'"link":[{listed}]'.encode() + (b"" if behind[:1] == b"}" else b",") + behind

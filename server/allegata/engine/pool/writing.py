"""Writes what a query found in a format, and refuses what the format cannot hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, takewhile
from typing import IO, Final, Protocol, cast

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    serialize,
)

from allegata.engine.pool.announcement import Head
from allegata.errors import NotAcceptable, RequestError
from allegata.model.formats import JSON_LD, JSON_RESULTS, RDF_XML, Format
from allegata.model.namespaces import PREFIXES

_FEW: Final = 1000
# XML 1.0, section 2.2: these characters cannot be written, not even escaped.
_NOT_XML: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
# Namespaces in XML 1.0, section 3: what a property's IRI must end in to be written as an element.
_LOCAL_NAME: Final = re.compile(r"[^\W\d][\w.\-]*$")

Results = QuerySolutions | QueryBoolean | QueryTriples


class OutputLimitReached(Exception):
    """The sink has all that it takes: the query ends, and the answer is what the sink made of it."""


class Sink(Protocol):
    """Where an answer is written."""

    def write(self, data: bytes, /) -> int:
        """Take the next bytes; raise Enough or a RequestError to end the query."""


def bare(error: Exception) -> Exception:
    """Return an error without the way that it came, which would keep alive what was read on it."""
    error.__context__ = error.__cause__ = None
    return error.with_traceback(None)


def write(results: Results, form: Format, out: Guard) -> None:
    """Write an answer; raise NotAcceptable where the format cannot hold its kind."""
    if isinstance(results, QueryTriples):
        write_graph(results, form, out)
        return
    syntax = QueryResultsFormat.from_media_type(form.media_type)
    if syntax is None:
        raise NotAcceptable(f"{form.name} cannot hold bindings.", remedy="Ask for JSON, XML, CSV or TSV.")
    results.serialize(cast(IO[bytes], out), syntax)


def write_graph(results: Iterable[Triple], form: Format, out: Guard) -> None:
    """Write a graph with the project's prefixes; a small one with those that it uses."""
    syntax = RdfFormat.from_media_type(form.media_type)
    if syntax is None:
        raise NotAcceptable(f"{form.name} cannot hold a graph.", remedy="Ask for Turtle, N-Triples, JSON-LD, RDF/XML or TriG.")
    found = iter(results)
    first = list(islice(found, _FEW))
    prefixes = PREFIXES if len(first) == _FEW else _used(first)
    triples = takewhile(lambda _: not out.full(), chain(first, found))
    serialize(_writable(triples, form, out), cast(IO[bytes], out), syntax, prefixes=prefixes)


def _used(triples: list[Triple]) -> dict[str, str]:
    text = serialize(triples, None, RdfFormat.N_TRIPLES) or b""
    return {prefix: iri for prefix, iri in PREFIXES.items() if f"<{iri}".encode() in text}


def _writable(triples: Iterable[Triple], form: Format, out: Guard) -> Iterator[Triple]:
    """Pass triples on as long as the format can write them."""
    for triple in triples:
        if form == RDF_XML and not _LOCAL_NAME.search(triple.predicate.value):  # RDF 1.1 XML Syntax, section 2.2
            out.refuse(f"RDF/XML cannot write the property {triple.predicate}, whose end is no XML name.")
            return
        if form == JSON_LD and isinstance(triple.object, Triple):
            out.refuse("JSON-LD cannot write triple terms.")
            return
        yield triple


class Guard:
    """The file that the serialiser writes to; keeps the reason why writing ended, which the serialiser would reword."""

    def __init__(self, sink: Sink, full: Callable[[], bool], xml: bool) -> None:
        self._sink = sink
        self.head = Head(JSON_RESULTS, ())
        self.full = full
        self._xml = xml
        self.refusal: Exception | None = None

    def refuse(self, reason: str) -> None:
        """Keep the reason why the format cannot hold the answer."""
        self.refusal = NotAcceptable(reason, remedy="Ask for another format.")

    def write(self, data: bytes) -> int:
        """Pass bytes on; raise OSError, which ends the serialiser, once there is a reason to."""
        if self._xml and _NOT_XML.search(data):
            self.refuse("The answer holds a character that XML cannot write.")
        if self.refusal is None:
            try:
                self._sink.write(self.head.add(data))
                return len(data)
            except (RequestError, OSError, OutputLimitReached) as error:
                self.refusal = error
        raise OSError("refused")

    def end(self) -> None:
        """Write what was held back of the head."""
        self._sink.write(self.head.rest())

    def flush(self) -> None:
        """Have the method of a file."""

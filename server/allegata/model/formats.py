"""The table of formats: one row for each, with all that is known of it; what uses formats reads it here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Flag, auto
from typing import Final

from allegata.errors import NotAcceptable


class Use(Flag):
    """What a format serves for here."""

    NONE = 0
    #: Answers to SELECT and ASK.
    BINDINGS = auto()
    #: Answers to CONSTRUCT and DESCRIBE, and what is stated of a thing.
    GRAPHS = auto()
    #: Documents that can be checked.
    DOCUMENTS = auto()
    #: Reports on a document.
    REPORTS = auto()
    #: Citations.
    CITATIONS = auto()
    #: Dumps of the whole of a release.
    DUMPS = auto()
    #: Dumps of each of its graphs.
    GRAPH_DUMPS = auto()
    #: Files whose names end in the suffix.
    FILES = auto()
    #: Files that hold another one, whose suffix stands before theirs.
    PACKINGS = auto()


@dataclass(frozen=True, eq=False)
class Format:
    """A format: its name, file suffix, registered media type, other types it is asked for by, and `?format=` words.

    `file_parameters` are those that the media type has with a file. `rdf` is the name of the syntax in pyoxigraph's RdfFormat,
    empty for what is no RDF; `datasets` says whether it holds named graphs, `prefixes` whether it shortens IRIs. `w3c` is its
    name among the W3C's unique URIs for file formats, `file_type` its code in the EU's list of file types, `page` what defines
    it; each is empty where there is none. `holds` says for people what a dump of the whole has in it.
    """

    name: str
    suffix: str
    media_type: str
    aliases: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    uses: Use = Use.NONE
    charset: bool = False
    file_parameters: str = ""
    rdf: str = ""
    datasets: bool = False
    prefixes: bool = False
    w3c: str = ""
    file_type: str = ""
    page: str = ""
    holds: str = ""

    @property
    def content_type(self) -> str:
        """Return the media type with a charset where its registration defines one."""
        return content_type(self.media_type, charset=self.charset)

    @property
    def file_content_type(self) -> str:
        """Return the media type of a file, with the parameters that are known of it."""
        return f"{self.content_type}; {self.file_parameters}" if self.file_parameters else self.content_type


def content_type(media_type: str, *, charset: bool) -> str:
    """Join a media type and the charset parameter, which is UTF-8 everywhere here."""
    return f"{media_type}; charset=utf-8" if charset else media_type


# SPARQL 1.1 Query Results: JSON (section 3), XML (section 2), CSV and TSV (section 3 and 4), with their registrations.
JSON_RESULTS: Final = Format(
    "SPARQL Results JSON",
    "srj",
    "application/sparql-results+json",
    ("application/json", "text/json"),
    ("json", "srj"),
    Use.BINDINGS,
    w3c="SPARQL_Results_JSON",
)
XML_RESULTS: Final = Format(
    "SPARQL Results XML",
    "srx",
    "application/sparql-results+xml",
    ("application/xml", "text/xml"),
    ("xml", "srx"),
    Use.BINDINGS,
    w3c="SPARQL_Results_XML",
)
CSV_RESULTS: Final = Format(
    "SPARQL Results CSV", "csv", "text/csv", ("application/csv",), ("csv",), Use.BINDINGS, charset=True, w3c="SPARQL_Results_CSV"
)
TSV_RESULTS: Final = Format(
    "SPARQL Results TSV", "tsv", "text/tab-separated-values", (), ("tsv",), Use.BINDINGS, charset=True, w3c="SPARQL_Results_TSV"
)

# RDF 1.1 syntaxes, with their registrations.
TURTLE: Final = Format(
    "Turtle",
    "ttl",
    "text/turtle",
    ("application/x-turtle",),
    ("turtle", "ttl"),
    Use.GRAPHS | Use.DOCUMENTS | Use.REPORTS | Use.DUMPS | Use.GRAPH_DUMPS | Use.FILES,
    charset=True,
    rdf="TURTLE",
    prefixes=True,
    w3c="Turtle",
    file_type="RDF_TURTLE",
    page="https://www.w3.org/TR/turtle/",
    holds="the union of the graphs",
)
N_TRIPLES: Final = Format(
    "N-Triples",
    "nt",
    "application/n-triples",
    ("text/plain",),
    ("ntriples", "n-triples", "nt"),
    Use.GRAPHS | Use.DOCUMENTS | Use.REPORTS | Use.DUMPS | Use.GRAPH_DUMPS | Use.FILES,
    rdf="N_TRIPLES",
    w3c="N-Triples",
    file_type="RDF_N_TRIPLES",
    page="https://www.w3.org/TR/n-triples/",
    holds="the union of the graphs",
)
JSON_LD: Final = Format(
    "JSON-LD",
    "jsonld",
    "application/ld+json",
    ("application/json",),
    ("json-ld", "jsonld"),
    Use.GRAPHS | Use.DOCUMENTS | Use.REPORTS | Use.DUMPS | Use.FILES,
    rdf="JSON_LD",
    datasets=True,
    prefixes=True,
    w3c="JSON-LD",
    file_type="JSON_LD",
    page="https://www.w3.org/TR/json-ld11/",
    holds="named graphs, compact, with its own context",
)
RDF_XML: Final = Format(
    "RDF/XML",
    "rdf",
    "application/rdf+xml",
    ("application/xml", "text/xml"),
    ("rdf", "rdf+xml", "xml"),
    Use.GRAPHS | Use.DOCUMENTS | Use.REPORTS | Use.GRAPH_DUMPS | Use.FILES,
    rdf="RDF_XML",
    prefixes=True,
    w3c="RDF_XML",
    file_type="RDF_XML",
    page="https://www.w3.org/TR/rdf-syntax-grammar/",
)
TRIG: Final = Format(
    "TriG",
    "trig",
    "application/trig",
    ("application/x-trig",),
    ("trig",),
    Use.GRAPHS | Use.DOCUMENTS | Use.DUMPS | Use.FILES,
    rdf="TRIG",
    datasets=True,
    prefixes=True,
    w3c="TriG",
    file_type="RDF_TRIG",
    page="https://www.w3.org/TR/trig/",
    holds="named graphs",
)
N_QUADS: Final = Format(
    "N-Quads",
    "nq",
    "application/n-quads",
    (),
    ("nquads", "n-quads", "nq"),
    Use.DOCUMENTS | Use.DUMPS | Use.FILES,
    rdf="N_QUADS",
    datasets=True,
    file_type="RDF_N_QUADS",
    page="https://www.w3.org/TR/n-quads/",
    holds="named graphs; the master from which the others are made",
)

# What is not RDF: pages, the two shapes of an error, tables, and other files.
HTML: Final = Format("HTML", "html", "text/html", ("application/xhtml+xml",), ("html",), charset=True)
TEXT: Final = Format("plain text", "txt", "text/plain", (), ("text",), Use.FILES, charset=True)
JSON: Final = Format("JSON", "json", "application/json", (), ("json",), Use.FILES, file_type="JSON")
XML: Final = Format("XML", "xml", "application/xml", (), ("xml",), charset=True)
#: Links between resources (RFC 9264).
LINK_FORMAT: Final = Format("link format", "link", "application/link-format", (), ("link",))
PROBLEM: Final = Format("problem details", "json", "application/problem+json", ("application/json",), ("json",))
CSV: Final = Format(
    *("CSV", "csv", "text/csv", ("application/csv",), ("csv",), Use.FILES),
    charset=True,
    file_parameters="header=present",
    file_type="CSV",
)
GEOJSON: Final = Format(
    "GeoJSON",
    "geojson",
    "application/geo+json",
    (),
    ("geojson",),
    Use.FILES,
    file_type="GEOJSON",
    page="https://www.rfc-editor.org/rfc/rfc7946",
)
PARQUET: Final = Format("Parquet", "parquet", "application/vnd.apache.parquet", (), ("parquet",), Use.FILES, file_type="PARQUET")
SPARQL_QUERY: Final = Format(
    "SPARQL query",
    "rq",
    "application/sparql-query",
    (),
    ("rq", "sparql"),
    Use.FILES,
    file_type="SPARQLQ",
    page="https://www.w3.org/TR/sparql11-query/",
)
DATA_PACKAGE: Final = Format("data package", "json", "application/vnd.datapackage+json", (), ("datapackage",))
CSVW: Final = Format("CSV on the Web", "json", "application/csvm+json", (), ("csvw",))
PNG: Final = Format("PNG", "png", "image/png", (), ("png",), page="https://www.w3.org/TR/png-3/")
ATOM: Final = Format("Atom", "atom", "application/atom+xml", (), ("atom",), charset=True)
SQLITE: Final = Format("SQLite", "sqlite", "application/vnd.sqlite3", (), ("sqlite",), Use.FILES)
ZIP: Final = Format("ZIP", "zip", "application/zip", (), ("zip",), Use.FILES)
GZIP: Final = Format("gzip", "gz", "application/gzip", (), ("gzip", "gz"), Use.FILES | Use.PACKINGS)
ZSTANDARD: Final = Format("Zstandard", "zst", "application/zstd", (), ("zstd", "zst"), Use.FILES | Use.PACKINGS)

# How a dataset, a record or a query is cited.
BIBTEX: Final = Format(
    "BibTeX", "bib", "application/x-bibtex", ("text/x-bibtex",), ("bibtex", "bib"), Use.CITATIONS, charset=True
)
RIS: Final = Format("RIS", "ris", "application/x-research-info-systems", (), ("ris",), Use.CITATIONS, charset=True)
CSL: Final = Format(
    "CSL-JSON",
    "json",
    "application/vnd.citationstyles.csl+json",
    ("application/json",),
    ("csl", "csl-json", "json"),
    Use.CITATIONS,
)
PLAIN: Final = Format("plain text", "txt", "text/plain", (), ("text", "txt"), Use.CITATIONS, charset=True)

#: All rows, in the order in which each use prefers them.
FORMATS: Final = (
    *(JSON_RESULTS, XML_RESULTS, CSV_RESULTS, TSV_RESULTS),
    *(TURTLE, N_TRIPLES, JSON_LD, RDF_XML, TRIG, N_QUADS),
    *(HTML, TEXT, JSON, XML, LINK_FORMAT, PROBLEM, CSV, GEOJSON, PARQUET, PNG, ATOM),
    *(SQLITE, SPARQL_QUERY, DATA_PACKAGE, CSVW, ZIP, GZIP, ZSTANDARD),
    *(BIBTEX, RIS, CSL, PLAIN),
)


def serving(use: Use) -> tuple[Format, ...]:
    """Return the formats that serve for something, in the order of preference."""
    return tuple(item for item in FORMATS if use in item.uses)


BINDING_FORMATS: Final = serving(Use.BINDINGS)
GRAPH_FORMATS: Final = serving(Use.GRAPHS)
CITATION_FORMATS: Final = serving(Use.CITATIONS)
#: Suffix → format of a file.
FILES: Final = {item.suffix: item for item in serving(Use.FILES)}


def of_file(name: str) -> tuple[Format | None, Format | None]:
    """Return the format of a file by the end of its name, and its packing where it is packed; None for what is not known."""
    stem, _, suffix = name.rpartition(".")
    found = FILES.get(suffix)
    if found and Use.PACKINGS in found.uses:
        return FILES.get(stem.rpartition(".")[2]), found
    return found, None


@dataclass(frozen=True)
class Choice:
    """What was negotiated: a format, the Content-Type by which the client asked for it, and whether it has no formulas."""

    format: Format
    content_type: str
    is_safe: bool = False


def by_word(word: str, offered: Sequence[Format]) -> Choice:
    """Choose by a `?format=` word, suffix or media type; raise NotAcceptable with the list of what is offered."""
    for item in offered:
        if word.strip().lower() in (*item.words, item.suffix, item.media_type, *item.aliases):
            return Choice(item, item.content_type)
    raise NotAcceptable(f"Nothing that is offered is called {word!r}.", remedy=f"Offered here: {listing(offered)}.")


def listing(offered: Iterable[Format]) -> str:
    """Name the offered formats for people: media type and short word."""
    return ", ".join(f"{item.media_type} ({item.words[0]})" for item in offered)

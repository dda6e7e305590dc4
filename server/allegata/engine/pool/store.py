"""Opens the store of a release and answers one query from it, as bytes in a format."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, cast

from pyoxigraph import (
    DefaultGraph,
    NamedNode,
    RdfFormat,
    Store,
    parse,
)

from allegata.engine.gate.named_graphs import NamedGraphs
from allegata.engine.gate.rewriting import Rewritten
from allegata.engine.gate.shapes import rewrite_by_shape
from allegata.engine.gate.syntax_errors import syntax_error
from allegata.engine.pool.announcement import Head
from allegata.engine.pool.functions import functions
from allegata.engine.pool.writing import Guard, Results, Sink, bare, write
from allegata.engine.query import Query
from allegata.errors import BadRequest, QueryFailed, ReleaseError, RequestError
from allegata.model.formats import RDF_XML, XML_RESULTS

_DUMP: Final = Path("dumps/allegata.nq.gz")
_DISK: Final = Path("store")
_PIECE: Final = 1 << 20
_UNION: Final = "INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"
_FUNCTION: Final = re.compile(r"<[^<>]*>")
# What the store raises for a query that parses but cannot be evaluated.
_EVALUATION_ERRORS: Final = (OSError, ValueError, RuntimeError)

_IN_BOTH: Final = "GRAPH ?g { ?s ?p ?o } GRAPH ?h { ?s ?p ?o }"

Graphs = Sequence[NamedNode]


def _never() -> bool:
    return False


@dataclass
class Embedded:
    """The open store of one release; plain patterns see the set union of its named graphs, `GRAPH` sees each of them."""

    store: Store
    in_memory: bool
    _overlaps: dict[tuple[str, ...], bool] = field(default_factory=dict)

    def answer(self, query: Query, sink: Sink, full: Callable[[], bool] = _never, ahead: Rewritten | None = None) -> None:
        """Parse, run and serialise a query; raise QuerySyntaxError, QueryFailed, NotAcceptable or what the sink raises.

        A graph ends, well-formed, with the statement before which `full` said that the sink has enough.
        `ahead`: what the query was rewritten to already.
        """
        out = Guard(sink, full, query.format in (XML_RESULTS, RDF_XML))
        failure = self._attempt(query, out, ahead) or out.refusal
        if failure:
            out.refusal = None
            raise bare(failure)  # what the engine was giving out has to be freed in the thread that asked

    def _attempt(self, query: Query, out: Guard, ahead: Rewritten | None) -> Exception | None:
        """Answer a query, or return the error that says why it has no answer."""
        try:
            rewritten = ahead or rewrite_by_shape(query.text, lambda: self._named_graphs(query))
            out.head = Head(query.format, [f"{query.base_iri or ''}#{name}" for name in rewritten.departures])
            write(self._results(query, rewritten), query.format, out)
            out.end()
        except SyntaxError as error:
            return out.refusal or syntax_error(query.text, str(error), query.base_iri)
        except RequestError as error:
            return out.refusal or error
        except _EVALUATION_ERRORS as error:
            return out.refusal or _evaluation_error(str(error))
        return None

    def _results(self, query: Query, rewritten: Rewritten) -> Results:
        """Run a query as it is rewritten; raise SyntaxError for what stands in the query itself."""
        try:
            return self._run(query, rewritten.text, functions(rewritten.functions))
        except SyntaxError:
            if rewritten.text != query.text:
                self._run(query, query.text, {})
                raise QueryFailed("The query parses, but not as it is put to the engine.", remedy="Ask another way.") from None
            raise

    def _run(self, query: Query, text: str, given: dict[str, Any]) -> Results:
        default, named = _dataset(query)
        base = query.base_iri
        if default is None or len(default) < 2 or not self._overlap(default):
            return self.store.query(text, base_iri=base, default_graph=_list(default), named_graphs=_list(named), **given)
        union = self._union(default, named or ())
        return union.query(text, base_iri=base, default_graph=DefaultGraph(), named_graphs=_list(named), **given)

    def _named_graphs(self, query: Query) -> NamedGraphs:
        """Return the named graphs of a query's dataset (SPARQL 1.1 Query, section 13.2)."""
        if query.default_graphs or query.named_graphs:
            return NamedGraphs(list(map(str, _nodes(query.named_graphs))), True)
        clauses = query.inspected.dataset
        if clauses:
            resolved = resolve_names([token for named, token in clauses if named], query)
            return NamedGraphs([str(node) for node in dict.fromkeys(resolved)], True)
        return NamedGraphs(sorted(map(str, self.store.named_graphs())))

    def _overlap(self, graphs: Graphs) -> bool:
        """Return whether any statement stands in two of the graphs; the engine would count it twice."""
        key = tuple(sorted(graph.value for graph in graphs))
        if key not in self._overlaps:
            values = " ".join(map(str, graphs))
            pairs = f"VALUES ?g {{ {values} }} VALUES ?h {{ {values} }} FILTER(?g != ?h)"
            self._overlaps[key] = bool(self.store.query(f"ASK {{ {pairs} {_IN_BOTH} }}"))
        return self._overlaps[key]

    def _union(self, default: Graphs, named: Graphs) -> Store:
        """Copy graphs into a store whose default graph is their RDF merge, a set (SPARQL 1.1 Query, section 13.2)."""
        union = Store()
        for graph in default:
            self._copy(graph, union, DefaultGraph())
        for graph in named:
            self._copy(graph, union, graph)
        return union

    def _copy(self, graph: NamedNode, target: Store, name: NamedNode | DefaultGraph) -> None:
        statements = self.store.dump(format=RdfFormat.N_TRIPLES, from_graph=graph)
        target.load(statements or b"", RdfFormat.N_TRIPLES, to_graph=name, lenient=True)


def open_release(release: Path, memory_store: int) -> Embedded:
    """Open a release: in memory where its N-Quads have at most that many bytes, else read-only from disk."""
    dump, disk = release / _DUMP, release / _DISK
    try:
        if dump.is_file() and _fits(dump, memory_store):
            return Embedded(_load(dump), True)
        return Embedded(Store.read_only(str(disk)), False)
    except (OSError, EOFError, SyntaxError, zlib.error) as error:
        raise _cannot_open(release, error) from None


def fits_memory(release: Path, memory_store: int) -> bool:
    """Return whether `open_release` would load a release into memory; raise ReleaseError where its N-Quads are damaged."""
    dump = release / _DUMP
    try:
        return dump.is_file() and _fits(dump, memory_store)
    except (OSError, EOFError, zlib.error) as error:
        raise _cannot_open(release, error) from None


def _cannot_open(release: Path, error: Exception) -> ReleaseError:
    reason = (isinstance(error, OSError) and error.strerror) or "its data are damaged"
    return ReleaseError(f"{release}: the release cannot be opened: {reason}.", remedy="Build it again.")


def _fits(dump: Path, limit: int) -> bool:
    """Count the unpacked bytes up to the limit; the length that gzip itself records wraps around at 4 GiB."""
    total = 0
    with gzip.open(dump) as unpacked:
        while piece := unpacked.read(_PIECE):
            total += len(piece)
            if total > limit:
                return False
    return True


def _load(dump: Path) -> Store:
    store = Store()
    with gzip.open(dump) as unpacked:
        store.bulk_load(cast(IO[bytes], unpacked), RdfFormat.N_QUADS)
    store.update(_UNION)
    return store


def _dataset(query: Query) -> tuple[Graphs | None, Graphs | None]:
    """Return the graphs of the protocol request, or those of several FROM clauses; None leaves the choice to the query."""
    if query.default_graphs or query.named_graphs:
        return _nodes(query.default_graphs), _nodes(query.named_graphs)
    clauses = query.inspected.dataset
    if sum(not named for named, _ in clauses) < 2:
        return None, None
    resolved = resolve_names([token for _, token in clauses], query)
    pairs = list(zip(clauses, resolved, strict=True))
    return [node for (named, _), node in pairs if not named], [node for (named, _), node in pairs if named]


def _evaluation_error(message: str) -> RequestError:
    """Tell a function that the engine does not have, which is the query's fault, from any other failure."""
    named = _FUNCTION.search(message)
    if "not supported" in message:
        what = f"function {named.group()}" if named else "such function"
        return BadRequest(f"There is no {what} here.", remedy="Use the functions of SPARQL 1.1 (section 17).")
    return QueryFailed("The query parses, but could not be evaluated.", remedy="Ask another way.")


def _list(graphs: Graphs | None) -> list[Any] | None:
    """Return graphs as the list that the engine takes; an empty one means none of the release's, None means all."""
    return None if graphs is None else list(graphs)


def _nodes(iris: Iterable[str]) -> Graphs:
    try:
        return [NamedNode(iri) for iri in iris]
    except ValueError:
        raise BadRequest("The name of a graph is no absolute IRI.", remedy="Name graphs of the release.") from None


def resolve_names(names: list[str], query: Query) -> Graphs:
    """Resolve names of the query by its own prologue, which means the same in Turtle (Turtle, section 6.5, grammar rule 3)."""
    if not names:
        return []
    document = f"{query.inspected.prologue}\n<urn:x> <urn:x> {' , '.join(names)} ."
    quads = parse(document, RdfFormat.TURTLE, base_iri=query.base_iri)
    return [cast(NamedNode, quad.object) for quad in quads]

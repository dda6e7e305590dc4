"""Reads the rows that an engine sends, as they come: in normal form, counted, and with what its query makes of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final, cast

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    Triple,
    parse_query_results,
)

from allegata.engine.pool.writing import bare
from allegata.engine.remote.asking import OURS, VARIABLE, Asked
from allegata.engine.remote.connection import Unreachable
from allegata.engine.remote.literals import normal
from allegata.errors import RequestError

_PIECE: Final = 64 * 1024
Term = NamedNode | BlankNode | Literal | Triple


class Malformed(Exception):
    """What an engine sent is no whole answer."""


def _nothing(_count: int) -> None:
    """Check nothing."""


@dataclass
class Rows:
    """The rows of an answer: their variables without ours, in order, and each row as a tuple of terms."""

    variables: tuple[str, ...]
    _solutions: Iterable[Any]
    _graphs: Mapping[str, str]
    #: What is called with the number of rows once they are all there.
    check: Callable[[int], None] = _nothing
    #: Why they ended before their end; a writer that reads from here would reword it.
    fault: Exception | None = None

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        number = 0
        try:
            for solution in self._solutions:
                number += 1
                yield tuple(normal(solution[name], self._graphs) for name in self.variables)
            self.check(number)
        except (SyntaxError, ValueError, OSError) as error:
            self.fault = Malformed(f"its answer is not whole, or no SPARQL results in JSON ({error})")
        except (Malformed, RequestError, Unreachable) as error:
            self.fault = bare(error)
        finally:
            self.close()
        if self.fault:
            raise Malformed(str(self.fault))

    def close(self) -> None:
        """Let go of the answer; the library wants the thread that read it to do so."""
        self._solutions = ()


def read(stream: IO[bytes], asked: Asked, graphs: Mapping[str, str]) -> QueryBoolean | Rows:
    """Read the head of an answer in SPARQL Results JSON; raise Malformed where it is none, or of the other kind."""
    try:
        found = parse_query_results(stream, QueryResultsFormat.JSON)
    except (SyntaxError, ValueError, OSError) as error:
        raise Malformed(f"its answer is no SPARQL results in JSON ({error})") from None
    if isinstance(found, QueryBoolean) and asked.is_ask:
        return found
    if isinstance(found, QuerySolutions) and not asked.is_ask:
        named = [variable.value for variable in found.variables]
        return Rows(_ordered(named, asked), found, graphs)
    raise Malformed("its answer is not of the form that was asked for")


def _ordered(named: Sequence[str], asked: Asked) -> tuple[str, ...]:
    """Return the columns in order of first use in the query, without ours unless a template needs them."""
    place = {name: number for number, name in enumerate(asked.order)}
    seen = [name for name in named if asked.template is not None or not name.startswith(OURS)]
    return tuple(sorted(seen, key=lambda name: place.get(name, -1)))


class JsonRows:
    """Rows as a file in SPARQL Results JSON, from which any format of bindings can be written."""

    def __init__(self, rows: Rows) -> None:
        self._pieces = self._written(rows)
        self._left = b""

    def read(self, size: int = _PIECE) -> bytes:
        """Return the next bytes."""
        while not self._left and (piece := next(self._pieces, None)) is not None:
            self._left = piece
        taken, self._left = self._left[:size], self._left[size:]
        return taken

    @staticmethod
    def _written(rows: Rows) -> Iterator[bytes]:
        yield f'{{"head":{{"vars":{json.dumps(list(rows.variables))}}},"results":{{"bindings":['.encode()
        held: list[str] = []
        between, size = "", 0
        for row in rows:
            bound = (f"{json.dumps(n)}:{_json(term)}" for n, term in zip(rows.variables, row, strict=True) if term is not None)
            held.append(f"{between}{{{','.join(bound)}}}")
            between, size = ",", size + len(held[-1])
            if size >= _PIECE:
                yield "".join(held).encode()
                held, size = [], 0
        yield "".join([*held, "]}}"]).encode()


def solutions(rows: Rows) -> QuerySolutions:
    """Return rows as the library has solutions, which it writes in every format."""
    return cast(QuerySolutions, parse_query_results(cast(IO[bytes], JsonRows(rows)), QueryResultsFormat.JSON))


def _json(term: Term) -> str:
    if isinstance(term, NamedNode):
        return f'{{"type":"uri","value":{json.dumps(term.value)}}}'
    if isinstance(term, BlankNode):
        return f'{{"type":"bnode","value":{json.dumps(term.value)}}}'
    if isinstance(term, Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return f'{{"type":"triple","value":{{{",".join(f"{json.dumps(n)}:{_json(part)}" for n, part in parts.items())}}}}}'
    text = f'{{"type":"literal","value":{json.dumps(term.value)}'
    if term.language:
        return f'{text},"xml:lang":{json.dumps(term.language)}}}'
    plain = term.datatype.value.endswith("XMLSchema#string")
    return f"{text}}}" if plain else f'{text},"datatype":{json.dumps(term.datatype.value)}}}'


def triples(rows: Rows, template: Sequence[Triple]) -> Iterator[Triple]:
    """Yield the triples that a template makes of rows, each once (SPARQL 1.1 Query, section 16.2)."""
    seen: set[Triple] = set()
    for row in rows:
        values = dict(zip(rows.variables, row, strict=True))
        nodes: dict[BlankNode, BlankNode] = {}
        for one in template:
            subject, predicate, object_ = (_filled(part, values, nodes) for part in (one.subject, one.predicate, one.object))
            if isinstance(subject, NamedNode | BlankNode) and isinstance(predicate, NamedNode) and object_ is not None:
                made = Triple(subject, predicate, object_)
                if made not in seen:
                    seen.add(made)
                    yield made


def _filled(part: Term, values: Mapping[str, Any], nodes: dict[BlankNode, BlankNode]) -> Any:
    if isinstance(part, BlankNode):
        return nodes.setdefault(part, BlankNode())
    if isinstance(part, NamedNode) and part.value.startswith(VARIABLE):
        return values.get(part.value.removeprefix(VARIABLE))
    return part

"""Resolves the SERVICEs of one query, each in its turn: what its variables are, what is known of them, what the endpoint says."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from allegata.engine.federation.bind_join import UNSTEADY, BindJoin, beside
from allegata.engine.federation.client import BlankNodes, Call, Endpoint, Rows, call
from allegata.engine.federation.fetch_process import Failure, written
from allegata.engine.federation.patterns import GRAPH, SELECT, TRIPLES, Element, Path, asked, read
from allegata.engine.gate.tokens import Token, tokens
from allegata.engine.pool.worker import over_the_limit
from allegata.engine.query import Answer, Form, Query
from allegata.errors import LimitExceeded, QueryRefused, QueryTimeout, RequestError, ServiceFailed, ServiceTimeout
from allegata.model.formats import JSON_RESULTS
from allegata.settings import Settings

#: The name of a graph that no release has: a query over it is parsed, and has nothing to find.
_NOWHERE: Final = "urn:allegata:nowhere"
_NO_BREAK: Final = re.compile(r"[^\r\n]")
_BATCH: Final = 200
_VALUES_BYTES: Final = 256 * 1024

Json = dict[str, Any]


@dataclass(frozen=True)
class _Values:
    """Known values: the names of variables, and rows of terms."""

    names: tuple[str, ...]
    rows: tuple[str, ...]

    def block(self, rows: Iterable[str]) -> str:
        return _block(self.names, "\n".join(rows))


class Resolution:
    """One query on its way to one without SERVICE; `missing` holds the addresses that SILENT went on without."""

    def __init__(
        self,
        query: Query,
        endpoints: Mapping[str, Endpoint],
        settings: Settings,
        ask: Callable[[Query], Answer],
        end: float,
        count: Callable[[str], None],
    ) -> None:
        self._query = query
        self._endpoints = endpoints
        self._settings = settings
        self._ask = ask
        self._end = end
        self._count = count
        self._text = query.text
        self._tokens = list(tokens(query.text))
        self._bare = _without_heads(query.text, self._tokens)
        self._edits: dict[tuple[int, int], str] = {}
        self.missing: list[str] = []

    def run(self) -> Query:
        """Resolve all; raise QuerySyntaxError for a query that does not parse before anybody is asked."""
        self._read(replace(self._query.inspected, text=self._bare), self._query.format, nowhere=True)
        for path in asked(read(self._text, self._tokens, self._query.inspected.services)):
            self._resolve(path)
        inspected = replace(self._query.inspected, text=self._render(0, len(self._text)))
        return replace(self._query, inspected=inspected, timeout=self._left())

    # -- one SERVICE -----------------------------------------------------------------------------------------------------

    def _resolve(self, path: Path) -> None:
        element = _element(path)
        endpoint = self._endpoints[element.address]
        if endpoint.is_name:
            raise QueryRefused(f"SERVICE <{endpoint.address}> can only stand inside of another SERVICE, which knows it.")
        variables = self._variables(element)
        try:
            solutions = self._solutions(path, endpoint, variables)
        except (ServiceFailed, ServiceTimeout, LimitExceeded) as error:
            self._count(_outcome(error))
            if not element.silent or "service" not in error.members:
                raise
            self.missing.append(element.address)
            solutions = _block(variables, f"({' '.join('UNDEF' for _ in variables)})")
        self._edits[element.start, element.end] = f" {_anchor(path)} {solutions} "

    def _solutions(self, path: Path, endpoint: Endpoint, variables: Sequence[str]) -> str:
        """Return the solutions as a pattern."""
        values = self._known(path, variables)
        if values and not values.rows:
            self._count("unneeded")
            return _block(variables, "")
        blank = f"urn:uuid:{uuid.uuid4()}"
        rows = self._call(_element(path), endpoint, variables, values, blank)
        self._count("answered")
        return _inline(variables, rows, blank)

    def _call(self, element: Element, endpoint: Endpoint, variables: Sequence[str], values: _Values | None, blank: str) -> Rows:
        every = values.rows if values else ()
        # What may come out otherwise the next time is asked for once.
        most = max(1, len(every)) if element.words & UNSTEADY else _BATCH
        batches = [every[at : at + most] for at in range(0, len(every), most)] or [()]
        end = min(self._end, time.monotonic() + self._settings.service_timeout)
        try:
            queries = [self._question(element, values.block(rows) if values else "") for rows in batches]
            return call(Call(endpoint, queries, variables, blank), self._settings, self._until(end), self._query.is_disconnected)
        except BlankNodes:
            queries = [self._question(element, values.block(every) if values else "")]
            return call(Call(endpoint, queries, variables, blank), self._settings, self._until(end), self._query.is_disconnected)

    def _question(self, element: Element, values: str) -> str:
        """Write the query for the endpoint, with values before the pattern, which stays a group of its own unless it is plain."""
        (group,) = element.groups
        pattern = self._text[group.start : group.end]
        if values and all(inner.kind == TRIPLES for inner in group.elements):
            pattern = f"{{ {values}\n{pattern[1:]}"
        elif values:
            pattern = f"{{ {values}\n{pattern} }}"
        return f"{self._prologue()}\nSELECT * WHERE {pattern}"

    # -- what is known here ----------------------------------------------------------------------------------------------

    def _variables(self, element: Element) -> tuple[str, ...]:
        """Return the variables in scope in the pattern (section 18.2.1), which the engine knows best."""
        (group,) = element.groups
        names, _ = self._select(f"SELECT * WHERE {self._bare[group.start : group.end]}", nowhere=True)
        return tuple(names)

    def _known(self, path: Path, variables: Sequence[str]) -> _Values | None:
        """Find the values of the SERVICE's variables that can join; nothing where they are not certain, or too many."""
        found = beside(path)
        names = [name for name in variables if found and name in found.variables]
        if not found or not names:
            return None
        most = self._settings.service_values
        head = "SELECT *" if found.picks else f"SELECT DISTINCT {_spelled(names)}"
        columns, solutions = self._select(f"{head} WHERE {{ {found.text(self._render)} }} LIMIT {most + 1}")
        if len(solutions) > most or (found.picks and not self._pin(found, columns, solutions)):
            return None
        return _values([name for name in names if all(_usable(row.get(name)) for row in solutions)], solutions)

    def _pin(self, found: BindJoin, columns: Sequence[str], solutions: Sequence[Json]) -> bool:
        """Put what stands before the SERVICE in its place too, where it could come out otherwise the next time."""
        pinned = _values(columns, solutions, distinct=False)
        if pinned is None or any(term["type"] == "bnode" for row in solutions for term in row.values()):
            return False
        place = found.before[0].start, found.before[-1].end
        inside = (element for element in found.filters if place[0] <= element.start < place[1])
        filters = "\n".join(self._render(element.start, element.end) for element in inside)
        self._edits[place] = f"{pinned.block(pinned.rows)}\n{filters}"
        found.pin(columns)
        return True

    # -- asking here -----------------------------------------------------------------------------------------------------

    def _select(self, text: str, *, nowhere: bool = False) -> tuple[list[str], list[Json]]:
        """Ask the release a query of our own, and give the names and the solutions."""
        seen = self._query.inspected
        clauses = " ".join(f"FROM {'NAMED ' if named else ''}{name}" for named, name in seen.dataset)
        text = f"{seen.prologue}\n{text.replace(' WHERE ', f' {clauses} WHERE ', 1)}"
        body = self._read(replace(seen, text=text, form=Form.SELECT), JSON_RESULTS, nowhere=nowhere)
        document = json.loads(body)
        if "truncated" in document:
            raise over_the_limit(self._settings.result_bytes)
        return document["head"]["vars"], document["results"]["bindings"]

    def _read(self, inspected: Any, form: Any, *, nowhere: bool) -> bytes:
        query = replace(self._query, inspected=inspected, format=form, timeout=self._left())
        if nowhere:
            query = replace(query, default_graphs=(_NOWHERE,), named_graphs=())
        answer = self._ask(query)
        try:
            return b"".join(answer.chunks)
        finally:
            answer.close()

    def _left(self) -> float:
        return self._until(self._end)

    def _until(self, end: float) -> float:
        """Return the seconds up to an end; raise QueryTimeout where there are none."""
        left = end - time.monotonic()
        if left <= 0:
            raise QueryTimeout(
                "The query reached its time limit while it asked other endpoints.",
                remedy="Ask for less at once.",
                limit="query_timeout",
                allowed=self._query.timeout or self._settings.query_timeout,
            )
        return left

    def _prologue(self) -> str:
        base = f"BASE <{self._query.base_iri}>\n" if self._query.base_iri else ""
        return base + self._query.inspected.prologue

    def _render(self, start: int, end: int) -> str:
        """Return what stands at a place of the query, with what has been put into it; the widest edit of a place counts."""
        parts, at = [], start
        for (first, last), text in sorted(self._edits.items(), key=lambda item: (item[0][0], -item[0][1])):
            if at <= first and last <= end:
                parts += [self._text[at:first], text]
                at = last
        return "".join([*parts, self._text[at:end]])


def _element(path: Path) -> Element:
    group, number = path[-1]
    return group.elements[number]


def _without_heads(text: str, stream: Iterable[Token]) -> str:
    """Blank out `SERVICE SILENT <…>`, so that groups are left, of the same variables and at the same places."""
    parts, at = [], 0
    start = -1
    for token in stream:
        if token.keyword == "SERVICE":
            start = token.at
        elif start >= 0 and token.keyword != "SILENT":
            end = token.at + len(token.text)
            parts += [text[at:start], _NO_BREAK.sub(" ", text[start:end])]
            at, start = end, -1
    return "".join([*parts, text[at:]])


def _anchor(path: Path) -> str:
    """Return the graph anew inside `GRAPH ?g`: the engine does not bind ?g for inline data by itself."""
    for group, number in reversed(path[:-1]):
        element = group.elements[number]
        if element.kind == SELECT:
            return ""
        if element.kind == GRAPH:
            return f"GRAPH {element.name} {{}}" if element.name[0] in "?$" else ""
    return ""


def _usable(term: Json | None) -> bool:
    """Return whether a value is the same everywhere: other literals are spelled differently by different stores."""
    return term is not None and (term["type"] == "uri" or (term["type"] == "literal" and set(term) == {"type", "value"}))


def _values(names: Sequence[str], solutions: Sequence[Json], *, distinct: bool = True) -> _Values | None:
    """Make values of solutions, without those that cannot be written; nothing where there are no names, or it is too much."""
    if not names and solutions:
        return None
    try:
        rows = [f"({' '.join(written(row[n], '') if n in row else 'UNDEF' for n in names)})" for row in solutions]
    except Failure:
        return None
    rows = list(dict.fromkeys(rows)) if distinct else rows
    return _Values(tuple(names), tuple(rows)) if sum(map(len, rows)) <= _VALUES_BYTES else None


def _spelled(names: Iterable[str]) -> str:
    return " ".join(f"?{name}" for name in names)


def _block(names: Iterable[str], rows: str) -> str:
    return f"VALUES ({_spelled(names)}) {{\n{rows}\n}}"


def _inline(variables: Sequence[str], rows: Rows, blank: str) -> str:
    """Write rows as a pattern; literals that stand for blank nodes become nodes, one for each label (the engine's BNODE)."""
    if not rows.blank:
        return _block(variables, rows.text)
    other = {name: f"{name}_{blank[-12:]}" for name in rows.blank}
    inner = [other.get(name, name) for name in variables]
    binds = "\n".join(
        f"BIND(IF(COALESCE(DATATYPE(?{node}) = <{blank}>, false), BNODE(STR(?{node})), ?{node}) AS ?{name})"
        for name, node in other.items()
    )
    return f"{{ SELECT {_spelled(variables)} WHERE {{ {_block(inner, rows.text)}\n{binds} }} }}"


def _outcome(error: RequestError) -> str:
    if isinstance(error, ServiceTimeout):
        return "late"
    return "over" if isinstance(error, LimitExceeded) else "failed"

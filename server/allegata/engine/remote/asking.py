"""Writes a query as it is put to an engine: with the dataset of one release, and as SELECT or ASK, which all answer alike.

CONSTRUCT and DESCRIBE become a SELECT: what is made of its rows is made here, so that all engines describe and number alike,
and so that the rows can be counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from pyoxigraph import RdfFormat, Triple, parse

from allegata.engine.gate.syntax_errors import check, syntax_error
from allegata.engine.gate.tokens import Token, fail, tokens
from allegata.engine.pool.store import resolve_names
from allegata.engine.query import Form, Query
from allegata.engine.remote.names import Names, shared
from allegata.errors import BadRequest, QueryRefused

#: Names of variables that are ours; a query cannot use them by accident.
OURS: Final = "allegata_r"
#: What stands for a variable in a template.
VARIABLE: Final = "urn:allegata:variable:"
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_TERMS: Final = ("iri", "pname")
#: Functions of engines that reach into the machine stand under these, declared or not.
_INTERNAL: Final = re.compile(r"<?(?:bif|sql|java):", re.IGNORECASE)
_S, _P, _O = (f"?{OURS}_{letter}" for letter in "spo")


@dataclass(frozen=True)
class Asked:
    """What is put to an engine: the text, one that counts its rows, the variables in order of first use, a template."""

    text: str
    counting: str
    is_ask: bool = False
    order: tuple[str, ...] = ()
    template: tuple[Triple, ...] | None = None


@dataclass
class _Text:
    """A query text with edits by place."""

    text: str
    edits: list[tuple[int, int, str]] = field(default_factory=list)

    def replace(self, start: int, end: int, new: str) -> None:
        self.edits.append((start, end, new))

    def between(self, start: int, end: int) -> str:
        """Return what stands between two places, with the edits that lie there."""
        out, at = [], start
        for first, last, new in sorted(self.edits):
            if start <= first and last <= end:
                out += [self.text[at:first], new]
                at = last
        return "".join(out) + self.text[at:end]


def asking(query: Query, names: Names, overlaps: Sequence[tuple[str, str]] = ()) -> Asked:
    """Write a query for an engine; raise QuerySyntaxError, or BadRequest where its graphs cannot be told apart there."""
    try:
        return _Asking(query, names, overlaps).run()
    except SyntaxError as error:
        raise syntax_error(query.text, str(error), query.base_iri) from None


class _Asking:
    """One pass over the tokens of a query that the gate let through."""

    def __init__(self, query: Query, names: Names, overlaps: Sequence[tuple[str, str]]) -> None:
        self._query, self._names, self._overlaps = query, names, overlaps
        self._text = _Text(query.text)
        self._tokens = list(tokens(query.text))
        self._body = next(n for n, token in enumerate(self._tokens) if token.at >= len(query.inspected.prologue))
        self._fresh = count()
        self._check()

    def _check(self) -> None:
        """Refuse functions that an engine may know without being told, and names that are its own."""
        check(self._query.text, self._query.base_iri)
        for token in self._tokens:
            if token.kind in _TERMS and _INTERNAL.match(token.text):
                raise QueryRefused(f"{token.text[:80]} is a function of one engine.", remedy="Use the functions of SPARQL 1.1.")
            if token.kind == "variable" and token.text[1:].startswith(OURS):
                raise BadRequest(f"{token.text[:80]} is a name of this service's own.", remedy="Take another name.")

    def run(self) -> Asked:
        """Write the query."""
        where = self._where()
        default, named = self._dataset()
        uses_graphs = self._name_graphs(named)
        clauses = "".join(f" FROM <{graph}>" for graph in default)
        if uses_graphs:
            clauses += "".join(f" FROM NAMED <{name}>" for name in named.values()) or f" FROM NAMED <{self._names.nothing}>"
        head, rest = self._parts(where)
        prologue = self._prologue()
        counting = f"{prologue}\nSELECT (COUNT(*) AS ?{OURS}_n){clauses} WHERE {{ {{ {head} {rest} }} }}"
        asks = self._query.inspected.form is Form.ASK
        return Asked(f"{prologue}\n{head}{clauses} {rest}", counting, asks, self._order(), self._triples())

    def _prologue(self) -> str:
        """Return one BASE and the prefixes, all of them absolute: engines take no second BASE, or none that is relative."""
        prefixes = list(dict.fromkeys(token.text for token in self._tokens[: self._body] if token.kind == "pname"))
        based = bool(self._query.base_iri) or any(token.keyword == "BASE" for token in self._tokens[: self._body])
        resolved = [node.value for node in resolve_names([*prefixes, *(["<>"] if based else [])], self._query)]
        lines = [f"PREFIX {prefix} <{iri}>" for prefix, iri in zip(prefixes, resolved, strict=False)]
        return "\n".join([f"BASE <{resolved[-1]}>", *lines] if based else lines)

    def _triples(self) -> tuple[Triple, ...] | None:
        """Return the template: what SPARQL has for one is Turtle, but for variables, which became names."""
        if self._template is None:
            return None
        document = f"{self._query.inspected.prologue}\n{self._template}"
        return tuple(quad.triple for quad in parse(document, RdfFormat.TURTLE, base_iri=self._query.base_iri))

    def _order(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(token.text[1:] for token in self._tokens[self._body :] if token.kind == "variable"))

    # Where things stand.

    def _where(self) -> int:
        """Return the number of the token with which the WHERE clause begins; the number of tokens where there is none."""
        skipped = self._query.inspected.form is Form.CONSTRUCT and self._after_form().text == "{"
        depth = 0
        for number in range(self._body + 1, len(self._tokens)):
            token = self._tokens[number]
            if depth == 0 and (token.keyword == "WHERE" or (token.text == "{" and not skipped)):
                return number
            if token.keyword in _OPENING:
                depth += 1
            elif token.keyword in _CLOSING:
                depth -= 1
                skipped = skipped and depth > 0
        return len(self._tokens)

    def _after_form(self) -> Token:
        return self._tokens[self._body + 1] if self._body + 1 < len(self._tokens) else self._tokens[self._body]

    def _at(self, number: int) -> int:
        return self._tokens[number].at if number < len(self._tokens) else len(self._query.text)

    def _closing(self, number: int) -> int:
        """Return the number of the token that closes the bracket at a token; raise QuerySyntaxError where none does."""
        depth = 0
        for at in range(number, len(self._tokens)):
            depth += (self._tokens[at].keyword in _OPENING) - (self._tokens[at].keyword in _CLOSING)
            if depth == 0:
                return at
        fail(self._query.text, len(self._query.text), "A bracket is not closed before")

    # The dataset.

    def _dataset(self) -> tuple[list[str], dict[str, str]]:
        """Return the default graphs as the engine has them, and the named ones by their names; take FROM out of the text."""
        clauses = [n for n in range(self._body, len(self._tokens)) if self._tokens[n].keyword == "FROM"]
        for number in clauses:
            last = number + (2 if self._tokens[number + 1].keyword == "NAMED" else 1)
            self._text.replace(self._at(number), self._at(last) + len(self._tokens[last].text), "")
        known = self._names.by_plain
        if self._query.default_graphs or self._query.named_graphs:
            default, named = list(self._query.default_graphs), list(self._query.named_graphs)
        elif self._query.inspected.dataset:
            listed = self._query.inspected.dataset
            resolved = [node.value for node in resolve_names([token for _, token in listed], self._query)]
            default = [iri for (is_named, _), iri in zip(listed, resolved, strict=True) if not is_named]
            named = [iri for (is_named, _), iri in zip(listed, resolved, strict=True) if is_named]
        else:
            return [self._names.union], dict(known)
        return self._default(default), {iri: known[iri] for iri in named if iri in known}

    def _default(self, graphs: list[str]) -> list[str]:
        known = self._names.by_plain
        chosen = sorted({iri for iri in graphs if iri in known})
        if set(chosen) == set(known):
            return [self._names.union]
        if set(chosen) == set(known) - {self._names.inferred}:
            return [self._names.stated]
        pair = shared(chosen, self._overlaps)
        if pair:
            raise BadRequest(
                f"The graphs <{pair[0]}> and <{pair[1]}> share a statement, which this engine would count twice.",
                remedy="Choose one of the two, all graphs, or all but the inferred one.",
            )
        return [known[iri] for iri in chosen] or [self._names.nothing]

    def _name_graphs(self, named: Mapping[str, str]) -> bool:
        """Put the engine's names of graphs behind GRAPH; a variable is joined with the names of the release."""
        places = [n + 1 for n in range(self._body, len(self._tokens) - 1) if self._tokens[n].keyword == "GRAPH"]
        constants = [self._tokens[n].text for n in places if self._tokens[n].kind in _TERMS]
        resolved = iter([node.value for node in resolve_names(constants, self._query)])
        for number in places:
            token = self._tokens[number]
            end = token.at + len(token.text)
            if token.kind in _TERMS:
                self._text.replace(token.at, end, f"<{named.get(next(resolved), self._names.nothing)}>")
            elif token.kind == "variable":
                fresh = f"?{OURS}_g{next(self._fresh)}"
                self._text.replace(token.at, end, fresh)
                pairs = " ".join(f"(<{name}> <{graph}>)" for graph, name in named.items())
                self._text.replace(self._at(number - 1), self._at(number - 1), f" VALUES ({fresh} {token.text}) {{ {pairs} }} ")
        return bool(places)

    # The form.

    def _parts(self, where: int) -> tuple[str, str]:
        """Return what stands before the dataset clause and what behind it; keep the template of CONSTRUCT."""
        start, middle, end = self._at(self._body), self._at(where), len(self._query.text)
        self._template: str | None = None
        form = self._query.inspected.form
        if form is Form.DESCRIBE:
            return self._describing(where)
        if form is Form.CONSTRUCT:
            return self._constructing(where)
        return self._text.between(start, middle), self._text.between(middle, end)

    def _constructing(self, where: int) -> tuple[str, str]:
        opens = next((n for n in range(self._body + 1, len(self._tokens)) if self._tokens[n].text == "{"), None)
        if opens is None:
            fail(self._query.text, len(self._query.text), "CONSTRUCT has no template before")
        closes = self._closing(opens)
        inside = self._tokens[opens + 1 : closes]
        self._template = "".join(_turtle(self._query.text, inside, self._at(closes)))
        used = list(dict.fromkeys(f"?{token.text[1:]}" for token in inside if token.kind == "variable"))
        return f"SELECT {' '.join(used) or f'(1 AS ?{OURS}_one)'}", self._text.between(self._at(where), len(self._query.text))

    def _describing(self, where: int) -> tuple[str, str]:
        """Describe by all statements of a thing, as the release's own engine does for data without nodes that have no name."""
        said = [
            token for token in self._tokens[self._body + 1 : where] if token.kind in (*_TERMS, "variable") or token.text == "*"
        ]
        chosen = said[: len(said) - len(self._query.inspected.dataset)]
        rest = self._text.between(self._at(where), len(self._query.text))
        wanted = [f"?{token.text[1:]}" for token in chosen if token.kind == "variable"]
        if any(token.text == "*" for token in chosen):
            wanted = [f"?{name}" for name in self._order()]
        groups = [f"{{ SELECT ({name} AS {_S}) {rest} }}" for name in wanted if rest]
        fixed = [token.text for token in chosen if token.kind in _TERMS]
        if fixed:
            groups.insert(0, f"{{ VALUES {_S} {{ {' '.join(fixed)} }} }}")
        self._template = f"{_variable(_S)} {_variable(_P)} {_variable(_O)} ."
        found = " UNION ".join(groups) or f"{{ VALUES {_S} {{ }} }}"
        return f"SELECT DISTINCT {_S} {_P} {_O}", f"WHERE {{ {found} {_S} {_P} {_O} }}"


def _variable(name: str) -> str:
    return f"<{VARIABLE}{name[1:]}>"


def _turtle(text: str, inside: Sequence[Token], end: int) -> Iterator[str]:
    """Yield a template as Turtle, whose grammar it has but for variables, which become names."""
    for token, after in zip(inside, [*(token.at for token in inside[1:]), end], strict=True):
        kept = text[token.at : after]
        yield _variable(token.text) + " " if token.kind == "variable" else kept
    yield "" if not inside or inside[-1].text == "." else " ."

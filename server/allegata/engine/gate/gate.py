"""Decides what may run: one linear scan of a query's tokens that finds its form and refuses writing, reaching out and excess."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NoReturn

from allegata.budget import paced
from allegata.engine.gate.complexity import Shape
from allegata.engine.gate.known_shapes import shape_of
from allegata.engine.gate.plainness import is_plain
from allegata.engine.gate.tokens import Token, decode_all, decode_outside, fail, tokens
from allegata.engine.query import Form, Inspected, refuse_file
from allegata.errors import BadRequest, LimitExceeded, PayloadTooLarge, QueryRefused, QuerySyntaxError, RequestError
from allegata.settings import Settings

# SPARQL 1.1 Update, section 5, with the words that open its operations.
UPDATE_WORDS: Final = frozenset("INSERT DELETE LOAD CLEAR DROP CREATE ADD MOVE COPY WITH USING".split())
_FORMS: Final = {form.value: form for form in Form}
_NAMES_A_GRAPH: Final = frozenset(("GRAPH", "FROM", "NAMED", "DESCRIBE", "SERVICE"))
_LOOKED_AT: Final = frozenset(("word", "iri", "pname", "string"))
_BEFORE_A_SERVICE: Final = frozenset(("SERVICE", "SILENT"))
_OPERANDS: Final = frozenset(("variable", "iri", "pname", "string", "number", "blank", "tag", ")", "]", ">>", ")>>"))
_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:")
_HIERARCHICAL: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
#: Characters in which the scheme of an IRI stands.
_BEGINNING: Final = 64
_NOTHING: Final = Token("", "", 0, "")
_LOCAL_ESCAPE: Final = re.compile(r"\\(.)")
_EXPRESSION: Final = re.compile(r"[()!]")


def inspect(text: str, settings: Settings, services: Collection[str] = ()) -> Inspected:
    """Find the form of a query and let it through, or raise.

    QueryRefused: it would write or reach out (SERVICE to an IRI outside of `services`, an update, a file as a graph).
    LimitExceeded: it is over a limit, which is named by its setting. QuerySyntaxError: it is cut short or no query at all.
    Of queries that differ only in what they name and say, the first is read.
    """
    if len(text) > settings.body_bytes:
        raise PayloadTooLarge(f"The query has over {settings.body_bytes} bytes.", limit="body_bytes", allowed=settings.body_bytes)
    runs = decode_outside(text)
    shape = shape_of(runs)
    if shape and shape.longest <= settings.query_literal and (known := _known(shape.text, shape.prologue, settings)):
        return Inspected(runs, known[0], shape.prologue, is_plain=known[1])
    return _read(runs, settings, services)


@lru_cache(1024)
def _known(shape: str, prologue: str, settings: Settings) -> tuple[Form, bool] | None:
    """Return the form of the queries of a shape, right behind their prologue, and whether they are plain; None: each is read."""
    try:
        found = _read(shape, settings, ())
    except RequestError:
        return None  # it is said of the query itself, with the place
    return (found.form, is_plain(shape)) if found.prologue == prologue else None


def _read(runs: str, settings: Settings, services: Collection[str]) -> Inspected:
    """Read a query whose escapes stand in strings and IRIs alone."""
    scan = _Scan(runs, settings, services)
    scan.run(tokens(runs))
    if "\\u" in runs or "\\U" in runs:
        _inspect_decoded(decode_all(runs), settings, services)
    if scan.form is None:
        fail(runs, len(runs), "The query has no SELECT, ASK, CONSTRUCT or DESCRIBE")
    return Inspected(runs, scan.form, runs[: scan.form_at], tuple(scan.dataset), tuple(scan.asked))


def _inspect_decoded(text: str, settings: Settings, services: Collection[str]) -> None:
    """Look at the other reading of escapes too: whichever one an engine takes, the gate has seen it."""
    try:
        _Scan(text, settings, services).run(tokens(text))
    except QuerySyntaxError:
        return


@dataclass
class _Scan:
    """The scan of one text: the last tokens, the prologue's names, and the shape that the limits are about."""

    text: str
    settings: Settings
    services: Collection[str]
    form: Form | None = None
    form_at: int = 0
    dataset: list[tuple[bool, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    before: Token = _NOTHING
    last: Token = _NOTHING
    prefixes: dict[str, str] = field(default_factory=dict)
    relative: set[str] = field(default_factory=set)

    def run(self, stream: Iterable[Token]) -> None:
        shape = Shape(self.settings)
        for number, token in enumerate(paced(stream), 1):
            if number > self.settings.query_tokens:
                raise LimitExceeded(
                    f"The query has over {self.settings.query_tokens} words and marks.",
                    remedy="Ask a smaller question, or several.",
                    limit="query_tokens",
                    allowed=self.settings.query_tokens,
                )
            if token.kind in _LOOKED_AT or token.text == "{" or self.last.keyword in _BEFORE_A_SERVICE:
                self._look(token, shape)
            shape.add(token)
            self.before, self.last = self.last, token
        if self.last.keyword == "SERVICE":
            self._refuse_service()

    def _look(self, token: Token, shape: Shape) -> None:
        if self.last.keyword == "SERVICE" or (self.last.keyword == "SILENT" and self.before.keyword == "SERVICE"):
            self._service(token)
        if token.kind == "word":
            self._word(token)
        elif token.kind == "iri":
            self._iri(token, shape)
        elif token.kind == "string":
            self._literal(token)
        elif token.text == "{":
            self._glued_service()
        if token.kind in ("iri", "pname"):
            self._name(token)

    def _word(self, token: Token) -> None:
        word = token.keyword
        if word in UPDATE_WORDS:
            raise QueryRefused(
                f"This service does not write, and {word} belongs to an update.",
                remedy="Ask with SELECT, ASK, CONSTRUCT or DESCRIBE.",
            )
        if word != "SERVICE" and "SERVICE" in word:
            self._refuse_service()
        if self.form is None and word in _FORMS:
            self.form, self.form_at = _FORMS[word], token.at
        elif self.form is None and word not in ("PREFIX", "BASE", "VERSION"):
            fail(self.text, token.at, "Expected PREFIX, BASE, VERSION, SELECT, ASK, CONSTRUCT or DESCRIBE")

    def _service(self, token: Token) -> None:
        """Look at what follows SERVICE: only an IRI that is listed may, whole and to the letter, or a name that stands for it."""
        if token.keyword == "SILENT" and self.last.keyword == "SERVICE":
            return
        address = token.text[1:-1] if token.kind == "iri" else self._expand(token) if token.kind == "pname" else ""
        if address not in self.services:
            self._refuse_service(by_variable=token.kind == "variable")
        self.asked.append(address)
        if len(self.asked) > self.settings.service_calls:
            allowed = self.settings.service_calls
            raise LimitExceeded(f"The query has over {allowed} SERVICE patterns.", limit="service_calls", allowed=allowed)

    def _expand(self, token: Token) -> str:
        """Return the IRI that a prefixed name stands for, where that needs no base (SPARQL 1.1 Query, section 4.1.1)."""
        prefix, _, local = token.text.partition(":")
        start = "" if f"{prefix}:" in self.relative else self.prefixes.get(f"{prefix}:", "")
        return start and start + _LOCAL_ESCAPE.sub(r"\1", local)

    def _glued_service(self) -> None:
        """Refuse `SERVICEex:name {`: one prefixed name to the grammar, but engines without a lexer read SERVICE ex:name."""
        prefix = self.last.text.partition(":")[0].upper()
        if self.last.kind == "pname" and "SERVICE" in prefix and self.before.keyword not in _NAMES_A_GRAPH:
            self._refuse_service()

    def _iri(self, token: Token, shape: Shape) -> None:
        """Refuse an IRI behind an operand that an engine without a lexer reads as `<` and the rest of an expression."""
        kind = self.last.text if self.last.kind == "mark" else self.last.kind
        ambiguous = shape.in_parentheses and kind in _OPERANDS and _EXPRESSION.search(token.text)
        if ambiguous and not _HIERARCHICAL.match(token.text):
            raise BadRequest(
                f"It is not clear whether {token.text[:80]} is an IRI or a comparison.", remedy="Write a space after <."
            )

    def _literal(self, token: Token) -> None:
        allowed = self.settings.query_literal
        if len(token.text) > allowed:
            raise LimitExceeded(f"A literal of the query is over {allowed} characters.", limit="query_literal", allowed=allowed)

    def _name(self, token: Token) -> None:
        """Take note of BASE and PREFIX, and of the graphs of the dataset clauses (sections 4.1.1 and 13.2)."""
        if self.last.keyword == "BASE":
            self.prefixes[""] = self._resolve(token)
        elif self.last.kind == "pname" and self.before.keyword == "PREFIX":
            self.prefixes[self.last.text] = self._resolve(token)
            if not _ABSOLUTE.match(token.text):
                self.relative.add(self.last.text)
        named = self.last.keyword == "NAMED" and self.before.keyword == "FROM"
        if named or self.last.keyword == "FROM":
            refuse_file(self._resolve(token))
            self.dataset.append((named, token.text))

    def _resolve(self, token: Token) -> str:
        """Resolve an IRI as far as its scheme is concerned: whole where it is absolute, else its beginning: none grows."""
        if token.kind == "pname":
            prefix, _, local = token.text.partition(":")
            return (self.prefixes.get(f"{prefix}:", "")[:_BEGINNING] + local).lstrip()[:_BEGINNING]
        text = decode_all(token.text)
        if _ABSOLUTE.match(text):
            return text[1:-1]
        return (self.prefixes.get("", "")[:_BEGINNING] + text[1:-1]).lstrip()[:_BEGINNING]

    def _refuse_service(self, *, by_variable: bool = False) -> NoReturn:
        if not self.services:
            raise QueryRefused(
                "SERVICE asks another server, and this service reaches out to none.", remedy="Query the other server by itself."
            )
        if by_variable:
            raise QueryRefused("SERVICE has a variable in place of an address.", remedy="Name one of the listed addresses.")
        raise QueryRefused(
            "SERVICE asks a server that is not on the list of this service, or is no SERVICE by the grammar.",
            remedy=f"These may be asked: {', '.join(sorted(self.services))}.",
        )

"""Reads the groups of a query and what stands in them, as far as one needs to know to put something in the place of a SERVICE."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NoReturn

from allegata.engine.gate.tokens import Token, fail

TRIPLES, GROUP, OPTIONAL, MINUS, LATERAL, GRAPH = "TRIPLES", "GROUP", "OPTIONAL", "MINUS", "LATERAL", "GRAPH"
SERVICE, FILTER, BIND, VALUES, SELECT = "SERVICE", "FILTER", "BIND", "VALUES", "SELECT"
#: What has been put into the place of an element before it.
GONE: Final = "GONE"
_WITH_GROUP: Final = frozenset((OPTIONAL, MINUS, LATERAL))
_OPENING: Final = frozenset((*_WITH_GROUP, GRAPH, SERVICE, FILTER, BIND, VALUES))
_IN_TRIPLES: Final = frozenset(("A", "TRUE", "FALSE"))
_END: Final = Token("end", "", -1, "")


@dataclass
class Element:
    """What a group consists of (SPARQL 1.1 Query, section 19.8, rules 53 to 61): its kind, its place, and the groups in it.

    `name` is the graph of a GRAPH. `words` holds the keywords within, `variables` the names of variables.
    """

    kind: str
    start: int
    end: int = 0
    groups: list[Group] = field(default_factory=list)
    name: str = ""
    silent: bool = False
    address: str = ""
    words: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()


@dataclass
class Group:
    """A group from brace to brace; a subquery is one element, with the groups that stand in it. `exists`: it is one of EXISTS."""

    start: int
    end: int = 0
    exists: bool = False
    elements: list[Element] = field(default_factory=list)


#: Where an element stands: the groups around it from the outermost, each with the number of the element within.
Path = tuple[tuple[Group, int], ...]


def read(text: str, stream: Sequence[Token], services: Sequence[str]) -> list[Group]:
    """Read the outermost groups of a query that parses but for its SERVICEs; raise QuerySyntaxError where one is misplaced.

    `stream` has its tokens, `services` the address behind each SERVICE, in the order of the text.
    """
    return _Reader(text, stream, services).loose()


def asked(groups: Sequence[Group], path: Path = ()) -> Iterator[Path]:
    """Yield the place of each SERVICE that is not inside of another, in the order of the text."""
    for group in groups:
        for number, element in enumerate(group.elements):
            here = (*path, (group, number))
            if element.kind == SERVICE:
                yield here
            else:
                yield from asked(element.groups, here)


class _Reader:
    """Goes over the tokens once; brackets have been counted before, so that recursion has its limit."""

    def __init__(self, text: str, stream: Sequence[Token], services: Sequence[str]) -> None:
        self._text = text
        self._tokens = stream
        self._services = iter(services)
        self._at = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _fail(self) -> NoReturn:
        token = self._next
        fail(self._text, token.at if token.at >= 0 else len(self._text), "This is not in its place")

    def _take(self, *keywords: str) -> Token:
        token = self._next
        if token is _END or (keywords and token.keyword not in keywords):
            self._fail()
        self._at += 1
        return token

    def loose(self) -> list[Group]:
        """Read what stands around groups: the clauses of a query or subquery, up to the brace that ends it."""
        found = []
        while self._next is not _END and self._next.keyword != "}":
            if self._next.keyword == "{":
                found.append(self._group())
            elif self._next.keyword == VALUES:
                self._values()
            elif self._next.keyword == SERVICE:
                self._fail()
            else:
                self._take()
        return found

    def _group(self) -> Group:
        exists = self._at > 0 and self._tokens[self._at - 1].keyword == "EXISTS"
        group = Group(self._take("{").at, exists=exists)
        while self._next.keyword != "}":
            if self._next.keyword == ".":
                self._take()
            else:
                group.elements.append(self._element())
        group.end = self._take("}").at + 1
        return group

    def _element(self) -> Element:
        first = self._at
        element = Element(TRIPLES, self._next.at)
        keyword = self._next.keyword
        if keyword == SELECT:
            element.kind, element.groups = SELECT, self.loose()
        elif keyword == "{":
            element.kind, element.groups = GROUP, self._union()
        elif keyword in _OPENING:
            element.kind = keyword
            self._opened(element)
        else:
            self._triples()
        within = self._tokens[first : self._at]
        element.end = within[-1].at + len(within[-1].text)
        element.words = frozenset(token.keyword for token in within if token.kind == "word")
        element.variables = frozenset(token.text[1:] for token in within if token.kind == "variable")
        return element

    def _opened(self, element: Element) -> None:
        if element.kind == FILTER:
            self._take()
            element.groups = self._constraint()
        elif element.kind == BIND:
            self._take()
            element.groups = self._parentheses()
        elif element.kind == VALUES:
            self._values()
        else:
            self._take()
            if element.kind == SERVICE:
                self._service(element)
            elif element.kind == GRAPH:
                element.name = self._take().text
            element.groups = [self._group()]

    def _service(self, element: Element) -> None:
        element.address = next(self._services, "")
        if self._next.keyword == "SILENT":
            element.silent = bool(self._take())
        self._take()

    def _union(self) -> list[Group]:
        found = [self._group()]
        while self._next.keyword == "UNION":
            self._take()
            found.append(self._group())
        return found

    def _triples(self) -> None:
        start = self._at
        while self._next.keyword not in _OPENING and self._next.keyword not in ("{", "}") and self._next is not _END:
            if self._next.kind == "word" and self._next.keyword not in _IN_TRIPLES:
                self._fail()
            self._take()
        if self._at == start or self._next is _END:
            self._fail()

    def _constraint(self) -> list[Group]:
        """Read what follows FILTER: parentheses, a call, or EXISTS with its group (rule 69)."""
        while self._next.keyword not in ("(", "{"):
            if self._next.keyword in _OPENING or self._next.keyword == "}":
                self._fail()
            self._take()
        return [self._group()] if self._next.keyword == "{" else self._parentheses()

    def _parentheses(self) -> list[Group]:
        """Read from one parenthesis to the one that closes it; the groups inside are those of EXISTS."""
        found = []
        self._take("(")
        depth = 1
        while depth:
            if self._next.keyword == "{":
                found.append(self._group())
                continue
            if self._next.keyword == SERVICE:
                self._fail()
            depth += {"(": 1, ")": -1}.get(self._take().keyword, 0)
        return found

    def _values(self) -> None:
        self._take()
        while self._next.keyword != "{":
            self._take()
        while self._take().keyword != "}":
            pass

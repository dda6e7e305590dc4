"""Answers full-text search in queries: `?thing search:words "famine deaths"` is asked of the release's index beforehand.

What the index finds takes the place of the statement as inline data, as what an endpoint says takes that of SERVICE; engines need
to know nothing of it. The property is a feature of the service (SPARQL 1.1 Service Description, section 3.2.9), and no data.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Final

from pyoxigraph import RdfFormat, parse

from allegata.budget import paced
from allegata.domain.search import Search
from allegata.engine.gate.tokens import tokens
from allegata.engine.gate.tree import Tree, read
from allegata.engine.query import Query
from allegata.errors import BadRequest, LimitExceeded, QueryTimeout, WorkTimeout
from allegata.settings import Settings

#: The property that finds things by words.
WORDS: Final = "https://w3id.org/allegata/search#words"
#: Words and marks of a query with a search: it is read into a tree where the request is answered, and not in a worker.
MOST_TOKENS: Final = 2_000
#: What a query that asks for it has to have in its text, whole or in the declaration of a prefix.
_MARK: Final = WORDS.removesuffix("words")
_REMEDY: Final = 'Write ?thing search:words "…", or (?thing ?rank) search:words "…", with variables, in a pattern.'

Find = Callable[[str], list[str]]


def asks_for_words(text: str) -> bool:
    """Return whether a query may ask for things by words."""
    return _MARK in text


def with_words_found(query: Query, search: Search, settings: Settings) -> Query:
    """Return a query in which what the index of the release finds stands in the place of each search for words.

    Things come in the order of the search, with their rank from 1, all of them. A query that does not parse is returned as it
    is: the engine says what is wrong. Raises BadRequest for a search of another form, LimitExceeded for over `search_calls`
    searches or `search_hits` things found by one, QueryTimeout.
    """
    if sum(1 for _ in islice(tokens(query.text), MOST_TOKENS + 1)) > MOST_TOKENS:
        raise LimitExceeded(
            f"A query with a search for words has over {MOST_TOKENS} words and marks.",
            remedy="Search in a query of its own, and name what it finds in the other.",
            limit="query_tokens",
            allowed=MOST_TOKENS,
        )
    parts = read(query.text)
    if parts is None:
        return query
    end = time.monotonic() + min(settings.query_timeout, query.timeout or settings.query_timeout)
    found = _Words(parts, lambda words: _find(search, words, settings, end))
    text = found.resolve(settings.search_calls)
    return replace(query, inspected=replace(query.inspected, text=text), timeout=max(end - time.monotonic(), 0.001))


def _find(search: Search, words: str, settings: Settings, end: float) -> list[str]:
    try:
        found = search.things(words, settings.search_hits + 1, end)
    except WorkTimeout as error:
        if "limit" in error.members:  # that of the request
            raise
        raise QueryTimeout(
            "The query reached its time limit while words were searched for.",
            remedy="Search for rarer words.",
            limit="query_timeout",
            allowed=settings.query_timeout,
        ) from None
    if len(found) > settings.search_hits:
        raise LimitExceeded(
            f"Over {settings.search_hits} things have the words {words[:80]!r}.",
            remedy="Search for more words, or rarer ones.",
            limit="search_hits",
            allowed=settings.search_hits,
        )
    return found


@dataclass(frozen=True)
class _Asked:
    """A search in a statement: the variables of thing and rank, and the words."""

    thing: str
    rank: str
    words: str

    def values(self, found: list[str]) -> str:
        """Return what was found as inline data."""
        if not self.rank:
            return f"VALUES {self.thing} {{ {' '.join(f'<{iri}>' for iri in found)} }}"
        rows = " ".join(f"(<{iri}> {number})" for number, iri in enumerate(found, 1))
        return f"VALUES ({self.thing} {self.rank}) {{ {rows} }}"


class _Words:
    """Searches for words in the tree of a query, and what takes their place."""

    def __init__(self, parts: list[Tree], find: Find) -> None:
        self._parts, self._find = parts, find
        self._prefixes = dict(_prefixes(parts))
        self._number = 0

    def resolve(self, most: int) -> str:
        """Return the text of the query without searches; raise as `with_words_found` does."""
        verbs = {id(verb) for verb in self._parts if verb.rule == "Verb" and self._is_search(verb)}
        if len(verbs) > most:
            raise LimitExceeded(f"The query has over {most} searches for words.", limit="search_calls", allowed=most)
        for part in paced(reversed(self._parts)):
            if part.rule:
                part.text = "".join(child.text for child in part.children)
            if part.rule == "Group":
                self._resolve_group(part, verbs)
        named = [part for part in self._parts if part.rule == "Iri" and self._iri(part) == WORDS]
        if len(named) != len(verbs) or self._number != len(verbs):
            raise BadRequest(f"<{WORDS}> stands where nothing can be searched for.", remedy=_REMEDY)
        return self._parts[0].text

    def _resolve_group(self, group: Tree, verbs: set[int]) -> None:
        """Take searches out of the statements of a group, and put what they find behind them."""
        pieces = []
        for child in group.children:
            if child.rule != "Triples":
                pieces.append(child.text)
                continue
            statements = list(_statements(child))
            asked = [search for statement in statements for search in self._searches(statement, verbs)]
            if not asked:
                pieces.append(child.text)
                continue
            kept = " .".join(text for text in (self._kept(statement, verbs) for statement in statements) if text)
            values = " ".join(search.values(self._find(search.words)) for search in asked)
            self._number += len(asked)
            pieces.append(f"{kept}{' . ' if kept else ' '}{values} ")
        group.text = "".join(pieces)

    def _searches(self, statement: Tree, verbs: set[int]) -> Iterator[_Asked]:
        properties = statement.child("Properties")
        for verb, objects in _pairs(properties):
            if id(verb) in verbs:
                yield _Asked(*_variables(statement.children[0]), _text(objects))

    def _kept(self, statement: Tree, verbs: set[int]) -> str:
        """Return what a statement says beside its searches."""
        properties = statement.child("Properties")
        pairs = list(_pairs(properties))
        if not any(id(verb) in verbs for verb, _ in pairs):
            return statement.text
        kept = " ;".join(f"{verb.text}{objects.text}" for verb, objects in pairs if id(verb) not in verbs)
        if kept and statement.children[0].rule == "Node":
            raise BadRequest("A search with rank is a statement of its own.", remedy=_REMEDY)
        return f"{statement.children[0].text}{kept}" if kept else ""

    def _is_search(self, verb: Tree) -> bool:
        """Return whether a verb is the property alone, and no path with it."""
        path = verb.children[0]
        while path.rule in ("Path", "Sequence", "Element", "Primary") and len(path.children) == 1:
            path = path.children[0]
        return path.rule == "Iri" and self._iri(path) == WORDS

    def _iri(self, name: Tree) -> str:
        token = name.children[0].token
        if token.kind == "iri":
            return token.text[1:-1]
        prefix, _, local = token.text.partition(":")
        return self._prefixes.get(f"{prefix}:", "") + local


def _prefixes(parts: list[Tree]) -> Iterator[tuple[str, str]]:
    prologue = next((part for part in parts if part.rule == "Prologue"), None)
    tokens = [child.token for child in prologue.children] if prologue else []
    for name, iri in pairwise(tokens):
        if name.kind == "pname":
            yield name.text, iri.text[1:-1]


def _statements(triples: Tree) -> Iterator[Tree]:
    """Yield the statements of a block, in the order of the text."""
    block: Tree | None = triples
    while block:
        yield from (child for child in block.children if child.rule == "Statement")
        block = block.child("Triples")


def _pairs(properties: Tree | None) -> Iterator[tuple[Tree, Tree]]:
    if properties:
        verbs, objects = ([child for child in properties.children if child.rule == rule] for rule in ("Verb", "Objects"))
        yield from zip(verbs, objects, strict=True)


def _variables(subject: Tree) -> tuple[str, str]:
    """Return the variables of thing and rank, the second empty where it is not asked for; raise BadRequest for anything else."""
    words = [part.token for part in subject.below() if not part.rule]
    names = [token.text for token in words if token.kind == "variable"]
    if subject.rule == "Term" and len(names) == 1:
        return names[0], ""
    if subject.rule == "Node" and [token.text for token in words] == ["(", *names, ")"] and len(names) == 2:
        return names[0], names[1]
    raise BadRequest("A search for words has no variable for what it finds.", remedy=_REMEDY)


def _text(objects: Tree) -> str:
    """Return the words of a search; raise BadRequest where they are not one text."""
    tokens = [part.token for part in objects.below() if not part.rule]
    if not tokens or tokens[0].kind != "string" or [token.kind for token in tokens[1:]] not in ([], ["tag"]):
        raise BadRequest("A search for words has something else than one text.", remedy=_REMEDY)
    (quad,) = parse(f"<urn:x> <urn:x> {tokens[0].text} .", RdfFormat.TURTLE)
    return str(getattr(quad.object, "value", ""))

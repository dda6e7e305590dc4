"""Measures the shape of a query: its nesting, its chains of operators, its triple patterns and its property paths."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from allegata.engine.gate.tokens import Token
from allegata.errors import LimitExceeded
from allegata.settings import Settings

_OPENING: Final = {"{": "}", "(": ")", "[": "]", "<<": ">>", "<<(": ")>>", "{|": "|}"}
_CLOSING: Final = frozenset(_OPENING.values())
_CHAINED: Final = frozenset("|| && + - * / ! ^ ^^ | ? < ~".split()) | frozenset(
    "UNION OPTIONAL MINUS FILTER BIND VALUES GRAPH".split()
)
_GROUP: Final = "group"
_NAMES: Final = {_GROUP: "A group"}
# Where one stands: before a subject, a verb or an object, behind an object, in a collection, inside a path's parentheses,
# in an expression or the head of a pattern, in a clause or data block up to the next brace.
_SUBJECT, _VERB, _OBJECT, _BEHIND, _ITEM, _PATH, _HEAD, _CLAUSE = range(8)
_AFTER_TERM: Final = {_SUBJECT: _VERB, _VERB: _OBJECT, _OBJECT: _BEHIND, _BEHIND: _VERB}
_INSIDE_ROUND: Final = {_SUBJECT: _ITEM, _OBJECT: _ITEM, _BEHIND: _ITEM, _ITEM: _ITEM, _VERB: _PATH, _PATH: _PATH}
_INSIDE_SQUARE: Final = {_SUBJECT: _VERB, _OBJECT: _VERB, _BEHIND: _VERB, _ITEM: _VERB}
_INSIDE_TRIPLE: Final = dict.fromkeys(_INSIDE_SQUARE, _SUBJECT)
_INSIDE: Final = {"[": _INSIDE_SQUARE, "<<": _INSIDE_TRIPLE, "<<(": _INSIDE_TRIPLE, "{|": dict.fromkeys(range(8), _VERB)}
_KEYWORDS: Final = {
    **dict.fromkeys("FILTER BIND GRAPH SERVICE VALUES".split(), _HEAD),
    **dict.fromkeys("SELECT GROUP ORDER HAVING LIMIT OFFSET".split(), _CLAUSE),
    **dict.fromkeys("OPTIONAL MINUS UNION WHERE".split(), _SUBJECT),
}
_PUNCTUATION: Final = {".": _SUBJECT, ";": _VERB, ",": _OBJECT}
_TERM_KINDS: Final = frozenset(("variable", "iri", "pname", "string", "number", "blank"))
_TERM_WORDS: Final = frozenset(("A", "TRUE", "FALSE"))


@dataclass
class _Level:
    """What stands inside one bracket: which place comes next, how often each operator occurred, how long the path is."""

    bracket: str
    place: int
    path: int = 1
    chains: Counter[str] = field(default_factory=Counter)


class Shape:
    """The shape of a query as far as its tokens have been added; `add` raises LimitExceeded at the first excess.

    A triple pattern is counted at its object; an item of a collection counts as two (SPARQL 1.1 Query, section 4.2.3).
    A path counts as long as it has members joined by `/` or `|`, those in parentheses included (section 9.1).
    A chain is what stands beside each other in one pair of brackets, since engines nest it from left to right.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._levels = [_Level("", _CLAUSE)]
        self._patterns = 0
        self._last = ""
        self._data = False

    @property
    def in_parentheses(self) -> bool:
        """Return whether the innermost open bracket is a round one."""
        return self._levels[-1].bracket == "("

    def add(self, token: Token) -> None:
        """Take in the next token."""
        word = token.keyword
        if word in _OPENING:
            self._open(word)
        elif word in _CLOSING:
            self._close()
        else:
            self._inside(token, word)
        self._last = word or token.kind

    def _open(self, bracket: str) -> None:
        outside = self._levels[-1]
        if bracket == "{":
            if self._last == "}":
                self._chain(outside, _GROUP)
            level = _Level(bracket, _CLAUSE if self._data else _SUBJECT)
            self._data = False
        elif bracket == "(":
            level = _Level(bracket, _INSIDE_ROUND.get(outside.place, _HEAD), outside.path)
        else:
            level = _Level(bracket, _INSIDE[bracket].get(outside.place, _HEAD))
        self._levels.append(level)
        self._check("query_nesting", len(self._levels) - 1, "Brackets are nested over {} deep.")

    def _close(self) -> None:
        if len(self._levels) == 1:
            return
        closed, level = self._levels.pop(), self._levels[-1]
        if closed.bracket == "{":
            level.place = _SUBJECT if level.bracket == "{" else level.place
        elif closed.bracket == "{|":
            level.place = _BEHIND
        elif level.place == _HEAD:
            level.place = _SUBJECT if level.bracket == "{" and not self._data else _HEAD
        else:
            level.path = closed.path if closed.place == _PATH else level.path
            self._term(level)

    def _inside(self, token: Token, word: str) -> None:
        level = self._levels[-1]
        if word in _CHAINED:
            self._chain(level, word)
        if token.kind in _TERM_KINDS or word in _TERM_WORDS:
            if self._last != "^^":
                self._term(level)
        elif word in _KEYWORDS:
            level.place, self._data = _KEYWORDS[word], word == "VALUES"
        elif word in _PUNCTUATION and level.bracket in ("{", "[", "{|") and level.place < _ITEM:
            level.place, level.path = _PUNCTUATION[word], 1

    def _term(self, level: _Level) -> None:
        """Move on behind a term, and count the pattern that it completes."""
        if level.place in (_OBJECT, _ITEM):
            self._patterns += 2 if level.place == _ITEM else 1
            self._check("query_patterns", self._patterns, "The query has over {} triple patterns.")
        level.place = _AFTER_TERM.get(level.place, level.place)

    def _chain(self, level: _Level, word: str) -> None:
        level.chains[word] += 1
        self._check(
            "query_chain", level.chains[word], f"{_NAMES.get(word, word)} stands over {{}} times in one pair of brackets."
        )
        if word in ("/", "|") and level.place in (_OBJECT, _PATH):
            level.path += 1
            level.place = _VERB if level.place == _OBJECT else _PATH
            self._check("query_path_steps", level.path, "A property path has over {} steps.")

    def _check(self, limit: str, value: int, sentence: str) -> None:
        allowed: int = getattr(self._settings, limit)
        if value > allowed:
            raise LimitExceeded(
                sentence.format(allowed), remedy="Ask a smaller question, or several.", limit=limit, allowed=allowed
            )

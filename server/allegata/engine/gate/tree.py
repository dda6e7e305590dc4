"""Reads a query into a tree by the grammar, without recursion: what is deeply nested is only long here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from allegata.engine.gate.grammar import FUNCTIONS, Part, first, rules
from allegata.engine.gate.tokens import Token, tokens

END: Final = Token("end", "", -1, "")


@dataclass(eq=False)
class Tree:
    """A rule of the grammar with what stands for it in a query, or a token; `text` is its text with the space before it."""

    rule: str
    token: Token = END
    children: list[Tree] = field(default_factory=list)
    text: str = ""

    @property
    def word(self) -> str:
        """Return the keyword or mark that a token is."""
        return self.token.keyword

    def child(self, rule: str) -> Tree | None:
        """Return the first child of a rule."""
        return next((child for child in self.children if child.rule == rule), None)

    def words(self) -> list[str]:
        """Return the keywords and marks among the children."""
        return [child.word for child in self.children if child.word]

    def below(self) -> Iterator[Tree]:
        """Yield the tree and all that is in it, in the order of the text."""
        stack = [self]
        while stack:
            found = stack.pop()
            yield found
            stack.extend(reversed(found.children))


def read(text: str) -> list[Tree] | None:
    """Return the tree of a query as the list of its parts, each before what is in it; None where it does not parse."""
    root = Tree("Query")
    found, end = [root], 0
    stack = [(rules()["Query"], root)]
    for token in with_end(tokens(text)):
        while stack:
            part, parent = stack.pop()
            name = terminal(token)
            if name not in first(part):
                if "" not in first(part):
                    return None
                continue
            if part.kind == "terminal":
                found.append(Tree("", token, text=text[end : token.at + len(token.text)]))
                parent.children.append(found[-1])
                end = token.at + len(token.text)
                break
            if part.kind == "rule":
                found.append(Tree(part.name))
                parent.children.append(found[-1])
                parent = found[-1]
            stack.extend((inner, parent) for inner in unfold(part, name))
        else:
            if token is not END:
                return None
    return found


def with_end(stream: Iterable[Token]) -> Iterator[Token]:
    """Yield tokens and the end behind them."""
    yield from stream
    yield END


def terminal(token: Token) -> str:
    """Return the name by which the grammar calls a token."""
    if token.kind == "word" and token.keyword in FUNCTIONS:
        return "function"
    return token.keyword or token.kind


def unfold(part: Part, name: str) -> list[Part]:
    """Return what has to follow, last first, once a part has been entered with a terminal."""
    if part.kind == "rule":
        return [rules()[part.name]]
    if part.kind == "choice":
        return [next(choice for choice in part.parts if name in first(choice))]
    if part.kind == "row":
        return list(reversed(part.parts))
    inner = part.parts[0]
    if part.kind == "?":
        return [inner]
    return [part if part.kind == "*" else Part("*", parts=(inner,)), inner]

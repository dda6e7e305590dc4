"""Writes property paths as patterns where the engine loses solutions (SPARQL 1.1 Query, sections 18.2.2.4 and 18.4).

The engine counts a solution once that two alternatives of a path have, and finds a path of length zero only at terms that the
active graph holds. An alternative is a union, so that it can be written as one; a term that is in no statement of the graph is
at most at the end of a path of length zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from math import prod
from typing import Final

from allegata.engine.gate.growth import check_growth
from allegata.engine.gate.tokens import tokens
from allegata.engine.gate.tree import Tree

_UNNAMED: Final = frozenset(("Node", "TripleTerm", "Annotation"))
_CLOSURES: Final = frozenset("?*+")
#: Names that the rewriting gives to variables; a query cannot use them by accident.
FRESH: Final = "?allegata_"


@dataclass(frozen=True)
class End:
    """One end of a path: its text, and whether it is a variable or a literal."""

    text: str
    is_variable: bool
    is_literal: bool


class Fresh:
    """Makes variables that stand nowhere else in a query; `hidden`: the query describes whatever it sees.

    `shown` tells that one stands where a query without variables would see it.
    """

    def __init__(self, text: str, *, hidden: bool = False) -> None:
        self.hidden = hidden
        self.shown = False
        self._numbers: Iterator[int] = count(text.count(FRESH) * 1000)

    def __call__(self) -> str:
        """Return the next one."""
        return f"{FRESH}{next(self._numbers)}"


def zero_length(path: Tree) -> int:
    """Return how many solutions a path has that goes nowhere."""
    if path.rule == "Path":
        return sum(map(zero_length, path.children[::2]))
    if path.rule == "Sequence":
        return prod(map(zero_length, path.children[::2]))
    if path.rule == "Element":
        closure, inner = path.words(), path.child("Primary")
        nullable = zero_length(inner) if inner else 0
        return 1 if {"?", "*"} & set(closure) else min(nullable, 1) if "+" in closure else nullable
    inner = path.child("Path")
    return zero_length(inner) if inner else 0


def has_alternatives(path: Tree) -> bool:
    """Return whether two parts of a path can have the same solution twice: alternatives outside of what is distinct anyway."""
    if path.rule == "Element" and _CLOSURES & set(path.words()):
        return False
    if path.rule == "Path" and len(path.children) > 1:
        return True
    if path.rule == "Negated":
        return len(_directions(path)) > 1
    return any(has_alternatives(child) for child in path.children if child.rule)


def _directions(negated: Tree) -> dict[bool, list[str]]:
    found: dict[bool, list[str]] = {}
    for one in negated.children:
        if one.rule == "One":
            found.setdefault(one.children[0].word == "^", []).append(one.text)
    return found


def loses(statement: Tree, verb: Tree) -> bool:
    """Return whether the engine may lose solutions of a path in a statement."""
    path = verb.children[0]
    if path.rule != "Path":
        return False
    if has_alternatives(path):
        return True
    return bool(zero_length(path)) and any(
        part.rule == "Term" and part.children[0].token.kind != "variable" for part in statement.below()
    )


def losses(path: Tree) -> Iterator[str]:
    """Yield the names of the departures that stay where a path is put to the engine as it is."""
    if has_alternatives(path):
        yield "path-duplicates"
    if zero_length(path):
        yield "zero-length-path"


def rewrite(path: Tree, start: End, end: End, fresh: Fresh) -> str:
    """Return a pattern for a path between two ends."""
    pattern = _pattern(path, start.text, end.text, fresh) if has_alternatives(path) else f"{start.text} {path.text} {end.text}"
    times = zero_length(path)
    if not times or (start.is_variable and end.is_variable):
        return pattern
    term = end if start.is_variable else start
    absent = "" if term.is_literal else f"FILTER NOT EXISTS {{ {term.text} {fresh()} {fresh()} }} "
    absent += f"FILTER NOT EXISTS {{ {fresh()} {fresh()} {term.text} }}"
    other = start if start.is_variable else end
    check_growth(times * len(term.text if other.is_variable else absent))
    if other.is_variable:
        alone = f"VALUES {other.text} {{ {' '.join([term.text] * times)} }}"
    else:
        alone = f"FILTER(sameTerm({start.text}, {end.text}))"
    copies = 1 if other.is_variable else times
    return f"{{ {pattern} }}" + f" UNION {{ {alone} {absent} }}" * copies


def _pattern(path: Tree, start: str, end: str, fresh: Fresh) -> str:
    """Return a pattern with the alternatives of a path as unions."""
    if not has_alternatives(path):
        return f"{start} {path.text} {end} ."
    if path.rule == "Path" and len(path.children) > 1:
        return " UNION ".join(f"{{ {_pattern(part, start, end, fresh)} }}" for part in path.children[::2])
    if path.rule == "Sequence" and len(path.children) > 1:
        steps = path.children[::2]
        ends = [start, *(fresh() for _ in steps[1:]), end]
        fresh.shown = True
        parts = zip(steps, ends, ends[1:], strict=False)
        pattern = " ".join(f"{{ {_pattern(step, one, other, fresh)} }}" for step, one, other in parts)
        seen = " ".join(text for text in dict.fromkeys((start.strip(), end.strip())) if text[:1] in "?$")
        return f"{{ SELECT {seen or fresh()} {{ {pattern} }} }}" if fresh.hidden else pattern
    if path.rule == "Element" and path.children[0].word == "^":
        return _pattern(path.children[1], end, start, fresh)
    if path.rule == "Negated":
        either = _directions(path).values()
        return " UNION ".join(f"{{ {start} !({'|'.join(members)}) {end} }}" for members in either)
    return _pattern(next(child for child in path.children if child.rule), start, end, fresh)


def triples(statement: Tree) -> list[tuple[End, Tree, End]] | None:
    """Return a statement as triples; None where it has nodes without name, collections or triple terms."""
    if statement.children[0].rule != "Term" or any(part.rule in _UNNAMED for part in statement.below()):
        return None
    start = _end(statement.children[0])
    found: list[tuple[End, Tree, End]] = []
    properties = statement.children[1]
    for verb, objects in zip(*(_of(properties, rule) for rule in ("Verb", "Objects")), strict=True):
        found += [(start, verb, _end(item.children[0])) for item in _of(objects, "Object")]
    return found


def _of(part: Tree, rule: str) -> list[Tree]:
    return [child for child in part.children if child.rule == rule]


def _end(term: Tree) -> End:
    return End(term.text, term.children[0].token.kind == "variable", term.children[0].rule == "Literal")


def relabelled(group: str, number: int) -> str:
    """Give the nodes without name of a group labels of their own: one label may stand in one basic graph pattern only."""
    if "_:" not in group:
        return group
    end, pieces = 0, []
    for token in tokens(group):
        pieces.append(group[end : token.at] + token.text + (f"_{number}" if token.kind == "blank" else ""))
        end = token.at + len(token.text)
    return "".join(pieces) + group[end:]

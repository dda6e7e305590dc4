"""Finds what is known beside a SERVICE before it is asked, so that only what can join needs to be asked for.

Let a group come to `L ⋈ S`, with S the solutions of the SERVICE, and let V be the distinct values that certain variables
have in L, all of them bound. Then `L ⋈ S = L ⋈ (V ⋈ S)`, as multisets, since each solution of L is compatible with one of V
alone (SPARQL 1.1 Query, section 18.5). That holds for a V with more in it, too. So the endpoint may be asked for `V ⋈ S`.
It holds for `LeftJoin(L, S)` too, and for a union of S and others; not where an operator in between looks at S by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from allegata.engine.federation.patterns import (
    BIND,
    FILTER,
    GONE,
    GRAPH,
    GROUP,
    LATERAL,
    OPTIONAL,
    SERVICE,
    TRIPLES,
    VALUES,
    Element,
    Path,
)

_JOINED: Final = frozenset((TRIPLES, GROUP, GRAPH, VALUES))
_CHANGING: Final = frozenset(("RAND", "NOW", "UUID", "STRUUID", "BNODE"))
#: What may come out otherwise when it is evaluated twice.
_PICKING: Final = frozenset(("LIMIT", "OFFSET", "SAMPLE", "GROUP_CONCAT", "REDUCED"))
UNSTEADY: Final = _CHANGING | _PICKING


@dataclass(frozen=True)
class BindJoin:
    """What stands beside a SERVICE and holds for whatever joins with it; where it picks, it has to be evaluated only once."""

    before: tuple[Element, ...]
    after: tuple[Element, ...]
    filters: tuple[Element, ...]
    graph: str
    picks: bool

    @property
    def variables(self) -> frozenset[str]:
        """Return the variables that may be known."""
        return frozenset().union(*(element.variables for element in (*self.before, *self.after)))

    def pin(self, names: Iterable[str]) -> None:
        """Take note that what stands before is inline data by now, in the place of all of it."""
        first, *others = self.before
        first.kind, first.end = VALUES, self.before[-1].end
        first.words, first.variables = frozenset(), frozenset(names)
        for element in others:
            element.kind = GONE

    def text(self, render: Callable[[int, int], str]) -> str:
        """Write it as the inside of a group; `render` gives what stands at a place of the query by now."""
        parts = [_row(self.before, render)]
        if self.after:
            parts.append(f"{{ {_row(self.after, render)} }}")
        parts += [] if self.picks else [_guarded(element, render) for element in self.filters]
        inside = "\n".join(parts)
        return f"GRAPH {self.graph} {{ {inside} }}" if self.graph else inside


def beside(path: Path) -> BindJoin | None:
    """Find what is known beside the SERVICE at a place, or nothing that would be sound to use."""
    if any(group.exists or group.elements[number].kind in (LATERAL, FILTER, BIND) for group, number in path):
        return None
    level, only_before = _level(path)
    group, number = path[level]
    before = group.elements[:number]
    after = [] if only_before else list(_joined(group.elements[number + 1 :]))
    graph = next((g.elements[n].name for g, n in reversed(path[:level]) if g.elements[n].kind == GRAPH), "")
    picks = bool(_words(before) & _PICKING)
    if picks or _words(after) & _PICKING:
        after = []
    filters = [element for element in before + after if element.kind == FILTER]
    found = BindJoin(_patterns(before), _patterns(after), tuple(filters), graph, picks)
    changing = _words([*found.before, *found.after]) & _CHANGING
    if changing or not (found.before or found.after) or (picks and graph[:1] in ("?", "$")):
        return None
    return found


def _level(path: Path) -> tuple[int, bool]:
    """Climb out of groups that hold nothing but the SERVICE; behind OPTIONAL only what stands before it counts."""
    level = len(path) - 1
    while level:
        others = path[level][0].elements
        group, number = path[level - 1]
        kind = group.elements[number].kind
        # A filter directly in OPTIONAL is the condition of the left join (section 18.2.2.6).
        conditions = [element for element in others if element.kind == FILTER and not element.groups]
        if kind == OPTIONAL and len(others) == len(conditions) + 1:
            return level - 1, True
        if kind != GROUP or len(others) > 1:
            break
        level -= 1
    return level, False


def _joined(elements: Iterable[Element]) -> Iterable[Element]:
    """Yield what follows and is joined, up to the first element that is not."""
    for element in elements:
        if element.kind == FILTER or (element.kind in _JOINED and SERVICE not in element.words):
            yield element
        elif element.kind not in _JOINED and element.kind != SERVICE:
            return


def _patterns(elements: Iterable[Element]) -> tuple[Element, ...]:
    return tuple(element for element in elements if element.kind not in (FILTER, GONE))


def _words(elements: Iterable[Element]) -> frozenset[str]:
    return frozenset().union(*(element.words for element in _patterns(elements)))


def _row(elements: Iterable[Element], render: Callable[[int, int], str]) -> str:
    """Write elements in a row; triples that a FILTER stood between are one basic graph pattern (section 5.1)."""
    parts = []
    for element in elements:
        part = render(element.start, element.end)
        parts.append(f"{part} ." if element.kind == TRIPLES and not part.endswith(".") else part)
    return "\n".join(parts)


def _guarded(element: Element, render: Callable[[int, int], str]) -> str:
    """Write a filter so that it drops nothing of which a variable is still to come; none where that cannot be told."""
    if not element.variables or element.groups or element.words & _CHANGING:
        return ""
    constraint = render(element.start, element.end)[len(FILTER) :]
    unbound = " || ".join(f"!BOUND(?{name})" for name in sorted(element.variables))
    return f"FILTER({unbound} || {constraint})"

"""Numbers the sections and paragraphs of a text, so that a passage can be found in any edition of the document."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_MARKED: Final = re.compile(r"(#{1,6})\s+(\S.*)")
#: A line that is no sentence and no question closes otherwise.
_CLOSED: Final = re.compile(r"[.!?:;,…][\"'”\u2019)\]]*$|\)$")
#: Characters of the longest line that counts as a heading without a mark.
_LONGEST: Final = 100


@dataclass(frozen=True)
class Spot:
    """Where something stands: the number of the section, such as 3 or 3.2, and of the paragraph in it; a heading has none."""

    section: str
    paragraph: int | None


class TextSections:
    """The sections and paragraphs of one text; every line that is not blank is a paragraph, a heading or furniture of a page.

    Headings are lines that Markdown marks; in a text that has none of these, short questions and short lines that nothing
    closes. The first heading names the document. What a page break divides counts as one paragraph.
    """

    def __init__(self, text: str):
        self._starts: list[int] = []
        self._spots: list[Spot] = []
        for start, spot in _numbered(text):
            self._starts.append(start)
            self._spots.append(spot)

    def at(self, position: int) -> Spot:
        """Return where a character stands, counted in code points."""
        found = bisect_right(self._starts, position) - 1
        return self._spots[found] if found >= 0 else Spot("", None)


def _numbered(text: str) -> Iterator[tuple[int, Spot]]:
    """Yield the first character of every line that holds something, with where the line stands."""
    rows = list(_lines(text))
    often = Counter(line for _, line in rows)
    marked = [row for row in rows if _MARKED.match(row[1])]
    headings = dict(_levels(marked) if marked else [(start, 1) for start, line in rows if often[line] == 1 and _is_heading(line)])
    title = next(iter(headings), -1) if not marked else -1
    headings.pop(title, None)
    numbers: list[int] = []
    paragraph, before, is_broken = 0, "", False
    for start, line in rows:
        if start in headings:
            numbers, paragraph, before = _next(numbers, headings[start]), 0, line.lstrip("# ")
        is_text = not (start in headings or often[line] > 1 or start == title or (not paragraph and line == before))
        if is_text:
            # What goes on behind the furniture of a page is the paragraph that the page broke.
            paragraph += 0 if paragraph and is_broken and not _CLOSED.search(before) else 1
            before = line
        is_broken = not is_text and start not in headings
        yield start, Spot(_written(numbers), paragraph if is_text else None)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            yield start, line.strip()
        start += len(line)


def _levels(marked: list[tuple[int, str]]) -> Iterator[tuple[int, int]]:
    """Yield the headings of a marked text with their levels from 1; above the level of which there are several stand titles."""
    depths = [(start, len(_MARKED.match(line)[1])) for start, line in marked]  # type: ignore[index]
    counts = Counter(depth for _, depth in depths)
    top = min((depth for depth, count in counts.items() if count > 1), default=min(counts))
    is_begun = False
    for start, depth in depths:
        is_begun |= depth == top
        yield start, depth - top + 1 if is_begun and depth >= top else 0


def _next(numbers: list[int], level: int) -> list[int]:
    """Return the number of the heading that follows, of a level; titles and what stands before all sections have none."""
    if level == 0:
        return numbers
    kept = [*numbers[:level], *[0] * (level - len(numbers))]
    return [*kept[:-1], kept[-1] + 1]


def _is_heading(line: str) -> bool:
    return len(line) <= _LONGEST and (line.endswith("?") or not _CLOSED.search(line)) and any(map(str.isalpha, line))


def _written(numbers: list[int]) -> str:
    return ".".join(map(str, numbers))

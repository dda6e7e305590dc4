"""Finds anew in a changed text what an anchor marked in the text before: by its words, what stands around them, and their order.

An anchor is placed where the same words stand, in whatever type, and nothing speaks against their being the same passage. In any
other case it is flagged, with the reason: nobody is to be quoted with words that were not theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from allegata.corpus.nearest import likeness
from allegata.corpus.passage_search import Span, nearest, occurrences

#: Code points on either side of a passage that are compared.
_AROUND: Final = 120
#: How alike what stands around has to be, of 100, for a place to be that of the passage: on one side, and on the mean of both,
#: since unlike sentences of one language have half of their letters in common; and by how much it is ahead of any other place.
_ONE_SIDE, _BOTH_SIDES, _AHEAD = 85.0, 77.0, 12.0
#: Places that are compared at most; what stands more often is no passage that can be told apart.
_MOST: Final = 50


@dataclass(frozen=True)
class Renewal:
    """What became of an anchor: its new place, or nothing and why."""

    span: Span | None
    reason: str = ""


def renew(before: str, after: str, span: Span) -> Renewal:
    """Return where a passage of the text before stands in the text after, or why that cannot be said."""
    passage = before[span[0] : span[1]]
    new = occurrences(after, passage)
    if not new:
        near = nearest(after, passage)
        return Renewal(
            None, f"its words are not in the new text any more. {near}" if near else "nothing like it is in the new text"
        )
    old = [place for place in occurrences(before, passage) if place[0] >= span[1] or place[1] <= span[0]]
    if len(new) > _MOST or len(old) >= _MOST:
        return Renewal(None, f"its words stand in the new text {len(new)} times, too often to tell it apart")
    return _chosen(before, after, span, old, new)


def _chosen(before: str, after: str, span: Span, others: Sequence[Span], new: Sequence[Span]) -> Renewal:
    scores = sorted(((_alike(before, span, after, place), place) for place in new), reverse=True)
    (best, mean), place = scores[0]
    if best < _ONE_SIDE or mean < _BOTH_SIDES:
        return Renewal(None, f"its words stand at {place[0]}-{place[1]}, and what stood around them does not")
    if len(scores) > 1 and mean - scores[1][0][1] < _AHEAD:
        other = scores[1][1]
        return Renewal(None, f"it could be at {place[0]}-{place[1]} or at {other[0]}-{other[1]}: both stand between alike words")
    if any(mean - _alike(before, other, after, place)[1] < _AHEAD for other in others):
        return Renewal(None, f"what stands at {place[0]}-{place[1]} may be another passage of the same words in the text before")
    return Renewal(place)


def _alike(before: str, one: Span, after: str, other: Span) -> tuple[float, float]:
    """Return how alike the surroundings of two places are, of 100: on the side that is more alike, and on the mean of both."""
    left = likeness(before[max(0, one[0] - _AROUND) : one[0]], after[max(0, other[0] - _AROUND) : other[0]])
    right = likeness(before[one[1] : one[1] + _AROUND], after[other[1] : other[1] + _AROUND])
    return max(left, right), (left + right) / 2

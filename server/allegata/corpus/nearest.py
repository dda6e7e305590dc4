"""Finds what somebody may have meant: of known names the nearest to a word by its letters, of a text the nearest part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

#: How alike two names have to be, of 100, for the one to be offered in the place of the other.
_LEAST: Final = 70
#: Characters of a word that are compared; what is longer is no name.
_LONGEST: Final = 200

#: How alike a part of a text has to be to what is looked for, of 100, and the longest of both that are compared.
_ALIKE: Final = 75
_LONGEST_TEXT, _LONGEST_PART = 5_000_000, 4000
#: Characters of a difference that are shown, and of what stands alike between two.
_SHOWN: Final = 60
#: How far from a place words are looked for that begin or end there.
_WORD: Final = 30


@dataclass(frozen=True)
class Part:
    """A part of a text, and how alike it is to what was looked for, of 100."""

    start: int
    end: int
    score: float


def nearest_part(text: str, wanted: str) -> Part | None:
    """Return the part of a text, in whole words, that is nearest to what is looked for, or nothing where none is near."""
    if not wanted or len(wanted) > min(len(text), _LONGEST_PART) or len(text) > _LONGEST_TEXT:
        return None
    found = fuzz.partial_ratio_alignment(wanted, text, score_cutoff=_ALIKE)
    if found is None or found.dest_end <= found.dest_start:
        return None
    starts, ends = _edges(text, found.dest_start, 1), _edges(text, found.dest_end, 0)
    spans = [(start, end) for start in starts for end in ends if start < end] or [(found.dest_start, found.dest_end)]
    start, end = min(spans, key=lambda span: (Levenshtein.distance(text[slice(*span)], wanted), span))
    return Part(start, end, found.score)


def _edges(text: str, at: int, behind: int) -> list[int]:
    """Return where words begin (`behind` a space is 1), or end, around a place, the edge of the text among them."""
    near = range(max(0, at - _WORD), min(len(text), at + _WORD))
    found = [place + behind for place in near if text[place] == " "]
    edges = [edge for edge in (0, len(text)) if abs(edge - at) <= _WORD]
    return [*found, *edges] or [at]


def marked_differences(there: str, wanted: str) -> str:
    """Return a text with the words that another has otherwise in brackets, [there|wanted]; long stretches are cut."""
    here, other = there.split(), wanted.split()
    shown: list[str] = []
    for step in Levenshtein.opcodes(here, other):
        ours = _cut(" ".join(here[step.src_start : step.src_end]))
        theirs = _cut(" ".join(other[step.dest_start : step.dest_end]))
        shown.append(ours if step.tag == "equal" else f"[{ours}|{theirs}]")
    return " ".join(shown)


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, from 0 to 100: the share of characters that stand in both in the same order."""
    return float(fuzz.ratio(one, other))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN // 2]} … {text[-_SHOWN // 2 :]}"


def alike(word: str, known: Sequence[str], least: float) -> list[tuple[int, float]]:
    """Return which of known names are at least so much (of 100) like a word, by their number, the likest first."""
    found = process.extract(word, known, scorer=fuzz.ratio, score_cutoff=least, limit=len(known))
    return [(at, score) for _, score, at in found]


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known name that is nearest to a word, case aside, or nothing where none is near."""
    names = list(known)
    if not word or len(word) > _LONGEST:
        return ""
    found = process.extractOne(word.casefold(), [name.casefold() for name in names], scorer=fuzz.ratio, score_cutoff=_LEAST)
    return names[found[2]] if found else ""

"""Edits texts by a seed, and knows of each character which one of the text before it is: so that a placed anchor can be judged."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from allegata.corpus.passage_search import Span

WORDS = (
    "school winter guard river letter office people camp road statement report market harvest border family teacher "
    "witness minister paper village order closed opened held saw said wrote denied counted moved left found many few "
    "학교 겨울 강 편지 사람들이 마을 시장 국경 가족 말하였다 보았다 세었다 닫았다 "
    "مدرسة شتاء نهر رسالة الناس قرية سوق حدود عائلة قال رأى كتب أغلق"
).split()
#: A character, and its place in the text before; nothing for one that is new.
Tracked = tuple[str, int | None]


@dataclass(frozen=True)
class Case:
    """A text, a passage of it, the text after some edits, and where the passage is then; nothing where its words were touched."""

    before: str
    span: Span
    after: str
    origins: tuple[int | None, ...]
    truth: Span | None
    edits: tuple[str, ...]


def case(seed: int) -> Case:
    """Return the case of a seed; the same seed gives the same."""
    chance = random.Random(seed)
    before = _text(chance)
    span = _passage(chance, before)
    tracked: list[Tracked] = [(char, at) for at, char in enumerate(before)]
    done: list[str] = []
    for _ in range(chance.randint(1, 5)):
        edit = chance.choice(EDITS)
        tracked = edit(chance, tracked, span)
        done.append(edit.__name__.strip("_"))
    origins = tuple(origin for _, origin in tracked)
    after = "".join(char for char, _ in tracked)
    return Case(before, span, after, origins, _truth(before, after, origins, span), tuple(done))


def is_right(case: Case, found: Span) -> bool:
    """Return whether a place is that of the passage: each letter of it, and no letter of anything else."""
    wanted = {at for at in range(*case.span) if case.before[at].isalnum()}
    there = [case.origins[at] for at in range(*found) if case.after[at].isalnum()]
    return set(there) == wanted and None not in there


def _truth(before: str, after: str, origins: tuple[int | None, ...], span: Span) -> Span | None:
    """Return where the passage stands whole; of several places the first, nothing where there is none."""
    wanted = _letters(before[slice(*span)])
    for at in (at for at, origin in enumerate(origins) if origin == span[0]):
        end = at
        while end < len(origins) and (origins[end] is None or span[0] <= origins[end] < span[1]):  # type: ignore[operator]
            end += 1
            if _letters(after[at:end]) == wanted:
                return at, end
    return None


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if char.isalnum() or unicodedata.category(char) == "Mn")


def _text(chance: random.Random) -> str:
    stock = [_sentence(chance) for _ in range(12)]
    paragraphs = []
    for _ in range(chance.randint(4, 12)):
        # Some sentences come again, as in real documents.
        paragraphs.append(
            " ".join(chance.choice(stock) if chance.random() < 0.3 else _sentence(chance) for _ in range(chance.randint(1, 5)))
        )
    return "\n\n".join(paragraphs)


def _sentence(chance: random.Random) -> str:
    words = [chance.choice(WORDS) for _ in range(chance.randint(4, 14))]
    if chance.random() < 0.2:
        words[1] = f"“{words[1]}”"
    if chance.random() < 0.2:
        words[2] = f"{words[2]}-{words[1].strip('“”')}"
    return " ".join(words).capitalize() + "."


def _passage(chance: random.Random, text: str) -> Span:
    starts = [0, *(at + 1 for at, char in enumerate(text) if char.isspace())]
    start = chance.choice([at for at in starts if at < len(text) - 20 and not text[at].isspace()])
    end = text.find(" ", min(len(text) - 1, start + chance.randint(8, 150)))
    return start, end if end > start else len(text)


def _new(text: str) -> list[Tracked]:
    return [(char, None) for char in text]


def _cut(chance: random.Random, tracked: list[Tracked]) -> tuple[int, int]:
    at = chance.randrange(len(tracked))
    return at, min(len(tracked), at + chance.randint(1, 80))


def _breaks(tracked: list[Tracked]) -> list[int]:
    return [0, *(at + 1 for at in range(1, len(tracked)) if tracked[at][0] == tracked[at - 1][0] == "\n"), len(tracked)]


def _paragraph(chance: random.Random, tracked: list[Tracked]) -> tuple[int, int]:
    breaks = _breaks(tracked)
    at = chance.randrange(len(breaks) - 1)
    return breaks[at], breaks[at + 1]


def _insert(chance: random.Random, tracked: list[Tracked], _span: Span) -> list[Tracked]:
    at = chance.randrange(len(tracked))
    return tracked[:at] + _new(f" {_sentence(chance)} ") + tracked[at:]


def _delete(chance: random.Random, tracked: list[Tracked], _span: Span) -> list[Tracked]:
    start, end = _cut(chance, tracked)
    return tracked[:start] + tracked[end:] or tracked


def _replace(chance: random.Random, tracked: list[Tracked], _span: Span) -> list[Tracked]:
    start, end = _cut(chance, tracked)
    return tracked[:start] + _new(_sentence(chance)) + tracked[end:]


def _move_paragraph(chance: random.Random, tracked: list[Tracked], _span: Span) -> list[Tracked]:
    start, end = _paragraph(chance, tracked)
    rest = tracked[:start] + tracked[end:]
    if not rest:
        return tracked
    at = chance.choice(_breaks(rest))
    return rest[:at] + tracked[start:end] + _new("\n\n") + rest[at:]


def _copy_paragraph(chance: random.Random, tracked: list[Tracked], _span: Span) -> list[Tracked]:
    """Copy a paragraph: its words are the same passage in either place."""
    start, end = _paragraph(chance, tracked)
    at = chance.choice(_breaks(tracked))
    return tracked[:at] + tracked[start:end] + _new("\n\n") + tracked[at:]


def _remove_paragraph(chance: random.Random, tracked: list[Tracked], _span: Span) -> list[Tracked]:
    start, end = _paragraph(chance, tracked)
    return tracked[:start] + tracked[end:] or tracked


def _say_elsewhere(chance: random.Random, tracked: list[Tracked], span: Span) -> list[Tracked]:
    """Have somebody else say the words of the passage, in another place."""
    words = " ".join("".join(char for char, origin in tracked if origin is not None and span[0] <= origin < span[1]).split())
    at = chance.choice(_breaks(tracked))
    return tracked[:at] + _new(f"{_sentence(chance)} {words} {_sentence(chance)}\n\n") + tracked[at:]


def _take_out_passage(_chance: random.Random, tracked: list[Tracked], span: Span) -> list[Tracked]:
    return [item for item in tracked if item[1] is None or not span[0] <= item[1] < span[1]] or tracked


def _set_anew(chance: random.Random, tracked: list[Tracked], _span: Span) -> list[Tracked]:
    """Set the text in another type: other quotation marks, lines broken elsewhere, hyphens at their ends, decomposed letters."""
    quotes = {"“": chance.choice('"«“'), "”": chance.choice('"»”'), "-": chance.choice("-‐")}
    made: list[Tracked] = []
    for char, origin in tracked:
        if char == " " and chance.random() < 0.1:
            made.append(("\n", origin))
        elif char in quotes:
            made.append((quotes[char], origin))
        elif chance.random() < 0.02 and made and made[-1][0].isascii() and made[-1][0].isalpha() and char.isalpha():
            made += [("-", None), ("\n", None), (char, origin)]
        elif char >= "가" and chance.random() < 0.05:
            made += [(piece, origin) for piece in unicodedata.normalize("NFD", char)]
        else:
            made.append((char, origin))
    return made


Edit = Callable[[random.Random, list[Tracked], Span], list[Tracked]]
EDITS: tuple[Edit, ...] = (
    *(_insert, _insert, _delete, _replace, _move_paragraph, _copy_paragraph, _remove_paragraph),
    *(_say_elsewhere, _take_out_passage, _set_anew),
)

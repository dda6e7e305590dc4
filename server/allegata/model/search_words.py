"""Reads words of texts and questions as the search compares them: numbers, spellings, stop words, pairs of syllables."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any, Final

_WORD: Final = re.compile(r"[^\W_]+")
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_HANGUL: Final = re.compile(r"[\uac00-\ud7a3]+")
_SHORTEST: Final = 6
_LONGEST: Final = 64
#: Letters of Arabic and Hebrew; the marks that are put to them, which most writers leave out.
_SEMITIC: Final = re.compile("[\u0590-\u06ff]")
_VOWELS: Final = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]"
)
#: Letters of the shortest word that is found behind what is written to it.
_STEM: Final = 3


@cache
def _table() -> dict[str, Any]:
    text = resources.files("allegata.model").joinpath("search-words.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(word for words in _table()["stop"].values() for word in words)


def searchable(text: str) -> str:
    """Return a text as it is indexed: composed letters, and numbers without the commas between thousands.

    Arabic and Hebrew are without marks of vowels and lengthening, and Arabic letters that are written for each other are one.
    """
    plain = _THOUSANDS.sub("", unicodedata.normalize("NFKC", text))
    return _VOWELS.sub("", plain).translate(_letters()) if _SEMITIC.search(plain) else plain


def words(text: str) -> list[str]:
    """Return the words of a text as it is indexed, in small letters."""
    return _WORD.findall(searchable(text).lower())


def asked(text: str, most: int = 32) -> list[str]:
    """Return at most so many different words of a question, without stop words unless there is no other; long ones are cut."""
    every = list(dict.fromkeys(word[:_LONGEST] for word in words(text)))
    return ([word for word in every if word not in _stop_words()] or every)[:most]


def counted(words: Iterable[str]) -> int:
    """Return how many different words of a name or a question tell it from others: not those that only join."""
    different = set(words)
    return len(different - _stop_words() - set(_table()["names"]["joining"])) or len(different)


@cache
def _letters() -> dict[int, str]:
    return str.maketrans(_table()["letters"])


def _with_particles(word: str) -> list[str]:
    """Return a word without and with the articles, prepositions and conjunctions that its language writes to it."""
    for row in _table()["particles"].values():
        if re.match(row["letters"], word):
            known = sorted(row["before"], key=len, reverse=True)
            bare = next(
                (word.removeprefix(part) for part in known if word.startswith(part) and len(word) >= len(part) + _STEM), word
            )
            return [*dict.fromkeys([word, bare, *(part + stem for stem in (bare, word) for part in known)])]
    return [word]


def spellings(word: str) -> tuple[str, ...]:
    """Return a word and its other spellings, also with what its language writes to it without a space."""
    found = _with_particles(word)
    for group in _table()["spelling"]["words"]:
        found += group if word in group else []
    for pair in _table()["spelling"]["endings"] if len(word) >= _SHORTEST else ():
        found += (word.removesuffix(own) + other for own, other in (pair, pair[::-1]) if word.endswith(own))
    return tuple(dict.fromkeys(found))


def syllable_pairs(text: str) -> str:
    """Return the pairs of neighbouring syllables of each Korean word, by which a word is found inside a compound."""
    return " ".join(pair for word in _HANGUL.findall(unicodedata.normalize("NFKC", text)) for pair in _pairs(word))


def is_korean(word: str) -> bool:
    """Return whether a word is in Hangul alone and has the two syllables that a pair takes."""
    return len(word) > 1 and _HANGUL.fullmatch(word) is not None


def takes_particles(word: str) -> bool:
    """Return whether particles are written to a word without a space, as in Korean behind a number with its unit."""
    return _HANGUL.match(word[-1:]) is not None


def _pairs(word: str) -> Iterable[str]:
    return (word[at : at + 2] for at in range(max(len(word) - 1, 1)))

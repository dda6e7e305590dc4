"""Makes names comparable: case, accents, punctuation, short forms, and how alike two spellings are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz.distance import OSA

_DOTTED = re.compile(r"\b(?:\w\.){2,}")
_WORD = re.compile(r"[^\W_]+")
_BRACKET = re.compile(r"\s*\([^()]*\)\s*$")
_ARTICLES = ("the ", "a ")
#: Letters of a name up to which it is kept in its plain form: strangers send longer ones too.
_REMEMBERED_LETTERS = 200
#: A word of this many characters or fewer has to be spelt right: one slip in it makes another word.
_SHORT = 3
_ALIKE, _SHORTLY_ALIKE = 0.7, 0.6
#: Words that lists and tables shorten.
_ABBREVIATIONS = {
    **{"intl": "international", "univ": "university", "dept": "department", "govt": "government", "gov": "government"},
    **{"conv": "convention", "res": "resolution", "cttee": "committee", "org": "organization", "min": "ministry"},
    **{"organisation": "organization", "labor": "labour", "defense": "defence", "centre": "center", "rep": "republic"},
    **{"fed": "federation", "dem": "democratic", "st": "saint", "ngo": "non governmental organization"},
}


def plain(text: str) -> str:
    """Write a name in lower case without accents, points and punctuation; syllables of Hangul fall apart into letters (NFKD)."""
    return _remembered(text) if len(text) <= _REMEMBERED_LETTERS else _plain(text)


def _plain(text: str) -> str:
    joined = _DOTTED.sub(lambda match: match.group().replace(".", ""), text.replace("&", " and "))
    letters = "".join(char for char in unicodedata.normalize("NFKD", joined.casefold()) if not unicodedata.combining(char))
    words = " ".join(_WORD.findall(letters.replace("'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "")))
    for article in _ARTICLES:
        words = words.removeprefix(article)
    return words


_remembered = lru_cache(1 << 15)(_plain)


def compact(text: str) -> str:
    """Write a symbol or code as its letters and figures alone, so `A/RES/60/173` and `a res 60-173` are one."""
    return plain(text).replace(" ", "")


def without_bracket(text: str) -> str:
    """Leave out what stands in brackets at the end of a name."""
    return _BRACKET.sub("", text)


def numbers(words: Iterable[str]) -> frozenset[str]:
    """Return the words that hold a figure: years, numbers of articles and resolutions."""
    return frozenset(word for word in words if any(char.isdigit() for char in word))


def initials(text: str) -> str:
    """Return the first letters of the words that a name writes with a capital, or nothing for fewer than three."""
    letters = [word[0] for word in _WORD.findall(without_bracket(text)) if word[0].isupper()]
    return "".join(letters).casefold() if len(letters) > 2 else ""


def grams(text: str) -> frozenset[str]:
    """Return the groups of three characters of a text, with its ends marked."""
    padded = f" {text} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def likeness(one: str, other: str) -> float:
    """Return 1 less the share of characters to insert, delete, replace or swap (optimal string alignment distance)."""
    if one == other:
        return 1.0
    longest = max(len(one), len(other))
    if not one or not other or abs(len(one) - len(other)) > longest * 0.6:
        return 0.0
    return 1.0 - OSA.distance(one, other) / longest


def word_likeness(one: str, other: str) -> float:
    """Return how alike two words are: nothing for words that hold figures, unless they are the same.

    A short word may at most have one letter more or less.
    """
    if one == other:
        return 1.0
    shorter, longer = sorted((len(one), len(other)))
    # More letters to insert than may differ, or a figure: the alignment would only say the same.
    least = _SHORTLY_ALIKE if shorter <= _SHORT else _ALIKE
    if shorter < 2 or (longer - shorter) / longer > 1.001 - least or numbers((one, other)):
        return 0.0
    found = likeness(one, other)
    if shorter <= _SHORT:
        return found if len(one) != len(other) and found > _SHORTLY_ALIKE else 0.0
    return found if found >= _ALIKE else 0.0


class ShortForms:
    """Writes short and formal names of states and bodies out as one form, wherever they stand in a longer name."""

    def __init__(self, forms: Mapping[str, str]):
        self.forms = {short: full for short, full in forms.items() if short and short != full}
        self._longest = max((len(short.split()) for short in self.forms), default=0)

    def write_out(self, name: str) -> str:
        """Replace each short form in a plain name, the longest first."""
        words, done, at = [_ABBREVIATIONS.get(word, word) for word in name.split()], [], 0
        while at < len(words):
            for size in range(min(self._longest, len(words) - at), 0, -1):
                full = self.forms.get(" ".join(words[at : at + size]))
                if full is not None:
                    done.append(full)
                    at += size
                    break
            else:
                done.append(words[at])
                at += 1
        return " ".join(done)

"""Scores candidates for a name so that the score can be worked out again from the features that come with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from allegata.budget import paced
from allegata.domain.reconcile.names import ON_REQUEST, Entry, Name, Names
from allegata.domain.reconcile.normalize import compact, likeness, numbers, plain, without_bracket, word_likeness

#: What a feature is, in words; the ids stand in every answer.
FEATURES = {
    "exact": "a name of the candidate is written the same, apart from case, accents and punctuation",
    "code": "the symbol, code or number of the candidate is the same",
    "initials": "the query is made of the initials of a name of the candidate, and of no other candidate",
    "spelling": "share of characters that the nearest name has in common with the query, 0 to 1",
    "words": "share of words, weighed by how rare they are, that the nearest name has in common with the query, 0 to 1",
    "numbers": "no number of the query is missing from the nearest name",
    "properties": "share of the properties of the query that agree, 0 to 1; there only where properties are asked for",
}
#: The score is 100 times 1 if exact or code, else INITIALS if initials, else SPELLING times spelling + WORDS times words, halved
#: unless numbers; where properties are asked for, they make up the share PROPERTIES of it. /reconcile/features says so too.
SPELLING, WORDS, INITIALS, PROPERTIES = 0.4, 0.6, 0.9, 0.3
#: Below this a candidate is not worth a person's time; from MATCH on, and ahead of the next by MARGIN, it counts as found.
LOWEST, MATCH, MARGIN = 68.0, 90.0, 4.0

Agreement = Callable[[str], float]
Alike = Callable[[str, str], float]
#: Texts whose candidates are kept.
_REMEMBERED = 1024


@dataclass(frozen=True)
class Candidate:
    """A candidate with its score, the features it is made of, and the name that came nearest."""

    entry: Entry
    name: str
    score: float
    features: Mapping[str, bool | float] = field(hash=False)
    match: bool = False


def score_of(features: Mapping[str, bool | float]) -> float:
    """Work the score of a candidate out from its features; a query without a name is scored by properties alone."""
    if "exact" not in features:
        return round(100 * features["properties"], 2)
    if features["exact"] or features["code"]:
        score = 1.0
    elif features["initials"]:
        score = INITIALS
    else:
        score = (SPELLING * features["spelling"] + WORDS * features["words"]) * (1.0 if features["numbers"] else 0.5)
    if "properties" in features:
        score = score * (1 - PROPERTIES) + PROPERTIES * features["properties"]
    return round(100 * score, 2)


@dataclass(frozen=True)
class _Asked:
    """A text to be matched, in the forms that every name is compared with."""

    form: str
    plain: str
    full: str
    code: str
    numbers: frozenset[str]

    @classmethod
    def of(cls, form: str, names: Names) -> _Asked:
        """Make the forms of a text."""
        query = plain(form)
        full = names.short_forms.write_out(query)
        return cls(form, query, full, compact(form), numbers(full.split()))


class Matcher:
    """Finds the candidates for a name in the names of a release."""

    def __init__(self, names: Names):
        self.names = names
        self.candidates: Callable[[str], tuple[Candidate, ...]] = lru_cache(_REMEMBERED)(self._candidates)

    def find(self, text: str, types: Iterable[str] = (), limit: int = 10, agreement: Agreement | None = None) -> list[Candidate]:
        """Return the best candidates for a text, of any of the types; `agreement` says how far asked properties agree."""
        wanted = set(types)
        pool = self.candidates(text) if text.strip() else [_nameless(entry) for entry in self.names.entries.values()]
        found = [item for item in pool if _wanted(item.entry, wanted)]
        if agreement:
            found = [_agreeing(item, agreement(item.entry.iri)) for item in found]
        ranked = sorted((item for item in found if item.score >= LOWEST), key=_rank)
        return [_matched(item, ranked, at) for at, item in enumerate(ranked[:limit])]

    def _candidates(self, text: str) -> tuple[Candidate, ...]:
        """Return the candidates that can be worth a person's time, by their names alone or with properties that all agree."""
        best: dict[str, Candidate] = {}
        for form in dict.fromkeys((text, without_bracket(text))):
            asked = _Asked.of(form, self.names)
            alike: Alike = lru_cache(None)(word_likeness)
            for name in paced(self._worth(asked)):
                features = self._features(name, asked, alike)
                candidate = Candidate(name.entry, name.written, score_of(features), features)
                if name.entry.iri not in best or _rank(candidate) < _rank(best[name.entry.iri]):
                    best[name.entry.iri] = candidate
        return tuple(item for item in best.values() if score_of({**item.features, "properties": 1.0}) >= LOWEST)

    def _worth(self, asked: _Asked) -> list[Name]:
        coded = {entry.iri for entry in self.names.by_code.get(asked.code, ())}
        firsts = [name for name in self.names.names if name.first and name.entry.iri in coded] if coded else []
        exact = self.names.by_plain.get(asked.plain, [])
        near = (name for name in self.names.near(asked.plain, asked.full) if name.plain != asked.plain)
        return [*firsts, *exact, *self.names.by_initials.get(asked.plain, []), *near]

    def _features(self, name: Name, asked: _Asked, alike: Alike) -> dict[str, bool | float]:
        owners = {item.entry.iri for item in self.names.by_initials.get(asked.plain, ())}
        codes = numbers(part for code in name.entry.codes for part in plain(code).split())
        pairs = {(asked.full, name.full), (asked.plain, name.plain)}
        words = max(self._words(*pair, alike) for pair in pairs)
        hopeless = SPELLING + WORDS * words < LOWEST / 100
        return {
            "exact": bool(asked.plain) and name.plain == asked.plain,
            "code": bool(asked.code) and name.entry in self.names.by_code.get(asked.code, ()),
            "initials": owners == {name.entry.iri} and asked.plain not in self.names.by_plain,
            "spelling": 0.0 if hopeless else round(max(_spelling(*pair) for pair in pairs), 4),
            "words": round(words, 4),
            "numbers": asked.numbers <= numbers(name.words) | codes,
        }

    def _words(self, query: str, name: str, alike: Alike) -> float:
        """Return the harmonic mean of the shares of the query's and of the name's words that the other has."""
        asked, has = query.split(), name.split()
        if not any(char.isascii() for char in query.replace(" ", "")):
            return _spelling(query, name)
        one = self._share(asked, has, alike)
        other = self._share(has, asked, alike) if one else 0.0
        return 2 * one * other / (one + other) if one and other else 0.0

    def _share(self, words: Iterable[str], others: Iterable[str], alike: Alike) -> float:
        rest = set(others)
        best: dict[str, float] = {}
        for word in paced(set(words)):
            best[word] = 1.0 if word in rest else max((alike(word, other) for other in rest), default=0.0)
        weighed = [(self.names.weight(word), best[word]) for word in words]
        total = sum(weight for weight, _ in weighed)
        return sum(weight * found for weight, found in weighed) / total if total else 0.0


def _spelling(one: str, other: str) -> float:
    """Compare as it is written, without spaces, and with the words in the order of the alphabet."""
    ordered = likeness(" ".join(sorted(one.split())), " ".join(sorted(other.split())))
    return max(likeness(one, other), likeness(one.replace(" ", ""), other.replace(" ", "")), ordered)


def _nameless(entry: Entry) -> Candidate:
    return Candidate(entry, entry.label, 0.0, {})


def _agreeing(item: Candidate, share: float) -> Candidate:
    features = {**item.features, "properties": round(share, 4)}
    return Candidate(item.entry, item.name, score_of(features), features)


def _wanted(entry: Entry, types: set[str]) -> bool:
    return bool(types & set(entry.types)) if types else entry.main not in ON_REQUEST


def _labelled(item: Candidate) -> bool:
    return plain(item.entry.label) == plain(item.name)


def _rank(item: Candidate) -> tuple[float, bool, int, str]:
    """Put the better score first, then a thing whose label it is, then by type, then by IRI."""
    return (-item.score, not _labelled(item), item.entry.order, item.entry.iri)


def _matched(item: Candidate, ranked: list[Candidate], at: int) -> Candidate:
    """Return of the first candidate whether it is found: far enough ahead, or the only one with this very label."""
    rivals = [other for other in ranked[1:] if item.score - other.score < MARGIN]
    alone = not rivals or (_labelled(item) and item.features.get("exact") and not any(map(_labelled, rivals)))
    return Candidate(item.entry, item.name, item.score, item.features, at == 0 and item.score >= MATCH and bool(alone))

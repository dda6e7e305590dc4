"""Looks for what could make a protected source known by what a public release says beside it, before there is a release.

Near a protected source is what is generalised, what rests on it, and what there is for its sake alone. There it finds
combinations of place, time and group that few records share, dates and places that are too fine, small numbers and small
differences from the release before, and words that name dates, places, ages, kinship or occupations; and everywhere the names of
what is withheld.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import chain
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from allegata.corpus.consent import AT_RISK, FILE, Consent, consents
from allegata.corpus.consent import PUBLIC as OPEN
from allegata.corpus.quad_file import naming
from allegata.corpus.reader import Corpus
from allegata.model.namespaces import expand
from allegata.model.protection import CARRIED, FOLLOWED, PUBLIC, SPACE

#: Of how many records at least a combination is to be one, and which numbers are small, unless somebody says otherwise.
K: Final = 5
_GENERALISED: Final = NamedNode(SPACE + PUBLIC)
_LEVEL: Final = expand("alg:protectionLevel")
_TYPE: Final = expand("rdf:type")
_CARRIED: Final = frozenset(map(expand, CARRIED))
_FOLLOWED: Final = frozenset(map(expand, FOLLOWED)) - {_TYPE}
#: What tells of somebody in combination: the property, and what it is called in a finding.
_QUASI: Final = {expand("alg:place"): "place", expand("alg:affects"): "group", expand("alg:about"): "subject"}
_YEARS: Final = frozenset(map(expand, ("dcat:startDate", "dcat:endDate", "dct:date")))
_NUMBERS: Final = frozenset(map(expand, ("schema:value", "schema:minValue", "schema:maxValue")))
_NAMES: Final = frozenset(map(expand, ("rdfs:label", "schema:name", "skos:prefLabel", "skos:altLabel", "schema:alternateName")))
_FINE: Final = frozenset(map(expand, ("xsd:date", "xsd:dateTime", "xsd:gYearMonth")))
#: Korean words take endings and stand in compounds, so they have no bounds.
_BOUNDS: Final = r"(?:(?<!\w)|(?=[가-힣]))(?:{})(?:(?!\w)|(?<=[가-힣]))"
#: Names shorter than this stand in too many words.
_SHORTEST: Final = 4


@dataclass(frozen=True, order=True)
class Risk:
    """Something that could make somebody known: of which kind, the record by its path, what was found, what can be done."""

    kind: str
    record: str
    found: str
    remedy: str

    @property
    def name(self) -> str:
        """Return the name under which it is accepted; it changes with the record, the kind and what was found."""
        return hashlib.sha256("\0".join((self.kind, self.record, self.found)).encode()).hexdigest()[:12]

    def line(self) -> str:
        """Return it as a line for a terminal."""
        return f"{self.name}  {self.kind}: {self.record}: {self.found}. {self.remedy}"


class Near:
    """What a corpus says near protected sources."""

    def __init__(self, quads: Iterable[Quad], further: Iterable[Quad] = ()):
        """Take the statements of a release, and what is worded in further languages beside them."""
        self.about: dict[object, list[Quad]] = defaultdict(list)
        self.labels: dict[object, set[str]] = defaultdict(set)
        #: Places that a source gives points for.
        self.located: set[object] = set()
        self._inbound: dict[object, list[Quad]] = defaultdict(list)
        for quad in quads:
            self.about[quad.subject].append(quad)
            self._inbound[quad.object].append(quad)
            if quad.predicate.value in _NAMES and isinstance(quad.object, Literal):
                self.labels[quad.subject].add(quad.object.value)
            if quad.predicate.value == expand("alg:locates"):
                self.located.add(quad.object)
        for quad in further:
            self.about[quad.subject].append(quad)
        marked = {quad.subject for quad in self._inbound[_GENERALISED] if quad.predicate.value == _LEVEL}
        following = {quad.subject for thing in marked for quad in self._inbound[thing] if quad.predicate.value in _FOLLOWED}
        self.records = {item for item in marked | following if isinstance(item, NamedNode)}
        self.things = self._carried(self.records)

    def _carried(self, records: Collection[object]) -> set[object]:
        found, queue = set(records), list(records)
        for thing in queue:
            new = {quad.object for quad in self.about[thing] if quad.predicate.value in _CARRIED} - found
            found |= new
            queue += new
        return found

    def combinations(self) -> dict[tuple[str, ...], set[str]]:
        """Return the assertions that share a place, years and a group, by these; one alone is no combination."""
        found: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for record, _ in self.accounts():
            parts = self._quasi(NamedNode(record))
            if len({part.partition(" ")[0] for part in parts}) > 1:
                found[parts].add(record)
        return found

    def accounts(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the assertions near protected sources, each with the sources in which it is stated."""
        for record in self.records:
            about = self.about[record]
            if isinstance(record, NamedNode) and any(quad.predicate.value == expand("alg:asserts") for quad in about):
                stated = (quad.object for quad in about if quad.predicate.value == expand("alg:statedIn"))
                yield record.value, tuple(sorted(item.value for item in stated if isinstance(item, NamedNode)))

    def _quasi(self, record: NamedNode) -> tuple[str, ...]:
        parts = set()
        for thing in self._carried({record}):
            for quad in self.about[thing]:
                kind = _QUASI.get(quad.predicate.value)
                if kind and isinstance(quad.object, NamedNode):
                    parts.add(f"{kind} {self.name_of(quad.object)}")
                elif quad.predicate.value in _YEARS and isinstance(quad.object, Literal):
                    parts.add(f"year {quad.object.value[:4]}")
        return tuple(sorted(parts))

    def name_of(self, thing: NamedNode) -> str:
        """Return what a thing is called."""
        return min(self.labels.get(thing, ()), default=thing.value)

    def numbers(self) -> Iterator[tuple[str, str, float]]:
        """Yield the numbers near protected sources: the thing, the property, the value."""
        for thing in self.things:
            for quad in self.about[thing]:
                if quad.predicate.value in _NUMBERS and isinstance(quad.object, Literal) and isinstance(thing, NamedNode):
                    try:
                        yield thing.value, quad.predicate.value, float(quad.object.value)
                    except ValueError:
                        continue


def is_protected(corpus: Corpus) -> bool:
    """Return whether a corpus has anything to protect; most have not, and are not looked through."""
    marks = naming(corpus.quads, _GENERALISED)
    return bool(corpus.withheld) or any(quad.object == _GENERALISED and quad.predicate.value == _LEVEL for quad in marks)


def risks(whole: Corpus, public: Corpus, before: Iterable[Quad] = (), k: int = K) -> tuple[Risk, ...]:
    """Return what could make somebody known in the public part of a corpus, given the whole and what the last release said."""
    near = Near(public.quads, public.further_words())
    found = {
        *_combinations(near, k),
        *_dates_and_places(near),
        *_small(near, k),
        *_words(near),
        *_differences(near, Near(before), k),
        *_consent(near, consents(public.root), public.base),
        *_withheld_names(whole, public),
    }
    return tuple(sorted(replace(item, record=item.record.removeprefix(public.base)) for item in found))


def _combinations(near: Near, k: int) -> Iterator[Risk]:
    for parts, records in near.combinations().items():
        if len(records) < k:
            many = "nobody else has" if len(records) == 1 else f"{len(records)} records have, fewer than {k},"
            for record in records:
                told = f"{many} {', '.join(parts)}"
                yield Risk("uniqueCombination", record, told, "Make one of them coarser, or leave one out.")


def _dates_and_places(near: Near) -> Iterator[Risk]:
    for thing in near.things:
        for quad in near.about[thing]:
            value = quad.object
            fine = isinstance(value, Literal) and value.datatype.value in _FINE and quad.predicate.value in _YEARS
            if fine and isinstance(value, Literal):
                yield Risk("preciseDate", str(thing)[1:-1], f"the date {value.value}", "Give the year alone, or a span of years.")
            if quad.predicate.value == expand("alg:place") and value in near.located and isinstance(value, NamedNode):
                told = f"the place {near.name_of(value)}, of which sources give the point"
                yield Risk("precisePlace", str(thing)[1:-1], told, "Name the region around it.")


def _small(near: Near, k: int) -> Iterator[Risk]:
    for thing, path, value in near.numbers():
        if 0 < value < k:
            told = f"the number {value:g}, below {k}"
            yield Risk(
                "smallCount", thing, f"{told} ({path.rsplit('/', 1)[-1]})", f"Leave it out, or give an upper bound of {k}."
            )


def _differences(near: Near, before: Near, k: int) -> Iterator[Risk]:
    """Yield what changed by so little since the last release that whoever compares both learns of few people."""
    old = {(thing, path): value for thing, path, value in before.numbers()}
    for thing, path, value in near.numbers():
        if 0 < abs(value - old.get((thing, path), value)) < k:
            told = f"the number differs by {abs(value - old[thing, path]):g} from the last release"
            yield Risk("smallDifference", thing, told, "Keep the number, or band both.")
    counts = Counter({parts: len(records) for parts, records in before.combinations().items()})
    for parts, records in near.combinations().items():
        if counts[parts] and 0 < len(records) - counts[parts] < k <= len(records):
            told = f"{len(records) - counts[parts]} more than in the last release have {', '.join(parts)}"
            yield Risk("smallDifference", min(records), told, f"Publish {k} at once, or make one of them coarser.")


def _words(near: Near) -> Iterator[Risk]:
    """Yield the texts near protected sources with words that tell of somebody."""
    fine = {label: thing for thing in near.located for label in near.labels.get(thing, ()) if len(label) >= _SHORTEST}
    for thing in near.things:
        for quad in near.about[thing]:
            if isinstance(quad.object, Literal) and quad.object.language:
                words = [(kind, match.group()) for kind, pattern in _patterns() for match in pattern.finditer(quad.object.value)]
                words += [("place", label) for label in fine if label in quad.object.value]
                if words:
                    told = ", ".join(f"{kind} “{word}”" for kind, word in sorted(set(words)))
                    yield Risk("tellingWords", str(thing)[1:-1], told, "Say it in coarser words.")


def _consent(near: Near, known: Mapping[str, Consent], base: str) -> Iterator[Risk]:
    """Yield the accounts near protected sources without consent to publish them, or without a review that found no risk left."""
    for record, sources in near.accounts():
        found = [known[path] for path in (item.removeprefix(base) for item in (record, *sources)) if path in known]
        if not found:
            yield Risk("noConsent", record, "no consent is recorded", f"Record scope and day of the consent in {FILE}.")
        for item in found[:1]:
            if item.consent != OPEN:
                yield Risk("narrowConsent", record, f"the consent is for {item.consent} alone", "Mark the record restricted.")
            if item.family == AT_RISK or item.reviewed < item.given:
                told = "at risk" if item.family == AT_RISK else "not reviewed since the consent"
                yield Risk(
                    "familyRisk", record, f"the family is {told}", "Reduce and review the risk, or mark the record restricted."
                )


def _withheld_names(whole: Corpus, public: Corpus) -> Iterator[Risk]:
    """Yield public texts with the name of something that is withheld."""
    if not public.withheld:
        return
    names: set[str] = set()
    kept: set[str] = set()
    for quad in chain(whole.quads, whole.further_words()):
        if quad.predicate.value in _NAMES and isinstance(quad.object, Literal):
            (names if quad.subject in public.withheld else kept).add(quad.object.value)
    sought = sorted((re.escape(name) for name in names - kept if len(name) >= _SHORTEST), key=len, reverse=True)
    if not sought:
        return
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(sought)})(?!\w)", re.IGNORECASE)
    for quad in chain(public.quads, public.further_words()):
        if isinstance(quad.object, Literal) and pattern.search(quad.object.value):
            yield Risk("namesWithheld", str(quad.subject)[1:-1], "a text names what is withheld", "Take the name out.")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    text = resources.files("allegata.model").joinpath("risk-words.toml").read_text("utf-8")
    rows = tomllib.loads(text)["words"]
    return tuple((row["kind"], re.compile(_BOUNDS.format(row["pattern"]), re.IGNORECASE)) for row in rows)

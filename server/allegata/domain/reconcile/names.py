"""Gathers the names of things that others may want to find: read from the store of a release once."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from allegata.budget import paced
from allegata.domain import Descriptions
from allegata.domain.reconcile.normalize import ShortForms, compact, grams, initials, plain, without_bracket
from allegata.model.kinds import TYPES, Use, serving
from allegata.model.labels import ALIASES, NAMES
from allegata.model.namespaces import ALG, BASE

#: Properties with names, and the one with symbols and codes.
_NAMES = (*NAMES, *ALIASES)
_CODE = "dct:identifier"
#: Types that a query has to ask for: their names are common words, or those of what they are about.
ON_REQUEST = frozenset(kind.curie for kind in serving(Use.ON_REQUEST))
_NEAREST = 60
_SUBJECT = re.compile(r", | on ")


@dataclass(frozen=True)
class Entry:
    """One thing that can be found."""

    iri: str
    label: str
    types: tuple[str, ...]
    codes: tuple[str, ...]
    order: int

    @property
    def main(self) -> str:
        """Return the first of its types."""
        return self.types[0]


@dataclass(frozen=True)
class Name:
    """One name of a thing: as it is written, plainly, and with short forms written out."""

    entry: Entry
    written: str
    plain: str
    full: str
    first: bool

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words of the full form."""
        return tuple(self.full.split())


class Names:
    """All names of a release, with ways to the few that a query is worth comparing with."""

    def __init__(self, descriptions: Descriptions):
        self.descriptions = descriptions
        self.entries = {entry.iri: entry for entry in self._entries()}
        self.short_forms = ShortForms(dict(self._forms()))
        self.names = [name for entry in self.entries.values() for name in self._names(entry)]
        self.by_plain: dict[str, list[Name]] = defaultdict(list)
        self.by_code: dict[str, list[Entry]] = defaultdict(list)
        self.by_initials: dict[str, list[Name]] = defaultdict(list)
        self._by_gram: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(self.names):
            self._file(number, name)
        self.frequency = Counter(word for name in self.names if name.first for word in set(name.words))

    def _file(self, number: int, name: Name) -> None:
        self.by_plain[name.plain].append(name)
        if short := initials(name.written):
            self.by_initials[short].append(name)
        for gram in grams(name.full) | grams(name.plain):
            self._by_gram[gram].append(number)
        if name.first:
            for code in name.entry.codes:
                self.by_code[compact(code)].append(name.entry)
                self.by_code[compact(without_bracket(code))].append(name.entry)

    def weight(self, word: str) -> float:
        """Weigh a word by how few things have it in their name (inverse document frequency)."""
        return math.log(1 + len(self.entries) / (1 + self.frequency[word])) if len(word) > 1 else 0.5

    def near(self, *texts: str) -> list[Name]:
        """Return the names that share most groups of three characters with the forms of a text."""
        wanted = frozenset[str]().union(*map(grams, texts))
        shared = Counter(number for gram in paced(wanted) for number in self._by_gram.get(gram, ()))
        scored = ((2 * count / (len(wanted) + len(self.names[number].full)), -number) for number, count in shared.items())
        return [self.names[-number] for _, number in sorted(scored, reverse=True)[:_NEAREST]]

    def beginning(self, prefix: str) -> list[Name]:
        """Return the names in which a word begins with a text, those that begin with it themselves first."""
        start = plain(prefix)
        found = [name for name in self.names if f" {start}" in f" {name.plain}"]
        return sorted(found, key=lambda name: (not name.plain.startswith(start), not name.first, len(name.plain), name.entry.iri))

    def _entries(self) -> Iterator[Entry]:
        read, types = self.descriptions, list(TYPES)
        found: dict[NamedNode, list[str]] = defaultdict(list)
        for curie in types:
            for node in read.instances(curie):
                if not node.value.startswith((ALG, f"{BASE}shapes/")):
                    found[node].append(curie)
        for node in sorted(found, key=str):
            label = read.text(node, *_NAMES)
            codes = tuple(literal.value for literal in read.literals(node, _CODE))
            if label:
                yield Entry(node.value, label, tuple(found[node]), codes, types.index(found[node][0]))

    def _names(self, entry: Entry) -> Iterator[Name]:
        seen: set[str] = set()
        written = [literal.value for curie in _NAMES for literal in self.descriptions.literals(NamedNode(entry.iri), curie)]
        for text in (entry.label, *written):
            for form in (text, without_bracket(text), _numbered(text)):
                if (key := plain(form)) and key not in seen:
                    yield Name(entry, form, key, self.short_forms.write_out(key), not seen)
                    seen.add(key)

    def _forms(self) -> Iterator[tuple[str, str]]:
        """Yield the other names of states, and of bodies that adopt instruments, with their labels.

        They stand inside the names of other things: the acronym of an assembly in “resolution 60/173” of it.
        """
        bodies = self._adopting_bodies()
        for entry in self.entries.values():
            state = entry.main == "schema:Country"
            if entry.main == "schema:Place":
                shorts = (literal.value for literal in self.descriptions.literals(NamedNode(entry.iri), "skos:altLabel"))
                yield from ((plain(short), plain(entry.label)) for short in shorts if short.isascii() and short.isupper())
            elif state or NamedNode(entry.iri) in bodies:
                for literal in self.descriptions.literals(NamedNode(entry.iri), "skos:altLabel"):
                    words = literal.value.split()
                    if literal.language == "en" and (state or words[1:] or literal.value.isupper()):
                        yield plain(literal.value), plain(without_bracket(entry.label))

    def _adopting_bodies(self) -> set[NamedNode]:
        """Return the organizations that adopt instruments: whole ones, of which they themselves or a part did, and their parts.

        A government is none of them: it acts on behalf of its state.
        """
        read, within, for_another = self.descriptions, "org:subOrganizationOf", "prov:actedOnBehalfOf"
        adopters = {body for instrument in read.instances("alg:Instrument") for body in read.nodes(instrument, "alg:adoptedBy")}
        wholes = adopters | {whole for body in adopters for whole in read.nodes(body, within)}
        wholes = {whole for whole in wholes if not (read.nodes(whole, within) or read.nodes(whole, for_another))}
        return wholes | {part for whole in wholes for part in read.subjects(within, whole)}


def _numbered(text: str) -> str:
    """Return what stands before a comma or “on” in a name, if it has a number: the rest then says what it is about."""
    head = _SUBJECT.split(text)[0]
    return head if any(char.isdigit() for char in head) else text

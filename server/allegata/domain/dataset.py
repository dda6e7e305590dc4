"""The one façade over a release: everything that pages, commands, assistants and notebooks ask of its data, in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from pyoxigraph import NamedNode

from allegata.domain import (
    Assertion,
    Attributions,
    ClaimSides,
    Commitment,
    Descriptions,
    Evidence,
    Geography,
    Located,
    Passage,
    Record,
    Stance,
    Thing,
    Value,
    Vote,
    by_document,
    figures,
)
from allegata.domain.answers import Answers
from allegata.domain.comparisons import Comparison, Comparisons
from allegata.domain.featured import FeaturedDispute, featured
from allegata.domain.passages import Context, Texts
from allegata.domain.search import Search, SearchResults
from allegata.domain.summaries import Summary, summarise
from allegata.domain.what_if import Ground, WhatIf, Withdrawal
from allegata.errors import NotFound
from allegata.model.namespaces import BASE
from allegata.release.handle import Release
from allegata.release.search_index import FILE as SEARCH_INDEX
from allegata.release.statement_store import StatementStore


class Dataset:
    """What a release says, for people: claims with their sides, assertions, stances, comparisons, the record, places.

    A thing is named by its IRI or by what stands behind the base in it (`claim/…`, `actor/…`). Things are named in `language`
    where the data has a name in it, else in English; what sources say is never translated. Statements are read from the store of
    the release, or from the one that is given.
    """

    def __init__(self, release: Release, language: str = "en", sources: Path | None = None, store: StatementStore | None = None):
        self.release, self.language = release, language
        self.descriptions = Descriptions(release.folder, release.manifest.base, language, store)
        self.texts = Texts(sources)

    # What the pages are made of; each is read when it is first asked for.

    @cached_property
    def attributions(self) -> Attributions:
        """Return the reader of assertions and stances."""
        return Attributions(self.descriptions)

    @cached_property
    def comparisons(self) -> Comparisons:
        """Return the reader of comparisons."""
        return Comparisons(self.attributions)

    @cached_property
    def record(self) -> Record:
        """Return the reader of commitments, votes and obligations."""
        return Record(self.descriptions)

    @cached_property
    def geography(self) -> Geography:
        """Return the reader of places."""
        return Geography(self.descriptions)

    @cached_property
    def _what_if(self) -> WhatIf:
        return WhatIf(self.descriptions)

    @cached_property
    def answers(self) -> Answers:
        """Return what makes tables of answers to queries."""
        return Answers(self.descriptions)

    @property
    def index(self) -> Search:
        """Return the full-text index; raise ReleaseError where it is not the one that the release lists."""
        if self.release.checks.lists(SEARCH_INDEX):
            self.release.checks.path(SEARCH_INDEX)
        return self._index

    @cached_property
    def _index(self) -> Search:
        return Search(self.release.folder)

    # Any thing.

    @property
    def base(self) -> str:
        """Return the base IRI of the corpus."""
        return self.descriptions.base

    def iri(self, name: str) -> str:
        """Return the IRI of a thing by its IRI or its path; raise NotFound where the release says nothing of it."""
        known = name if name.startswith((self.base, BASE)) else self.descriptions.iri_at(name.lstrip("/"))
        if not self.descriptions.has(known):
            raise NotFound(f"This release says nothing of {name[:200]!r}.", remedy="Find the IRI by a search.")
        return known

    def label(self, name: str) -> str:
        """Return the name of a thing for people."""
        return self.descriptions.label_of(self.iri(name))

    def thing(self, name: str) -> Thing:
        """Return all that is said of a thing, with names for people."""
        return self.descriptions.thing(self.iri(name))

    # Who says what, and who disputes it.

    def claims(self) -> tuple[ClaimSides, ...]:
        """Return every claim with those who affirm, deny and doubt it, in the order of the IRIs."""
        return tuple(self.attributions.sides(iri) for iri in self._instances("alg:Claim"))

    def claim(self, name: str) -> ClaimSides:
        """Return a claim with those who affirm, deny and doubt it."""
        return self.attributions.sides(self.iri(name))

    def summary(self, name: str) -> Summary:
        """Return who says a claim, who disputes what of it, the reply, the record, other figures, and who denies it."""
        return summarise(self.comparisons, self.iri(name))

    def assertions(self, *, claim: str = "", by: str = "", document: str = "") -> tuple[Assertion, ...]:
        """Return the assertions about a claim, by a speaker, in a document; each given narrows. In the order of the passages."""
        chosen = {"alg:asserts": claim, "alg:assertedBy": by, "alg:statedIn": document}
        wanted = [set(self._leading(curie, name)) for curie, name in chosen.items() if name]
        every = (NamedNode(iri) for iri in self._instances("alg:Assertion"))
        return self.attributions.listed(node for node in every if all(node in nodes for nodes in wanted))

    def assertion(self, name: str) -> Assertion:
        """Return an assertion; raise NotFound where the thing is none."""
        iri = self.iri(name)
        if not self.attributions.is_assertion(iri):
            raise NotFound(f"{iri} is no assertion.", remedy="`thing` describes anything.")
        return self.attributions.assertion(iri)

    def stances(self, *, on: str = "", by: str = "") -> tuple[Stance, ...]:
        """Return the stances on a thing, of an assertion; each given narrows. In the order of the IRIs."""
        chosen = {"alg:to": on, "alg:from": by}
        wanted = [{node.value for node in self._leading(curie, name)} for curie, name in chosen.items() if name]
        iris = (iri for iri in self._instances("alg:Stance") if all(iri in nodes for nodes in wanted))
        return tuple(stance for stance in map(self.attributions.stance, iris) if stance)

    def evidence(self, name: str) -> Evidence:
        """Return a line of evidence."""
        return self.attributions.evidence(self.iri(name))

    def what_if(self, *names: str) -> Withdrawal:
        """Return which claims lose their only named support, and which keep some, without sources and lines of evidence."""
        return self._what_if.without({self.iri(name) for name in names})

    def effects_without(self, *iris: str) -> Withdrawal:
        """Return the same without things of any kind, such as assertions: of the claims that are left."""
        return self._what_if.effects(set(iris))

    def grounds(self) -> tuple[Ground, ...]:
        """Return the sources and lines of evidence that can be withdrawn, each with the number of claims that rest on it."""
        return (*self._what_if.lines, *self._what_if.sources)

    def compare(self, name: str) -> Comparison:
        """Return side by side what is said about a claim, topic, right or measure: sides, disputes and answers, estimates."""
        return self.comparisons.compare(self.iri(name))

    def disputes(self, number: int = 6) -> tuple[FeaturedDispute, ...]:
        """Return disputes to begin with: of the topics disputed most across documents one pair each."""
        return featured(self.comparisons, number)

    # The record, places, words, figures.

    def commitments(self, *, state: str = "", instrument: str = "") -> tuple[Commitment, ...]:
        """Return what states did towards instruments, by date; of a state, about an instrument."""
        iris = {name: self.iri(value) for name, value in (("state", state), ("instrument", instrument)) if value}
        found = self.record.commitments()
        return tuple(item for item in found if all(getattr(item, name).iri == iri for name, iri in iris.items()))

    def votes(self, instrument: str = "") -> tuple[Vote, ...]:
        """Return the recorded votes, or those on an instrument, by date."""
        return self.record.votes(self.iri(instrument) if instrument else "")

    def places(self) -> tuple[Located, ...]:
        """Return the places with the points that sources give for each, by name."""
        return self.geography.places()

    def search(
        self, words: str, facets: Mapping[str, Sequence[str]] | None = None, *, only: str = "", limit: int = 50, offset: int = 0
    ) -> SearchResults:
        """Find things by words and facets (kind, document, asserter, polarity, modality, evidence, right, topic).

        With `only` naming one of the facets, claims that have no other value of it: `only="evidence"`, on that evidence alone.
        """
        return self.index.ask(words, facets or {}, only=only, limit=limit, offset=offset)

    def figures(self) -> dict[str, int]:
        """Return how many things there are of each class."""
        return figures(self.descriptions)

    def documents(self) -> tuple[tuple[Value, int], ...]:
        """Return the documents with the number of assertions in each, the most first."""
        counts = by_document(self.descriptions)
        rows = ((Value(self.descriptions.label_of(iri), iri), count) for iri, count in counts.items())
        return tuple(sorted(rows, key=lambda row: (-row[1], row[0].text)))

    def context(self, passage: Passage) -> Context | None:
        """Return a passage with what stands around it, where the source text is at hand and is the one that was read."""
        return self.texts.context(passage)

    def _instances(self, curie: str) -> list[str]:
        return sorted({node.value for node in self.descriptions.instances(curie)})

    def _leading(self, curie: str, name: str) -> list[NamedNode]:
        return self.descriptions.subjects(curie, NamedNode(self.iri(name)))

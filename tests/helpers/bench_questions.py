"""What a measurement asks: a query of each kind on a corpus in the model, never twice in the same words, and its competency questions."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

from pyoxigraph import NamedNode, QuerySolutions, Store

from allegata.corpus.questions import read_questions

_PREFIXES = """PREFIX alg: <https://w3id.org/allegata/ns#> PREFIX dct: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX schema: <http://schema.org/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
#: Each kind by its name; {thing} and the like are replaced by things of the corpus, {n} by a small number.
KINDS = {
    "point": "SELECT ?p ?o {{ {claim} ?p ?o }}",
    "join": "SELECT ?assertion ?actor {{ ?assertion alg:asserts {claim} ; alg:assertedBy ?actor }}",
    "stance join": "SELECT ?stance ?from ?claim {{ ?stance alg:to {assertion} ; alg:from ?from ; alg:stance ?kind . ?from alg:asserts ?claim }}",
    "path": "SELECT DISTINCT ?right {{ {claim} alg:concernsRight/<http://www.w3.org/2004/02/skos/core#broader>* ?right }}",
    "group": "SELECT ?polarity (COUNT(?a) AS ?n) {{ ?a alg:asserts {claim} ; alg:polarity ?polarity }} GROUP BY ?polarity",
    "not exists": "SELECT ?a {{ ?a alg:assertedBy {actor} FILTER NOT EXISTS {{ ?s alg:to ?a }} }} LIMIT 20",
    "contains": "SELECT ?c {{ ?c alg:statement ?text FILTER(CONTAINS(LCASE(STR(?text)), '{word}')) }} LIMIT 10",
    "order+limit": "SELECT ?vote ?date {{ ?vote a alg:Vote ; dct:date ?date }} ORDER BY DESC(?date) OFFSET {n} LIMIT 10",
    "construct": "CONSTRUCT {{ ?a alg:asserts {claim} ; alg:assertedBy ?who }} WHERE {{ ?a alg:asserts {claim} ; alg:assertedBy ?who }}",
    "describe": "DESCRIBE {assertion}",
    "range": "SELECT ?c ?date {{ ?c a alg:Commitment ; dct:date ?date FILTER(?date > '{year}-01-01'^^xsd:date && ?date < '{year}-06-30'^^xsd:date) }}",
    "count": "SELECT (COUNT(?p) AS ?n) {{ ?p alg:vote {vote} ; alg:choice ?choice }}",
}
#: What an engine tells when it describes a thing is its own choice.
_MIXED = tuple(kind for kind in KINDS if kind != "describe")
_CLASSES = {"claim": "Claim", "assertion": "Assertion", "actor": "", "vote": "Vote"}
_numbers = itertools.count()


class Questions:
    """The questions on one corpus, chosen by chance from a seed."""

    def __init__(self, store: Store, queries: Path | None, seed: int) -> None:
        """Find things of each class in a store whose default graph is the whole corpus; `queries` holds competency questions."""
        self._chance = random.Random(seed)
        self._things = {name: self._find(store, kind) for name, kind in _CLASSES.items()}
        self._things["word"] = self._words(store)
        self._competency = [question.text for question in read_questions(queries)] if queries else []
        self.kinds = (*KINDS, *(("competency",) if self._competency else ()))

    def _find(self, store: Store, kind: str) -> list[str]:
        pattern = f"?x a alg:{kind}" if kind else "?a alg:assertedBy ?x"
        found = store.query(f"{_PREFIXES} SELECT DISTINCT ?x {{ {pattern} }}")
        assert isinstance(found, QuerySolutions)
        things = sorted(str(row["x"]) for row in found if isinstance(row["x"], NamedNode))
        return self._chance.sample(things, min(len(things), 2_000)) or [f"<urn:no:{kind}>"]

    def _words(self, store: Store) -> list[str]:
        """Return words of statements, for searches that find something."""
        found = store.query(f"{_PREFIXES} SELECT ?text {{ ?c alg:statement ?text FILTER(LANG(?text) = 'en') }}")
        assert isinstance(found, QuerySolutions)
        words = {word.lower() for row in found for word in str(row["text"].value).split() if word.isalpha() and len(word) > 5}
        return self._chance.sample(sorted(words), min(len(words), 500)) or ["nothing"]

    def ask(self, kind: str) -> str:
        """Return a query of a kind, or of any by the name `mix`, in words that were not there before."""
        kind = self._chance.choice(_MIXED) if kind == "mix" else kind
        if kind == "competency":
            text = self._chance.choice(self._competency)
        else:
            things = {name: self._chance.choice(those) for name, those in self._things.items()}
            text = _PREFIXES + KINDS[kind].format(**things, n=self._chance.randrange(90), year=self._chance.randrange(1970, 2025))
        return f"{text}\n# {next(_numbers)}"

    def several(self, kind: str, number: int) -> list[str]:
        """Return so many queries of a kind; one of the kind `repeated` comes again and again."""
        if kind == "repeated":
            few = [self.ask("mix") for _ in range(20)]
            return [self._chance.choice(few) for _ in range(number)]
        return [self.ask(kind) for _ in range(number)]

"""Answers what an assistant asks with a tool: search, claims on a topic, describe, compare, SPARQL, each with a citation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from allegata.domain import Assertion, Stance, Value
from allegata.domain.dataset import Dataset
from allegata.engine import Engine, Form, Query, inspect, statements_of
from allegata.errors import BadRequest, LimitExceeded, NotFound
from allegata.model.formats import JSON_RESULTS, TURTLE
from allegata.model.kinds import Use, serving
from allegata.model.namespaces import scheme_path
from allegata.release.handle import Release
from allegata.release.search_index import PAGE, QUESTION
from allegata.settings import Settings

ToolAnswer = dict[str, Any]
#: Values, assertions and stances that one answer lists, and bytes of one answer to a query.
LISTED, LONGEST = 40, 100_000
#: Characters of the words of a search.
WORDS = 500
FOUND: Final = ", ".join((*(kind.label for kind in serving(Use.SEARCH)), QUESTION, PAGE))


def _check(limit: int) -> None:
    if not 0 < limit <= LISTED:
        raise LimitExceeded(f"limit={limit} is not from 1 to {LISTED}.", limit="limit", allowed=LISTED)


def _plain(text: str) -> str:
    """Return a text without what is written one way or another: capitals, spaces, hyphens."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _kind(text: str) -> str:
    """Return the kind that is meant by a word, one or several of it; raise BadRequest where none is."""
    known = {_plain(word): kind.label for kind in serving(Use.SEARCH) for word in (kind.label, kind.plural)}
    known |= {word: kind for kind in (QUESTION, PAGE) for word in (kind, f"{kind}s")}
    if _plain(text) not in known:
        raise BadRequest(f"There is no kind {text[:50]!r}.", remedy=f"Give one of: {FOUND}.")
    return known[_plain(text)]


class Tools:
    """What an assistant can ask of a release."""

    def __init__(self, settings: Settings, release: Release, engine: Engine):
        self.settings, self.release, self.engine = settings, release, engine
        self.dataset = Dataset(release, store=statements_of(release, engine))

    def search(self, words: str, kind: str = "", limit: int = 10) -> ToolAnswer:
        """Find claims with their speakers, actors, instruments, votes, documents, events and concepts by words.

        kind narrows to one of: {kinds}.
        """
        _check(limit)
        if len(words) > WORDS:
            raise LimitExceeded(f"The words are over {WORDS} characters.", limit="words", allowed=WORDS)
        found = self.dataset.search(words, {"kind": [_kind(kind)] if kind.strip() else []}, limit=limit)
        hits = [
            {"iri": hit.iri, "kind": hit.kind, "label": hit.label, "attribution": hit.note, "assertions": list(hit.assertions)}
            for hit in found.hits
        ]
        return self._cited(
            {"total": found.total, "wordsMissing": found.missing, "hits": hits, "suggestions": list(found.suggestions)},
            (hit.iri for hit in found.hits),
        )

    def claims_about(
        self, topic: str = "", polarity: str = "", evidence: str = "", document: str = "", limit: int = 20
    ) -> ToolAnswer:
        """Find who says what: assertions on a topic, of a polarity, on a kind of evidence, in a document; each given narrows.

        Each is an IRI, the last part of one, or a name (of a topic, denies, witnessTestimony, the title of a document).
        """
        _check(limit)
        schemes = (("topic", topic, "topic"), ("polarity", polarity, "polarity"), ("evidence", evidence, "evidence-kind"))
        chosen = {facet: [self._concept(scheme, text)] for facet, text, scheme in schemes if text.strip()}
        if document.strip():
            chosen["document"] = [self._one_of([value for value, _ in self.dataset.documents()], document, "document")]
        found = self.dataset.search("", {"kind": ["claim"], **chosen}, limit=limit)
        said = [self.dataset.attributions.assertion(iri) for hit in found.hits for iri in hit.assertions]
        claims = [self._assertion(item) for item in said[: 2 * LISTED]]
        body = {"claimsInAll": found.total, "assertions": claims, "narrowedBy": {name: iris[0] for name, iris in chosen.items()}}
        return self._cited(body, (item.iri for item in said[: 2 * LISTED]))

    def _concept(self, scheme: str, text: str) -> str:
        """Return the concept of a scheme that is meant by its IRI, the last part of it, or its name in any language."""
        read = self.dataset.descriptions
        concepts = (
            node for node in read.instances("skos:Concept") if scheme_path(node.value, read.base).startswith(f"{scheme}/")
        )
        return self._one_of([read.value(node) for node in concepts], text, scheme)

    def _one_of(self, known: Sequence[Value], text: str, what: str) -> str:
        translated = self.dataset.descriptions.translations
        wanted = _plain(text.rstrip("/").rpartition("/")[2])
        for value in known:
            names = (value.iri.rpartition("/")[2], value.text, *translated.names(value.iri))
            if wanted in {_plain(name) for name in names if name}:
                return value.iri
        near = [value for value in known if wanted and (wanted in _plain(value.text) or wanted in _plain(value.iri))]
        told = ", ".join(value.iri.rpartition("/")[2] for value in (near or known)[:LISTED])
        raise NotFound(f"There is no {what} {text[:100]!r}.", remedy=f"Give one of: {told}.")

    def describe(self, iri: str) -> ToolAnswer:
        """Describe one thing by its IRI.

        An assertion comes with speaker, document, passage, evidence and disputes, anything else with its statements.
        """
        known = self.dataset.iri(iri)
        if self.dataset.attributions.is_assertion(known):
            return self._cited(self._assertion(self.dataset.attributions.assertion(known), whole=True), [known])
        thing = self.dataset.thing(known)
        statements = {row.property.text: [value.iri or value.text for value in row.values[:LISTED]] for row in thing.statements}
        said = [self._assertion(item) for item in self.dataset.attributions.by("alg:assertedBy", known)[:LISTED]]
        about = [self._assertion(item) for item in self.dataset.attributions.of_claim(known)[:LISTED]]
        body = {"iri": known, "label": thing.label, "kinds": [value.text for value in thing.types], "statements": statements}
        return self._cited({**body, "asserts": said, "assertedBy": about}, [known])

    def compare(self, subject: str) -> ToolAnswer:
        """Put side by side what is said about a claim, topic, right or measure, by its IRI.

        Says who affirms, denies and doubts each claim, which disputes there are, and which are unanswered.
        """
        known = self.dataset.iri(subject)
        comparison = self.dataset.compare(known)
        claims = [
            {
                "claim": sides.claim.text,
                "iri": sides.claim.iri,
                **{word: [self._assertion(item) for item in items] for word, items in sides.sides},
            }
            for sides in comparison.claims[:LISTED]
        ]
        disputes = [
            self._stance(dispute.stance) | {"answered": bool(dispute.answers)} for dispute in comparison.disputes[:LISTED]
        ]
        body = {"subject": comparison.subject.text, "definition": comparison.definition, "claims": claims, "disputes": disputes}
        return self._cited({**body, "claimsInAll": len(comparison.claims)}, [known])

    def sparql(self, query: str) -> ToolAnswer:
        """Ask a read-only SPARQL 1.1 query under the limits of the public endpoint; the default graph is the union."""
        seen = inspect(query, self.settings)
        bindings = seen.form in (Form.SELECT, Form.ASK)
        answer = self.engine.answer(Query(seen, JSON_RESULTS if bindings else TURTLE, client="assistant"))
        try:
            text = _whole(answer.chunks)
        finally:
            answer.close()
        return self._cited({"result": json.loads(text) if bindings else text}, [])

    def _assertion(self, item: Assertion, *, whole: bool = False) -> ToolAnswer:
        body: ToolAnswer = {
            "iri": item.iri,
            "quoteAs": f"“{item.claim.text.rstrip('.')}”, {item.said}"
            + (f", as passed on by {', '.join(value.text for value in item.relayers)}" if item.relayers else "")
            + (f", in {', '.join(value.text for value in item.documents)}" if item.documents else ""),
            "evidence": [value.text for value in item.kinds],
            "evidenceGaps": [value.text for value in item.gaps],
        }
        if whole:
            body["claim"] = {"iri": item.claim.iri, "statement": item.claim.text}
            body["modality"] = item.modality.text
            body["passages"] = [
                {"source": place.source.iri, "codePoints": [place.start, place.end], "sha256": place.digest}
                for place in item.passages
            ]
            body["stancesOnIt"] = [self._stance(stance) for stance in self.dataset.attributions.stances_to(item.iri)[:LISTED]]
        return body

    def _stance(self, stance: Stance) -> ToolAnswer:
        return {
            "iri": stance.iri,
            "stance": stance.kind.text,
            "from": self._assertion(stance.source)["quoteAs"],
            "on": stance.target.text,
            "bearingOnTheClaim": stance.bearing_on_claim,
            "basis": stance.basis.text,
            "judgedBy": [value.text for value in stance.by],
            "rationale": stance.rationale,
        }

    def _cited(self, body: ToolAnswer, iris: Iterable[str]) -> ToolAnswer:
        """Add what a citation needs: the release, its hash, and the IRIs to name."""
        manifest = self.release.manifest
        return body | {
            "cite": {
                "dataset": manifest.title,
                "version": self.release.version,
                "rdfc10": self.release.hash,
                "licence": manifest.licence,
                "licenceName": manifest.licence_name,
                "publisher": manifest.publisher.name,
                "iris": list(iris),
            },
            "note": "Attributions, not facts: name who says it.",
        }


def _whole(chunks: Iterable[bytes]) -> str:
    read = b""
    for chunk in chunks:
        read += chunk
        if len(read) > LONGEST:
            raise LimitExceeded(
                f"The answer is over {LONGEST} bytes.", remedy="Ask for less with LIMIT.", limit="answer", allowed=LONGEST
            )
    return read.decode("utf-8")

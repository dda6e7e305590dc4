"""Serves a release to assistants over the Model Context Protocol: search, describe, compare and SPARQL, each with citations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from allegata import __version__
from allegata.domain import Assertion, Stance
from allegata.domain.dataset import Dataset
from allegata.engine import Engine, Form, Query, inspect
from allegata.errors import AllegataError, BadRequest, LimitExceeded
from allegata.model.formats import JSON_RESULTS, TURTLE
from allegata.model.kinds import Use, serving
from allegata.release.handle import Release
from allegata.release.search_index import PAGE, QUESTION
from allegata.settings import Settings

_Answer = dict[str, Any]
INSTRUCTIONS: Final = (
    "This data, “%(title)s”, records who says what, where, on what evidence, and who disputes it. It states"
    " no facts of its own. Quote what you find as attributions: name the speaker, whoever passes it on and the document, give the"
    " IRI, and say who disputes it and which gaps the evidence has. Counting assertions says nothing about who is right."
)
#: Values, assertions and stances that one answer lists, and bytes of one answer to a query.
LISTED, LONGEST = 40, 100_000
_FOUND: Final = ", ".join((*(kind.label for kind in serving(Use.SEARCH)), QUESTION, PAGE))
_READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


class Tools:
    """What an assistant can ask of a release."""

    def __init__(self, settings: Settings, release: Release, engine: Engine):
        self.settings, self.release, self.engine = settings, release, engine
        self.dataset = Dataset(release)

    def search(self, words: str, kind: str = "", limit: int = 10) -> _Answer:
        """Find claims with their speakers, actors, instruments, votes, documents, events and concepts by words.

        kind narrows to one of: {kinds}.
        """
        if not 0 < limit <= LISTED:
            raise LimitExceeded(f"limit={limit} is not from 1 to {LISTED}.", limit="limit", allowed=LISTED)
        found = self.dataset.search(words, {"kind": [kind] if kind else []}, limit=limit)
        hits = [
            {"iri": hit.iri, "kind": hit.kind, "label": hit.label, "attribution": hit.note, "assertions": list(hit.assertions)}
            for hit in found.hits
        ]
        return self._cited(
            {"total": found.total, "wordsMissing": found.missing, "hits": hits, "suggestions": list(found.suggestions)},
            (hit.iri for hit in found.hits),
        )

    def describe(self, iri: str) -> _Answer:
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

    def compare(self, subject: str) -> _Answer:
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

    def sparql(self, query: str) -> _Answer:
        """Ask a read-only SPARQL 1.1 query under the limits of the public endpoint; the default graph is the union."""
        seen = inspect(query, self.settings)
        bindings = seen.form in (Form.SELECT, Form.ASK)
        answer = self.engine.answer(Query(seen, JSON_RESULTS if bindings else TURTLE, client="assistant"))
        try:
            text = _whole(answer.chunks)
        finally:
            answer.close()
        return self._cited({"result": json.loads(text) if bindings else text}, [])

    def _assertion(self, item: Assertion, *, whole: bool = False) -> _Answer:
        body: _Answer = {
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

    def _stance(self, stance: Stance) -> _Answer:
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

    def _cited(self, body: _Answer, iris: Iterable[str]) -> _Answer:
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


def make_server(settings: Settings, release: Release, engine: Engine) -> MCPServer[Any]:
    """Make a server with the tools of a release."""
    tools = Tools(settings, release, engine)
    instructions = INSTRUCTIONS % {"title": release.manifest.title}
    server: MCPServer[Any] = MCPServer(release.manifest.name, instructions=instructions, version=__version__, log_level="ERROR")

    @server.tool(annotations=_READ_ONLY, description=(tools.search.__doc__ or "").format(kinds=_FOUND))
    def search(words: str, kind: str = "", limit: int = 10) -> _Answer:
        return _told(lambda: tools.search(words, kind, limit))

    @server.tool(annotations=_READ_ONLY, description=tools.describe.__doc__)
    def describe(iri: str) -> _Answer:
        return _told(lambda: tools.describe(iri))

    @server.tool(annotations=_READ_ONLY, description=tools.compare.__doc__)
    def compare(subject: str) -> _Answer:
        return _told(lambda: tools.compare(subject))

    @server.tool(annotations=_READ_ONLY, description=tools.sparql.__doc__)
    def sparql(query: str) -> _Answer:
        return _told(lambda: tools.sparql(query))

    return server


def _told(work: Callable[[], _Answer]) -> _Answer:
    """Tell the assistant of an error in the words that people get."""
    try:
        return work()
    except AllegataError as error:
        raise ToolError(str(error)) from None
    except ValueError as error:
        raise ToolError(str(BadRequest(f"That cannot be read: {error}"))) from None

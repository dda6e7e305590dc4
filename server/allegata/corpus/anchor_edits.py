"""Places the anchors of a corpus anew after texts of sources changed, and edits its files where the places are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Store

from allegata.corpus.anchor_renewal import renew
from allegata.corpus.anchors import Anchor, passage_digest, source_text
from allegata.corpus.draft import Draft
from allegata.corpus.reader import read
from allegata.corpus.text_sections import TextSections
from allegata.corpus.turtle_edits import Statement, TurtleText
from allegata.errors import UsageError
from allegata.model.namespaces import expand, sparql_prologue
from allegata.model.protection import FOLDER as RESTRICTED

_ANCHORS: Final = """
SELECT ?anchor ?source ?selector ?start ?end ?checksum ?digest WHERE {
  ?anchor oa:hasSource ?source ; oa:hasSelector ?selector ; spdx:checksum ?checksum .
  ?selector oa:start ?start ; oa:end ?end . ?checksum spdx:checksumValue ?digest .
} ORDER BY ?source ?start ?end ?anchor"""
_FIXITY: Final = "SELECT ?source ?checksum WHERE { ?source alg:codePoints ?length ; spdx:checksum ?checksum }"
#: What a file is to say: for a subject and a property the value as Turtle writes it, or nothing where it is to be gone.
Plan = dict[tuple[str, str], str | None]


@dataclass
class AnchorRenewal:
    """What became of the anchors of a corpus: how many are placed, those that are not and why, and the files that change."""

    placed: int = 0
    unchanged: int = 0
    flagged: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def renew_anchors(root: Path, before: Path, sources: Path, *, dry_run: bool = False) -> AnchorRenewal:
    """Place each anchor whose text differs between two folders of texts, `<slug>.txt`, and edit the Turtle files of the corpus.

    What cannot be placed keeps its statements and is flagged with its place and the reason. Raises UsageError where neither
    folder has a text that changed.
    """
    for folder in (before, sources):
        if not folder.is_dir():
            raise UsageError(
                f"{folder} is not a folder.", remedy="Give --before and --sources folders that hold texts, <slug>.txt."
            )
    store = Store()
    store.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in read(root).quads)
    found, plan = AnchorRenewal(), Plan()
    texts = _Texts(before, sources)
    for anchor, selector, checksum in _anchors(store):
        _renew(texts, anchor, selector, checksum, plan, found)
    if not texts.changed:
        raise UsageError(f"No text of a source with anchors differs between {before} and {sources}.")
    for source, checksum in _rows(store, _FIXITY):
        if source in texts.changed:
            _fixity(source, checksum, texts.changed[source], plan)
    draft = Draft(root)
    found.files = list(_edited(draft, plan))
    if not dry_run:
        draft.commit()
    return found


class _Texts:
    """The texts of sources before and after, read once each, and which of them changed."""

    def __init__(self, before: Path, after: Path):
        self._folders = (before, after)
        self._pairs: dict[str, tuple[str, str] | None] = {}
        self.changed: dict[str, str] = {}
        self.sections: dict[str, TextSections] = {}

    def pair(self, source: str) -> tuple[str, str] | None:
        """Return a text before and after, or nothing where one is not there or they are the same."""
        if source not in self._pairs:
            old, new = (source_text(source, folder) for folder in self._folders)
            self._pairs[source] = (old, new) if old is not None and new is not None and old != new else None
            if self._pairs[source] and new is not None:
                self.changed[source], self.sections[source] = new, TextSections(new)
        return self._pairs[source]


def _renew(texts: _Texts, anchor: Anchor, selector: str, checksum: str, plan: Plan, found: AnchorRenewal) -> None:
    pair = texts.pair(anchor.source)
    if pair is None:
        found.unchanged += 1
        return
    before, after = pair
    wrong = anchor.mismatch(before)
    renewal = None if wrong else renew(before, after, (anchor.start, anchor.end))
    if renewal is None or renewal.span is None:
        reason = f"it does not agree with the text before: {wrong}" if renewal is None else renewal.reason
        found.flagged.append(f"{anchor.iri} ({anchor.source}, {anchor.start}-{anchor.end}): {reason}")
        return
    found.placed += 1
    start, end = renewal.span
    spot = texts.sections[anchor.source].at(start)
    plan[selector, expand("oa:start")], plan[selector, expand("oa:end")] = str(start), str(end)
    plan[checksum, expand("spdx:checksumValue")] = f'"{passage_digest(after[start:end])}"'
    plan[anchor.iri, expand("alg:section")] = f'"{spot.section}"' if spot.section else None
    plan[anchor.iri, expand("alg:paragraph")] = str(spot.paragraph) if spot.paragraph else None


def _fixity(source: str, checksum: str, text: str, plan: Plan) -> None:
    plan[source, expand("alg:codePoints")], plan[source, expand("dcat:byteSize")] = str(len(text)), str(len(text.encode()))
    plan[checksum, expand("spdx:checksumValue")] = f'"{passage_digest(text)}"'


def _edited(draft: Draft, plan: Plan) -> Iterator[str]:
    """Edit the files of a corpus by a plan; yield the names of those that change."""
    subjects = {subject for subject, _ in plan}
    for name in draft.names("data", RESTRICTED):
        if not name.endswith(".ttl"):
            continue
        file = draft.turtle(name)
        for statement in file.statements():
            if statement.subject in subjects:
                _edit(file, statement, plan)
        if file.edits and (text := file.edited()) != file.text:
            draft.write(name, text.encode(), "anchors placed anew")
            yield name


def _edit(file: TurtleText, statement: Statement, plan: Mapping[tuple[str, str], str | None]) -> None:
    """Put the values of a plan in the place of those that a statement has, and add those of an anchor that it lacks."""
    wanted = {predicate: value for (subject, predicate), value in plan.items() if subject == statement.subject}
    has = {clause.predicate: clause for clause in statement.clauses}
    gone = [has[predicate] for predicate, value in wanted.items() if value is None and predicate in has]
    if gone:
        file.remove(statement, gone)
    for predicate, value in wanted.items():
        if value is None:
            continue
        if predicate in has:
            part = has[predicate].objects[0]
            written = file.text[part.start : part.end]
            _, mark, datatype = written.rpartition("^^")
            file.replace(part.start, part.end, value + mark + datatype if mark else value)
        elif expand("oa:hasSource") in has:
            last = has[expand("oa:hasSource")]
            file.replace(last.end, last.end, f" ;\n    {file.write(predicate)} {value}")


def _anchors(store: Store) -> Iterator[tuple[Anchor, str, str]]:
    for iri, source, selector, start, end, checksum, digest in _rows(store, _ANCHORS):
        yield Anchor(iri, source, int(start), int(end), digest.lower()), selector, checksum


def _rows(store: Store, query: str) -> Iterator[list[str]]:
    for row in store.query(sparql_prologue() + query):  # type: ignore[union-attr]
        yield [term.value for term in row if isinstance(term, NamedNode | Literal)]

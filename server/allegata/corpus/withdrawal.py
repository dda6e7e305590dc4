"""Takes a record out of the files of a corpus with what goes with it, leaves a redaction, and finds what may still tell of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode

from allegata.corpus.partition import going_with
from allegata.corpus.reader import Corpus, read
from allegata.corpus.sssom_table import Record, read_table
from allegata.corpus.text_files import list_files, read_text
from allegata.corpus.turtle_edits import Statement, TurtleText
from allegata.errors import CorpusError, UsageError
from allegata.model.kinds import KINDS
from allegata.model.namespaces import SCHEMES, expand
from allegata.model.protection import FOLDER

#: The file that redactions are added to.
REDACTIONS: Final = "data/redactions.ttl"
REASONS: Final = f"{SCHEMES}redaction-reason/"
_REDACTS: Final = NamedNode(expand("alg:redacts"))
_LABEL: Final = NamedNode(expand("skos:prefLabel"))
_TYPE: Final = NamedNode(expand("rdf:type"))
_NAMES: Final = tuple(NamedNode(expand(curie)) for curie in ("rdfs:label", "schema:name", "schema:alternateName", "foaf:name"))
_LAST_NUMBER: Final = re.compile(r"\d+(?=\D*$)")
#: Names shorter than this stand in too many words.
_SHORTEST: Final = 4


@dataclass(frozen=True)
class Removal:
    """What is to be done with the files of a corpus, and what is found there that only a person can judge."""

    root: Path
    thing: str
    #: What goes, the thing itself included; nothing where it was taken out before.
    things: frozenset[str]
    #: The new text of each file; of one that is to go, nothing.
    texts: Mapping[Path, str]
    version: str
    redaction: str
    #: Files with lines that may still tell of it.
    mentions: tuple[str, ...] = ()
    _before: dict[Path, str | None] = field(default_factory=dict, repr=False)

    def apply(self) -> None:
        """Write the files."""
        for path, text in self.texts.items():
            self._before[path] = path.read_text("utf-8") if path.exists() else None
            if text:
                path.write_text(text, "utf-8")
            else:
                path.unlink()

    def undo(self) -> None:
        """Leave the files as they were."""
        for path, text in self._before.items():
            if text is None:
                path.unlink(missing_ok=True)
            else:
                path.write_text(text, "utf-8")


def reason_words(corpus: Corpus, reason: str) -> str:
    """Return what a class of reason is called; raise UsageError with those that there are."""
    labels = {
        quad.subject.value.removeprefix(REASONS): quad.object.value
        for quad in corpus.quads
        if quad.predicate == _LABEL
        and isinstance(quad.subject, NamedNode)
        and quad.subject.value.startswith(REASONS)
        and isinstance(quad.object, Literal)
        and quad.object.language == "en"
    }
    if reason not in labels:
        raise UsageError(f"There is no class of reason {reason!r}.", remedy=f"Give --reason one of {', '.join(sorted(labels))}.")
    return labels[reason]


def removal(root: Path, thing: str, reason: str, day: str, *, named: bool = True, version: str = "") -> Removal:
    """Find what has to be changed in the files of a corpus so that a thing is in it no more.

    With `named` the redaction names the thing, whose address then answers 410; without it a stand-in, and the address answers
    as if nothing had ever been there. Raises UsageError where the thing is one of the model, CorpusError with file and line.
    """
    corpus = read(root)
    words = reason_words(corpus, reason)
    node = NamedNode(thing)
    described = {quad.graph_name for quad in corpus.quads if quad.subject == node}
    if any(corpus.files[graph].is_relative_to(root / "ontology") for graph in described if isinstance(graph, NamedNode)):
        raise UsageError(f"{thing} is a term of the model.", remedy="Deprecate a term; what is withdrawn is a record.")
    known = {quad.object.value for quad in corpus.quads if quad.predicate == _REDACTS and isinstance(quad.object, NamedNode)}
    is_named = any(node in (quad.predicate, quad.object) for quad in corpus.quads)
    if not described and (thing in known or not is_named):
        return Removal(root, thing, frozenset(), {}, corpus.version, "")
    things = frozenset(item.value for item in going_with(corpus, [node]))
    texts = dict(_without(root, things))
    redaction = _next_redaction(corpus, day)
    about = _Redaction(redaction, thing if named else f"{redaction}/withheld", _class(corpus, node), REASONS + reason, day)
    path = root / REDACTIONS
    before = texts.get(path, read_text(path) if path.exists() else "")
    texts[path] = about.added_to(before, corpus.base)
    number = version or _LAST_NUMBER.sub(lambda match: str(int(match.group()) + 1), corpus.version)
    if number == corpus.version:
        raise UsageError(f"{number} is the version that holds it.", remedy="Give the next one by --version.")
    head = root / "data" / "corpus.ttl"
    texts[head] = _raised(texts.get(head, read_text(head)), corpus, number, max(day, corpus.issued), words)
    worded = chain(corpus.quads, corpus.further_words())
    called = (quad.object for quad in worded if quad.subject == node and quad.predicate in _NAMES)
    names = {term.value for term in called if isinstance(term, Literal)}
    found = tuple(_mentions(root, texts, {thing.removeprefix(corpus.base), *names}))
    return Removal(root, thing, things, texts, number, redaction, found)


@dataclass(frozen=True)
class _Redaction:
    """A redaction that is to be written."""

    iri: str
    redacts: str
    withheld: str
    reason: str
    day: str

    def added_to(self, text: str, base: str) -> str:
        """Return a file of redactions with this one."""
        head = (
            text
            or f"# What was withdrawn or withheld: which class of thing, for which class of reason, when.\n@base <{base}> .\n"
        )
        written = TurtleText(head)
        list(written.statements())
        pairs = (
            ("alg:redacts", self.redacts),
            ("alg:withheldClass", self.withheld),
            ("alg:redactionReason", self.reason),
        )
        clauses = [f"a {written.write(expand('alg:Redaction'))}"]
        clauses += [f"{written.write(expand(curie))} {written.write(value)}" for curie, value in pairs]
        clauses.append(f'{written.write(expand("dct:date"))} "{self.day}"^^{written.write(expand("xsd:date"))}')
        body = " ;\n    ".join(clauses)
        return f"{head.rstrip()}\n\n{written.write(self.iri)} {body} .\n"


def _next_redaction(corpus: Corpus, day: str) -> str:
    """Name a redaction by its day and a number; nothing of what it stands for is in the name."""
    taken = {quad.subject.value for quad in corpus.quads if isinstance(quad.subject, NamedNode)}
    number = 1
    while f"{corpus.base}redaction/{day}-{number}" in taken:
        number += 1
    return f"{corpus.base}redaction/{day}-{number}"


def _class(corpus: Corpus, node: NamedNode) -> str:
    """Return the class of a thing: of several the first in the table of kinds."""
    typed = (quad.object for quad in corpus.quads if quad.subject == node and quad.predicate == _TYPE)
    classes = {term.value for term in typed if isinstance(term, NamedNode)}
    known = (expand(kind.curie) for kind in KINDS)
    return next((iri for iri in known if iri in classes), min(classes, default=expand("prov:Entity")))


def _without(root: Path, things: Collection[str]) -> Iterator[tuple[Path, str]]:
    """Yield the files that name things, with what is left of each; of a file without statements nothing is left."""
    for folder in ("data", FOLDER):
        for path in list_files(root / folder, ".ttl", below=True):
            written = TurtleText(read_text(path))
            statements = list(written.statements())
            kept = sum(_edit(written, statement, things) for statement in statements)
            if written.edits:
                yield path, written.edited() if kept else ""
    for path in list_files(root / "data" / "links", ".sssom.tsv"):
        lines = read_text(path).splitlines(keepends=True)
        gone = set(_rows(path, things))
        if gone:
            yield path, "".join(line for number, line in enumerate(lines, 1) if number not in gone)


def _edit(written: TurtleText, statement: Statement, things: Collection[str]) -> bool:
    """Take things out of a statement; return whether anything of it is left."""
    gone = []
    for clause in statement.clauses:
        kept = [part for part in clause.objects if part.iri not in things]
        if statement.subject in things or clause.predicate in things or not kept:
            gone.append(clause)
        elif len(kept) < len(clause.objects):
            words = " , ".join(written.text[part.start : part.end] for part in kept)
            written.replace(clause.objects[0].start, clause.end, words)
    if gone:
        written.remove(statement, gone)
    return len(gone) < len(statement.clauses)


def _rows(path: Path, things: Collection[str]) -> Iterator[int]:
    """Yield the lines of a table of mappings whose rows name things."""
    table = read_table(path, ())
    for record in table.records:
        if isinstance(record, Record):
            cells = (record.cells.get(name, "").partition(":") for name in ("subject_id", "object_id"))
            if any(table.prefixes.get(prefix, f"{prefix}:") + local in things for prefix, _, local in cells):
                yield int(record.place.rpartition(":")[2])


def _raised(text: str, corpus: Corpus, version: str, day: str, words: str) -> str:
    """Return the description of the corpus with the next version, its day, and as its notes that something was withdrawn."""
    written = TurtleText(text)
    new = {
        "dcat:version": f'"{version}"',
        "dct:issued": f'"{day}"',
        "adms:versionNotes": f'"A record was withdrawn: {words}."@en',
    }
    for statement in written.statements():
        for clause in statement.clauses if statement.subject == corpus.dataset.value else ():
            value = next((value for curie, value in new.items() if clause.predicate == expand(curie)), None)
            if value and clause.predicate == expand("dct:issued"):
                value = f"{value}^^{written.write(expand('xsd:date'))}"
            if value:
                written.replace(clause.objects[0].start, clause.end, value)
    return written.edited()


def _mentions(root: Path, texts: Mapping[Path, str], words: Iterable[str]) -> Iterator[str]:
    """Yield the lines below a corpus that still name a thing by its path or a name; the redaction is not meant."""
    sought = [word.casefold() for word in words if len(word) >= _SHORTEST]
    for folder in ("data", FOLDER, "texts"):
        for path in list_files(root / folder, "", below=True):
            if path == root / REDACTIONS or texts.get(path) == "":
                continue
            place = path.relative_to(root).as_posix()
            if any(word in place.casefold() for word in sought):
                yield f"{path} (its name)"
            try:
                lines = texts[path] if path in texts else read_text(path)
            except CorpusError:  # a picture, say
                continue
            for number, line in enumerate(lines.splitlines(), 1):
                if any(word in line.casefold() for word in sought):
                    yield f"{path}:{number}"

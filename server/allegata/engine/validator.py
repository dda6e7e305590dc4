"""Checks a document that somebody sent against the shapes of a release, in a process of its own that can be killed.

Whoever calls `check_document` never parses the document: the process does, without network and without files, with limits on
time and memory, and nothing of what was sent is kept.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse, serialize

from allegata.budget import Lane
from allegata.corpus.rdf import newer_term, rdf_format, serialize_triples, syntax_reason
from allegata.corpus.text_files import MARK
from allegata.corpus.turtle_tokens import newer_syntax
from allegata.corpus.validation import Report, Shapes, apply_shapes, compile_shapes, sort_findings, targeted_classes
from allegata.engine.confined import NO_MEMORY, UNREADABLE, Overdue, confine, give_way, on_deep_stack, run_confined
from allegata.errors import BadRequest, QueryFailed, QueryOutOfMemory, QueryTimeout
from allegata.model.formats import FILES, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format, Use, serving
from allegata.model.namespaces import ALG, expand
from allegata.release.statement_store import StatementStore
from allegata.settings import Settings

#: The syntaxes in which a document may be sent.
SYNTAXES: Final = serving(Use.DOCUMENTS)
#: The syntaxes in which a report is given; without one it is given as JSON.
REPORTS: Final = serving(Use.REPORTS)
#: The syntaxes whose places are found.
_TERSE: Final = (TURTLE.suffix, TRIG.suffix, N_TRIPLES.suffix, N_QUADS.suffix)
_MARK: Final = MARK.encode()
#: What the shapes read of a release to know which concepts and classes there are.
_CONTEXT = ("skos:inScheme", "rdfs:subClassOf")
#: What the process reads first: the length of what it is given of the release.
_LENGTH: Final = struct.Struct("!Q")
_FIRST: Final = f"<urn:first> a <{ALG}Stance> ; <{ALG}stance> 0 .".encode()
#: Findings that a report lists; the rest are counted.
MOST: Final = 10_000
#: Documents that are checked at once, in all and of one client, and seconds that one waits for its turn.
_LANE: Final = Lane(2, 1, "document")
_WAIT: Final = 1.0


def check_document(
    data: bytes,
    syntax: Format,
    folder: Path,
    base: str,
    settings: Settings,
    form: Format | None = None,
    client: str = "",
    context: bytes = b"",
) -> bytes:
    """Return the report on a document: as RDF in a syntax, else as JSON with `findings`, `more`, `statements` and `things`.

    Of the findings the first ten thousand are listed, `more` counts the rest. `context` is what `context_of` gives for a release
    that has no store.

    Raises BadRequest for what is no document in the syntax, QueryTimeout and QueryOutOfMemory at the limits, Busy and
    TooManyRequests where others are being checked.
    """
    _refuse(data, syntax)
    words = [str(folder), base, syntax.suffix, form.suffix if form else "json", str(settings.query_memory)]
    with _LANE.place(client, _WAIT):
        try:
            done = run_confined(
                "allegata.engine.validator", words, _LENGTH.pack(len(context)) + context + data, settings.query_timeout
            )
        except Overdue:
            seconds = settings.query_timeout
            raise QueryTimeout(
                f"The document could not be checked within {seconds:g} seconds.",
                remedy="Send it in parts, or check it with: allegata validate",
                limit="query_timeout",
                allowed=seconds,
            ) from None
    return _result(done, settings)


def context_of(store: StatementStore) -> bytes:
    """Return what shapes read of a release: which concepts and classes there are."""
    return bytes(serialize(_context(store), format=RdfFormat.N_QUADS) or b"")


def _refuse(data: bytes, syntax: Format) -> None:
    """Refuse what would hide from the next check (UTF-16), and what can blow up while it is read (XML 1.0, section 4.1)."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadRequest(f"The document is not UTF-8 in line {line}.", remedy="Save it in UTF-8.", line=line) from None
    if "\0" in text:
        raise BadRequest("The document has a null character.", remedy="Save it in UTF-8.")
    if syntax is RDF_XML and "<!" in text.replace("<!--", "").replace("<![CDATA[", ""):
        raise BadRequest("A document type is refused in RDF/XML.", remedy="Leave out <!DOCTYPE …> and write the IRIs in full.")


def _result(done: subprocess.CompletedProcess[bytes], settings: Settings) -> bytes:
    if done.returncode == 0:
        return done.stdout
    if done.returncode == UNREADABLE:
        said = json.loads(done.stdout)
        place = f" in line {said['place']['line']}" if "line" in said["place"] else ""
        raise BadRequest(f"The document does not parse{place}: {said['message']}.", remedy="Mend it there.", **said["place"])
    if done.returncode == NO_MEMORY:
        raise QueryOutOfMemory(
            "The document takes more memory than the limit.",
            remedy="Send it in parts, or check it with: allegata validate",
            limit="query_memory",
            allowed=settings.query_memory,
        )
    if done.returncode < 0:
        raise BadRequest("The document ended the process that read it.", remedy="Look for brackets nested very deeply.")
    raise QueryFailed("The document could not be checked; the reason is not known.")


# -- in the process of its own ---------------------------------------------------------------------------------------------


def main(folder: Path, base: str, syntax: str, form: str, memory: int) -> int:
    """Read what is needed of the release, give up everything else, then check the document on standard input."""
    give_way()
    shapes = compile_shapes(folder / "dumps")
    (length,) = _LENGTH.unpack(sys.stdin.buffer.read(_LENGTH.size))
    given = parse(sys.stdin.buffer.read(length), RdfFormat.N_QUADS)
    context = list(given) if length else _context(Store.read_only(str(folder / "store")))
    _checked(_FIRST, TURTLE.suffix, TURTLE.suffix, base, shapes, context)  # loads what is loaded late, while files can be opened
    data = sys.stdin.buffer.read()
    confine(memory)
    return on_deep_stack(lambda: _run(data, syntax, form, base, shapes, context))


def _context(store: StatementStore) -> list[Quad]:
    wanted = [NamedNode(expand(curie)) for curie in _CONTEXT]
    return [quad for name in wanted for quad in store.quads_for_pattern(None, name, None, DefaultGraph())]


def _run(data: bytes, syntax: str, form: str, base: str, shapes: Shapes, context: Sequence[Quad]) -> int:
    try:
        written = _checked(data, syntax, form, base, shapes, context)
        status = 0
    except SyntaxError as error:
        place = {name: value for name, value in (("line", error.lineno), ("column", error.offset)) if value}
        written, status = json.dumps({"message": syntax_reason(error), "place": place}).encode(), UNREADABLE
    sys.stdout.buffer.write(written)
    sys.stdout.buffer.flush()
    return status


def _checked(data: bytes, syntax: str, form: str, base: str, shapes: Shapes, context: Sequence[Quad]) -> bytes:
    quads = _read(data, syntax, base)
    report = Report(sort_findings(apply_shapes([*quads, *context], shapes)), 0, 0)
    if form != "json":
        told = parse(report.turtle(base, "validate"), RdfFormat.TURTLE)
        return serialize_triples((quad.triple for quad in told), FILES[form])
    said = {
        "conforms": report.conforms,
        "statements": len(set(quads)),
        "things": len(_targeted(quads, context, shapes)),
        "findings": [vars(finding) for finding in report.findings[:MOST]],
        "more": max(0, len(report.findings) - MOST),
    }
    return json.dumps(said).encode()


def _read(data: bytes, syntax: str, base: str) -> list[Quad]:
    """Parse a document; raise SyntaxError with the place for what does not parse, or is RDF 1.2."""
    if syntax in _TERSE and (newer := newer_syntax(data.decode())):
        raise SyntaxError(f"{newer[1]} is RDF 1.2, and what is checked here is RDF 1.1", (None, newer[0], None, None))
    quads = list(parse(data.removeprefix(_MARK), rdf_format(FILES[syntax]), base_iri=base, rename_blank_nodes=False))
    if term := next(filter(None, map(newer_term, quads)), ""):
        raise SyntaxError(f"{term} is RDF 1.2, and what is checked here is RDF 1.1")
    return quads


def _targeted(quads: Sequence[Quad], context: Sequence[Quad], shapes: Shapes) -> set[object]:
    """Return the things of a document that any shape looks at, by their class or one above it."""
    above: dict[str, set[str]] = {}
    for quad in context:
        if quad.predicate.value == expand("rdfs:subClassOf"):
            above.setdefault(str(quad.subject), set()).add(str(quad.object))
    wanted = {f"<{name}>" for name in targeted_classes(shapes)}

    def covered(name: str, seen: set[str]) -> bool:
        if name in wanted:
            return True
        return any(covered(more, seen | {more}) for more in above.get(name, set()) - seen)

    return {quad.subject for quad in quads if quad.predicate.value == expand("rdf:type") and covered(str(quad.object), set())}


if __name__ == "__main__":
    folder, base, syntax, form, memory = sys.argv[1:]
    sys.exit(main(Path(folder), base, syntax, form, int(memory)))

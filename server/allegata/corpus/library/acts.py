"""Takes over what states did in respect of a treaty from a table of participants that somebody downloaded from the depositary."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from rdflib import XSD, Literal, URIRef

from allegata import settings
from allegata.corpus.extensions import Option, Values
from allegata.corpus.importers import CorpusFile, Importer
from allegata.corpus.library.library import Library
from allegata.corpus.library.participants import Act, Participants, read_participants
from allegata.corpus.library.states import State
from allegata.corpus.text_files import read_text
from allegata.corpus.turtle_writer import Document
from allegata.errors import UsageError
from allegata.model.namespaces import SCHEMES, expand, slug

#: What people call acts; the names of the concepts in other places of the label.
_WORDS: Final = {"definitiveSignature": "definitive signature"}


def acts_file(table: Path, base: str, treaty: str, chosen: tuple[str, ...], source: str = "") -> CorpusFile:
    """Make a corpus file of the acts in a table; what is not taken is listed at its head.

    `chosen` are states by code or name, all of the table where it is empty. That a state is not in the table is said too: its
    acts were looked up (`alg:actsRecordedFor`). Raises UsageError and CorpusError with the place of what cannot be read.
    """
    library = Library(settings.default_root())
    instrument, short = library.treaty(treaty)
    found = read_participants(table)
    known = _states(library, found)
    states = {state.iri: state for state in (library.state(text) for text in chosen)} or {s.iri: s for s in known.values()}
    document = Document(base)
    treaty_node = URIRef(instrument)
    for looked_up in sorted(states):
        document.add((treaty_node, URIRef(expand("alg:actsRecordedFor")), URIRef(looked_up)))
    document.subjects_in_order.append(treaty_node)
    for act in found.acts:
        state = known.get(act.participant)
        if state and state.iri in states:
            _describe(document, act, state, instrument, short, source or library.acts_source)
    return CorpusFile(PurePosixPath("acts") / f"{slug(instrument)}.ttl", document.turtle(_heading(table, short, found, known)))


def _states(library: Library, found: Participants) -> dict[str, State]:
    """Return the states of a table by the names that it has; what is no state of the library is noted."""
    known: dict[str, State] = {}
    for name in found.names:
        try:
            known[name] = library.state(name)
        except UsageError:
            found.not_taken.append(f"{name}: no state of the library")
    return known


def _describe(document: Document, act: Act, state: State, instrument: str, short: str, source: str) -> None:
    document.describe(
        f"commitment/{slug(state.iri)}-{slug(instrument)}-{act.act.lower()}",
        [
            ("rdf:type", URIRef(expand("alg:Commitment"))),
            ("rdfs:label", Literal(f"{state.name}: {_WORDS.get(act.act, act.act)}, {short}", lang="en")),
            ("alg:state", URIRef(state.iri)),
            ("alg:instrument", URIRef(instrument)),
            ("alg:act", URIRef(f"{SCHEMES}act/{act.act}")),
            ("dct:date", Literal(act.day, datatype=XSD.date, normalize=False)),
            ("dct:source", URIRef(source)),
        ],
    )


def _heading(table: Path, short: str, found: Participants, known: Mapping[str, State]) -> str:
    digest = hashlib.sha256(read_text(table).encode()).hexdigest()
    said = [f"Acts of states in respect of {short}, as the table of participants {table.name} has them (SHA-256 {digest})."]
    said += [f"Not taken: {line}" for line in found.not_taken]
    return "\n# ".join(" ".join(line.split()) for line in said)


def _read(path: Path, base: str, values: Values) -> Iterator[CorpusFile]:
    source = values.get("source", ("",))[0]
    where = base + source if source and "://" not in source else source
    yield acts_file(path, base, values["treaty"][0], values.get("state", ()), where)


IMPORTER: Final = Importer(
    "Take over the acts of states from a table of participants of treaties.un.org (CSV).",
    _read,
    (
        Option("treaty", "The treaty: its name in the library, such as iccpr, or its number, such as IV-4.", required=True),
        Option("state", "Of this state alone, by code or name; several times. All that are in the table without it.", many=True),
        Option("source", "The source that acts name, by its path, where it is another than that collection."),
    ),
)

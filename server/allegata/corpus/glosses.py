"""Reads glosses: what claims say in a further language, for whoever reads pages in it; no statement of the corpus is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from allegata.corpus.quad_file import Quads, naming
from allegata.corpus.rdf import parse_turtle
from allegata.corpus.text_files import list_files
from allegata.errors import CorpusError
from allegata.model.namespaces import expand
from allegata.model.protection import FOLDER as RESTRICTED

#: The folder, below data/ or restricted/, that has a file for each language.
FOLDER: Final = "glosses"
STATEMENT: Final = NamedNode(expand("alg:statement"))


def is_gloss(path: Path, root: Path) -> bool:
    """Return whether a file of a corpus has glosses, which are no graph."""
    return path.relative_to(root).parts[:2] in (("data", FOLDER), (RESTRICTED, FOLDER))


def read_glosses(root: Path, quads: Quads) -> tuple[Triple, ...]:
    """Return the glosses of a corpus; raise CorpusError for one that is no other language of what a claim says."""
    files = [path for folder in ("data", RESTRICTED) for path in list_files(root / folder / FOLDER, ".ttl")]
    if not files:
        return ()
    said: dict[object, set[str]] = {}
    for quad in naming(quads, STATEMENT):
        if quad.predicate == STATEMENT and isinstance(quad.object, Literal):
            said.setdefault(quad.subject, set()).add(quad.object.language or "")
    glosses = [triple for path in files for triple in _glosses(path, said)]
    return tuple(sorted(glosses, key=str))


def _glosses(path: Path, said: dict[object, set[str]]) -> Iterator[Triple]:
    for triple in parse_turtle(path):
        text = triple.object
        if triple.predicate != STATEMENT or not isinstance(text, Literal) or text.language != path.stem:
            raise CorpusError(
                f"{path}: {triple.subject} has a {triple.predicate} that is no gloss.",
                remedy=f"Write nothing but alg:statement with a text in {path.stem!r}, which the name of the file says.",
            )
        if triple.subject not in said:
            raise CorpusError(f"{path}: {triple.subject} is no claim of the corpus.", remedy="Take its gloss out.")
        if text.language in said[triple.subject]:
            raise CorpusError(
                f"{path}: {triple.subject} says what it says in {text.language!r} already.", remedy="Keep one text of it."
            )
        said[triple.subject] |= {text.language}
        yield triple

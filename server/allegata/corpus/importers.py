"""Registers importers: each turns what was prepared elsewhere into files of a corpus."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, Protocol

from allegata.corpus.draft import Draft
from allegata.corpus.extensions import Option, Registry, Values
from allegata.corpus.reader import TABLES
from allegata.corpus.validation import Finding
from allegata.errors import CorpusError, UsageError


@dataclass(frozen=True)
class CorpusFile:
    """A file for a corpus: its path below data/, and its text.

    `notes` are told to whoever imports it; one that `replaces` is written over a file of the name without being asked.
    """

    path: PurePosixPath
    text: str
    notes: tuple[str, ...] = ()
    replaces: bool = False


@dataclass(frozen=True)
class Revision:
    """Changes of a corpus that are not made yet, and what is told of them.

    `explain` returns findings as lines that say where each is to be mended, `locate` a text with places before the records in it.
    """

    draft: Draft
    explain: Callable[[Iterable[Finding]], list[str]]
    locate: Callable[[str], str]
    notes: tuple[str, ...] = ()


class Revise(Protocol):
    """A function that returns what is to be changed in a corpus; it raises SheetError where there is anything wrong."""

    def __call__(self, path: Path, root: Path, values: Values, *, replace: bool) -> Revision:
        """Return the changes."""


@dataclass(frozen=True)
class DraftedWorkbook:
    """A workbook for somebody to review: what writes it to a path, at which nothing is yet, and what is told of it."""

    write: Callable[[Path], None]
    notes: tuple[str, ...]


class Drafts(Protocol):
    """A function that drafts a workbook of a file, or with `suggest` a map of it; it raises SheetError for what is wrong."""

    def __call__(self, path: Path, root: Path, values: Values, *, suggest: bool) -> DraftedWorkbook:
        """Return the workbook."""


def _no_files(_path: Path, _base: str, _values: Values) -> Iterable[CorpusFile]:
    """Return nothing, as an importer does that revises a corpus."""
    return ()


@dataclass(frozen=True)
class Importer:
    """A way into a corpus: what it takes over, its options, and the function that reads.

    `read` takes the path of what is to be taken over, the base IRI of the corpus and the values of the options, among which
    `root` is the folder of the corpus. `schema` is the text of a schema of what is taken over, for editors, where there is one.
    An importer that makes anew all that it made before has `revise` in the place of `read`, which takes the path, the folder of
    the corpus and the values, and whether files may be written over that were changed since: the corpus as it will be is checked
    before anything is written. One whose records somebody has to review first has `drafts`: it makes a workbook of them.
    """

    summary: str
    read: Callable[[Path, str, Values], Iterable[CorpusFile]] = _no_files
    options: tuple[Option, ...] = ()
    schema: str = ""
    revise: Revise | None = None
    drafts: Drafts | None = None


IMPORTERS: Final = Registry("allegata.importers", Importer)


def write_files(root: Path, files: Iterable[CorpusFile], *, replace: bool = False) -> list[Path]:
    """Write files into the data of a corpus, all or none; return where they stand.

    Raises CorpusError for a path that leads out of data/ or is no Turtle file, UsageError where a file is there already.
    """
    placed = {root / "data" / item.path: item for item in files}
    for path, item in placed.items():
        is_table = item.path.name.endswith(TABLES) and item.path.parts[0] == "links"
        if item.path.is_absolute() or ".." in item.path.parts or not (item.path.suffix == ".ttl" or is_table):
            raise CorpusError(f"{item.path} is no Turtle file below data/, and no table of mappings in links/.")
        if path.exists() and not (replace or item.replaces):
            raise UsageError(f"{path} is there already.", remedy="Give --replace to write over it.")
    for path, item in placed.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(item.text, "utf-8")
    return list(placed)

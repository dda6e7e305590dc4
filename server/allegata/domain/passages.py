"""Shows a passage in its context, where the settings name a folder with the source texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from allegata.corpus.anchors import passage_digest
from allegata.corpus.text_files import read_source
from allegata.domain import Passage
from allegata.errors import UsageError
from allegata.model.namespaces import slug

AROUND = 320


@dataclass(frozen=True)
class Context:
    """A passage with what stands before and behind it."""

    before: str
    passage: str
    after: str


class Texts:
    """Reads source texts, named `<slug>.txt` after the IRI of the source; without a folder there are none."""

    def __init__(self, folder: Path | None):
        self._folder = folder
        self._text: Callable[[str], str] = lru_cache(32)(self._read)

    def check(self) -> None:
        """Raise UsageError where the settings name a folder that there is not."""
        if self._folder is not None and not self._folder.is_dir():
            raise UsageError(
                f"ALLEGATA_SOURCES names {self._folder}, which is no folder.",
                remedy="Name the folder with the source texts, or leave the variable out to show no passages.",
            )

    def context(self, passage: Passage) -> Context | None:
        """Return a passage in context, but only where the text at hand is the one that the anchor was made for."""
        text = self._text(slug(passage.source.iri))
        found = text[passage.start : passage.end]
        if not found or passage_digest(found) != passage.digest.lower():
            return None
        before, after = text[max(0, passage.start - AROUND) : passage.start], text[passage.end : passage.end + AROUND]
        return Context(before.partition(" ")[2] if passage.start > AROUND else before, found, after.rpartition(" ")[0])

    def _read(self, slug: str) -> str:
        path = (self._folder / f"{slug}.txt") if self._folder and slug else None
        return read_source(path) if path and path.is_file() else ""

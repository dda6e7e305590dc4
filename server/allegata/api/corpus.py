"""Opens a corpus in a folder: to read it, check it, and build a release of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from allegata import settings
from allegata.api.release import Release
from allegata.corpus.anchors import AnchorCheck, verify
from allegata.corpus.reader import Corpus as Contents
from allegata.corpus.reader import check_root, read
from allegata.corpus.validation import Report
from allegata.release.build import build as build_handle
from allegata.release.closure import check

Progress = Callable[[str], None]


def _silent(_step: str) -> None:
    """Tell nobody of a step."""


class Corpus:
    """A corpus in a folder with ontology/, shapes/ and data/; without a folder, the one that comes with the program."""

    def __init__(self, folder: str | Path | None = None):
        self.folder = Path(folder) if folder is not None else settings.load().root
        check_root(self.folder)

    def __repr__(self) -> str:
        return f"<Corpus {self.folder}>"

    def read(self) -> Contents:
        """Return what its files state, with version, day and base IRI; raise CorpusError with file and line."""
        return read(self.folder)

    def validate(self, progress: Progress = _silent, *, reference: bool = False) -> Report:
        """Check it against its shapes and rules; the report says whether it conforms, and has the findings.

        With `reference` the standard engines, owlrl and pySHACL, run beside the fast ones: ReferenceMismatch where they differ.
        """
        return check(self.folder, progress, reference=reference).report

    def verify_anchors(self, sources: str | Path) -> AnchorCheck:
        """Check every anchor against the source texts, <slug>.txt in a folder."""
        return verify(self.read().quads, Path(sources))

    def build(self, site: str | Path, progress: Progress = _silent, *, reference: bool = False) -> Release:
        """Build a release and make it the current one of a site; raise ValidationFailed where a shape or rule is violated."""
        made = build_handle(self.folder, Path(site), progress, reference=reference)
        return Release(made, settings.load({"site": Path(site)}))


def build(
    root: str | Path | None = None, site: str | Path | None = None, progress: Progress = _silent, *, reference: bool = False
) -> Release:
    """Build a release of the corpus in a folder and make it the current one of a site, as `allegata build` does."""
    place = Path(site) if site is not None else settings.load().site
    return Corpus(root).build(place, progress, reference=reference)

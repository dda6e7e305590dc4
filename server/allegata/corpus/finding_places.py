"""Says of findings where in the files of a corpus they are, and for a term that there is not the nearest that there is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

from allegata.corpus.nearest import nearest
from allegata.corpus.text_files import list_files, read_text
from allegata.corpus.turtle_tokens import mentions
from allegata.corpus.validation import SHOWN, Finding, Report
from allegata.model.namespaces import ALG, RULES, slug

#: The rule that finds terms of the model that it does not have; its message ends with the term.
_TERMS: Final = f"{RULES}terms-are-defined"


def places_of(report: Report, root: Path, files: Iterable[Path]) -> dict[Finding, str]:
    """Return for each finding that a report shows where it is, as path:line, below the root of the corpus.

    Findings on what no file describes, such as an inferred thing, have none.
    """
    shown = report.findings[:SHOWN]
    terms = {finding: finding.message.rpartition(": ")[2] for finding in shown if finding.shape == _TERMS}
    found = lines_of(files, {finding.focus for finding in shown} | set(terms.values()))
    known = _terms(root) if terms else []
    notes: dict[Finding, str] = {}
    for finding in shown:
        lines = found.get(terms.get(finding, finding.focus)) or found.get(finding.focus)
        place = written_place(lines, root)
        near = nearest(terms[finding].removeprefix(ALG), known) if finding in terms else ""
        said = [place, f"the nearest term is alg:{near}" if near else ""]
        if text := "; ".join(filter(None, said)):
            notes[finding] = text
    return notes


def written_place(lines: tuple[Path, int] | None, root: Path) -> str:
    """Return a file and a line as path:line, below the root of the corpus, or nothing for nothing."""
    if lines is None:
        return ""
    path, line = lines
    return f"{path.relative_to(root).as_posix() if path.is_relative_to(root) else path}:{line}"


def lines_of(files: Iterable[Path], wanted: Collection[str]) -> Mapping[str, tuple[Path, int]]:
    """Return file and line of each thing: where it is described, else where it is first named."""
    described: dict[str, tuple[Path, int]] = {}
    named: dict[str, tuple[Path, int]] = {}
    ends = {slug(iri).rpartition("#")[2] for iri in wanted}
    for path in sorted(files):
        text = read_text(path)
        if not any(end in text for end in ends):
            continue
        for mention in mentions(text):
            if mention.iri in wanted:
                (described if mention.is_subject else named).setdefault(mention.iri, (path, mention.line))
    return {**named, **described}


def _terms(root: Path) -> list[str]:
    """Return the names of the terms of the model behind their prefix."""
    found = {
        mention.iri.removeprefix(ALG)
        for path in list_files(root / "ontology", ".ttl")
        for mention in mentions(read_text(path))
        if mention.is_subject and mention.iri.startswith(ALG)
    }
    return sorted(found)

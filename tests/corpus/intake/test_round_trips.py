"""What is exported comes back: nanopublications and Web Annotations of a corpus become the same statements again, by a workbook."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, serialize

from allegata.corpus.extensions import Values
from allegata.corpus.importers import Importer
from allegata.corpus.intake import nanopubs, web_annotations
from allegata.corpus.reader import read
from allegata.corpus.scaffold import LICENCE, Scaffold, create_corpus
from allegata.corpus.workbook.importer import IMPORTER as WORKBOOK
from allegata.corpus.worked_example import BASE, TITLE
from allegata.model.namespaces import expand
from allegata.release.build import build
from allegata.release.export.nanopubs import EXPORTER as NANOPUBS
from allegata.release.export.web_annotations import EXPORTER as ANNOTATIONS
from allegata.release.handle import Release
from support import ROOT

#: What the corpus that takes them in has not: assertions, and the words of claims.
_WORDS = {expand("rdf:type"), expand("alg:statement")}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Return a release of the worked example: chains of relays, editions, several speakers, lines of evidence."""
    folder = tmp_path_factory.mktemp("example")
    create_corpus(folder / "corpus", Scaffold(TITLE, BASE, LICENCE, date(2026, 1, 1), worked=True), ROOT)
    return build(folder / "corpus", folder / "site", lambda _step: None)


@pytest.fixture(scope="module")
def root(release: Release) -> Path:
    return release.folder.parent.parent.parent / "corpus"


def lacking(root: Path, folder: Path, base: str = BASE) -> Path:
    """Copy a corpus without its assertions and without the words of its claims, and return the folder."""
    shutil.copytree(root, folder)
    kept = [quad.triple for quad in stated(root) if not _is_taken_in(quad.triple)]
    shutil.rmtree(folder / "data" / "cases")
    (folder / "data" / "rest.ttl").write_bytes(serialize(kept, format=RdfFormat.TURTLE) or b"")
    return folder


def stated(root: Path) -> list[Quad]:
    """Return what stands in the files of cases, or in those that take their place."""
    found = read(root)
    return [quad for quad in found.quads if isinstance(quad.graph_name, NamedNode) and _is_case(quad.graph_name.value)]


def _is_case(graph: str) -> bool:
    return graph.startswith((f"{BASE}graph/cases", f"{BASE}graph/rest", f"{BASE}graph/workbook"))


def _is_taken_in(triple: Triple) -> bool:
    subject = triple.subject.value if isinstance(triple.subject, NamedNode) else ""
    if subject.startswith(f"{BASE}claim/"):
        return subject.count("/") == BASE.count("/") + 1 and triple.predicate.value in _WORDS
    return subject.startswith(f"{BASE}assertion/")


def drafted(importer: Importer, path: Path, root: Path, out: Path, **values: str) -> tuple[str, ...]:
    """Draft a workbook and write it; return what is told."""
    assert importer.drafts
    given: Values = {name: (value,) for name, value in values.items()}
    made = importer.drafts(path, root, given, suggest=False)
    made.write(out)
    return made.notes


def taken_over(workbook: Path, root: Path) -> None:
    assert WORKBOOK.revise
    revision = WORKBOOK.revise(workbook, root, {"sources": (str(root / "texts"),)}, replace=False)
    revision.draft.commit()


def _export_nanopubs(release: Release, folder: Path) -> Path:
    NANOPUBS.write(release, folder / "np", {})
    return folder / "np"


def _export_annotations(release: Release, folder: Path) -> Path:
    ANNOTATIONS.write(release, folder / "annotations.json", {})
    return folder / "annotations.json"


@pytest.mark.parametrize(
    ("importer", "export"),
    [(nanopubs.IMPORTER, _export_nanopubs), (web_annotations.IMPORTER, _export_annotations)],
    ids=["nanopubs", "webannotation"],
)
def test_what_is_exported_comes_back_as_it_was(
    importer: Importer, export: Callable[[Release, Path], Path], release: Release, root: Path, tmp_path: Path
) -> None:
    other = lacking(root, tmp_path / "other")
    notes = drafted(importer, export(release, tmp_path), other, tmp_path / "workbook")
    taken_over(tmp_path / "workbook", other)
    wanted, found = ({quad.triple for quad in stated(folder)} for folder in (root, other))
    without_passage = {t.subject for t in wanted if t.predicate.value == expand("alg:noAnchorBecause")}
    if importer is web_annotations.IMPORTER:  # an annotation has a passage
        claims = {t.object for t in wanted if t.subject in without_passage and t.predicate.value == expand("alg:asserts")}
        wanted = {t for t in wanted if not (_is_taken_in(t) and t.subject in without_passage | claims)}
        found = {t for t in found if not (_is_taken_in(t) and t.subject in claims)}
    assert len([t for t in wanted if _is_taken_in(t)]) > 500
    lost = {triple for triple in wanted - found if triple.predicate.value == expand("alg:evidenceLine")}
    assert len(lost) == 1 and "Not taken: 1 statements that no column has." in notes
    assert wanted - found == lost, sorted(map(str, wanted - found - lost))[:5]
    computed = {expand("alg:section"), expand("alg:paragraph")}  # the import counts them by the headings of the text
    assert {triple.predicate.value for triple in found - wanted} <= computed, sorted(map(str, found - wanted))[:5]
    assert any("Assertions 5" in note for note in notes), notes


def test_into_another_corpus_names_move_and_whom_it_lacks_is_asked_for(release: Release, tmp_path: Path) -> None:
    create_corpus(tmp_path / "own", Scaffold("Own", "https://example.org/own/", LICENCE, date(2026, 1, 1)), ROOT)
    drafted(nanopubs.IMPORTER, _export_nanopubs(release, tmp_path), tmp_path / "own", tmp_path / "workbook")
    actors, assertions = ((tmp_path / "workbook" / name).read_text("utf-8") for name in ("actors.csv", "assertions.csv"))
    assert (
        f"TODO what is witnesses-of-dry-ridge called, which is {BASE}actor/witnesses-of-dry-ridge in the corpus it comes from?"
        in actors
    )
    assert BASE not in assertions and "account-of-former-prisoners" in assertions

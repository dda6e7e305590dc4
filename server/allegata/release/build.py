"""Builds a release: read → part → link → infer → validate → describe → dump → load → freeze. Read this first."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import Quad, RdfFormat, Store

from allegata import __version__
from allegata.corpus.alignments import read_alignments
from allegata.corpus.description import Description, describe_corpus
from allegata.corpus.inference import clashes, infer_all
from allegata.corpus.link_coverage import read_notes
from allegata.corpus.link_coverage import report as link_report
from allegata.corpus.outline import read_outline
from allegata.corpus.partition import Partition, partition
from allegata.corpus.profiles import shape_folders
from allegata.corpus.question_words import RELEASE_FILE, question_words
from allegata.corpus.questions import questions
from allegata.corpus.reader import Corpus, nquads_lines, read, split_line
from allegata.corpus.sssom import read_links
from allegata.corpus.statements import Statements
from allegata.corpus.translations import write_translations
from allegata.corpus.validation import Report, validate
from allegata.errors import CorpusError, ReleaseError, ValidationFailed
from allegata.model.protection import RESTRICTED
from allegata.release import reports, search_index
from allegata.release.background import BackgroundTask
from allegata.release.canonical import canonical_hash
from allegata.release.digests import file_hash, sha256, writers
from allegata.release.dumps import write_dumps, write_shapes
from allegata.release.handle import OUTLINE, TRANSLATIONS, Release, listed_files
from allegata.release.manifest import NAME as MANIFEST
from allegata.release.manifest import FileEntry, Labelled, Manifest, Publisher
from allegata.release.search_items import items_beside_things
from allegata.release.site import check_site
from allegata.release.tables import PackageMetadata, write_tables
from allegata.release.void import describe

Progress = Callable[[str], None]


def build(root: Path, site: Path, progress: Progress, *, reference: bool = False, restricted: bool = False) -> Release:
    """Build a release of the corpus in `root`, put it under `site` and make it the current one.

    Everything is made aside and moved in place by one rename, so whatever happens the release before keeps serving.
    Raises ValidationFailed where a shape or rule is violated, and the errors of the steps. With `reference` the standard
    engines, owlrl and pySHACL, run beside the fast ones: ReferenceMismatch where they find anything else. With `restricted`
    it holds restricted records too and goes to a site of its own: ReleaseError where the site holds public releases.
    """
    check_site(site, RESTRICTED if restricted else "")
    with _without_cycle_collector():
        inferred = infer(partitioned(root, progress, restricted=restricted).corpus, progress, reference=reference)
        with _aside(site) as folder:
            progress("validate")
            with BackgroundTask(lambda: validate(inferred.quads, root / "shapes")) as validation:
                progress("describe")
                quads = [*inferred.quads, *describe(inferred.corpus, inferred.quads)]
                lines = nquads_lines(quads)
                _write_parts(inferred, quads, lines, folder, progress)
            if reference:
                _compare_findings(inferred, validation.result, progress)
            if not validation.result.conforms:
                raise ValidationFailed(validation.result.text())
            _write_validation(validation.result, inferred.corpus, folder / "reports")
            progress("freeze")
            return _publish(folder, site, _write_manifest(inferred.corpus, lines, folder))


def check(root: Path, progress: Progress, *, reference: bool = False) -> Checked:
    """Go the way of a build as far as validation: for the public part first, then with what is restricted."""
    public = partitioned(root, progress)
    inferred = infer(public.corpus, progress, reference=reference)
    progress("validate")
    report = validate(inferred.quads, root / "shapes")
    if reference:
        _compare_findings(inferred, report, progress)
    if public.withholds and report.conforms:
        inferred = infer(partitioned(root, progress, restricted=True).corpus, progress)
        progress("validate with what is restricted")
        report = validate(inferred.quads, root / "shapes")
    return Checked(inferred.corpus, inferred.quads, report)


def partitioned(root: Path, progress: Progress, *, restricted: bool = False) -> Partition:
    """Read the corpus in a folder and take out what a release may not hold, before anything else is done with it."""
    progress("read")
    found = partition(read(root), restricted=restricted)
    for note in found.notes():
        progress(note)
    return found


@dataclass(frozen=True)
class Inferred:
    """A corpus with its links and inferences."""

    corpus: Corpus
    quads: tuple[Quad, ...]


@dataclass(frozen=True)
class Checked(Inferred):
    """A corpus with its links and inferences, and what the shapes and rules say of it."""

    report: Report


def infer(corpus: Corpus, progress: Progress, *, reference: bool = False) -> Inferred:
    """Add to a corpus its links to other datasets, and what follows by the rules of its ontology."""
    root = corpus.root
    progress("link")
    quads = [*corpus.quads, *read_alignments(corpus), *read_links(corpus, progress)]
    progress("infer")
    rules, graph = root / "ontology" / "rules", corpus.inferred_graph
    inferred = infer_all(quads, rules, graph)
    if reference:
        from allegata.corpus.reference import compare_inference  # loads owlrl and pySHACL, which nothing else needs

        progress("compare with owlrl")
        compare_inference(quads, inferred, rules, graph)
    quads += inferred
    problems = clashes(quads)
    if problems:
        raise ValidationFailed("The corpus contradicts the ontology:\n" + "\n".join(problems))
    return Inferred(corpus, tuple(quads))


def _compare_findings(inferred: Inferred, report: Report, progress: Progress) -> None:
    from allegata.corpus.reference import compare_findings

    progress("compare with pySHACL")
    compare_findings(inferred.quads, report.findings, inferred.corpus.root / "shapes")


@contextmanager
def _without_cycle_collector() -> Iterator[None]:
    """Let the collector of cycles rest: a build makes millions of terms and no cycles; looking took a fifth of it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def _aside(site: Path) -> Iterator[Path]:
    """Yield a folder of a site in which a release is made; what is not moved in place is gone afterwards."""
    site.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".building-", dir=site))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write_parts(inferred: Inferred, quads: Sequence[Quad], lines: Sequence[str], folder: Path, progress: Progress) -> None:
    """Write the parts of a release: dumps, tables (a frictionless data package), reports, store and search index."""
    root, base = inferred.corpus.root, inferred.corpus.base
    progress("dump")
    (folder / "dumps").mkdir()
    (folder / "reports").mkdir()
    with BackgroundTask(lambda: write_dumps(lines, folder / "dumps", base)):
        statements = Statements(quads)
        write_tables(statements, folder / "dumps" / "tables", _package_metadata(inferred.corpus))
        write_shapes(shape_folders(quads, root / "shapes"), folder / "dumps")
        write_translations(inferred.corpus.translations, folder / TRANSLATIONS)
        (folder / "reports" / "links.txt").write_text(link_report(statements, base, read_notes(root, base)), "utf-8")
        reports.write_reports(inferred.quads, root / "ontology" / "reports", folder / "reports", base)
        progress("load")
        load_store(lines, folder / "store")
        beside = items_beside_things(inferred.corpus)
        search_index.write_index(statements, Statements(inferred.corpus.translations), folder, beside)
        _write_questions(inferred.corpus, folder)
        _copy_outline(inferred.corpus, folder)


def load_store(lines: Sequence[str], path: Path) -> None:
    """Load master lines into a store on disk, with the set union of all graphs as its default graph.

    Raises ReleaseError where the store would alter a statement, with that statement.
    """
    merged = sorted({f"{split_line(line)[0]} ." for line in lines})
    store = Store(str(path))
    store.bulk_load("\n".join([*lines, *merged]).encode(), RdfFormat.N_QUADS)
    altered = sorted(set(lines) - _stored(store))
    if altered:
        raise ReleaseError(
            f"The store would alter {len(altered)} statement(s), the first is {altered[0]}",
            remedy="Write its literal in the canonical form of its datatype.",
        )
    store.flush()


def _stored(store: Store) -> set[str]:
    """Read the named graphs of a store as lines of the master."""
    found: set[str] = set()
    for graph in store.named_graphs():
        data = store.dump(format=RdfFormat.N_TRIPLES, from_graph=graph) or b""
        found.update(f"{line.removesuffix('.')}{graph} ." for line in data.decode().split("\n") if line)
    return found


def _write_questions(corpus: Corpus, folder: Path) -> None:
    """Write the competency questions, with the values that the corpus gives: the query page offers them as examples."""
    for question in questions(corpus.root, corpus.base):
        (folder / "questions").mkdir(exist_ok=True)
        (folder / "questions" / f"{question.name}.rq").write_text(question.text, "utf-8")
    if (folder / "questions").is_dir():
        (folder / "questions" / RELEASE_FILE).write_text(question_words(corpus.root).to_json(), "utf-8")


def _copy_outline(corpus: Corpus, folder: Path) -> None:
    """Take the outline for maps over, where the corpus names one; raise CorpusError where there is none that can be used."""
    data, name = corpus.root / "data", describe_corpus(corpus).outline
    if name:
        path = (data / name).resolve()
        if not path.is_relative_to(data.resolve()) or not path.is_file():
            raise CorpusError(f"{data / 'corpus.ttl'}: there is no file {name} below data/.", remedy="Mend schema:hasMap.")
        read_outline(path)
        shutil.copyfile(path, folder / OUTLINE)


def _write_validation(report: Report, corpus: Corpus, folder: Path) -> None:
    (folder / "shacl.txt").write_text(report.text() + "\n", "utf-8")
    (folder / "shacl.ttl").write_text(report.turtle(corpus.base), "utf-8")


def _write_manifest(corpus: Corpus, lines: Sequence[str], folder: Path) -> Manifest:
    files = listed_files(folder)
    statements, graphs = zip(*map(split_line, lines), strict=True)
    manifest = Manifest(
        **_described(describe_corpus(corpus)),
        base=corpus.base,
        version=corpus.version,
        created=corpus.issued,
        software=f"allegata {__version__}",
        writers=writers(),
        quads=len(lines),
        triples=len(set(statements)),
        graphs=dict(sorted(Counter(graphs).items())),
        rdfc10=canonical_hash(lines),
        protection=corpus.protection,
        files={path.relative_to(folder).as_posix(): FileEntry(file_hash(path), path.stat().st_size) for path in files},
    )
    (folder / MANIFEST).write_bytes(manifest.to_bytes())
    return manifest


def _described(said: Description) -> dict[str, Any]:
    """Return the members of a manifest that a corpus says of itself."""
    texts = ("title", "description", "brand", "name", "text_language", "licence", "licence_id", "licence_name", "rights")
    return {
        **{name: getattr(said, name) for name in (*texts, "keywords", "notes", "languages")},
        "language": next(iter(said.languages), ""),
        "publisher": Publisher(*said.publisher, "Person" if said.publisher_is_person else Publisher.kind),
        "themes": tuple(Labelled(*named) for named in said.themes),
        "coverage": tuple(Labelled(*named) for named in said.coverage),
    }


def _package_metadata(corpus: Corpus) -> PackageMetadata:
    said = describe_corpus(corpus)
    return PackageMetadata(
        name=said.name,
        title=said.title,
        description=said.description,
        version=corpus.version,
        created=corpus.issued,
        homepage=corpus.base,
        licence=said.licence,
        licence_id=said.licence_id,
        licence_name=said.licence_name,
    )


def _publish(aside: Path, site: Path, manifest: Manifest) -> Release:
    """Move a finished release to its place, named by version and digest, and point `current` at it; each is one rename."""
    digest = sha256(manifest.to_bytes())
    folder = site / "releases" / f"{manifest.version}+{digest[:8]}"
    folder.parent.mkdir(exist_ok=True)
    if not folder.exists():
        aside.rename(folder)
    pointer = site / f".current-{os.getpid()}"
    pointer.symlink_to(folder.relative_to(site))
    pointer.replace(site / "current")
    return Release(folder, manifest)

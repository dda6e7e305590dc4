"""Builds a release: read → part → link → infer → validate → describe → dump → load → freeze. Read this first."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from pyoxigraph import Quad

from allegata import __version__
from allegata.corpus.description import Description, describe_corpus
from allegata.corpus.link_coverage import read_notes
from allegata.corpus.link_coverage import report as link_report
from allegata.corpus.outline import read_outline
from allegata.corpus.profiles import shape_folders
from allegata.corpus.quad_file import QuadFile
from allegata.corpus.question_words import RELEASE_FILE, question_words
from allegata.corpus.questions import questions
from allegata.corpus.reader import Corpus, base_of, check_root
from allegata.corpus.statements import Statements, StoredStatements
from allegata.corpus.translations import write_translations
from allegata.corpus.validation import Report
from allegata.errors import CorpusError, ValidationFailed
from allegata.model.protection import RESTRICTED
from allegata.release import reports, search_index
from allegata.release.background import BackgroundTask, without_collector
from allegata.release.canonical import canonical_hash_of_file
from allegata.release.closure import Closure, Progress, compare_findings, gather, partitioned, report_text, validate_closure
from allegata.release.digests import file_hash, sha256, writers
from allegata.release.dumps import write_dumps, write_inference, write_shapes
from allegata.release.handle import (
    GLOSSES,
    INFERENCE,
    OUTLINE,
    PLAIN_WORDS,
    STORE,
    TRANSLATIONS,
    Release,
    listed_files,
    write_store_list,
)
from allegata.release.loading import load_store
from allegata.release.manifest import NAME as MANIFEST
from allegata.release.manifest import Contact, FileEntry, Labelled, Manifest, Publisher
from allegata.release.search_items import items_beside_things
from allegata.release.site import check_site, read_release
from allegata.release.staging import put_in_place, staged
from allegata.release.tables import PackageMetadata, write_tables
from allegata.release.void import describe


def build(
    root: Path, site: Path, progress: Progress, *, reference: bool = False, restricted: bool = False, take_over: bool = False
) -> Release:
    """Build a release of the corpus in `root`, put it under `site` and make it the current one.

    Everything is made aside and moved in place by one rename, so whatever happens the release before keeps serving; what
    validation finds is told before anything is dumped. No step holds all statements in Python: they lie sorted on disk, and are
    read in passes.

    Raises ValidationFailed where a shape or rule is violated or somebody could be made known, and the errors of the steps. With
    `reference` the standard engines, owlrl and pySHACL, run beside the fast ones: ReferenceMismatch where they find anything
    else. With `restricted` it holds restricted records too and goes to a site of its own: ReleaseError where the site holds
    public releases. Where the releases of the site are of another corpus, ReleaseError too, unless it is to `take_over` the site.
    """
    check_root(root)
    check_site(site, RESTRICTED if restricted else "", "" if take_over else base_of(root))
    # A build makes millions of terms and no cycles; looking for them took a fifth of it.
    with without_collector(), staged(site) as (folder, scratch):
        corpus = partitioned(root, scratch, progress, restricted=restricted, site=site).corpus
        closure = gather(corpus, scratch, progress, reference=reference)
        progress("validate")
        report = validate_closure(closure)
        if reference:
            compare_findings(closure, report, progress)
        if not report.conforms:
            raise ValidationFailed(report_text(report, corpus))
        progress("describe")
        meta = QuadFile.of(_description(closure), scratch / "meta.nq")
        master = QuadFile.merge(scratch / "master.nq", closure.quads.lines(), meta.lines())
        _write_parts(closure, report, master, meta, folder, progress)
        progress("freeze")
        return _publish(folder, site, _write_manifest(corpus, master, folder))


def _description(closure: Closure) -> list[Quad]:
    """Return what the release says of itself; a store on disk is not opened here as long as processes are forked."""
    with BackgroundTask(
        lambda: describe(closure.corpus, closure.quads, closure.union.store), threaded=closure.union.on_disk
    ) as task:
        pass
    return task.result


def _write_parts(closure: Closure, report: Report, master: QuadFile, meta: QuadFile, folder: Path, progress: Progress) -> None:
    """Write the parts of a release: dumps, tables (a frictionless data package), reports, store and search index."""
    corpus, root, base = closure.corpus, closure.corpus.root, closure.corpus.base
    progress("dump")
    (folder / "dumps").mkdir()
    (folder / "reports").mkdir()
    with BackgroundTask(lambda: write_dumps(master, folder / "dumps", base)):
        _write_validation(report, corpus, folder / "reports")
        reports.write_reports(closure.union.store, root / "ontology" / "reports", folder / "reports", base)
        closure.union.extend(quad.triple for quad in meta)
        statements = StoredStatements(closure.union.store)
        write_tables(statements, folder / "dumps" / "tables", _package_metadata(corpus))
        write_shapes(shape_folders(master, root / "shapes"), folder / "dumps")
        write_inference(root / "ontology" / "rules", folder / INFERENCE)
        write_translations((quad.triple for quad in corpus.translations), folder / TRANSLATIONS)
        write_translations(corpus.glosses, folder / GLOSSES)
        (folder / "reports" / "links.txt").write_text(link_report(statements, base, read_notes(root, base)), "utf-8")
        progress("load")
        load_store(master, folder / STORE)
        write_store_list(folder)
        beside = Statements([*(quad.triple for quad in corpus.translations), *corpus.glosses])
        search_index.write_index(statements, beside, folder, items_beside_things(corpus))
        _write_questions(corpus, folder)
        _copy_outline(corpus, folder)


def _write_questions(corpus: Corpus, folder: Path) -> None:
    """Write the competency questions, with the values that the corpus gives: the query page offers them as examples."""
    for question in questions(corpus.root, corpus.base):
        (folder / "questions").mkdir(exist_ok=True)
        (folder / "questions" / f"{question.name}.rq").write_text(question.text, "utf-8")
    if (path := corpus.root / "data" / "questions" / PLAIN_WORDS).is_file():
        shutil.copyfile(path, folder / "dumps" / PLAIN_WORDS)
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


def _write_manifest(corpus: Corpus, master: QuadFile, folder: Path) -> Manifest:
    files = listed_files(folder)
    graphs = Counter(line[line.rindex(b" <") + 2 : -4].decode() for line in master.lines())
    manifest = Manifest(
        **_described(describe_corpus(corpus)),
        base=corpus.base,
        version=corpus.version,
        created=corpus.issued,
        software=f"allegata {__version__}",
        writers=writers(),
        quads=graphs.total(),
        triples=sum(1 for _ in master.statements()),
        graphs=dict(sorted(graphs.items())),
        rdfc10=canonical_hash_of_file(master),
        protection=corpus.protection,
        files={path.relative_to(folder).as_posix(): FileEntry(file_hash(path), path.stat().st_size) for path in files},
    )
    (folder / MANIFEST).write_bytes(manifest.to_bytes())
    return manifest


def _described(said: Description) -> dict[str, Any]:
    """Return the members of a manifest that a corpus says of itself."""
    texts = (
        "title",
        "description",
        "brand",
        "name",
        "text_language",
        "licence",
        "licence_id",
        "licence_name",
        "rights",
        "landing_page",
    )
    return {
        **{name: getattr(said, name) for name in (*texts, "keywords", "notes", "languages")},
        "language": next(iter(said.languages), ""),
        "publisher": Publisher(*said.publisher, "Person" if said.publisher_is_person else Publisher.kind),
        "contacts": tuple(Contact(*contact) for contact in said.contacts),
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


def _publish(made: Path, site: Path, manifest: Manifest) -> Release:
    """Put a finished release in its place, named by version and digest."""
    return read_release(put_in_place(made, site, f"{manifest.version}+{sha256(manifest.to_bytes())[:8]}"))

"""Gathers what a release says before it describes itself: the files, their links, and what follows; and checks all of it."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from pyoxigraph import Store

from allegata.corpus.alignments import read_alignments
from allegata.corpus.draft import Draft
from allegata.corpus.finding_places import lines_of, places_of, written_place
from allegata.corpus.inference import clashes, infer_into, strata
from allegata.corpus.partition import Partition, partition
from allegata.corpus.profiles import shape_folders
from allegata.corpus.quad_file import QuadFile
from allegata.corpus.reader import Corpus, read_to_disk
from allegata.corpus.repetition import REMEDY, repetitions_in
from allegata.corpus.sssom import read_links
from allegata.corpus.union import Union, UnionStore
from allegata.corpus.unread_files import unread_files
from allegata.corpus.validation import (
    Finding,
    Report,
    Shapes,
    apply_rules,
    apply_shapes_in_slices,
    compile_shapes,
    report,
    rule_files,
)
from allegata.errors import AllegataError, ValidationFailed
from allegata.model.namespaces import shorten
from allegata.release.background import BackgroundTask
from allegata.release.dumps import write_union
from allegata.release.loading import fill
from allegata.release.risks import hold_back

Progress = Callable[[str], None]
#: How large a file of statements may be whose graphs are asked in memory; larger ones are asked on disk.
_IN_MEMORY: Final = 256 << 20


@dataclass(frozen=True)
class Closure:
    """A corpus with its links and all that follows: the statements on disk, and in a store the union of their graphs."""

    corpus: Corpus
    quads: QuadFile
    union: UnionStore

    @property
    def folder(self) -> Path:
        """Return the folder in which the statements lie, and in which more may be made."""
        return self.quads.path.parent


@dataclass(frozen=True)
class Checked:
    """What a corpus says, with links and inferences, and what the shapes and rules say of it; its files go with it."""

    corpus: Corpus
    quads: QuadFile
    report: Report


def check(root: Path, progress: Progress, *, reference: bool = False) -> Checked:
    """Go the way of a build as far as validation: for the public part first, then with what is restricted."""
    folder = Path(tempfile.mkdtemp(prefix="allegata-"))
    try:
        checked = _check(root, folder, progress, reference)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(checked.quads, shutil.rmtree, folder, ignore_errors=True)
    return checked


def check_draft(draft: Draft, progress: Progress) -> Report:
    """Check a corpus as it will be, before anything of it is written; errors name the corpus, and not the copy."""
    with draft.staged() as folder:
        try:
            return check(folder, progress).report
        except AllegataError as error:
            error.message = error.message.replace(str(folder), str(draft.root))
            raise


def _check(root: Path, folder: Path, progress: Progress, reference: bool) -> Checked:
    public = partitioned(root, folder, progress)
    closure = gather(public.corpus, folder, progress, reference=reference)
    progress("validate")
    found = validate_closure(closure)
    if reference:
        compare_findings(closure, found, progress)
    if public.withholds and found.conforms:
        closure = gather(partitioned(root, folder, progress, restricted=True).corpus, folder, progress)
        progress("validate with what is restricted")
        found = validate_closure(closure)
    return Checked(closure.corpus, closure.quads, found)


def partitioned(root: Path, folder: Path, progress: Progress, *, restricted: bool = False, site: Path | None = None) -> Partition:
    """Read the corpus in a folder and take out what a release may not hold, before anything else is done with it.

    Raises ValidationFailed where a public release, also beside the last one of the site, could make somebody known.
    """
    progress("read")
    whole = read_to_disk(root, folder / "read.nq")
    for name in unread_files(root):
        progress(f"warning: {name}")
    found = partition(whole, restricted=restricted)
    for note in found.notes():
        progress(note)
    if not restricted:
        hold_back(whole, found.corpus, site)
    return found


def gather(corpus: Corpus, folder: Path, progress: Progress, *, reference: bool = False) -> Closure:
    """Add to a corpus its links to other datasets, and what follows by the rules of its ontology."""
    progress("link")
    links = QuadFile.of([*read_alignments(corpus), *read_links(corpus, progress)], folder / "links.nq")
    own = corpus.quads if isinstance(corpus.quads, QuadFile) else QuadFile.of(corpus.quads, folder / "kept.nq")
    stated = QuadFile.merge(folder / "stated.nq", own.lines(), links.lines())
    progress("infer")
    union, inferred = _inferred(stated, corpus.root / "ontology" / "rules")
    entailed = QuadFile.merge(
        folder / "inferred.nq", (line[:-2] + b"%s .\n" % str(corpus.inferred_graph).encode() for line in inferred)
    )
    if reference:
        from allegata.corpus.reference import compare_inference  # loads owlrl and pySHACL, which nothing else needs

        progress("compare with owlrl")
        compare_inference(list(stated), list(entailed), corpus.root / "ontology" / "rules", corpus.inferred_graph)
    return Closure(corpus, QuadFile.merge(folder / "quads.nq", stated.lines(), entailed.lines()), union)


def _inferred(stated: QuadFile, rules: Path) -> tuple[UnionStore, Iterator[bytes]]:
    """Return the union of some statements and of what follows by rules, and the sorted lines of what follows.

    What is large is on disk, where a process of its own puts it: none of its threads is about when others are forked.
    """
    folder = Path(tempfile.mkdtemp(dir=stated.path.parent))
    union = Union(write_union(stated, folder / "stated.nt"), folder, on_disk=stated.path.stat().st_size >= _IN_MEMORY)
    if not union.on_disk:
        _infer(union, rules)
        return UnionStore(union.store), union.lines(since=1)
    with BackgroundTask(partial(_infer, union, rules), threaded=True) as task:
        pass
    return UnionStore(union.place), task.result.lines(since=1)


def _infer(union: Union, rules: Path) -> Union:
    """Add to a union what follows; raise ValidationFailed where that contradicts the ontology."""
    infer_into(union, *strata(rules))
    if problems := clashes(union.store):
        raise ValidationFailed("The corpus contradicts the ontology:\n" + "\n".join(problems))
    if union.on_disk:
        union.close()
    return union


def validate_closure(closure: Closure) -> Report:
    """Check what a corpus says against its shapes and rules, the shapes slice by slice in processes of their own."""
    folders = shape_folders(closure.quads, closure.corpus.root / "shapes")
    compiled, rules = compile_shapes(*folders), rule_files(*folders)
    triples = write_union(closure.quads, closure.folder / "union.nt")
    shares = len(os.sched_getaffinity(0))
    works: list[Callable[[], set[Finding]]] = [
        *(partial(_shape_findings, closure, triples, compiled, share, shares) for share in range(shares)),
        partial(_rule_findings, closure, rules),
    ]
    with ExitStack() as stack:
        tasks = [stack.enter_context(BackgroundTask(work, threaded=closure.union.on_disk)) for work in works]
    return report(set[Finding]().union(*(task.result for task in tasks)), compiled, rules)


def _shape_findings(closure: Closure, triples: Path, compiled: Shapes, share: int, shares: int) -> set[Finding]:
    return set(apply_shapes_in_slices(closure.union.store, triples, compiled, share=share, shares=shares))


def _rule_findings(closure: Closure, rules: list[Path]) -> set[Finding]:
    """Apply the rules; the named graphs are loaded where one asks for them."""
    with tempfile.TemporaryDirectory(dir=closure.folder) as scratch:
        stores: list[Store] = []

        def named() -> Store:
            if not stores:
                stores.append(Store(f"{scratch}/store") if closure.union.on_disk else Store())
                fill(stores[0], closure.quads)
            return stores[0]

        found = set(apply_rules(rules, closure.union.store, named))
        stores.clear()
        return found


def report_text(report: Report, corpus: Corpus) -> str:
    """Return a report for a terminal, with the file and line of what it finds."""
    return report.text(places_of(report, corpus.root, corpus.files.values()))


def check_own_words(corpus: Corpus, sources: Path) -> None:
    """Raise ValidationFailed with each statement that repeats words of a text in a folder, by file and line."""
    found = repetitions_in([*corpus.quads, *corpus.further_words()], sources)
    lines = lines_of(corpus.files.values(), {item.key.partition(" ")[0] for item in found})
    told = []
    for item in found:
        subject, predicate = item.key.split(" ")[:2]
        place = written_place(lines.get(subject), corpus.root)
        told.append(f"{place}: {shorten(predicate)} of {shorten(subject, corpus.base)} repeats {item.words!r} of {item.document}")
    if told:
        raise ValidationFailed("\n".join(told), remedy=REMEDY)


def compare_findings(closure: Closure, found: Report, progress: Progress) -> None:
    """Raise ReferenceMismatch where pySHACL finds anything else."""
    from allegata.corpus import reference

    progress("compare with pySHACL")
    reference.compare_findings(list(closure.quads), found.findings, closure.corpus.root / "shapes")

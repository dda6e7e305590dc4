"""Checks a release as somebody can who trusts nobody: every file, every statement, the canonical hash, the counts, the shapes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import NamedNode

from allegata.corpus import anchors
from allegata.corpus.quad_file import QuadFile
from allegata.corpus.validation import Report, validate
from allegata.errors import AllegataError, ReleaseError
from allegata.model.namespaces import expand
from allegata.release.canonical import canonical_hash_of_file
from allegata.release.compare_builds import compare
from allegata.release.compare_statements import compare_dumps, compare_store, told
from allegata.release.digests import sha256
from allegata.release.handle import Release, copy_shapes, listed_files
from allegata.release.manifest import NAME as MANIFEST
from allegata.release.master import Master, read_master
from allegata.release.void import recount

#: Problems of one check that are shown; the rest are counted.
SHOWN = 5


@dataclass(frozen=True)
class Check:
    """One check: its name, what was found to hold, and what does not hold. Where it was skipped, `summary` says why."""

    name: str
    summary: str
    problems: tuple[str, ...] = ()
    skipped: bool = False

    def text(self) -> str:
        """Write it as a line, and a line for each problem."""
        word = "skipped" if self.skipped else "FAILS" if self.problems else "holds"
        more = [f"         … and {len(self.problems) - SHOWN} more"] if len(self.problems) > SHOWN else []
        return "\n".join(
            [f"{word:8} {self.name}: {self.summary}", *(f"         {line}" for line in self.problems[:SHOWN]), *more]
        )


#: The checks, in the order in which they are made; the last is made where there is another build to compare with.
NAMES = ("files", "manifest", "canonical hash", "numbers", "description", "dumps", "store", "shapes", "anchors", "other build")


def verify(
    release: Release,
    *,
    sources: Path | None = None,
    expected: str | None = None,
    against: Release | None = None,
    only: Collection[str] = NAMES,
    apply: Callable[[QuadFile, Path], Report] = lambda quads, shapes: validate(list(quads), shapes),
    hash_of: Callable[[QuadFile], str] = canonical_hash_of_file,
) -> list[Check]:
    """Make every check on a release, or only some; `apply` applies its shapes and rules, `hash_of` makes its canonical hash.

    With the source texts the anchors are checked too, with a published hash that it is that release, and with another
    build of it that both hold the same. Its statements are on disk, sorted, and are compared in passes.
    """
    first = [_check("files", lambda: _files(release))] if "files" in only else []
    with TemporaryDirectory() as scratch:
        try:
            master = read_master(release, Path(scratch))
        except ReleaseError as error:
            return [*first, Check("master", "the master N-Quads", (str(error),))]
        quads = master.quads
        finders: dict[str, Callable[[], _Result]] = {
            "manifest": lambda: _manifest(release, quads),
            "canonical hash": lambda: _hash(release, lambda: hash_of(quads), expected),
            "numbers": lambda: _numbers(release, master),
            "description": lambda: _description(release, quads),
            "dumps": lambda: compare_dumps(release, master),
            "store": lambda: compare_store(release, master),
            "shapes": lambda: _shapes(release, quads, apply),
            "anchors": lambda: _anchors(quads, sources),
        }
        if against:
            finders["other build"] = lambda: compare(release, against)
        return [*first, *(_check(name, find) for name, find in finders.items() if name in only)]


_Result = tuple[str, list[str]] | None


def _check(name: str, find: Callable[[], _Result]) -> Check:
    """Make one check; an error of the project is its finding."""
    try:
        found = find()
    except AllegataError as error:
        return Check(name, "cannot be checked", (str(error),))
    if found is None:
        return Check(name, _SKIPPED[name], skipped=True)
    return Check(name, found[0], tuple(found[1]))


_SKIPPED = {
    "store": "there is none here; it is neither offered over HTTP nor packed",
    "anchors": "give --sources FOLDER with the texts, <slug>.txt",
}


def _files(release: Release) -> _Result:
    """Compare size and SHA-256 of every file with the manifest, and look for files that it does not list."""
    problems = told(release.files, release.check)
    if release.is_local:
        there = {path.relative_to(release.folder).as_posix() for path in listed_files(release.folder)}
        problems += [f"{name} is not in the manifest." for name in sorted(there - set(release.files))]
    return f"{len(release.files)} files by size and SHA-256", problems


#: What a manifest says of the dataset, by the property with which the data says it.
_IN_DATA = {
    "title": "dct:title",
    "description": "dct:description",
    "version": "dcat:version",
    "created": "dct:issued",
    "licence": "dct:license",
    "rights": "dct:rights",
    "language": "dct:language",
    "publisher": "dct:publisher",
    "base": "void:uriSpace",
}
_FOLDER = re.compile(r"(?P<version>.+)\+(?P<digest>[0-9a-f]{8})")


def _manifest(release: Release, quads: QuadFile) -> _Result:
    """Compare what the manifest says with the data, and its own digest with the name of the folder."""
    problems: list[str] = []
    named = _FOLDER.fullmatch(release.name) if release.is_local else None
    if named:
        found = sha256(release.read(MANIFEST))[:8]
        if found != named["digest"]:
            problems.append(f"manifest.json has SHA-256 {found}…, the name of its folder says {named['digest']}….")
    in_manifest = {**release.manifest.to_json(), "publisher": release.manifest.publisher.iri}
    least: dict[str, str] = {}
    agreeing: set[str] = set()
    for name, value in _said(quads):
        least[name] = min(value, least.get(name, value))
        if value == in_manifest[name]:
            agreeing.add(name)
    problems += [
        f"{name} is {in_manifest[name]!r} in the manifest, and in the data {least[name]!r}."
        for name in _IN_DATA
        if name in least and name not in agreeing
    ]
    return f"version {release.manifest.version} of {release.manifest.created}, as the data says", problems


def _said(quads: QuadFile) -> Iterator[tuple[str, str]]:
    """Yield what the data says of datasets that a manifest says too: the name of a member and its value."""
    names, space, last = {expand(curie): name for name, curie in _IN_DATA.items()}, NamedNode(expand("void:uriSpace")), None
    for found in quads.naming(space):
        if found.predicate == space and found.subject != last:
            last = found.subject
            for quad in quads.about(last):
                if name := names.get(quad.predicate.value):
                    yield name, getattr(quad.object, "value", "")


def _hash(release: Release, hash_of: Callable[[], str], expected: str | None) -> _Result:
    """Canonicalise the master again (RDFC-1.0)."""
    found, stated = hash_of(), release.manifest.rdfc10
    problems = [f"The data has {found}, the manifest says {stated}."] if found != stated else []
    if expected and found != expected.lower():
        problems.append(f"The data has {found}, expected is {expected.lower()}.")
    return f"RDFC-1.0 {found}", problems


def _numbers(release: Release, master: Master) -> _Result:
    """Count statements and graphs again."""
    graphs, manifest = master.graphs, release.manifest
    counts = (("quads", master.size, manifest.quads), ("triples", master.triples, manifest.triples))
    problems = [f"There are {found:,} {name}, the manifest says {said:,}." for name, found, said in counts if found != said]
    stated = manifest.graphs
    problems += [
        f"<{name}> holds {graphs.get(name, 0):,} statements, the manifest says {stated.get(name, 0):,}."
        for name in sorted({*graphs, *stated})
        if graphs.get(name, 0) != stated.get(name, 0)
    ]
    if not master.is_sorted:
        problems.append("The lines of the master are not sorted, or one stands there twice.")
    return f"{master.size:,} statements in {len(graphs)} graphs", problems


def _description(release: Release, quads: QuadFile) -> _Result:
    """Count again what the description counts (VoID): the whole, each graph, each class and property."""
    stated, problems = 0, []
    for subject, curie, said, counted in recount(quads, release.manifest.base):
        stated += 1
        if said != counted:
            problems.append(f"<{subject}> says {curie} {said}, counted are {counted}.")
    return f"{stated} counts of the description", problems if stated else ["There is no description with counts."]


def _shapes(release: Release, quads: QuadFile, apply: Callable[[QuadFile, Path], Report]) -> _Result:
    """Validate again with the shapes and rules of the release."""
    with ExitStack() as stack:
        report = apply(quads, copy_shapes(release, stack))
    if not report.shapes:
        return "shapes", ["The release has no shapes."]
    problems = [] if report.conforms else report.text().splitlines()[1:]
    return f"{report.shapes} shapes and {report.rules} rules are satisfied", problems


def _anchors(quads: QuadFile, sources: Path | None) -> _Result:
    """Check the anchors against the texts, for whoever has them."""
    if sources is None:
        return None
    verdict = anchors.verify(quads, sources)
    return f"{verdict.agreeing} anchors agree with the texts", list(verdict.problems)

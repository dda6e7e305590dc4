"""Checks a release as somebody can who trusts nobody: every file, every statement, the canonical hash, the counts, the shapes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from allegata.corpus import anchors
from allegata.corpus.rdf import iri_of, rdf_format, syntax_reason
from allegata.corpus.reader import union
from allegata.corpus.validation import Report, validate
from allegata.errors import AllegataError, ReleaseError
from allegata.model.formats import Format, of_file
from allegata.model.namespaces import expand
from allegata.release.canonical import canonical_hash
from allegata.release.compare_builds import compare
from allegata.release.digests import sha256, unpacked
from allegata.release.dumps import WRITERS, graph_path
from allegata.release.handle import Release, copy_shapes, listed_files, read_store_list
from allegata.release.manifest import NAME as MANIFEST
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
    apply: Callable[[Sequence[Quad], Path], Report] = validate,
    hash_of: Callable[[Sequence[str]], str] = canonical_hash,
) -> list[Check]:
    """Make every check on a release, or only some; `apply` applies its shapes and rules, `hash_of` makes its canonical hash.

    With the source texts the anchors are checked too, with a published hash that it is that release, and with another
    build of it that both hold the same.
    """
    first = [_check("files", lambda: _files(release))] if "files" in only else []
    try:
        lines = release.lines
        quads = list(parse("\n".join(lines), RdfFormat.N_QUADS))
    except SyntaxError as error:
        told = f"It does not parse: line {error.lineno}, {syntax_reason(error)}."
        return [*first, Check("master", "the master N-Quads", (told,))]
    except ReleaseError as error:
        return [*first, Check("master", "the master N-Quads", (error.message,))]
    if any(isinstance(quad.graph_name, BlankNode) for quad in quads):
        return [*first, Check("master", "the master N-Quads", ("A blank node names a graph, as none may in a release.",))]
    finders: dict[str, Callable[[], _Result]] = {
        "manifest": lambda: _manifest(release, quads),
        "canonical hash": lambda: _hash(release, lambda: hash_of(lines), expected),
        "numbers": lambda: _numbers(release, lines, quads),
        "description": lambda: _description(release, quads),
        "dumps": lambda: _dumps(release, quads),
        "store": lambda: _store(release, quads),
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
        return Check(name, "cannot be checked", (error.message,))
    if found is None:
        return Check(name, _SKIPPED[name], skipped=True)
    return Check(name, found[0], tuple(found[1]))


_SKIPPED = {
    "store": "there is none here; it is neither offered over HTTP nor packed",
    "anchors": "give --sources FOLDER with the texts, <slug>.txt",
}


def _files(release: Release) -> _Result:
    """Compare size and SHA-256 of every file with the manifest, and look for files that it does not list."""
    problems = _told(release.files, release.read_checked)
    if release.is_local:
        there = {path.relative_to(release.folder).as_posix() for path in listed_files(release.folder)}
        problems += [f"{name} is not in the manifest." for name in sorted(there - set(release.files))]
    return f"{len(release.files)} files by size and SHA-256", problems


def _told(names: Iterable[str], check: Callable[[str], object]) -> list[str]:
    """Return what is wrong with each file that a check refuses."""
    problems: list[str] = []
    for name in names:
        try:
            check(name)
        except ReleaseError as error:
            problems.append(error.message)
    return problems


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


def _manifest(release: Release, quads: list[Quad]) -> _Result:
    """Compare what the manifest says with the data, and its own digest with the name of the folder."""
    problems: list[str] = []
    named = _FOLDER.fullmatch(release.name) if release.is_local else None
    if named:
        found = sha256(release.read(MANIFEST))[:8]
        if found != named["digest"]:
            problems.append(f"manifest.json has SHA-256 {found}…, the name of its folder says {named['digest']}….")
    space = NamedNode(expand("void:uriSpace"))
    datasets = {quad.subject for quad in quads if quad.predicate == space}
    about = [quad for quad in quads if quad.subject in datasets]
    in_manifest = {**release.manifest.to_json(), "publisher": release.manifest.publisher.iri}
    for name, curie in _IN_DATA.items():
        said = {getattr(quad.object, "value", "") for quad in about if quad.predicate.value == expand(curie)}
        if said and in_manifest[name] not in said:
            problems.append(f"{name} is {in_manifest[name]!r} in the manifest, and in the data {min(said)!r}.")
    return f"version {release.manifest.version} of {release.manifest.created}, as the data says", problems


def _hash(release: Release, hash_of: Callable[[], str], expected: str | None) -> _Result:
    """Canonicalise the master again (RDFC-1.0)."""
    found, stated = hash_of(), release.manifest.rdfc10
    problems = [f"The data has {found}, the manifest says {stated}."] if found != stated else []
    if expected and found != expected.lower():
        problems.append(f"The data has {found}, expected is {expected.lower()}.")
    return f"RDFC-1.0 {found}", problems


def _numbers(release: Release, lines: list[str], quads: list[Quad]) -> _Result:
    """Count statements and graphs again."""
    graphs = Counter(iri_of(quad.graph_name) for quad in quads)
    manifest = release.manifest
    counts = (("quads", len(set(lines)), manifest.quads), ("triples", len(union(quads)), manifest.triples))
    problems = [f"There are {found:,} {name}, the manifest says {said:,}." for name, found, said in counts if found != said]
    stated = manifest.graphs
    problems += [
        f"<{name}> holds {graphs.get(name, 0):,} statements, the manifest says {stated.get(name, 0):,}."
        for name in sorted({*graphs, *stated})
        if graphs.get(name, 0) != stated.get(name, 0)
    ]
    if lines != sorted(set(lines)):
        problems.append("The lines of the master are not sorted, or one stands there twice.")
    return f"{len(set(lines)):,} statements in {len(graphs)} graphs", problems


def _description(release: Release, quads: list[Quad]) -> _Result:
    """Count again what the description counts (VoID): the whole, each graph, each class and property."""
    stated, problems = 0, []
    for subject, curie, said, counted in recount(quads, release.manifest.base):
        stated += 1
        if said != counted:
            problems.append(f"<{subject}> says {curie} {said}, counted are {counted}.")
    return f"{stated} counts of the description", problems if stated else ["There is no description with counts."]


def _dumps(release: Release, quads: list[Quad]) -> _Result:
    """Read every dump and compare it with the master, statement by statement."""
    base = release.manifest.base
    merged = {Quad(t.subject, t.predicate, t.object) for t in union(quads)}
    graphs: dict[str, set[Quad]] = defaultdict(set)
    for quad in quads:
        graphs[graph_path(iri_of(quad.graph_name), base)].add(Quad(quad.subject, quad.predicate, quad.object))
    problems: list[str] = []
    count, whole = 0, set(quads)
    for name in release.files:
        form, packing = of_file(name)
        if form not in WRITERS or not packing:
            continue
        path = name.removesuffix(f".{form.suffix}.{packing.suffix}")
        one = graphs.get(path.removeprefix("dumps/graphs/"), set()) if path.startswith("dumps/graphs/") else None
        count += 1
        problems += _difference(release, name, form, one if one is not None else whole if form.datasets else merged)
    missing = [path for path in graphs if f"dumps/graphs/{path}.ttl.gz" not in release.files]
    return f"{count} dumps hold what the master holds", [
        *problems,
        *(f"There is no dump of the graph {path}." for path in missing),
    ]


def _difference(release: Release, name: str, form: Format, expected: set[Quad]) -> Iterator[str]:
    try:
        held = set(parse(unpacked(release.read(name), name), rdf_format(form)))
    except SyntaxError as error:
        yield f"{name} does not parse: line {error.lineno or 1}, {syntax_reason(error)}."
        return
    except ReleaseError as error:
        yield error.message
        return
    if held != expected:
        lost, added = expected - held, held - expected
        example = min(lost or added, key=str)
        yield f"{name} lacks {len(lost)} statements of the master and has {len(added)} others, such as {example}"


def _store(release: Release, quads: list[Quad]) -> _Result:
    """Compare the store, from which queries are answered, with the master: every statement, and every order it is kept in."""
    if not release.is_local or not (release.folder / "store").is_dir():
        return None
    merged = [Quad(t.subject, t.predicate, t.object) for t in union(quads)]
    store = release.open_store()
    try:
        named = {quad for graph in store.named_graphs() for quad in store.quads_for_pattern(None, None, None, graph)}
        default = set(store.quads_for_pattern(None, None, None, DefaultGraph()))
        misfiled = sum(1 for key, number in _lookups([*quads, *merged]).items() if _count(store, key) != number)
    except (OSError, ValueError, RuntimeError) as error:
        return "the store", [f"It cannot be read: {error}."]
    problems = _told(sorted(read_store_list(release.folder)), release.checks.check)
    for kept, expected, what in ((named, set(quads), "graphs lack"), (default, set(merged), "default graph lacks")):
        if kept != expected:
            problems.append(f"Its {what} {len(expected - kept)} statements and have {len(kept - expected)} others.")
    if misfiled:
        problems.append(f"{misfiled} look-ups by subject, property or object give another number of statements than the master.")
    return "the store holds what the master holds", problems


_Pattern = tuple[object, object, object, object]


def _lookups(quads: Iterable[Quad]) -> Counter[_Pattern]:
    """Count the statements that each look-up by one term gives, over all graphs and in each: together they read every index."""
    counts: Counter[_Pattern] = Counter()
    for s, p, o, g in quads:
        for graph in (None, g):
            counts.update(((s, None, None, graph), (None, p, None, graph), (None, None, o, graph)))
    return counts


def _count(store: Store, way: _Pattern) -> int:
    """Count what a look-up gives; pyoxigraph 0.5 adds the numbers behind one like 511, whose last byte is full, from a disk."""
    wanted = way[2]
    return sum(wanted is None or quad.object == wanted for quad in store.quads_for_pattern(*way))  # type: ignore[arg-type]


def _shapes(release: Release, quads: list[Quad], apply: Callable[[Sequence[Quad], Path], Report]) -> _Result:
    """Validate again with the shapes and rules of the release."""
    with ExitStack() as stack:
        report = apply(quads, copy_shapes(release, stack))
    if not report.shapes:
        return "shapes", ["The release has no shapes."]
    problems = [] if report.conforms else report.text().splitlines()[1:]
    return f"{report.shapes} shapes and {report.rules} rules are satisfied", problems


def _anchors(quads: list[Quad], sources: Path | None) -> _Result:
    """Check the anchors against the texts, for whoever has them."""
    if sources is None:
        return None
    verdict = anchors.verify(quads, sources)
    return f"{verdict.agreeing} anchors agree with the texts", list(verdict.problems)

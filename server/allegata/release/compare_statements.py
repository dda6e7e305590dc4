"""Compares what dumps and store of a release hold with its master, statement by statement, in passes over files on disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, RdfFormat, Store, parse

from allegata.errors import ReleaseError
from allegata.model.formats import Format, of_file
from allegata.release.dumps import WRITERS, graph_path
from allegata.release.handle import Release, read_store_list
from allegata.release.master import Master, difference, dumped, lines_of, sorted_lines

_GRAPHS: Final = "dumps/graphs/"
#: Dumps of the whole that a release may list: each is compared with all of it.
_MOST_WHOLE: Final = 50
#: Statements whose look-ups are counted in one pass.
_SLICE: Final = 150_000
_Result = tuple[str, list[str]] | None
_Pattern = tuple[object, object, object, object]


def told(names: Iterable[str], check: Callable[[str], object]) -> list[str]:
    """Return what is wrong with each file that a check refuses."""
    problems: list[str] = []
    for name in names:
        try:
            check(name)
        except ReleaseError as error:
            problems.append(error.message)
    return problems


def compare_dumps(release: Release, master: Master) -> _Result:
    """Read every dump and compare it with the master, statement by statement."""
    graphs = {graph_path(name, release.manifest.base): name for name in master.graphs}
    files = master.graph_files(release.manifest.base)
    problems: list[str] = []
    listed = [(name, form, _graph(name, form)) for name in release.files for form in (_dump(name),) if form]
    if sum(path is None for _, _, path in listed) > _MOST_WHOLE:
        raise ReleaseError(f"The manifest lists more than {_MOST_WHOLE} dumps of the whole.")
    for name, form, path in listed:
        if path is not None:
            size = master.graphs[graphs[path]] if path in graphs else 0
            expected = lines_of(files[graphs[path]]) if path in graphs else iter(())
        elif form.datasets:
            size, expected = master.size, master.quads.lines()
        else:
            size, expected = master.triples, lines_of(master.union)
        problems += _checked(release, name, form, size, expected, master.scratch)
    missing = [path for path in graphs if f"{_GRAPHS}{path}.ttl.gz" not in release.files]
    return f"{len(listed)} dumps hold what the master holds", [
        *problems,
        *(f"There is no dump of the graph {path}." for path in missing),
    ]


def _dump(name: str) -> Format | None:
    form, packing = of_file(name)
    return form if form in WRITERS and packing else None


def _graph(name: str, form: Format) -> str | None:
    """Return the path of the graph that a dump is of; None for one of the whole."""
    if not name.startswith(_GRAPHS):
        return None
    return name.removeprefix(_GRAPHS).rsplit(f".{form.suffix}.", 1)[0]


def _checked(release: Release, name: str, form: Format, size: int, expected: Iterable[bytes], scratch: Path) -> Iterator[str]:
    """Yield in what a dump differs from what is expected."""
    try:
        found = difference(expected, dumped(release, name, form, size, scratch))
    except ReleaseError as error:
        yield error.message
        return
    if found.lost or found.added:
        lacks = f"lacks {found.lost} statements of the master and has {found.added} others"
        yield f"{name} {lacks}, such as {found.text()}"


def compare_store(release: Release, master: Master) -> _Result:
    """Compare the store, from which queries are answered, with the master: every statement, and every order it is kept in."""
    if not release.has_store:
        return None
    store, scratch, default = release.open_store(), master.scratch, DefaultGraph()
    try:
        named = (quad for quad in store.quads_for_pattern(None, None, None, None) if quad.graph_name != default)
        held = sorted_lines(named, master.size, "The store", scratch)
        graphs = difference(master.quads.lines(), held)
        held = sorted_lines(store.quads_for_pattern(None, None, None, default), master.triples, "The store", scratch)
        union = difference(lines_of(master.union), held)
        misfiled = sum(_misfiled(store, master))
    except (OSError, ValueError, RuntimeError) as error:
        return "the store", [f"It cannot be read: {error}."]
    problems = told(sorted(read_store_list(release.folder)), release.checks.check)
    for what, item in (("graphs lack", graphs), ("default graph lacks", union)):
        if item.lost or item.added:
            problems.append(f"Its {what} {item.lost} statements and have {item.added} others.")
    if misfiled:
        problems.append(f"{misfiled} look-ups by subject, property or object give another number of statements than the master.")
    return "the store holds what the master holds", problems


def _misfiled(store: Store, master: Master) -> Iterator[bool]:
    """Yield for each look-up by one term whether it gives another number of statements than the master, slice by slice."""
    slices = 1 + (master.size + master.triples) // _SLICE
    for number in range(slices):
        counts = Counter(key for key in _lookups(master) if hash(key) % slices == number)
        yield from (_count(store, key) != found for key, found in counts.items())


def _lookups(master: Master) -> Iterator[_Pattern]:
    """Yield the look-ups that each statement is found by, over all graphs and in each: together they read every index."""
    for s, p, o, g in chain(master.quads, parse(path=str(master.union), format=RdfFormat.N_QUADS)):
        for graph in (None, g):
            yield from ((s, None, None, graph), (None, p, None, graph), (None, None, o, graph))


def _count(store: Store, way: _Pattern) -> int:
    """Count what a look-up gives; pyoxigraph 0.5 adds the numbers behind one like 511, whose last byte is full, from a disk."""
    wanted = way[2]
    return sum(wanted is None or quad.object == wanted for quad in store.quads_for_pattern(*way))  # type: ignore[arg-type]

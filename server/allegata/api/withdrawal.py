"""Withdraws a record wherever this machine has it: from the corpus, the releases of sites, and the engines that hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from allegata.corpus.reader import base_of, read
from allegata.corpus.withdrawal import Removal, reason_words, removal
from allegata.domain.dataset import Dataset
from allegata.domain.what_if import Withdrawal
from allegata.engine.remote.push import Push
from allegata.errors import AllegataError, Gone, NotFound, ReleaseError
from allegata.model.namespaces import expand
from allegata.model.protection import RESTRICTED
from allegata.release.build import build
from allegata.release.handle import Release
from allegata.release.manifest import NAME as MANIFEST
from allegata.release.manifest import read_manifest
from allegata.release.site import current
from allegata.release.tombstone import entomb, surrogate_key, tombstone_of

Progress = Callable[[str], None]
#: What no command can reach.
BEYOND: Final = (
    "Copies of others cannot be recalled: downloads, clones, archives of the web, deposits, nanopublications, feeds, mirrors.",
    "Caches of clients keep what they have for five minutes, and for a day what stands at the address of a release.",
    "The history of the repository, backups, curation sheets and exports outside of the sites still hold it.",
)


@dataclass(frozen=True)
class Site:
    """A site with the releases that hold the record, and folders whose releases cannot be read, which may."""

    folder: Path
    current: Release | None
    holding: tuple[Release, ...]
    unreadable: tuple[Path, ...]


@dataclass(frozen=True)
class EngineAt:
    """An engine that releases were pushed to: its endpoint, where it takes graphs if that is not known, and name:password."""

    address: str
    graph_store: str = ""
    credentials: str = ""


@dataclass(frozen=True)
class Plan:
    """What a withdrawal does; nothing is changed before `carry_out`."""

    removal: Removal
    reason: str
    day: str
    words: str
    sites: tuple[Site, ...]
    effects: Withdrawal | None
    engines: tuple[EngineAt, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the surrogate keys that caches before a service have to drop."""
        return tuple(dict.fromkeys(surrogate_key(release.version) for site in self.sites for release in site.holding))

    @property
    def addresses(self) -> Iterator[str]:
        """Yield paths for a proxy that knows no keys: of the record and the releases; what else names it lasts five minutes."""
        base = base_of(self.removal.root)
        for iri in sorted(self.removal.things | {self.removal.thing}):
            path = iri.removeprefix(base)
            yield from (f"/{path}", f"/page/{path}", f"/data/{path}", f"/cite/{path}", f"/embed/{path}", f"/timemap/{path}")
            yield f"/picture/{path}.png"
        yield from ("/sparql", "/search", "/dumps/", "/feed", "/sitemap.xml")
        yield from dict.fromkeys(f"/release/{release.version}" for site in self.sites for release in site.holding)


def plan(
    root: Path,
    thing: str,
    reason: str,
    sites: Sequence[Path],
    *,
    engines: Sequence[EngineAt] = (),
    named: bool = True,
    version: str = "",
    day: str = "",
) -> Plan:
    """Find what a withdrawal does; `thing` is an IRI or what stands behind the base in it.

    Raises NotFound where neither the corpus nor a release holds it, UsageError for a class of reason that there is not.
    """
    base = base_of(root)
    iri = thing if "://" in thing else base + thing.removeprefix("/")
    day = day or datetime.now(UTC).date().isoformat()
    found = removal(root, iri, reason, day, named=named, version=version)
    looked = tuple(_site(folder, iri) for folder in dict.fromkeys(sites))
    holding = any(site.holding for site in looked)
    if not found.things and not holding:
        raise NotFound(f"Neither the corpus nor a release holds {iri}.", remedy="Give the IRI of a record.")
    release = next((site.current for site in looked if site.current in site.holding), None)
    effects = Dataset(release).effects_without(*found.things) if release and found.things else None
    return Plan(found, reason, day, reason_words(read(root), reason), looked, effects, tuple(engines))


def carry_out(what: Plan, progress: Progress) -> Iterator[str]:
    """Do what was planned, and say what was done; where a build fails, the files of the corpus are left as they were."""
    what.removal.apply()
    made: list[tuple[Site, Release]] = []
    try:
        for site in what.sites:
            if site.current and (what.removal.things or site.current in site.holding):
                restricted = site.current.manifest.protection == RESTRICTED
                made.append((site, build(what.removal.root, site.folder, progress, restricted=restricted)))
    except BaseException:
        what.removal.undo()
        raise
    for path in what.removal.texts:
        yield f"changed: {path}" if path.exists() else f"removed: {path}"
    for site, release in made:
        yield f"{site.folder}: release {release.version} is the current one; a service that runs takes it over within a second"
        yield from _engines(what, site, release)
    for site in what.sites:
        for old in site.holding:
            entomb(old.folder, old.manifest, what.words, what.day)
            yield f"{site.folder}: release {old.version} is withdrawn and its files are removed"


def _engines(what: Plan, site: Site, new: Release) -> Iterator[str]:
    """Have engines lose the releases that are withdrawn and hold the new one; say of one that fails what is to be done there."""
    for engine in what.engines:
        for old in site.holding:
            try:
                Push(old, engine.address, engine.graph_store, engine.credentials).remove()
                yield f"{engine.address}: release {old.version} is taken out"
            except AllegataError as error:
                graphs = f"every graph that begins with <{old.manifest.release_iri}/{old.hash[:16]}/"
                yield f"warning: {engine.address} may still hold release {old.version}: {error.message} Drop there {graphs}"
        try:
            Push(new, engine.address, engine.graph_store, engine.credentials).run()
            yield f"{engine.address}: holds release {new.version}"
        except AllegataError as error:
            yield f"warning: {engine.address} does not hold release {new.version}: {error.message} Call allegata push."


def _site(folder: Path, iri: str) -> Site:
    """Look which releases of a site hold a thing, those too that are withdrawn but not removed."""
    holding, unreadable = [], []
    for place in sorted((folder / "releases").glob("*/")):
        try:
            if tombstone_of(place) and not (place / MANIFEST).exists():
                continue
            release = Release(place.resolve(), read_manifest(place))
            if _holds(release, iri):
                holding.append(release)
        except AllegataError:
            unreadable.append(place)
    try:
        now = current(folder)
    except (ReleaseError, Gone):
        now = None
    return Site(folder, now, tuple(holding), tuple(unreadable))


def _holds(release: Release, iri: str) -> bool:
    """Return whether a release says anything of a thing, other than that it is redacted."""
    store, node = release.open_store(), NamedNode(iri)
    if next(iter(store.quads_for_pattern(node, None, None, None)), None):
        return True
    about = store.quads_for_pattern(None, None, node, None)
    return any(quad.predicate.value != expand("alg:redacts") for quad in about)

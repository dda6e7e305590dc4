"""Finds the releases of a site, side by side: by version, in the order in which they came out, and what has been withdrawn."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pyoxigraph import DefaultGraph, Literal, NamedNode

from allegata.errors import AllegataError, Gone, NotFound, ReleaseError, UsageError
from allegata.model.namespaces import expand
from allegata.release.bounds import UNBOUNDED, Bounds, refuse_link, refuse_links
from allegata.release.digests import sha256
from allegata.release.handle import Release
from allegata.release.manifest import NAME as MANIFEST
from allegata.release.manifest import FileEntry, manifest_bytes, parse_manifest
from allegata.release.statement_store import StatementStore
from allegata.release.tombstone import NAME as TOMBSTONE
from allegata.release.tombstone import Tombstone, check_not_withdrawn, tombstone_of
from allegata.release.transfer import fetch

_NUMBERS = re.compile(r"\d+")


def read_release(folder: Path) -> Release:
    """Read the release in a folder; raise ReleaseError where there is none or it is damaged, Gone where it was withdrawn.

    What leads out of the folder is damage, too.
    """
    for name in (MANIFEST, TOMBSTONE):
        refuse_link(folder / name)
    check_not_withdrawn(folder)
    data = manifest_bytes(folder)
    refuse_links(folder)
    return Release(folder, parse_manifest(data, str(folder / MANIFEST)), FileEntry(sha256(data), len(data)))


class Site:
    """The releases beside one that is current, the oldest first; the current one is always among them, and the last.

    What was withdrawn is read from the store of the current one, or from the one that is given.
    """

    def __init__(self, current: Release, store: StatementStore | None = None):
        self.current = current
        self.withdrawn = withdrawals_in(store or current.open_store())
        kept = (current.manifest.base, current.manifest.protection)
        found = {current.version: current}
        #: What is left of releases that were withdrawn, by folder.
        self.tombstones: dict[Path, Tombstone] = {}
        for folder in sorted(current.folder.parent.glob("*/"), key=lambda path: (path.stat().st_mtime, path.name), reverse=True):
            try:
                stone = tombstone_of(folder)
                if stone and (stone.base, stone.protection) == kept:
                    self.tombstones[folder] = stone
                release = read_release(folder)
            except (ReleaseError, Gone):
                continue
            # A version that was built several times while it was edited counts once: as the current one, or as built last.
            if (release.manifest.base, release.manifest.protection) == kept:
                found.setdefault(release.version, release)
        del found[current.version]
        self.releases = [*sorted(found.values(), key=_age), current]
        self._reasons = {release.version: self.reason(release) for release in self.releases}

    @property
    def offered(self) -> list[Release]:
        """Return the releases that can be had: those of which nothing was withdrawn."""
        return [release for release in self.releases if not self._reasons[release.version]]

    def get(self, version: str | None) -> Release:
        """Return a release by its version, else the current one; raise NotFound with what there is, Gone for a withdrawn one."""
        if version is None or version == self.current.version:
            return self.current
        release = next((item for item in self.releases if item.version == version), None)
        iri = f"{self.current.manifest.base}release/{version}"
        reason = self.withdrawn.get(iri) or self._reasons.get(version)
        stone = next((stone for stone in self.tombstones.values() if stone.version == version), None)
        if release is None and stone:
            reason = f"{stone.words}."
        if reason:
            raise Gone(f"Release {version} was withdrawn: {reason}", remedy=f"The current release is {self.current.version}.")
        if release is None:
            listed = ", ".join(item.version for item in self.offered)
            raise NotFound(f"There is no release {version}.", remedy=f"There are: {listed}.")
        return release

    def before(self, release: Release) -> Release | None:
        """Return the release that can be had and came before one."""
        at = self.offered.index(release)
        return self.offered[at - 1] if at else None

    def reason(self, release: Release) -> str | None:
        """Return why a release cannot be had: it was withdrawn itself, or it holds something that was withdrawn since."""
        if release is self.current or not self.withdrawn:
            return None
        named = self.withdrawn.get(release.manifest.release_iri)
        if named:
            return named
        if not release.has_store:
            return "its statements are not at hand here, so that nobody can say whether it holds what was withdrawn since."
        store = release.open_store()
        held = (why for iri, why in self.withdrawn.items() if any(store.quads_for_pattern(NamedNode(iri), None, None, None)))
        found = next(held, None)
        return f"it holds what was withdrawn since. {found}" if found else None


def check_site(site: Path, protection: str, base: str) -> None:
    """Raise ReleaseError where a site holds a release for others than the one to come, or its current one is of another corpus.

    `base` is what the names of the corpus begin with; where it is empty, a release of any corpus may be there.
    """
    if base:
        _check_corpus(site, base)
    for folder in sorted((site / "releases").glob("*/")):
        try:
            manifest = read_release(folder).manifest
        except (ReleaseError, Gone):
            continue
        if manifest.protection != protection:
            kinds = f"{manifest.protection or 'public'} releases, and this one would be {protection or 'public'}"
            raise ReleaseError(f"{site} holds {kinds}.", remedy="Give each a site of its own with --site.")


def _check_corpus(site: Path, base: str) -> None:
    try:
        found = current(site).manifest.base
    except (ReleaseError, Gone):
        return
    if found != base:
        raise ReleaseError(
            f"{site} holds releases of {found}, and this one would be of {base}.",
            remedy="Give it a site of its own with --site, or --take-over to put it in their place.",
        )


def withdrawals(release: Release) -> dict[str, str]:
    """Return what a release says was withdrawn, with the reason: what an alg:Redaction names and nothing else describes."""
    return withdrawals_in(release.open_store())


def withdrawals_in(store: StatementStore) -> dict[str, str]:
    """Return the same of the store of a release."""
    found: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, NamedNode(expand("alg:redacts")), None, DefaultGraph()):
        if isinstance(quad.object, NamedNode) and not any(store.quads_for_pattern(quad.object, None, None, DefaultGraph())):
            found[quad.object.value] = _tombstone(store, quad.subject)
    return found


def _tombstone(store: StatementStore, redaction: object) -> str:
    """Return what the record of a redaction says: when, for which class of reason, and where the record is."""
    assert isinstance(redaction, NamedNode)
    reasons = _objects(store, redaction, "alg:redactionReason")
    labels = [label for reason in reasons if isinstance(reason, NamedNode) for label in _objects(store, reason, "skos:prefLabel")]
    dates = [term.value for term in _objects(store, redaction, "dct:date") if isinstance(term, Literal)]
    words = sorted(label.value for label in labels if isinstance(label, Literal) and label.language in (None, "en"))
    return f"{', '.join(words) or 'reason not given'}{', ' + dates[0] if dates else ''}; see <{redaction.value}>."


def _objects(store: StatementStore, subject: NamedNode, curie: str) -> Iterable[object]:
    return [quad.object for quad in store.quads_for_pattern(subject, NamedNode(expand(curie)), None, DefaultGraph())]


def _age(release: Release) -> tuple[str, list[int], str]:
    """Order releases by the day on which they came out, then by the numbers of their version."""
    return release.manifest.created, [int(part) for part in _NUMBERS.findall(release.version)], release.version


def current(site: Path) -> Release:
    """Return the release that a site points to; raise ReleaseError where there is none or its manifest is damaged."""
    return read_release(current_folder(site))


def current_folder(site: Path) -> Path:
    """Return the folder that a site points to; raise ReleaseError where there is none."""
    try:
        return (site / "current").resolve(strict=True)
    except PermissionError as error:
        raise ReleaseError(
            f"{site} may not be read: {error.strerror}.", remedy="Let this user read it, or give another."
        ) from None
    except (OSError, RuntimeError):  # a pointer that leads to itself is a RuntimeError up to Python 3.12
        raise ReleaseError(f"{site} holds no release.", remedy="Build one with: allegata build") from None


def open_release(word: str, site: Path, bounds: Bounds = UNBOUNDED) -> Release:
    """Open a release by its folder, the folder of a site, its version in the site, or an address over HTTP.

    The one handle on a release for whatever reads one: the Python API, the exports, `verify` and `diff`. No more of it is read
    than bounds allow.
    Raises ReleaseError where there is none, Gone for one that was withdrawn, UsageError for an address that is not HTTP.
    """
    return replace(_opened(word, site), bounds=bounds)


def _opened(word: str, site: Path) -> Release:
    if "://" in word:
        return _at_address(word)
    path = Path(word)
    if (path / MANIFEST).is_file():
        return _not_withdrawn(read_release(path))
    if (path / "current").exists():
        return current(path)
    if path.is_dir():
        return read_release(path)
    return _by_version(word, site)


def _not_withdrawn(release: Release) -> Release:
    """Return a release; raise Gone where it holds what the current one of its site says was withdrawn since."""
    folder = release.folder.resolve()
    try:
        site = Site(current(folder.parent.parent)) if folder.parent.name == "releases" else None
    except AllegataError:  # it stands in no site, or in one that cannot be read
        return release
    reason = site.reason(release) if site and folder != site.current.folder else None
    if reason:
        raise Gone(f"Release {release.version} was withdrawn: {reason}")
    return release


def _by_version(word: str, folder: Path) -> Release:
    if not (folder / "current").exists():
        raise ReleaseError(
            f"There is no folder {word}, and {folder} holds no release.", remedy="Give another, or the site by --site."
        )
    site = Site(current(folder))
    found = next((item for item in site.releases if word in (item.version, item.name)), None)
    stone = next((stone for path, stone in site.tombstones.items() if word in (stone.version, path.name)), None)
    if found is not None:
        return site.get(found.version)
    if stone:
        raise Gone(f"Release {stone.version} was withdrawn: {stone.words}.")
    known = ", ".join(item.version for item in site.offered)
    raise ReleaseError(f"There is no folder and no release {word}.", remedy=f"{folder} holds: {known}.")


def _at_address(word: str) -> Release:
    if not word.startswith(("http://", "https://")):
        raise UsageError(f"{word} is not an address of a release.", remedy="Give http://… or https://…, or a folder.")
    address = word.removesuffix(MANIFEST).rstrip("/")
    address = address if address.endswith("/dumps") else f"{address}/dumps"
    return Release(address, parse_manifest(fetch(f"{address}/{MANIFEST}"), f"{address}/{MANIFEST}"))

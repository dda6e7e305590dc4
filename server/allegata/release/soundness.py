"""Finds the release of a site that can be served: the current one, or the last sound one where that is damaged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import Final

from allegata.errors import Gone, ReleaseError
from allegata.model.namespaces import expand
from allegata.release.handle import Release, open_store
from allegata.release.manifest import NAME as MANIFEST
from allegata.release.site import current_folder, read_release, withdrawals, withdrawals_in

#: How many bytes of files are digested before a release is served, which takes less than a second; the rest are while it is.
BEFOREHAND: Final = 256 << 20
_NAMED: Final = re.compile(r".+\+([0-9a-f]{8})")
_REBUILD: Final = "Build or copy the release anew."


def check_soundness(release: Release, *, needs_store: bool = True) -> None:
    """Raise ReleaseError, with the file, where a release is not as it says: by its manifest, by sizes, by its store.

    One whose statements are read from engines needs no store.

    Files are digested too, the smaller ones first, up to a bound, so that no release takes longer to open for being larger.
    """
    named = _NAMED.fullmatch(release.name)
    if named and release.own and not release.own.sha256.startswith(named[1]):
        found = f"{MANIFEST} of release {release.version} is not the one that its folder {release.name} is named by"
        raise ReleaseError(f"{found}: it has SHA-256 {release.own.sha256[:8]}….", remedy=_REBUILD, file=MANIFEST)
    for name, entry in release.checks.entries.items():
        _check_size(release, name, entry.bytes)
    if needs_store or release.has_store:
        release.open_store()
    smallest = sorted((entry.bytes, name) for name, entry in release.checks.entries.items())
    for (_, name), total in zip(smallest, accumulate(size for size, _ in smallest), strict=True):
        if total <= BEFOREHAND:
            release.checks.open(name).close()


def _check_size(release: Release, name: str, size: int) -> None:
    try:
        found = (release.folder / name).stat().st_size
    except OSError as error:
        raise ReleaseError(f"{release.folder / name} cannot be read: {error.strerror}.", remedy=_REBUILD, file=name) from None
    if found != size:
        wrong = f"{name} of release {release.version} has {found:,} bytes instead of {size:,}."
        raise ReleaseError(wrong, remedy=_REBUILD, file=name, release=release.version)


def sound_release(site: Path, tell: Callable[[str], None], *, needs_store: bool = True) -> Release:
    """Return the release of a site that can be served, and tell of what is damaged where that is not the current one.

    Where the current one is damaged it is the newest other that is sound and knows of everything that the current one says was
    withdrawn. Raises ReleaseError, with the file that is damaged, where there is none, Gone where the current one was withdrawn.
    """
    folder = current_folder(site)
    try:
        release = read_release(folder)
        check_soundness(release, needs_store=needs_store)
    except ReleaseError as error:
        damage = error
    else:
        return release
    for other in _others(folder):
        tell(f"The current release is damaged: {damage.message} Release {other.version}, in {other.folder}, is served instead.")
        return other
    raise damage


def _others(folder: Path) -> Iterator[Release]:
    """Yield the releases beside a damaged one that may be served in its place, the newest first."""
    withdrawn = _withdrawn(folder)
    for path in sorted(folder.parent.glob("*/"), key=lambda path: (path.stat().st_mtime, path.name), reverse=True):
        try:
            release = read_release(path)
            if path != folder and withdrawn is not None and withdrawn <= withdrawals(release).keys():
                check_soundness(release)
                yield release
        except (ReleaseError, Gone):
            continue


def _withdrawn(folder: Path) -> Set[str] | None:
    """Return what a damaged release says was withdrawn, by its store or its statements; None where neither can be read."""
    with suppress(ReleaseError):
        return withdrawals_in(open_store(folder)).keys()
    with suppress(ReleaseError):
        redacts = f" <{expand('alg:redacts')}> <"
        return {line.split(redacts)[1].partition(">")[0] for line in read_release(folder).checked_lines if redacts in line}
    return None

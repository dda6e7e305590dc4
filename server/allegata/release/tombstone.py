"""Withdraws a release: what is left in its folder says that there was one, since when it is gone, for which class of reason."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from allegata.errors import Gone, ReleaseError
from allegata.release.manifest import Manifest

NAME: Final = "withdrawn.json"


@dataclass(frozen=True, kw_only=True)
class Tombstone:
    """A release that was withdrawn, in the order of its file; it says nothing of what the release held."""

    base: str
    version: str
    created: str
    rdfc10: str
    protection: str
    #: The name of a class of reason, and the day of the withdrawal.
    reason: str
    withdrawn: str

    @property
    def words(self) -> str:
        """Return why and when it was withdrawn."""
        return f"{self.reason}, {self.withdrawn}"


def surrogate_key(version: str) -> str:
    """Return the name under which caches before a service know what is of a release (the header Surrogate-Key)."""
    return f"release-{version}"


def tombstone_of(folder: Path) -> Tombstone | None:
    """Return what the folder of a release says of its withdrawal, if it was withdrawn; raise ReleaseError where it is damaged."""
    try:
        said = json.loads((folder / NAME).read_bytes())
        return Tombstone(**said)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError):
        raise ReleaseError(f"{folder / NAME} is damaged: the release was withdrawn.", remedy="Remove the folder.") from None


def check_not_withdrawn(folder: Path) -> None:
    """Raise Gone, with the class of reason, where the release in a folder was withdrawn."""
    found = tombstone_of(folder)
    if found:
        raise Gone(f"Release {found.version} was withdrawn: {found.words}.", remedy="Take a release that came after it.")


def entomb(folder: Path, manifest: Manifest, reason: str, day: str) -> None:
    """Withdraw the release in a folder: first it is marked, then all that it held is removed."""
    said = Tombstone(
        base=manifest.base,
        version=manifest.version,
        created=manifest.created,
        rdfc10=manifest.rdfc10,
        protection=manifest.protection,
        reason=reason,
        withdrawn=day,
    )
    aside = folder / f".{NAME}"
    aside.write_text(json.dumps(asdict(said), indent=2) + "\n", "utf-8")
    aside.replace(folder / NAME)
    for path in folder.iterdir():
        if path.name == NAME:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()

"""Takes files of a release as they are, each checked against the manifest, with their digests in SHA256SUMS."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from allegata.corpus.extensions import Option, Values
from allegata.errors import UsageError
from allegata.release.digests import CHECKSUMS, checksums
from allegata.release.export.exporters import Exporter
from allegata.release.handle import Release


def write_files(release: Release, folder: Path, values: Values) -> str:
    """Write the dumps of a release, or those whose names fit a pattern, into a folder."""
    only = values.get("only", ())
    names = [name for name in release.files if name.startswith("dumps/")]
    chosen = [name for name in names if not only or any(fnmatchcase(name.removeprefix("dumps/"), word) for word in only)]
    if not chosen:
        raise UsageError(
            f"No file of release {release.version} is called {' or '.join(only)}.", remedy=f"There is, say, {names[0][6:]}."
        )
    for name in chosen:
        target = folder / name.removeprefix("dumps/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(release.read_checked(name))
    listed = {name.removeprefix("dumps/"): release.files[name] for name in chosen}
    (folder / CHECKSUMS).write_bytes(checksums(listed))
    return f"{len(chosen)} files and {CHECKSUMS}"


EXPORTER: Final = Exporter(
    "Copy or fetch files of a release into a folder, each checked against the manifest, with their digests in SHA256SUMS.",
    write_files,
    (Option("only", "Take only files of this name, such as 'tables/*.csv' or '*.ttl.gz'; may be repeated.", many=True),),
)

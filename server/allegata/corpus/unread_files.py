"""Finds files of a corpus that nothing reads: what somebody put there would be missing from the release without a word."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any, Final

from allegata.corpus.nearest import nearest
from allegata.corpus.text_files import list_files
from allegata.model.protection import FOLDER as RESTRICTED

_ANYWHERE: Final = "/**/"


def unread_files(root: Path) -> Iterator[str]:
    """Yield for each file that nothing reads its path below the corpus, and what to do with it.

    Files and folders whose names begin with a dot are left alone.
    """
    said = tomllib.loads((resources.files("allegata.corpus") / "read-files.toml").read_text("utf-8"))
    for folder in ("data", RESTRICTED):
        for path in list_files(root / folder, "", below=True):
            name = PurePosixPath(path.relative_to(root).as_posix())
            is_hidden = any(part.startswith(".") for part in name.parts)
            if not is_hidden and not any(_fits(name, form) for form in said["read"]):
                yield f"{name}: nothing reads it. {_remedy(name, said)}"


def _fits(name: PurePosixPath, form: str) -> bool:
    top, anywhere, last = form.partition(_ANYWHERE)
    if anywhere:
        return name.is_relative_to(top) and fnmatchcase(name.name, last)
    wanted = PurePosixPath(form)
    return name.parent == wanted.parent and fnmatchcase(name.name, wanted.name)


def _remedy(name: PurePosixPath, said: Mapping[str, Any]) -> str:
    exact = {PurePosixPath(form).stem: form for form in said["read"] if "*" not in form}
    if near := nearest(name.stem, exact):
        return f"The nearest that is read is {exact[near]}."
    return str(said["remedies"].get(name.suffix.lower(), said["remedies"]["otherwise"]))

"""Looks whether git keeps files that are not for everybody: what it once kept stays in the history of the repository."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import NamedNode

from allegata.corpus.partition import partition
from allegata.corpus.quad_file import naming
from allegata.corpus.reader import Corpus, read
from allegata.errors import CorpusError, UsageError
from allegata.model.namespaces import expand
from allegata.model.protection import FOLDER as RESTRICTED
from allegata.model.protection import LEVELS, PUBLIC, level_name

_REMEDY = (
    f"Move such records to {RESTRICTED}/, which git is to ignore, and take them out of the history of the repository before "
    "anybody else has a copy of it: docs/publishing.md says how."
)


def check_tracked(root: Path) -> None:
    """Raise CorpusError with each file that git keeps, or kept, and that holds what is not for everybody.

    Raises UsageError where there is no repository.
    """
    if found := list(_restricted(root)):
        raise CorpusError("\n".join(found), remedy=_REMEDY)


def _restricted(root: Path) -> Iterator[str]:
    tracked = _names(root, "ls-files", "-z", "--cached")
    for name in sorted(name for name in tracked if name.startswith(f"{RESTRICTED}/")):
        yield f"{name}: git keeps it, and whatever stands in {RESTRICTED}/ is not for everybody."
    for name in sorted(_names(root, "log", "--all", "--format=", "--name-only", "-z", "--relative", "--", RESTRICTED) - tracked):
        yield f"{name}: it stands in the history of the repository, and whatever stands in {RESTRICTED}/ is not for everybody."
    corpus = read(root)
    parted = partition(corpus)
    counts = Counter(parted.misplaced) + Counter(parted.following)
    counts.update(dict.fromkeys(_closed_files(corpus), 0))
    for path in sorted(counts):
        if (name := Path(path).relative_to(root).as_posix()) in tracked:
            held = f"{counts[path]} records in it are" if counts[path] else "all of it is"
            yield f"{name}: git keeps it, and {held} not for everybody."


def _closed_files(corpus: Corpus) -> Iterator[str]:
    """Yield the files that are marked as a whole, by their graphs."""
    for quad in naming(corpus.quads, NamedNode(expand("alg:protectionLevel"))):
        level = level_name(quad.object.value) if isinstance(quad.object, NamedNode) else None
        path = corpus.files.get(quad.subject)  # type: ignore[arg-type]
        if path and level in LEVELS[LEVELS.index(PUBLIC) + 1 :] and not path.is_relative_to(corpus.root / RESTRICTED):
            yield str(path)


def _names(root: Path, *words: str) -> set[str]:
    """Return the names of files that git gives, by their paths below the corpus."""
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=False)
    except FileNotFoundError:
        raise UsageError("git is not installed, so nobody can say what it keeps.", remedy="Install git.") from None
    if done.returncode and words[0] == "ls-files":
        raise UsageError(f"{root} is in no repository of git.", remedy="Make one there with: git init")
    return set(filter(None, done.stdout.decode("utf-8", "surrogateescape").replace("\n", "\0").split("\0")))

"""Knows the files of a corpus that were made of a workbook by their first line, which says too whether they were changed."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

from allegata.corpus.text_files import list_files, read_text
from allegata.errors import UsageError
from allegata.model.protection import FOLDER as RESTRICTED

#: The folder below data/ and restricted/ that holds them, a folder for each workbook.
FOLDER: Final = "workbooks"
_MARK: Final = re.compile(r"# .* Made of the workbook [a-z0-9-]+; change it there\. SHA-256 ([0-9a-f]{64})\n")


def file_name(workbook: str, part: str, *, restricted: bool) -> str:
    """Return the name of a file that is made of a workbook, by its path in the corpus."""
    return f"{RESTRICTED if restricted else 'data'}/{FOLDER}/{workbook}/{part}.ttl"


def marked(text: str, workbook: str) -> str:
    """Return a corpus file with a first line that says what it was made of, and by which it is known again."""
    heading, _, rest = text.partition("\n")
    digest = hashlib.sha256(rest.encode()).hexdigest()
    return f"{heading} Made of the workbook {workbook}; change it there. SHA-256 {digest}\n{rest}"


def made_files(root: Path, workbook: str) -> dict[str, bool]:
    """Return the files that were made of a workbook, by their paths in the corpus, each with whether it was changed since.

    Other files in the same folders were made by hand, and are no business of the workbook.
    """
    found: dict[str, bool] = {}
    for top in ("data", RESTRICTED):
        for path in list_files(root / top / FOLDER / workbook, ".ttl", below=True):
            text = read_text(path)
            if mark := _MARK.match(text):
                is_changed = hashlib.sha256(text[mark.end() :].encode()).hexdigest() != mark[1]
                found[path.relative_to(root).as_posix()] = is_changed
    return found


def check_unchanged(root: Path, workbook: str) -> None:
    """Raise UsageError where a file that was made of a workbook was changed since, by hand or by a command."""
    if changed := sorted(name for name, is_changed in made_files(root, workbook).items() if is_changed):
        raise UsageError(
            f"{', '.join(changed)}: changed since it was made of the workbook.",
            remedy="Take the change over into the workbook, then give --replace to write over the file.",
        )

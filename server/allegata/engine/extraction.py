"""Makes the plain text of a document that came from anywhere, in a process of its own that can be ended.

The process that calls never parses the document: another does, without network and without files, with limits on time and memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Final

from allegata.corpus.text_files import read_regular
from allegata.corpus.texts.document_text import Block, DocumentText, Stretch, TooLarge, Unreadable
from allegata.corpus.texts.kinds import KINDS, Kind, kind_of, text_of
from allegata.corpus.texts.samples import sample
from allegata.engine.confined import NO_MEMORY, UNREADABLE, Overdue, confine, give_way, on_deep_stack, run_confined
from allegata.errors import CorpusError, UsageError

#: The largest document, the most memory that reading one may take, and the longest time.
MOST_BYTES: Final = 128 * 1024 * 1024
MEMORY: Final = 1536 * 1024 * 1024
SECONDS: Final = 300.0


def extract_text(path: Path, seconds: float = SECONDS, memory: int = MEMORY) -> DocumentText:
    """Return the text of a document with its pages and paragraphs; what kind it is says the name of the file.

    Raises UsageError for a file that cannot be read or is of no kind that is, CorpusError for a document that is damaged, locked,
    without any text, or over a limit.
    """
    kind = kind_of(path.name)
    if kind is None:
        known = ", ".join(suffix for kind in KINDS for suffix in kind.suffixes)
        raise UsageError(f"{path} is of no kind of which a text can be made.", remedy=f"Give a file that ends in {known}.")
    try:
        data = read_regular(path, MOST_BYTES)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    if kind.begins and not data.lstrip()[:8].startswith(kind.begins):
        raise CorpusError(f"{path} is no {kind.name}: it begins as another kind of file does.", remedy="Save the document again.")
    try:
        done = run_confined("allegata.engine.extraction", [kind.name, str(memory)], data, seconds)
    except Overdue:
        raise CorpusError(
            f"{path} could not be read within {seconds:g} seconds.", remedy="Divide the document, or save it in another kind."
        ) from None
    return _checked(path, done)


def _checked(path: Path, done: subprocess.CompletedProcess[bytes]) -> DocumentText:
    if done.returncode == UNREADABLE:
        raise CorpusError(
            f"{path} cannot be taken: {done.stdout.decode()}.", remedy="Save the document again, or in another kind."
        )
    if done.returncode == NO_MEMORY or done.returncode < 0:
        raise CorpusError(f"{path} takes more memory than is given.", remedy="Divide the document, or save it in another kind.")
    if done.returncode:
        raise CorpusError(f"{path} cannot be read; the reason is not known.", remedy="Save the document in another kind.")
    said = json.loads(done.stdout)
    found = DocumentText(said["text"], tuple(Stretch(**item) for item in said["stretches"]), tuple(said["without_text"]))
    if not found.text:
        raise CorpusError(
            f"{path} holds no text, only pictures perhaps.", remedy="Have the text recognised first (OCR), then run this again."
        )
    return found


# -- in the process of its own ---------------------------------------------------------------------------------------------


def main(kind: Kind, memory: int) -> int:
    """Load what reading needs, give up everything else, then read the document on standard input."""
    give_way()
    read: Callable[[bytes], Iterator[Block]] = getattr(import_module(f"allegata.corpus.texts.{kind.module}"), kind.function)
    text_of(sample(kind.name), read)  # loads what is loaded late, while files can be opened
    data = sys.stdin.buffer.read()
    confine(memory)
    return on_deep_stack(lambda: _run(data, read))


def _run(data: bytes, read: Callable[[bytes], Iterator[Block]]) -> int:
    status = 0
    try:
        written = json.dumps(asdict(text_of(data, read)))
    except (TooLarge, Unreadable) as error:
        written, status = str(error), UNREADABLE
    sys.stdout.buffer.write(written.encode())
    sys.stdout.buffer.flush()
    return status


if __name__ == "__main__":
    name, limit = sys.argv[1:]
    sys.exit(main(next(kind for kind in KINDS if kind.name == name), int(limit)))

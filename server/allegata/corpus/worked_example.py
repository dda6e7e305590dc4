"""Gives the files of the worked example: twenty hard cases of an invented country, with their texts, questions and answers."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

#: The base of the names in the files, in whose place that of the new corpus is put.
BASE: Final = "https://example.org/arland/"
TITLE: Final = "Twenty hard cases of an invented country"
#: What it says of itself otherwise than other new corpora.
WORDS: Final = {
    "description": "Who says what about an invented country, in cases that are hard to record. Everything in it is made up for "
    "the example: states, bodies, documents and what is said in them. Nothing of it happened.",
    "keyword": "synthetic",
}
README: Final = """# {title}

**Everything here is invented**: Arland, its bodies, the documents in `texts/` and what is said in them. It shows how cases
that are hard to record are recorded, one file each in `data/cases/`. Each has a question in `data/questions/` and its
answer in `answers/`.

    allegata validate --root .                              # check it against shapes and rules
    allegata verify-anchors --root . --sources texts        # find each passage in the texts again
    allegata build --root .                                 # make a release in the folder build/
    allegata query data/questions/01-retracted-testimony.rq # ask it the first question
    allegata serve                                          # show it on http://127.0.0.1:8000/

{cases}

To begin a corpus of your own, call `allegata new` without `--example`.
"""


def worked_example(base: str) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the content of each file, with the base of the corpus in its names; texts stay as they are."""
    for path, content in sorted(_files(files(__package__) / "example", "")):
        yield path, content if path.startswith("texts/") else content.replace(BASE.encode(), base.encode())


def readme(title: str) -> str:
    """Return the page that introduces the example, with a line for each case."""
    heads = (content.split(b"\n", 1)[0].decode() for path, content in worked_example(BASE) if path.startswith("data/cases/"))
    cases = "\n".join(f"{head.removeprefix('# Case ').replace(':', '.', 1)}." for head in heads)
    return README.format(title=title, cases=cases)


def _files(folder: Traversable, here: str) -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        path = f"{here}{item.name}"
        if item.is_dir():
            yield from _files(item, f"{path}/")
        else:
            yield path, item.read_bytes()

"""Knows the questions of a release again, whatever their parameters are: an engine may be unable to answer one equally."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from allegata.engine.gate.tokens import tokens
from allegata.engine.remote.dialects import Dialect
from allegata.errors import BadRequest, QuerySyntaxError

_FOLDER: Final = "questions"


class Questions:
    """The questions of a release by what is fixed in them: all but the values that are put in for parameters."""

    def __init__(self, release: Path) -> None:
        self._names: dict[str, list[str]] = {}
        for path in sorted((release / _FOLDER).glob("*.rq")):
            self._names.setdefault(shape(path.read_text("utf-8")), []).append(path.stem)

    def refuse(self, text: str, dialect: Dialect) -> None:
        """Raise BadRequest for a question that an engine of this kind cannot answer equally."""
        if not dialect.refuses:
            return
        for name in self._names.get(shape(text), ()):
            if name in dialect.refuses:
                raise BadRequest(
                    f"{dialect.name} cannot answer the question {name} as it is meant: {dialect.refuses[name]}.",
                    remedy="Ask a service that answers from the release itself, or load its dump.",
                )


def shape(text: str) -> str:
    """Return a query without spaces, comments, and what stands in its blocks of values."""
    try:
        return " ".join(_fixed(text))
    except QuerySyntaxError:
        return ""


def _fixed(text: str) -> Iterator[str]:
    inside = waits = False
    for token in tokens(text):
        if inside:
            inside = token.text != "}"
            continue
        yield token.text
        waits = waits or token.keyword == "VALUES"
        if waits and token.text == "{":
            inside, waits = True, False

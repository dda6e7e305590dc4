"""Tells at a glance that a query has nothing in it that the engine answers otherwise than SPARQL has it."""

from __future__ import annotations

import re
from typing import Final

from allegata.engine.gate.tokens import without_content

#: Marks and words that the rewriting looks at; what it does is done to nothing else.
_WANTED: Final = re.compile(
    r"[^\w\s?$:.;,{}@\-]|[\w][?](?!\w)|(?<![\w?$:])\d|ORDER|MIN|MAX|COUNT|CONCAT|GRAPH|FILTER|HAVING|IF|BNODE", re.IGNORECASE
)
_SLICE: Final = re.compile(r"(?<![\w?$:.\-])(?:LIMIT|OFFSET)\s+\d+", re.IGNORECASE)


def is_plain(text: str) -> bool:
    """Return whether a query is of triples without paths, joined, at most sliced: it is put to the engine as it is.

    Only what is certain counts; a query that merely looks otherwise is read, to the same effect.
    """
    return not _WANTED.search(_SLICE.sub(" ", without_content(text)))

"""What engines do each in their own way: a file for each, and the table by which one is known from what it says of itself."""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from allegata.engine.remote.dialects.dialect import Dialect
from allegata.engine.remote.dialects.jena import JENA
from allegata.engine.remote.dialects.oxigraph import OXIGRAPH
from allegata.engine.remote.dialects.standard import STANDARD
from allegata.engine.remote.dialects.virtuoso import VIRTUOSO

#: The first that fits the Server header counts; the last fits all.
DIALECTS: Final = (OXIGRAPH, VIRTUOSO, JENA, STANDARD)

__all__ = ["DIALECTS", "Dialect", "dialect_of"]


def dialect_of(server: str = "", fields: Container[str] = (), word: str = "") -> Dialect:
    """Return the dialect of an engine: the one that is named, else by its Server header (RFC 9110, 10.2.4) and further ones."""
    if word:
        return next(dialect for dialect in DIALECTS if dialect.word == word)
    return next(dialect for dialect in DIALECTS if dialect.fits(server, fields))

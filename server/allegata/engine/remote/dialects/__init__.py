"""What engines do each in their own way: a file for each, and the table by which one is known from what it says of itself."""

from __future__ import annotations

from typing import Final

from allegata.engine.remote.dialects.dialect import Dialect
from allegata.engine.remote.dialects.oxigraph import OXIGRAPH
from allegata.engine.remote.dialects.standard import STANDARD
from allegata.engine.remote.dialects.virtuoso import VIRTUOSO

#: The first that fits the Server header counts; the last fits all.
DIALECTS: Final = (OXIGRAPH, VIRTUOSO, STANDARD)

__all__ = ["DIALECTS", "Dialect", "dialect_of"]


def dialect_of(server: str) -> Dialect:
    """Return the dialect of an engine by its Server header (RFC 9110, section 10.2.4)."""
    return next(dialect for dialect in DIALECTS if server.lower().startswith(dialect.server))

"""Any engine that is not known by name: it is taken at the word of SPARQL 1.1."""

from __future__ import annotations

from typing import Final

from allegata.engine.remote.dialects.dialect import Dialect

STANDARD: Final = Dialect("SPARQL 1.1", "")

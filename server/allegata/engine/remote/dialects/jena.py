"""Apache Jena, which Fuseki serves: it is taken at the word of SPARQL 1.1; Fuseki is known by its own header on every answer."""

from __future__ import annotations

from typing import Final

from allegata.engine.remote.dialects.dialect import Dialect

JENA: Final = Dialect("Jena", "apache jena fuseki", graph_store="data", field="fuseki-request-id")

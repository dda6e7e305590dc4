"""Oxigraph's own server, `oxigraph serve`: it departs from SPARQL as the engine of the release does, without our functions."""

from __future__ import annotations

from typing import Final

from allegata.engine.gate.rewriting import rewrite
from allegata.engine.remote.dialects.dialect import Dialect


def _rewritten(text: str) -> str:
    return rewrite(text, plain=True).text


OXIGRAPH: Final = Dialect("Oxigraph", "oxigraph", rewrite=_rewritten, graph_store="/store")

"""Allegata publishes attributed claims as linked data: a folder of Turtle becomes a checked, immutable, served release.

    import allegata

    with allegata.open("build") as release:
        rows = release.query("SELECT ?claim WHERE { ?claim a <https://w3id.org/allegata/ns#Claim> }")

Names are loaded when they are first used (PEP 562); `docs/python.md` describes them, `__all__` lists them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from allegata.errors import (
    Abandoned,
    AllegataError,
    AnchorError,
    BadRequest,
    Busy,
    CorpusError,
    CorpusSyntaxError,
    EngineFailed,
    EngineTimeout,
    EngineUnavailable,
    Gone,
    HeadersTooLarge,
    LimitExceeded,
    LinkError,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    NothingServed,
    PayloadTooLarge,
    QueryFailed,
    QueryOutOfMemory,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    RangeNotSatisfiable,
    ReferenceMismatch,
    ReleaseError,
    RequestError,
    ServiceFailed,
    ServiceTimeout,
    SheetError,
    TooManyRequests,
    UnsupportedMediaType,
    UriTooLong,
    UsageError,
    ValidationFailed,
    WorkTimeout,
)

if TYPE_CHECKING:
    from allegata.api.corpus import Corpus, build
    from allegata.api.release import Release
    from allegata.api.release import open_release as open
    from allegata.api.results import Rows, Table, Triples
    from allegata.domain.dataset import Dataset

    __version__: str

__all__ = [
    "Abandoned",
    "AllegataError",
    "AnchorError",
    "BadRequest",
    "Busy",
    "Corpus",
    "CorpusError",
    "CorpusSyntaxError",
    "Dataset",
    "EngineFailed",
    "EngineTimeout",
    "EngineUnavailable",
    "Gone",
    "HeadersTooLarge",
    "LimitExceeded",
    "LinkError",
    "MethodNotAllowed",
    "NotAcceptable",
    "NotFound",
    "NothingServed",
    "PayloadTooLarge",
    "QueryFailed",
    "QueryOutOfMemory",
    "QueryRefused",
    "QuerySyntaxError",
    "QueryTimeout",
    "RangeNotSatisfiable",
    "ReferenceMismatch",
    "Release",
    "ReleaseError",
    "RequestError",
    "Rows",
    "ServiceFailed",
    "ServiceTimeout",
    "SheetError",
    "Table",
    "TooManyRequests",
    "Triples",
    "UnsupportedMediaType",
    "UriTooLong",
    "UsageError",
    "ValidationFailed",
    "WorkTimeout",
    "__version__",
    "build",
    "open",
]

#: Name → where it is, for what is loaded when it is first used.
_LAZY = {
    "Corpus": "allegata.api.corpus:Corpus",
    "Dataset": "allegata.domain.dataset:Dataset",
    "Release": "allegata.api.release:Release",
    "Rows": "allegata.api.results:Rows",
    "Table": "allegata.api.results:Table",
    "Triples": "allegata.api.results:Triples",
    "build": "allegata.api.corpus:build",
    "open": "allegata.api.release:open_release",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name == "__version__":
        value: Any = import_module("importlib.metadata").version("allegata")
    elif name in _LAZY:
        module, _, attribute = _LAZY[name].partition(":")
        value = getattr(import_module(module), attribute)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})

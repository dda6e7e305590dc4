"""A small release for the tests of the engine, and how they ask it."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pyoxigraph import RdfFormat, Store

from allegata.engine import Engine, Form, Inspected, Query, inspect
from allegata.model.formats import CSV_RESULTS, JSON_RESULTS, Format
from allegata.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
EX = "https://example.org/"
# One statement stands in two graphs, and one name needs escaping in XML.
STATEMENTS = (
    f'<{EX}a> <{EX}name> "Ada" <{EX}graph/one> .\n',
    f'<{EX}a> <{EX}name> "Ada" <{EX}graph/two> .\n',
    f'<{EX}b> <{EX}name> "Ben <b>" <{EX}graph/two> .\n',
    f"<{EX}a> <{EX}knows> <{EX}b> <{EX}graph/three> .\n",
)


def numbers(count: int) -> Iterable[str]:
    """Return so many statements about numbers, in one graph."""
    return (f'<{EX}n{n}> <{EX}value> "{n}" <{EX}graph/numbers> .\n' for n in range(count))


def make_release(folder: Path, statements: Iterable[str] = STATEMENTS) -> Path:
    """Write the parts of a release that an engine opens: the N-Quads, and the store with its union."""
    data = "".join(sorted(statements)).encode()
    (folder / "dumps").mkdir(parents=True)
    with gzip.open(folder / "dumps" / "allegata.nq.gz", "wb") as packed:
        packed.write(data)
    store = Store(str(folder / "store"))
    store.load(data, RdfFormat.N_QUADS)
    store.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }")
    store.flush()
    return folder


def query(text: str, form: Format | None = None, **options: Any) -> Query:
    """Make a query that passes the gate."""
    seen = inspect(text, Settings())
    return Query(seen, form or seen.form.formats[0], **options)


def smuggle(text: str, form: Format = JSON_RESULTS, **options: Any) -> Query:
    """Make a query that the gate has not seen."""
    return Query(Inspected(text, Form.SELECT), form, **options)


def ask(engine: Engine, text: str, form: Format | None = None, **options: Any) -> bytes:
    """Ask an engine and give the whole answer."""
    return b"".join(engine.answer(query(text, form, **options)).chunks)


def count(engine: Engine, text: str, **options: Any) -> int:
    """Ask for one number."""
    return int(ask(engine, text, CSV_RESULTS, **options).split()[1])


def settings(**values: Any) -> Settings:
    """Return settings for tests: small, without a cache, and with the values given."""
    return replace(Settings(), **{"cache_bytes": 0, "query_timeout": 120.0, **values})


def until(condition: Callable[[], object]) -> None:
    """Wait until something holds, or fail when it has not come for so long that it never will."""
    end = time.monotonic() + 180
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)

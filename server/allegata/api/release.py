"""Opens a release: asks it queries, reads it as a dataset or as tables, checks, compares and cites it, writes other forms."""

from __future__ import annotations

import weakref
from collections.abc import Collection
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import Any

from pyoxigraph import RdfFormat, parse

from allegata import settings
from allegata.api.results import Rows, Table, Triples
from allegata.corpus.questions import Question, find, in_order
from allegata.domain.dataset import Dataset
from allegata.domain.explanations import Explanation, Explanations, statement_of
from allegata.engine import Answer, Engine, Form, Query, inspect, open_engine, statements_of
from allegata.engine.registry import Engines
from allegata.engine.service import ServiceEngine
from allegata.engine.stranger_hash import hash_confined
from allegata.engine.stranger_shapes import apply_confined
from allegata.errors import BadRequest, LimitExceeded, NotFound, ReleaseError
from allegata.model.formats import JSON_RESULTS, N_TRIPLES, Format, by_word
from allegata.release.bounds import Bounds
from allegata.release.citations import Citation, of_dataset, of_query, of_thing
from allegata.release.diff import Difference, diff, stated
from allegata.release.export.exporters import EXPORTERS, export
from allegata.release.handle import Release as Handle
from allegata.release.manifest import Manifest
from allegata.release.site import current
from allegata.release.site import open_release as open_handle
from allegata.release.tables import read_parquet
from allegata.release.tally import sentences, tally
from allegata.release.verify import NAMES, Check, verify
from allegata.settings import Settings

#: Which method asks a query of each form.
_METHODS = {Form.SELECT: "query", Form.ASK: "ask", Form.CONSTRUCT: "graph", Form.DESCRIBE: "graph"}


def open_release(where: str | Path | None = None, *, site: str | Path | None = None, **limits: Any) -> Release:
    """Open a release: by its folder, that of a site, its version in a site, or its address (https://…).

    Without a place it is the current release of the site, which is `build` unless ALLEGATA_SITE says otherwise. Limits are
    settings by name, such as `query_timeout=60`. Raises ReleaseError where there is no release.
    """
    chosen = settings.load({"site": Path(site) if site is not None else None, **limits})
    return Release(current(chosen.site) if where is None else _handle(str(where), chosen), chosen)


def _handle(where: str, chosen: Settings) -> Handle:
    """Open what may be somebody else's release, within bounds."""
    return open_handle(where, chosen.site, Bounds(chosen.release_bytes, chosen.release_statements))


class Release:
    """A release that is open; it never changes. `close()`, or `with`, ends the processes that answered queries."""

    def __init__(self, handle: Handle, chosen: Settings):
        self.handle, self._settings = handle, chosen
        self._datasets: dict[str, Dataset] = {}
        self._explanations: dict[Path | None, Explanations] = {}
        self._end: weakref.finalize[..., Release] | None = None

    def __enter__(self) -> Release:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Release {self.version} of “{self.manifest.title}”: {self.handle.location}>"

    @property
    def version(self) -> str:
        """Return the version of the corpus."""
        return self.handle.version

    @property
    def hash(self) -> str:
        """Return the RDFC-1.0 hash of the data, which a citation names."""
        return self.handle.hash

    @property
    def manifest(self) -> Manifest:
        """Return what the release says of itself and of its files."""
        return self.handle.manifest

    # Queries. Each passes the gate and runs in a process that can be ended, or in the service that serves the release.

    def query(self, text: str, *, timeout: float | None = None) -> Rows:
        """Ask a SELECT query."""
        whole, answer = self._whole(text, Form.SELECT, JSON_RESULTS, timeout)
        return Rows(whole, self.cite_query(text), answer.missing)

    def ask(self, text: str, *, timeout: float | None = None) -> bool:
        """Ask an ASK query."""
        whole, _ = self._whole(text, Form.ASK, JSON_RESULTS, timeout)
        return b'"boolean":true' in whole.replace(b" ", b"")

    def graph(self, text: str, *, timeout: float | None = None) -> Triples:
        """Ask a CONSTRUCT or DESCRIBE query."""
        whole, answer = self._whole(text, Form.CONSTRUCT, N_TRIPLES, timeout)
        triples = tuple(quad.triple for quad in parse(whole, RdfFormat.N_TRIPLES))
        return Triples(triples, self.cite_query(text), answer.missing)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Return the questions that come with the release, by theme: each has a name, a title, a text and parameters."""
        files = sorted(name for name in self.handle.files if name.startswith("questions/") and name.endswith(".rq"))
        return in_order(Question(name[10:-3], self.handle.read_checked(name).decode("utf-8")) for name in files)

    def question(self, name: str, **values: str | Collection[str]) -> str:
        """Return the query of a question, by a name that it has or had, with values for its parameters.

        A value is an IRI, a path below the base of the release (or of the library, where the release is in a folder), or the name
        of a concept alone; no value is any. Raises
        NotFound where there is no such question, UsageError for a parameter that it does not have.
        """
        found = find(self.questions, name)
        if found is None:
            raise NotFound(f"There is no question {name[:200]!r}.", remedy="release.questions has them: allegata query --list.")
        given = {key: [value] if isinstance(value, str) else list(value) for key, value in values.items()}
        at = self.dataset().descriptions.iri_at if given and self.handle.is_local else None
        return found.bind(given, self.manifest.base, at).text

    def answer(self, text: str, format: str = "", *, timeout: float | None = None) -> Answer:
        """Answer a query of any form as bytes in a format, by its word; nothing is held in memory but what is read of it."""
        inspected = inspect(text, self._settings)
        formats = inspected.form.formats
        return self._answered(Query(inspected, by_word(format, formats).format if format else formats[0], timeout=timeout))

    def _whole(self, text: str, form: Form, format: Format, timeout: float | None) -> tuple[bytes, Answer]:
        inspected = inspect(text, self._settings)
        method = _METHODS[inspected.form]
        if method != _METHODS[form]:
            raise BadRequest(f"That is a query of the form {inspected.form.value}.", remedy=f"Ask it with release.{method}(…).")
        answer = self._answered(Query(inspected, format, timeout=timeout))
        try:
            whole = b"".join(answer.chunks)
        finally:
            answer.close()
        if answer.truncated:
            limit = self._settings.result_bytes
            raise LimitExceeded(
                f"The answer is over {limit} bytes and was cut off.",
                remedy="Add LIMIT, or open the release with a greater result_bytes.",
                limit="result_bytes",
                allowed=limit,
            )
        return whole, answer

    def _answered(self, query: Query) -> Answer:
        if isinstance(self._engine, ServiceEngine):
            return self._engine.answer(query)
        return self._engines.answer(self.handle, query)

    @cached_property
    def _engine(self) -> Engine:
        if not self.handle.is_local:
            address = f"{str(self.handle.location).removesuffix('/dumps')}/sparql"
            return ServiceEngine(address, self.version, self._settings)
        engine = open_engine(self.handle.folder, self._settings)
        # However the program ends, and should it forget to close: the processes of the engine end with this object.
        self._end = weakref.finalize(self, engine.close)
        return engine

    @cached_property
    def _engines(self) -> Engines:
        return Engines(self._settings, self.handle, self._engine)

    def close(self) -> None:
        """End the processes that answered queries; a query asked afterwards starts them anew."""
        if self._end is not None:
            self._end()
        for name in ("_engines", "_engine"):
            self.__dict__.pop(name, None)

    # The data as people and programs read it.

    def dataset(self, language: str = "en") -> Dataset:
        """Return the release as claims, assertions, stances, comparisons, record and places, named in a language where it can be.

        Raises ReleaseError for a release at an address, which has no store here.
        """
        if language not in self._datasets:
            elsewhere = self.handle.is_local and not self.handle.has_store
            store = statements_of(self.handle, self._engine) if elsewhere else None
            self._datasets[language] = Dataset(self.handle, language, self._settings.sources, store)
        return self._datasets[language]

    def explain(self, subject: str, predicate: str, object: str, *, root: str | Path | None = None) -> Explanation:
        """Return why a statement holds: the rule and what it follows from, down to what files state; with `root`, at which lines.

        A term is an IRI, a prefixed name, a path below the base, or for an object a literal as Turtle writes it. Raises NotFound
        where the release does not say it, or has no rules of inference with it.
        """
        dataset, folder = self.dataset(), Path(root) if root is not None else None
        if folder not in self._explanations:
            ask = lambda text: self.query(text).terms  # noqa: E731 - it is asked in a process that can be ended
            self._explanations[folder] = Explanations(self.handle, dataset.descriptions.store, ask, folder)
        return self._explanations[folder].explain(statement_of((subject, predicate, object), dataset.descriptions))

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the names of the tables."""
        stem, suffix = "dumps/tables/", ".parquet"
        names = (name.removeprefix(stem) for name in self.handle.files if name.startswith(stem))
        return tuple(sorted(name.removesuffix(suffix) for name in names if name.endswith(suffix)))

    def table(self, name: str) -> Table:
        """Return a table of the release, checked against the manifest; raise NotFound with the names that there are."""
        if name not in self.tables:
            raise NotFound(f"There is no table {name!r}.", remedy=f"There is: {', '.join(self.tables)}.")
        path = f"dumps/tables/{name}.parquet"
        return Table(name, read_parquet(self.handle.read_checked(path), path, self.handle.bounds))

    # What holds, what changed, how it is cited, other forms.

    def verify(
        self,
        *,
        sources: str | Path | None = None,
        expected: str | None = None,
        against: Release | str | Path | None = None,
        only: Collection[str] = NAMES,
    ) -> list[Check]:
        """Check the release: files, manifest, hash, counts, dumps, store, shapes, anchors; a check that fails has `problems`.

        What whoever made the release can make costly, its shapes, its rules and the labels of its blank nodes, is done in a
        process with limits and without network.
        """
        folder = Path(sources) if sources is not None else None
        other = self._other(against) if against is not None else None
        apply = partial(apply_confined, settings=self._settings)
        hash_of = partial(hash_confined, settings=self._settings)
        return verify(self.handle, sources=folder, expected=expected, against=other, only=only, apply=apply, hash_of=hash_of)

    def diff(self, other: Release | str | Path) -> list[Difference]:
        """Return what changed from this release to another in claims, assertions and stances."""
        return diff(self.handle.checked_lines, self._other(other).checked_lines)

    def count_changes(self, other: Release | str | Path) -> list[str]:
        """Return a sentence for each document read through: what came, was split, retyped or withdrawn up to another release."""
        before, after = stated(self.handle.checked_lines), stated(self._other(other).checked_lines)
        return sentences(tally(before, after), after.name)

    def cite(self, name: str = "") -> Citation:
        """Return the citation of the dataset, or of a thing in it by IRI or path, as this release describes it."""
        if not name:
            return of_dataset(self.manifest)
        dataset = self.dataset()
        iri = dataset.iri(name)
        if not iri.startswith(self.manifest.base):
            raise ReleaseError(
                f"{iri} is described here and kept elsewhere.", remedy=f"Cite what begins with {self.manifest.base}."
            )
        return of_thing(self.manifest, iri.removeprefix(self.manifest.base), dataset.label(iri))

    def cite_query(self, text: str, title: str = "") -> Citation:
        """Return the citation of a query on this release: the same two give the same answer for ever."""
        return of_query(self.manifest, text, title)

    def export(self, name: str, out: str | Path, **options: str | tuple[str, ...]) -> str:
        """Write the release in another form, by the name of an exporter; return what was written, in words."""
        values = {key: value if isinstance(value, tuple) else (value,) for key, value in options.items()}
        return export(EXPORTERS.get(name), self.handle, Path(out), values)

    def _other(self, other: Release | str | Path) -> Handle:
        return other.handle if isinstance(other, Release) else _handle(str(other), self._settings)

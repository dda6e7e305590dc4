"""Carries what the views work with: settings, the release and what it says, the engine."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Final, cast

from flask import Flask, current_app, url_for

from allegata.budget import shared_property
from allegata.corpus.outline import Outline, read_outline
from allegata.domain import Descriptions
from allegata.domain.dataset import Dataset
from allegata.domain.reconcile import Matcher, Names
from allegata.engine import Engine
from allegata.engine.registry import Engines
from allegata.engine.validator import context_of
from allegata.model.namespaces import ALG, BASE
from allegata.release.handle import OUTLINE, Release
from allegata.release.site import Site
from allegata.settings import Settings

_KEY = "allegata"
#: Releases beside the current one that are kept open to be read; whoever reads one that is given up reads it to the end.
KEPT: Final = 4


@dataclass(frozen=True)
class State:
    """What one application serves."""

    settings: Settings
    release: Release
    engine: Engine
    dataset: Dataset
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def attach(self, app: Flask) -> None:
        """Make it the state of an application."""
        app.extensions[_KEY] = self
        self.engines.federation.check()
        self.dataset.texts.check()

    def close(self) -> None:
        """End the engines on this release and on those beside it."""
        self.engines.close()
        self.engine.close()

    def at(self, release: Release) -> State:
        """Return what this would be on another release of the site; queries are answered by `engines`."""
        if release is self.release:
            return self
        with self._lock:
            found = self._others.pop(release.version, None)
            if found is None:
                found = State(self.settings, release, self.engine, Dataset(release, sources=self.settings.sources))
            self._others[release.version] = found
            while len(self._others) > KEPT:
                self._others.popitem(last=False)
        return found

    @cached_property
    def _others(self) -> OrderedDict[str, State]:
        """Hold the releases that were read last, the one read longest ago first."""
        return OrderedDict()

    @shared_property
    def matcher(self) -> Matcher:
        """Return what matches names to things; the names are gathered when it is first asked for."""
        return Matcher(Names(self.descriptions))

    @cached_property
    def outline(self) -> Outline | None:
        """Return the outline for maps, where the release has one."""
        return read_outline(self.release.folder / OUTLINE) if OUTLINE in self.release.manifest.files else None

    @cached_property
    def site(self) -> Site:
        """Return the releases that stand beside this one."""
        return Site(self.release, self.descriptions.store)

    @shared_property
    def shapes_context(self) -> bytes:
        """Return what shapes read of the release, for one that has no store; see `engine.validator`."""
        return context_of(self.descriptions.store) if self.descriptions.is_elsewhere else b""

    @cached_property
    def engines(self) -> Engines:
        """Return the engines on this release and on those beside it."""
        return Engines(self.settings, self.release, self.engine)

    @property
    def descriptions(self) -> Descriptions:
        """Return the reader of any thing of the release."""
        return self.dataset.descriptions

    @property
    def base(self) -> str:
        """Return the base IRI of the release."""
        return self.release.manifest.base

    def local(self, iri: str) -> str:
        """Return the address by which a page links to an IRI: on this host for our things, model and library, else as it is."""
        if iri.startswith(ALG):
            return "/ns#" + iri.removeprefix(ALG)
        if iri.startswith(self.base):
            return "/" + iri.removeprefix(self.base)
        path = iri.removeprefix(BASE)
        if path != iri and self.descriptions.iri_at(path) == iri:
            return "/" + path
        return iri if iri.startswith(("http://", "https://")) else ""


def state() -> State:
    """Return the state of the application that answers the request."""
    return state_of(current_app)


def state_of(app: Flask) -> State:
    """Return the state of an application."""
    return cast(State, app.extensions[_KEY])


def script_address(name: str) -> str:
    """Return the address of a script that `make web` builds, or nothing where it has not been built; pages do without."""
    folder = Path(str(current_app.static_folder)) / "built"
    return url_for("static", filename=f"built/{name}") if (folder / name).is_file() else ""

"""Names the graphs of one release in an engine that may hold several releases, and reads those names back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from allegata.release.manifest import Manifest

#: The property by which a whole release is known; its value says in JSON what was loaded.
PUSHED: Final = "urn:allegata:pushed"
_DIGITS: Final = 16


@dataclass(frozen=True)
class Names:
    """The graphs of a release: each has its name with the hash of the data before it, so that releases stand side by side.

    `union` holds the set union of all graphs, `stated` that of all but the inferred one, `about` the sign that it is all there.
    """

    root: str
    graphs: tuple[str, ...]
    inferred: str

    @cached_property
    def by_plain(self) -> Mapping[str, str]:
        """Return the name in the engine by the name in the release."""
        return {graph: f"{self.root}graph?{number}" for number, graph in enumerate(self.graphs)}

    @cached_property
    def by_engine(self) -> Mapping[str, str]:
        """Return the name in the release by the name in the engine."""
        return {name: graph for graph, name in self.by_plain.items()}

    @property
    def union(self) -> str:
        """Return the name of the set union of all graphs."""
        return f"{self.root}union"

    @property
    def stated(self) -> str:
        """Return the name of the set union of all graphs but the inferred one."""
        return f"{self.root}stated"

    @property
    def about(self) -> str:
        """Return the name of the graph that says that the release is whole."""
        return f"{self.root}about"

    @property
    def nothing(self) -> str:
        """Return the name of a graph that no engine has."""
        return f"{self.root}nothing"


def names(manifest: Manifest) -> Names:
    """Return the names of the graphs of a release."""
    root = f"{manifest.base}release/{manifest.version}/{manifest.rdfc10[:_DIGITS]}/"
    return Names(root, tuple(sorted(manifest.graphs)), f"{manifest.base}graph/inferred")


@dataclass(frozen=True)
class Loaded:
    """What a push left in an engine: numbers of statements, and the graphs of which two share one."""

    quads: int
    union: int
    stated: int
    overlaps: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> str:
        """Return it as the value of the sign."""
        return json.dumps({"quads": self.quads, "union": self.union, "stated": self.stated, "overlaps": self.overlaps})


def loaded(text: str) -> Loaded | None:
    """Read the value of the sign; None where it is another one's."""
    try:
        said: Any = json.loads(text)
        pairs = tuple((str(one), str(other)) for one, other in said["overlaps"])
        return Loaded(int(said["quads"]), int(said["union"]), int(said["stated"]), pairs)
    except (ValueError, KeyError, TypeError):
        return None


def shared(graphs: Iterable[str], overlaps: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """Return two of the graphs that share a statement, which an engine would count twice."""
    chosen = set(graphs)
    return next(((one, other) for one, other in overlaps if one in chosen and other in chosen), None)

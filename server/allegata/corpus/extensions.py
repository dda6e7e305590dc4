"""Finds what installed packages add to the program: importers and exporters, by entry points, the bundled ones among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from allegata.errors import UsageError

T = TypeVar("T")
#: The values that were given for the options of an extension, by name; none that was not given.
Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Option:
    """An option of an importer or exporter, given on the command line as --NAME VALUE."""

    name: str
    help: str
    required: bool = False
    many: bool = False


class Registry(Generic[T]):
    """The extensions of one kind: what packages register in a group of entry points (importlib.metadata)."""

    def __init__(self, group: str, kind: type[T]):
        self.group, self.kind = group, kind

    def names(self) -> list[str]:
        """Return the names that are registered, sorted."""
        return sorted({entry.name for entry in entry_points(group=self.group)})

    def origin(self, name: str) -> str:
        """Return the distribution that registers a name, with its version; several where the name is taken twice."""
        return ", ".join(sorted(map(_distribution, self._entries(name))))

    def get(self, name: str) -> T:
        """Load an extension; raise UsageError where there is none, where two have its name, or where it cannot be loaded."""
        entries = self._entries(name)
        if not entries:
            raise UsageError(f"{self.group} has no {name!r}.", remedy=f"There is: {', '.join(self.names()) or 'none'}.")
        if len(entries) > 1:
            raise UsageError(f"{self.origin(name)} both register {name!r} in {self.group}.", remedy="Uninstall one of them.")
        try:
            found = entries[0].load()
        except (ImportError, AttributeError) as error:
            raise UsageError(f"{name!r} of {self.origin(name)} cannot be loaded: {error}.") from None
        if not isinstance(found, self.kind):
            raise UsageError(
                f"{name!r} of {self.origin(name)} is no {self.kind.__name__}.", remedy="docs/extending.md says what is."
            )
        return found

    def _entries(self, name: str) -> list[EntryPoint]:
        return sorted(entry_points(group=self.group, name=name), key=_distribution)


def _distribution(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value

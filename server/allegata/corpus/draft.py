"""The draft of an upgrade: a corpus as it will be, and the present model that it is brought to."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from allegata.corpus.rdf import parse_turtle
from allegata.corpus.turtle_edits import Statement, TurtleText
from allegata.errors import CorpusError
from allegata.model.namespaces import ALG, expand
from allegata.model.protection import FOLDER as RESTRICTED

#: The file of the model that says its version.
ONTOLOGY: Final = "ontology/allegata.ttl"
MODEL_FOLDERS: Final = ("ontology", "shapes")
DATA_FOLDERS: Final = ("data", RESTRICTED)


@dataclass
class Draft:
    """A corpus as it will be: files are read through it, changes are gathered and written at the end."""

    root: Path
    changes: dict[str, bytes | None] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def names(self, *folders: str) -> list[str]:
        """Return the files in some folders, as they will be, sorted."""
        there = (path for folder in folders for path in (self.root / folder).rglob("*") if path.is_file())
        names = {path.relative_to(self.root).as_posix() for path in there} | {
            name for name in self.changes if name.startswith(tuple(f"{folder}/" for folder in folders))
        }
        return sorted(name for name in names if self.changes.get(name, b"") is not None)

    def read(self, name: str) -> bytes:
        """Return a file as it will be."""
        changed = self.changes.get(name)
        return (self.root / name).read_bytes() if changed is None else changed

    def triples(self, name: str) -> list[Triple]:
        """Return what a Turtle file will state."""
        if name in self.changes:
            return [quad.triple for quad in parse(self.read(name), RdfFormat.TURTLE)]
        return list(parse_turtle(self.root / name))

    def turtle(self, name: str) -> TurtleText:
        """Return a Turtle file as it will be, to be edited."""
        return TurtleText(self.read(name).decode("utf-8"))

    def data(self) -> list[str]:
        """Return the Turtle files of the data."""
        return [name for name in self.names("data") if name.endswith(".ttl")]

    def edit(self, change: Callable[[TurtleText, Statement], int], says: str) -> None:
        """Edit each statement of the data; where a file changed, `says` tells of it, with how often in the place of {}."""
        for name in self.data():
            file = self.turtle(name)
            if count := sum(change(file, statement) for statement in file.statements()):
                self.write(name, file.edited().encode(), says.format(count))

    def write(self, name: str, data: bytes, says: str) -> None:
        """Write a file, new or in the place of what is there."""
        self.changes[name] = data
        self.lines.append(f"{name}: {says}")

    def remove(self, name: str, says: str) -> None:
        """Remove a file."""
        self.changes[name] = None
        self.lines.append(f"{name}: {says}")

    @contextmanager
    def staged(self) -> Iterator[Path]:
        """Yield a folder with the corpus as it will be, to be read and checked; the model in it is that of the corpus itself."""
        with tempfile.TemporaryDirectory(prefix="allegata-") as place:
            folder = Path(place)
            for name in MODEL_FOLDERS:
                (folder / name).symlink_to((self.root / name).resolve(), target_is_directory=True)
            for name in DATA_FOLDERS:
                if (self.root / name).is_dir():
                    shutil.copytree(self.root / name, folder / name, symlinks=True)
            self._write(folder)
            yield folder

    def commit(self) -> None:
        """Make the changes, each file by one rename; folders that are left with nothing in them go."""
        self._write(self.root)
        for folder in {(self.root / name).parent for name, data in self.changes.items() if data is None}:
            while folder != self.root and folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
                folder = folder.parent

    def _write(self, root: Path) -> None:
        for name, data in self.changes.items():
            path = root / name
            if data is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            aside = path.with_name(f".{path.name}.new")
            aside.write_bytes(data)
            aside.replace(path)


@dataclass(frozen=True)
class Model:
    """The present model: its folder, with ontology/ and shapes/, its version and the IRI of that version."""

    root: Path

    @property
    def version(self) -> str:
        """Return owl:versionInfo of the ontology."""
        return _version(self.root)

    @property
    def iri(self) -> NamedNode:
        """Return owl:versionIRI of the ontology, which a corpus names by dct:conformsTo."""
        return NamedNode(f"{ALG.rstrip('#')}/{self.version}")

    def files(self) -> dict[str, bytes]:
        """Return the files of the model by their names in a corpus."""
        found = (path for folder in MODEL_FOLDERS for path in sorted((self.root / folder).rglob("*")) if path.is_file())
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in found}


def _version(root: Path) -> str:
    said = [t.object for t in parse_turtle(root / ONTOLOGY) if t.predicate.value == expand("owl:versionInfo")]
    if len(said) != 1 or not isinstance(said[0], Literal):
        raise CorpusError(f"{root / ONTOLOGY}: the ontology needs exactly one owl:versionInfo; {len(said)} found.")
    return said[0].value

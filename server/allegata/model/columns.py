"""What tables are made of: columns, each with the path of properties that leads to its values, and the things that are rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from allegata.model.kinds import KINDS


@dataclass(frozen=True)
class Column:
    """A column: its name, the path of properties that leads to its values, and what it says.

    A step of the path that begins with `^` leads from a value to the things that have it. `stances` are the kinds of stance, by
    the last part of their IRIs, to which the path keeps where it comes to a stance. `kind` is string, integer, number or
    boolean; `refers` names the table whose id a single value is. `each`: one value for each thing that the first step leads to,
    in the order of their IRIs and empty where a thing has none, so that such columns of one table go together. `language`: of
    the text that the path leads to its language, and not the text.
    """

    name: str
    path: tuple[str, ...]
    says: str
    kind: str = "string"
    many: bool = False
    text: bool = False
    refers: str = ""
    stances: tuple[str, ...] = ()
    each: bool = False
    language: bool = False

    @property
    def separator(self) -> str:
        """Return what stands between several values: IRIs and numbers hold no space; texts do, and a value may be missing."""
        return " | " if self.text or self.each else " "

    @property
    def predicate(self) -> str:
        """Return the one property whose values it has, or nothing where the way is longer or goes against one."""
        return self.path[0] if len(self.path) == 1 and not (self.path[0].startswith("^") or self.language) else ""

    @property
    def says_all(self) -> str:
        """Return what it says, with what stands between several values."""
        several = "Several values are separated by a space." if self.separator == " " else "Several are separated by « | »."
        return f"{self.says} {several}" if self.many else self.says

    def order(self, value: str) -> tuple[float, str]:
        """Put numbers in the order of their values, everything else in that of code points."""
        number = self.read(value)
        return (float(number), value) if isinstance(number, int | float) else (0.0, value)

    def read(self, value: str) -> str | int | float | bool | None:
        """Read a lexical form as the column's kind; None where it is another kind of value."""
        try:
            if self.kind == "boolean":
                return value == "true"
            if self.kind == "integer":
                return int(value)
            return float(value) if self.kind == "number" else value
        except ValueError:
            return None


@dataclass(frozen=True)
class Table:
    """A table: the things of the kinds that name it, or of those that name the table `of`."""

    name: str
    title: str
    columns: tuple[Column, ...]
    of: str = ""

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the classes of its things."""
        return tuple(kind.curie for kind in KINDS if kind.table == (self.of or self.name))


#: Properties whose texts are in one language or another: wherever they are reached, and of the thing of the row itself.
_WORDED: Final = ("alg:statement", "alg:rationale")
_NAMES: Final = ("rdfs:label", "skos:prefLabel", "dct:title")


def with_languages(table: Table) -> Table:
    """Return a table with the language of each single text behind its columns (BCP 47), empty where a text has none."""
    single = [column for column in table.columns if column.path and not column.many]
    texts = [column for column in single if column.path[-1] in _WORDED or (len(column.path) == 1 and column.path[0] in _NAMES)]
    added = (
        Column(f"{column.name}_language", column.path, f"Language of the column {column.name} (BCP 47).", language=True)
        for column in texts
    )
    return replace(table, columns=(*table.columns, *added))


def one(name: str, path: str, says: str, **more: str | bool | tuple[str, ...]) -> Column:
    """Return a column with one value in each row, by a path whose steps stand between slashes."""
    return Column(name, tuple(path.split("/")), says, **more)  # type: ignore[arg-type]


def many(name: str, path: str, says: str, **more: str | bool | tuple[str, ...]) -> Column:
    """Return a column with any number of values in each row."""
    return one(name, path, says, many=True, **more)

"""Edits statements of a Turtle file where they are written, so that comments, order and layout of all else stay as they are.

Files of a corpus have no blank nodes, so a statement is a subject with clauses: a predicate and its objects. Edits are gathered
as places in the text and made at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from allegata.corpus.turtle_tokens import Token, resolve, tokens
from allegata.model.namespaces import expand

_DIRECTIVES: Final = ("@prefix", "@base", "prefix", "base")


@dataclass(frozen=True)
class Part:
    """An object as it is written: its IRI, or nothing for a literal, and its place."""

    iri: str
    start: int
    end: int


@dataclass(frozen=True)
class Clause:
    """A predicate with its objects, and the place of both."""

    predicate: str
    start: int
    objects: tuple[Part, ...]

    @property
    def end(self) -> int:
        """Return the place behind the last object."""
        return self.objects[-1].end


@dataclass(frozen=True)
class Statement:
    """A subject with its clauses, as they stand between one full stop and the next."""

    subject: str
    start: int
    clauses: tuple[Clause, ...]
    end: int


@dataclass
class TurtleText:
    """A Turtle file with the edits that are to be made in it."""

    text: str
    base: str = ""
    prefixes: dict[str, str] = field(default_factory=dict)
    edits: list[tuple[int, int, str]] = field(default_factory=list)

    def statements(self) -> Iterator[Statement]:
        """Yield the statements in their order; prefixes and base are those declared before each."""
        waiting: list[Token] = []
        for token in tokens(self.text):
            waiting.append(token)
            if waiting[0].text.lower() in _DIRECTIVES:
                if self._directive(waiting):
                    waiting = []
            elif token.kind == "mark" and token.text == ".":
                if waiting[0] is not token:
                    yield self._statement(waiting)
                waiting = []

    def write(self, iri: str) -> str:
        """Return how an IRI is written here: by a prefix of the file, or whole."""
        for prefix, space in self.prefixes.items():
            local = iri.removeprefix(space)
            if local != iri and local.isalnum():
                return f"{prefix}:{local}"
        return f"<{iri.removeprefix(self.base)}>" if self.base and iri.startswith(self.base) else f"<{iri}>"

    def replace(self, start: int, end: int, by: str) -> None:
        """Replace what stands at a place."""
        self.edits.append((start, end, by))

    def remove(self, statement: Statement, clauses: Iterable[Clause]) -> None:
        """Remove clauses of a statement, and the statement with its last clause."""
        gone = set(clauses)
        kept = [clause for clause in statement.clauses if clause not in gone]
        if not kept:
            behind = self.text[statement.end : statement.end + 1] == "\n"
            self.replace(statement.start, statement.end + behind, "")
            return
        for clause in gone:
            following = [other for other in kept if other.start > clause.start]
            if following:
                after = statement.clauses[statement.clauses.index(clause) + 1]
                self.replace(clause.start, after.start, "")
            else:
                before = statement.clauses[statement.clauses.index(clause) - 1]
                self.replace(before.end, clause.end, "")

    def remove_object(self, clause: Clause, part: Part) -> None:
        """Remove one of several objects of a clause."""
        at = clause.objects.index(part)
        if at:
            self.replace(clause.objects[at - 1].end, part.end, "")
        else:
            self.replace(part.start, clause.objects[1].start, "")

    def edited(self) -> str:
        """Return the text with all edits made."""
        text = self.text
        for start, end, by in sorted(self.edits, key=lambda edit: (edit[0], edit[1]), reverse=True):
            text = text[:start] + by + text[end:]
        return text

    def _directive(self, waiting: list[Token]) -> bool:
        """Take in a directive if it is complete."""
        word = waiting[0].text.lower()
        needed = (3 if "prefix" in word else 2) + word.startswith("@")
        if len(waiting) < needed:
            return False
        iri = resolve(waiting[2 if "prefix" in word else 1], self.base, self.prefixes)
        if "prefix" in word:
            self.prefixes[waiting[1].text[:-1]] = iri
        else:
            self.base = iri
        return True

    def _statement(self, found: list[Token]) -> Statement:
        clauses: list[Clause] = []
        current: list[Token] = []
        for token in found[1:]:
            if token.kind == "mark" and token.text in ";.":
                if current:
                    clauses.append(self._clause(current))
                current = []
            else:
                current.append(token)
        return Statement(self._resolve(found[0]), found[0].start, tuple(clauses), found[-1].end)

    def _clause(self, found: list[Token]) -> Clause:
        objects: list[list[Token]] = [[]]
        for token in found[1:]:
            if token.kind == "mark" and token.text == ",":
                objects.append([])
            else:
                objects[-1].append(token)
        predicate = expand("rdf:type") if found[0].text == "a" else self._resolve(found[0])
        parts = tuple(Part(self._resolve(parts[0]), parts[0].start, parts[-1].end) for parts in objects if parts)
        return Clause(predicate, found[0].start, parts)

    def _resolve(self, token: Token) -> str:
        return resolve(token, self.base, self.prefixes)

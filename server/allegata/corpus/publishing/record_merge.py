"""Merges two changed copies of a Turtle file record by record, and within a record property by property (three-way merge).

What only one side changed is taken from it; what both changed in the same way is taken once. Where both changed the same property
of a record otherwise, or one changed what the other took out, the record stands between conflict markers, as git writes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import RdfFormat, parse

from allegata.corpus.turtle_edits import Clause, Statement, TurtleText

_OURS, _BASE, _MIDDLE, _THEIRS = "<<<<<<< ours", "||||||| before", "=======", ">>>>>>> theirs"


class NotMergeable(Exception):
    """The files cannot be merged by records: one does not parse, or their bases or prefixes contradict each other."""


@dataclass
class _Record:
    """What a file says of a thing: its text with the comments before it, and its statements."""

    text: str
    statements: list[Statement]
    values: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass
class _File:
    """A file in parts: what stands before the first record, the records by subject in their order, what is behind the last."""

    turtle: TurtleText
    head: str
    records: dict[str, _Record]
    tail: str


@dataclass(frozen=True)
class Merged:
    """A merged text, and the subjects of the records that stand in it between conflict markers."""

    text: str
    conflicts: tuple[str, ...]


def merge(base: str, ours: str, theirs: str) -> Merged:
    """Merge two copies of a file that were changed from one; raise NotMergeable where that cannot be done by records."""
    files = [_file(text) for text in (base, ours, theirs)]
    before, own, other = files
    head = _head(own, other)
    conflicts: list[str] = []
    parts: list[str] = []
    for subject in _order(own.records, other.records):
        text = _merged(subject, before, own, other)
        if text is None:
            conflicts.append(subject)
            text = _marked(*(file.records.get(subject) for file in files))
        parts.append(text if text.startswith(("\n", "\r")) or not text or not parts else f"\n\n{text}")
    found = Merged(head + "".join(parts) + own.tail, tuple(conflicts))
    if not conflicts and _triples(found.text) != _expected(base, ours, theirs):
        raise NotMergeable("the merged file would not say what both sides say")
    return found


def _file(text: str) -> _File:
    turtle = TurtleText(text)
    try:
        _triples(text)
        statements = list(turtle.statements())
    except (SyntaxError, KeyError, IndexError) as error:
        raise NotMergeable(f"a side does not parse: {error}") from None
    head = _first_record(text, statements)
    records: dict[str, _Record] = {}
    at = head
    for statement in statements:
        record = records.setdefault(statement.subject, _Record("", []))
        record.text += text[at : statement.end]
        record.statements.append(statement)
        at = statement.end
        for clause in statement.clauses:
            record.values[clause.predicate] = record.values.get(clause.predicate, frozenset()) | _objects(text, clause)
    return _File(turtle, text[:head], records, text[at:])


def _first_record(text: str, statements: list[Statement]) -> int:
    """Return where the first record begins, with the comments right before it; the end where there is none."""
    start = statements[0].start if statements else len(text)
    while start and statements:
        line = text.rfind("\n", 0, start - 1) + 1
        if not text[line:start].startswith("#"):
            break
        start = line
    return start


def _objects(text: str, clause: Clause) -> frozenset[str]:
    return frozenset(part.iri or text[part.start : part.end] for part in clause.objects)


def _head(own: _File, other: _File) -> str:
    """Return the head of our file with the prefixes that the other has besides."""
    if own.turtle.base != other.turtle.base and own.records and other.records:
        raise NotMergeable("the sides have different bases")
    missing = {name: space for name, space in other.turtle.prefixes.items() if name not in own.turtle.prefixes}
    if any(own.turtle.prefixes.get(name, space) != space for name, space in other.turtle.prefixes.items()):
        raise NotMergeable("the sides have one prefix for two namespaces")
    head = own.head
    added = "".join(f"@prefix {name}: <{space}> .\n" for name, space in sorted(missing.items()))
    return f"{head.rstrip(chr(10))}\n{added}{head[len(head.rstrip(chr(10))) + 1 :]}" if added else head


def _order(own: Iterable[str], other: Iterable[str]) -> list[str]:
    """Return all subjects: ours in our order, each that only the other has behind the one that it stands behind there."""
    order = list(own)
    known = set(order)
    place = -1
    for subject in other:
        if subject in known:
            place = order.index(subject)
        else:
            place += 1
            order.insert(place, subject)
            known.add(subject)
    return order


def _merged(subject: str, before: _File, own: _File, other: _File) -> str | None:
    """Return the text of a record, empty where it is gone, or nothing where the sides contradict each other."""
    was, ours, theirs = (file.records.get(subject) for file in (before, own, other))
    said, wanted, asked = (record.values if record else None for record in (was, ours, theirs))
    if wanted == asked or said == asked:
        return ours.text if ours else ""
    if said == wanted:
        return theirs.text if theirs else ""
    if ours is None or theirs is None:
        return None
    return _by_property(was.values if was else {}, ours, own, theirs, other)


def _by_property(said: Mapping[str, frozenset[str]], ours: _Record, own: _File, theirs: _Record, other: _File) -> str | None:
    changed = [name for name in {**said, **theirs.values} if said.get(name) != theirs.values.get(name)]
    open_to_us = [name for name in changed if said.get(name) == ours.values.get(name)]
    if any(name not in open_to_us and ours.values.get(name) != theirs.values.get(name) for name in changed):
        return None
    if len(ours.statements) != 1 or len(theirs.statements) != 1:
        return None
    edited = TurtleText(own.turtle.text)
    statement, source = ours.statements[0], theirs.statements[0]
    has, gives = ({clause.predicate: clause for clause in record.clauses} for record in (statement, source))
    if len(has) != len(statement.clauses) or len(gives) != len(source.clauses):
        return None
    if gone := [has[name] for name in open_to_us if name not in gives]:
        edited.remove(statement, gone)
    for name in open_to_us:
        if name in gives:
            text = other.turtle.text[gives[name].start : gives[name].end]
            if name in has:
                edited.replace(has[name].start, has[name].end, text)
            else:
                edited.replace(statement.clauses[-1].end, statement.clauses[-1].end, f" ;\n    {text}")
    text = edited.edited()
    # The record's text ends with the statement, and nothing before it is edited.
    return text[statement.end - len(ours.text) : statement.end + len(text) - len(own.turtle.text)]


def _marked(was: _Record | None, ours: _Record | None, theirs: _Record | None) -> str:
    texts = [(record.text.strip("\n") + "\n") if record else "" for record in (ours, was, theirs)]
    return f"\n\n{_OURS}\n{texts[0]}{_BASE}\n{texts[1]}{_MIDDLE}\n{texts[2]}{_THEIRS}"


def _triples(text: str) -> set[str]:
    return {str(quad.triple) for quad in parse(text, RdfFormat.TURTLE)}


def _expected(base: str, ours: str, theirs: str) -> set[str]:
    """Return what both sides say together: what was said stays where both kept it, what is new is in where one has it."""
    was, own, other = _triples(base), _triples(ours), _triples(theirs)
    return (was & own & other) | ((own | other) - was)

"""Resolves the records of a workbook: each gets its IRI, and each cell the terms that its text names, by label or code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rdflib import Literal, URIRef
from rdflib.term import Node

from allegata.corpus.workbook.causes import Causes, bare_sheets
from allegata.corpus.workbook.cells import split_values
from allegata.corpus.workbook.columns import SHEETS, Choice, Column, Sheet, fold
from allegata.corpus.workbook.made_files import FOLDER
from allegata.corpus.workbook.names import BY_NAME, BY_OTHER, CONCEPT, Names
from allegata.corpus.workbook.problems import Problems, shown
from allegata.corpus.workbook.records import Record
from allegata.corpus.workbook.unresolved import OWN_SCHEMES, unresolved
from allegata.corpus.workbook.values import READ, WrongValue, is_before
from allegata.model.labels import ALIASES
from allegata.model.namespaces import slug
from allegata.model.protection import LEVELS, PUBLIC, level_name

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST: Final = 100
_MADE: Final = re.compile(rf"\b{FOLDER}/([a-z0-9-]+)/")
#: What is said of a column for the case that a cell is empty.
_EMPTY: Final = re.compile(r" Empty: [^.]*\.")
_NAMING: Final = ("rdfs:label", "skos:prefLabel", "alg:statement")


def slugged(text: str) -> str:
    """Return a text in the letters of an id: small Latin ones, digits and single hyphens."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-")


class Resolver:
    """Resolves the records of a workbook beside what a corpus and its model have already."""

    def __init__(self, names: Names, problems: Problems, described: Mapping[str, str]):
        self.names, self.problems, self.described = names, problems, described
        self._rows: dict[str, Record] = {}
        #: What rows are called that got no IRI: nothing more is said of cells that refer to them.
        self._unnamed: dict[str, set[str]] = {}
        self._causes = Causes(problems)
        self._bare: Mapping[str, Sheet] = {}

    def resolve(self, records: list[Record]) -> list[Record]:
        """Give each record its IRI and values; return those that got an IRI. What cannot be resolved goes to the problems."""
        named: list[Record] = []
        self._bare = bare_sheets(SHEETS, records)
        # The records of assertions are named by their documents, which are named before them.
        for record in sorted(records, key=lambda item: item.sheet.name == "Assertions"):
            if self._name(record):
                named.append(record)
            else:
                called = (record.text(name) for name in ("id", "name", "statement"))
                self._unnamed.setdefault(record.sheet.family, set()).update(map(fold, filter(None, called)))
                self._unnamed[record.sheet.family].add(slugged(record.text("id")))
        for record in named:
            self._fill(record)
        self._causes.gather(records)
        self._check_chains(named)
        order = {id(record): at for at, record in enumerate(records)}
        return sorted(named, key=lambda record: order[id(record)])

    def _name(self, record: Record) -> bool:
        """Give a record its IRI, and let other cells refer to it; return whether that could be done."""
        id_, sheet = record.text("id"), record.sheet
        if "id" in record.faulty:
            return False
        if not id_:
            hint = slugged(next((record.text(name) for name in ("name", "statement", "claim") if record.text(name)), ""))
            example = f"for instance {hint}" if hint else "small letters, digits and hyphens"
            self._causes.bad_id(record)
            self.problems.add(
                record.spot("id"), "the id is missing", f"Write a short name, {example}.", cause=(sheet.name, "no id")
            )
        elif not _SLUG.fullmatch(id_) or len(id_) > _LONGEST:
            remedy = f"Write small letters, digits and single hyphens{f': {slugged(id_)}' if slugged(id_) else ''}."
            self._causes.bad_id(record)
            self.problems.add(record.spot("id"), f"{shown(id_)} is no id", remedy)
        elif (path := self._path(record, id_)) and self._is_new(record, self.names.base + path):
            record.iri = self.names.base + path
            self._rows[record.iri] = record
            self._let_refer(record)
            return True
        return False

    def _path(self, record: Record, id_: str) -> str:
        """Return what the IRI of a record ends in; nothing where a cell that it needs is missing or wrong, which is told."""
        if record.sheet.family == "assertion":
            documents = self._things(record, record.sheet.column("document"), record.text("document"))
            if not record.text("document"):
                self._missing(record, record.sheet.column("document"))
            return f"assertion/{slug(str(documents[0]))}/{id_}" if documents else ""
        if record.sheet.family == "scheme":
            choice = self.choice(record, record.sheet.column("scheme"))
            return f"scheme/{choice.code}/{id_}" if choice else ""
        return f"{record.sheet.family}/{id_}"

    def _is_new(self, record: Record, iri: str) -> bool:
        if first := self._rows.get(iri):
            wrong = f"the id {shown(record.text('id'))} stands in row {first.row} already"
            self._causes.bad_id(record)
            self.problems.add(record.spot("id"), wrong, "Give one of the two another.")
        elif iri in self.described:
            where, id_ = self.described[iri], shown(record.text("id"))
            remedy = "Give the row another id, or take it out: cells can refer to what is there already."
            if other := _MADE.search(where):
                remedy = f"To take this workbook over in the place of the workbook {other[1]}, give --workbook {other[1]}."
            cause = ("described", other[1] if other else where)
            self.problems.add(record.spot("id"), f"{id_} is described in {where} already", remedy, cause=cause)
        else:
            return True
        return False

    def _let_refer(self, record: Record) -> None:
        self.names.put(CONCEPT if record.sheet.family == "scheme" else record.sheet.family, record.iri)
        for column in record.sheet.columns:
            if column.predicate in _NAMING or column.predicate in (*ALIASES, "dct:identifier"):
                rank = BY_NAME if column.predicate in _NAMING else BY_OTHER
                for language, text in record.texts.get(column.name, {}).items():
                    for value in split_values(text, column.separator) if column.many else [text]:
                        self.names.name(record.iri, value, language or self.names.language, rank)

    def choice(self, record: Record, column: Column) -> Choice | None:
        """Return what a cell chooses, or nothing; what is none of the choices is told."""
        text = record.text(column.name)
        choices = record.sheet.choices
        found = next((item for item in choices if fold(text) in map(fold, (item.code, item.en, item.ko))), None)
        if text and found is None:
            remedy = f"Write {', '.join(item.en for item in choices[:-1])} or {choices[-1].en}."
            cause = (record.sheet.name, column.name, fold(text))
            self._causes.tell(record, column, text, (f"{shown(text)} is no {column.name} that there is", remedy), cause)
        elif not text:
            self._missing(record, column)
        return found

    def _fill(self, record: Record) -> None:
        """Resolve the cells of a record, and tell which are missing."""
        choosing = record.sheet.of_kind("choice")
        record.choice = chosen = self.choice(record, choosing) if choosing else None
        for column in record.sheet.columns:
            texts = record.texts.get(column.name, {})
            if texts:
                record.values[column.name] = list(self._values(record, column, texts))
            elif (
                (column.required and column.kind not in ("id", "choice"))
                or (chosen and chosen.code in column.required_for)
                or any(record.texts.get(name) for name in column.required_with)
            ):
                self._missing(record, column)
            if column.after:
                self._check_order(record, column)
        level = record.sheet.of_kind("level")
        levels = record.values.get(level.name, []) if level else []
        record.is_restricted = any(LEVELS.index(level_name(str(item)) or PUBLIC) > LEVELS.index(PUBLIC) for item in levels)

    def _check_order(self, record: Record, column: Column) -> None:
        """Tell of an end that comes before its beginning; dates are compared as far as both are known."""
        first, last = (str(next(iter(record.values.get(name, [])), "")) for name in (column.after, column.name))
        if first and last and is_before(last, first, column.kind):
            wrong = f"{shown(last)} comes before {shown(first)} in the column {column.after}"
            self.problems.add(record.spot(column.name), wrong, "Put them in order.")

    def _missing(self, record: Record, column: Column) -> None:
        if column.name in record.faulty:
            return
        cause = (record.sheet.name, column.name, "missing")
        only = record.choice if record.choice and record.choice.code in column.required_for else None
        wrong = f"it is empty and has to be filled in{f' where the kind is {only.en}' if only else ''}"
        self.problems.add(record.spot(column.name), wrong, _EMPTY.sub("", column.says), cause=cause)

    def _values(self, record: Record, column: Column, texts: dict[str, str]) -> Iterator[Node]:
        for language, text in texts.items():
            several = split_values(text, column.separator) if column.many else [text]
            for value in several:
                if column.kind in ("text", "passage"):
                    yield Literal(value, lang=language or self.names.language)
                elif column.kind in ("concept", "level", "thing"):
                    yield from self._things(record, column, value)
                elif column.kind in READ:
                    yield from self._read(record, column, value)

    def _read(self, record: Record, column: Column, value: str) -> Iterator[Node]:
        try:
            serial = record.serial(column.name) if column.kind in ("date", "day") and len(value) != 4 else ""
            if serial:
                raise WrongValue("is a number, as spreadsheet programs keep days", f"Write {serial}, if that is the day.")
            yield READ[column.kind](value)
        except WrongValue as error:
            cause = (record.sheet.name, column.name, value)
            self._causes.tell(record, column, value, (f"{shown(value)} {error.wrong}", error.remedy), cause)

    def _things(self, record: Record, column: Column, text: str) -> list[URIRef]:
        """Return the one thing or concept that a text names; none where it names none or several, which is told."""
        if not text:
            return []
        families = self._families(record, column)
        found = self._in_document(record, column, text) or self.names.find(families, text)
        if len(found) == 1:
            return [URIRef(found[0])]
        if not found and self._is_told(column, fold(text)):
            return []
        bare = next((self._bare[family] for family in column.of if family in self._bare and not found), None)
        if bare is not None:
            wrong = f"{shown(text)} leads to the sheet {bare.name}, which is missing or has no rows"
            self.problems.add(record.spot(column.name), wrong, "Add it, with a row for each.", cause=("no rows", bare.name))
            return []
        cause = (column.scheme or (column.of if found else "thing"), fold(text))
        self._causes.tell(record, column, text, unresolved(self.names, column, families, text, found), cause)
        return []

    def _is_told(self, column: Column, name: str) -> bool:
        """Return whether what a cell refers to may be there, and could not be read, which is told where it stands."""
        families = ["scheme"] if column.scheme in OWN_SCHEMES or CONCEPT in column.of else []
        return any(
            family in self.problems.unread or name.rpartition("/")[2] in self._unnamed.get(family, ())
            for family in (*families, *column.of)
        )

    def _families(self, record: Record, column: Column) -> list[str]:
        if column.scheme:
            return [f"{CONCEPT}/{column.scheme}"]
        if column.predicate == "skos:broader":
            choice = next((item for item in record.sheet.choices if f"/scheme/{item.code}/" in record.iri), None)
            return [f"{CONCEPT}/{choice.code}" if choice else CONCEPT]
        return list(column.of)

    def _in_document(self, record: Record, column: Column, text: str) -> list[str]:
        """Return the assertion of the same document that an id names."""
        inside = column.of == ("assertion",) and record.sheet.family == "assertion" and record.iri
        return self.names.find(column.of, f"{record.iri.rpartition('/')[0]}/{text}") if inside else []

    def _check_chains(self, records: list[Record]) -> None:
        """Tell of chains that lead back to where they began: relays, parts of parts, editions of editions."""
        for sheet in SHEETS:
            own = {record.iri: record for record in records if record.sheet is sheet}
            for column in (column for column in sheet.columns if column.acyclic):
                leads = {iri: [str(value) for value in record.values.get(column.name, [])] for iri, record in own.items()}
                for cycle in cycles(leads):
                    ids = [slug(iri) for iri in cycle]
                    wrong = f"the chain leads back to where it began: {' → '.join([*ids, ids[0]])}"
                    self.problems.add(own[cycle[0]].spot(column.name), wrong, "Leave one of them out.")


def cycles(leads: dict[str, list[str]]) -> Iterable[list[str]]:
    """Yield the cycles of a graph, one for each place where a walk comes back to itself, in the order of the walk."""
    done: set[str] = set()
    for start in leads:
        path: dict[str, int] = {} if start in done else {start: 0}
        stack = [(start, iter(leads[start]))] if path else []
        while stack:
            here, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                stack.pop()
                del path[here]
                done.add(here)
            elif target in path:
                yield list(path)[path[target] :]
            elif target in leads and target not in done:
                path[target] = len(path)
                stack.append((target, iter(leads[target])))

"""Suggests links for a person to confirm: things of another dataset's extract beside ours, with what speaks for each."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode

from allegata.corpus.text_files import read_text
from allegata.domain.reconcile import Candidate, Matcher
from allegata.errors import UsageError
from allegata.model.namespaces import slug
from allegata.model.targets import TARGETS, target_of

#: The columns of a table of suggestions: those of a mapping table, without a reviewer, which only a person can be.
COLUMNS = ("subject_id", "predicate_id", "object_id", "mapping_justification", "confidence", "mapping_date", "comment")
#: A suggestion scores at least this much.
LEAST = 80.0
_WIKIDATA, _ROR = (TARGETS[name].space for name in ("wikidata", "ror"))
#: Wikidata's property for the ISO 3166-1 alpha-3 code.
_ALPHA_3 = "P298"


@dataclass(frozen=True)
class Foreign:
    """A thing of another dataset: its address, its names, its codes, and the line it stands in."""

    iri: str
    names: tuple[str, ...]
    codes: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Suggestion:
    """One of ours that a thing elsewhere may be the same as, and why."""

    candidate: Candidate
    foreign: Foreign
    evidence: str

    def row(self, today: date) -> tuple[str, ...]:
        """Return the row of a table: a close match found by its words (SEMAPV), for a person to look at."""
        confidence = f"{self.candidate.score / 100:.2f}"
        subject, target = self.candidate.entry.iri, self.foreign.iri
        return (subject, "skos:closeMatch", target, "semapv:LexicalMatching", confidence, today.isoformat(), self.evidence)


def read_extract(path: Path, name: str = "name", identifier: str = "id") -> list[Foreign]:
    """Read lines of a Wikidata or ROR dump (JSON), or a table (CSV) with a column for the name and one for the identifier.

    Raises UsageError with the line that cannot be read.
    """
    text = read_text(path)
    if path.suffix.lower() == ".csv":
        return list(_from_table(path, text, name, identifier))
    return [item for number, line in enumerate(text.split("\n"), start=1) for item in _from_line(path, number, line)]


def _from_table(path: Path, text: str, name: str, identifier: str) -> Iterator[Foreign]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from _from_rows(path, reader, name, identifier)
    except csv.Error:
        raise UsageError(
            f"{path}:{reader.line_num}: a cell that begins with a quotation mark does not end with one, or is very long."
        ) from None


def _from_rows(path: Path, reader: csv.DictReader[str], name: str, identifier: str) -> Iterator[Foreign]:
    missing = {name, identifier} - set(reader.fieldnames or ())
    if missing:
        raise UsageError(f"{path} has no column {', '.join(sorted(missing))}.", remedy="Name the columns with --name and --id.")
    for row in reader:
        value = (row[identifier] or "").strip()
        if value and row[name]:
            yield Foreign(_address(value), (row[name],), (), reader.line_num)


def _address(value: str) -> str:
    """Write a bare or web-page form of a Wikidata item as its address; leave other addresses as they are."""
    bare = slug(value)
    return f"{_WIKIDATA}{bare}" if TARGETS["wikidata"].pattern.fullmatch(bare) else value


def _from_line(path: Path, number: int, line: str) -> Iterator[Foreign]:
    body = line.strip().rstrip(",")
    if body in ("", "[", "]"):
        return
    try:
        data = json.loads(body)
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}:{number}: this is not a line of JSON, from character {error.colno} on.") from None
    except (RecursionError, ValueError):  # a ValueError: a number of thousands of digits
        raise UsageError(f"{path}:{number}: this is not a line of JSON that can be read.") from None
    if not isinstance(data, dict) or not isinstance(data.get("id"), str):
        raise UsageError(f"{path}:{number}: this describes nothing with an id.")
    if data["id"].startswith(_ROR):
        yield Foreign(data["id"], tuple(_ror_names(data)), (), number)
    elif isinstance(data.get("labels"), dict):
        yield Foreign(_WIKIDATA + data["id"], tuple(_wikidata_names(data)), tuple(_wikidata_codes(data)), number)
    else:
        raise UsageError(f"{path}:{number}: neither Wikidata nor ROR describes things so.")


def _ror_names(data: dict[str, Any]) -> Iterator[str]:
    """Return the names of a record of ROR, schema 2 or 1."""
    found = [_mapping(item).get("value") for item in _items(data.get("names"))]
    found += [data.get("name"), *_items(data.get("aliases")), *_items(data.get("acronyms"))]
    return iter(dict.fromkeys(name for name in found if isinstance(name, str)))


def _wikidata_names(data: dict[str, Any]) -> Iterator[str]:
    for language in ("en", "ko"):
        values = [data["labels"].get(language), *_items(_mapping(data.get("aliases")).get(language))]
        yield from (value["value"] for value in values if isinstance(_mapping(value).get("value"), str))


def _wikidata_codes(data: dict[str, Any]) -> Iterator[str]:
    for claim in _items(_mapping(data.get("claims")).get(_ALPHA_3)):
        value = _mapping(_mapping(_mapping(claim).get("mainsnak")).get("datavalue")).get("value")
        if isinstance(value, str):
            yield value


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def suggest(matcher: Matcher, extract: Iterable[Foreign], least: float = LEAST) -> list[Suggestion]:
    """Return what may be linked, the surest first; pairs that are linked already are left out."""
    found = [item for foreign in extract if (item := _best(matcher, foreign, least))]
    return sorted(found, key=lambda item: (-item.candidate.score, item.candidate.entry.iri, item.foreign.iri))


def _best(matcher: Matcher, foreign: Foreign, least: float) -> Suggestion | None:
    scored = [item for name in foreign.names for item in matcher.find(name, limit=1)]
    scored = sorted((item for item in scored if item.score >= least), key=lambda item: (-item.score, item.entry.iri))
    if not scored:
        return None
    best = scored[0]
    linked = _linked(matcher, best.entry.iri)
    if foreign.iri in linked:
        return None
    agreeing = {item.name for item in scored if item.entry == best.entry}
    evidence = [f"{len(agreeing)} name(s) agree, best “{best.name}” at {best.score:g}", f"line {foreign.line} of the extract"]
    if shared := sorted(set(best.entry.codes) & set(foreign.codes)):
        evidence.append(f"code {', '.join(shared)} agrees")
    target = target_of(foreign.iri)
    evidence += [f"but {iri} is linked already" for iri in linked if target and target_of(iri) == target]
    return Suggestion(best, foreign, "; ".join(evidence))


def _linked(matcher: Matcher, iri: str) -> list[str]:
    read = matcher.names.descriptions
    curies = ("schema:sameAs", "skos:exactMatch", "skos:closeMatch")
    return [node.value for curie in curies for node in read.nodes(NamedNode(iri), curie)]


def table(suggestions: Iterable[Suggestion], today: date) -> str:
    """Write suggestions as an SSSOM table without reviewers, which the check refuses until a person has put a name to each."""
    head = ["#mapping_set_title: Suggestions; look at each, correct the predicate and justification, and add reviewer_label"]
    rows = ["\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in item.row(today)) for item in suggestions]
    return "\n".join([*head, "\t".join(COLUMNS), *rows]) + "\n"

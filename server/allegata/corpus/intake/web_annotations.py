"""Takes in annotations of the Web Annotation Data Model (W3C, 2017): one, a list, a page or a collection, as JSON-LD.

Those that `allegata export webannotation` writes have the assertion in their body and come back as they were. Of others the
target becomes the document and the passage; what was said of it is for the curator to put into words.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from allegata.corpus.intake.importer import intake
from allegata.corpus.intake.reading import Json, bounded, read_json
from allegata.corpus.intake.records import Record
from allegata.errors import SheetError
from allegata.model.namespaces import expand

#: The members behind which annotations stand in pages and collections (section 5).
_AROUND: Final = ("items", "first", "@graph", "rows")
_NESTED: Final = 4


def read_others(path: Path) -> Iterator[Record]:
    """Yield the annotations of others, one record for each target; raise SheetError with the place of what is none."""
    return bounded(_records(path), path)


def _records(path: Path) -> Iterator[Record]:
    for place, item in _annotations(path):
        if _statements(item):
            continue
        bodies, targets = _listed(item.get("body", item.get("bodyValue"))), _listed(item.get("target"))
        if not targets:
            raise SheetError(f"{place}: the annotation has no target.", remedy="The model wants one or more (section 3.1).")
        for number, target in enumerate(targets, 1):
            fields = {name: tuple(values) for name, values in _fields(item, bodies, target).items() if values}
            yield Record(place, "annotation", {**fields, "key": (f"{fields.get('id', (place,))[0]} {number}",)})


def _fields(item: Json, bodies: list[Json], target: Json) -> dict[str, list[str]]:
    """Return what an annotation says of one of its targets: source, quotation or position, words, tags, links, who and when."""
    whole = target if isinstance(target, dict) else {"id": target}
    selectors = list(_selectors(whole.get("selector"), 0))
    texts = [body if isinstance(body, dict) else {"value": body, "type": "TextualBody"} for body in bodies]
    tags = [body for body in texts if body.get("purpose") in ("tagging", "classifying")]
    rest, quoted = [body for body in texts if body not in tags], _words(selectors, "exact")
    return {
        "id": _words([item], "id", "@id"),
        "source": _words([whole], "source", "id", "@id"),
        "exact": quoted,
        "prefix": _words(selectors, "prefix"),
        "suffix": _words(selectors, "suffix"),
        **({} if quoted else {"start": _words(selectors, "start"), "end": _words(selectors, "end")}),
        "selector": [str(part.get("type")) for part in selectors if not {"exact", "start"} & set(part)],
        "text": _words(rest, "value", "chars"),
        "language": _words(rest, "language")[:1],
        "link": _words([body for body in rest if "value" not in body], "source", "id", "@id"),
        "tag": _words(tags, "value", "source", "id"),
        "creator": _words(_listed(item.get("creator")), "name", "id", "nick"),
        "created": _words([item], "created"),
        "motivation": [str(text) for text in _listed(item.get("motivation"))],
        "rights": _words([item], "rights"),
    }


def _selectors(value: Json, depth: int) -> Iterator[Json]:
    """Yield selectors, and those that refine them (section 4.2)."""
    for part in _listed(value):
        if isinstance(part, dict) and depth < _NESTED:
            yield part
            yield from _selectors(part.get("refinedBy"), depth + 1)


def _words(values: list[Json], *names: str) -> list[str]:
    """Return of each value the first of some members that it has, as text."""
    found = []
    for value in values:
        said = value if isinstance(value, dict) else {names[0]: value}
        text = next((str(said[name]) for name in names if isinstance(said.get(name), str) and said[name].strip()), "")
        found += [text.strip()] if text else []
    return list(dict.fromkeys(found))


def _listed(value: Json) -> list[Json]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _annotations(path: Path) -> Iterator[tuple[str, Json]]:
    for number, item in enumerate(_found(read_json(path), 0), 1):
        yield f"{path}, annotation {number}", item


def _found(value: Json, depth: int) -> Iterator[Json]:
    for item in _listed(value):
        if not isinstance(item, dict) or depth > _NESTED:
            continue
        kinds = [str(kind).rpartition(":")[2] for kind in _listed(item.get("type", item.get("@type")))]
        if "Annotation" in kinds or (not kinds and "target" in item):
            yield item
            continue
        for name in _AROUND:
            yield from _found(item.get(name), depth + 1)


def _statements(item: Json) -> dict[str, Json]:
    """Return the assertion of this model that is a body of an annotation, or nothing."""
    assertion = expand("alg:Assertion")
    found = (body for body in _listed(item.get("body")) if isinstance(body, dict))
    return next((body for body in found if body.get("type") in ("alg:Assertion", assertion)), {})


def read_statements(path: Path) -> list[Triple]:
    """Return the statements of the assertions of this model that annotations have in their bodies."""
    found: dict[Triple, None] = {}
    for place, item in _annotations(path):
        if body := _statements(item):
            found |= dict.fromkeys(_triples(body, place))
    return list(found)


def _triples(body: Json, place: str) -> Iterator[Triple]:
    """Yield what an object and those within it state: members by their prefixed names, things by `id`, texts by `value`."""
    if not isinstance(body.get("id"), str):
        raise SheetError(f"{place}: the body has no id.", remedy="Export the annotations again.")
    for name, values in body.items():
        if name == "id":
            continue
        for value in _listed(values):
            try:
                predicate = NamedNode(expand("rdf:type" if name == "type" else name))
                yield Triple(NamedNode(body["id"]), predicate, _term(name, value))
            except (KeyError, ValueError, TypeError):
                raise SheetError(f"{place}: {name} is no member of a body.", remedy="Export the annotations again.") from None
            if isinstance(value, dict) and "id" in value and len(value) > 1:
                yield from _triples(value, place)


def _term(name: str, value: Json) -> NamedNode | Literal:
    if name == "type":
        return NamedNode(expand(value))
    if isinstance(value, dict) and "id" in value:
        return NamedNode(value["id"])
    if isinstance(value, dict) and "@language" in value:
        return Literal(value["@value"], language=value["@language"])
    if isinstance(value, dict):
        return Literal(value["@value"], datatype=NamedNode(expand(value["@type"])))
    return Literal(value)


IMPORTER: Final = intake(
    "Draft a workbook of annotations (Web Annotation, JSON-LD): documents, passages, and what is said of them.",
    read_others,
    "webannotation",
    read_statements,
)

"""Returns values of things for somebody else's table: the properties of the Data Extension Service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from allegata.domain import Descriptions
from allegata.domain.reconcile.normalize import compact, likeness, plain
from allegata.model.kinds import types_within
from allegata.model.targets import TARGETS, target_of

#: One value: text, a date, a whole number, or a thing.
Cell = dict[str, str | int]
_LINKS = ("schema:sameAs", "skos:exactMatch", "skos:closeMatch")
_CLOSE = 0.85


@dataclass(frozen=True)
class Property:
    """A property that can be asked for: its id, its name, what it gives, and the types that have it (none: all)."""

    id: str
    name: str
    description: str
    values: Callable[[Descriptions, NamedNode], list[Cell]]
    types: frozenset[str] = frozenset()
    leads_to: str = ""


def _texts(*curies: str, language: str = "") -> Callable[[Descriptions, NamedNode], list[Cell]]:
    def values(read: Descriptions, node: NamedNode) -> list[Cell]:
        found = (literal for curie in curies for literal in read.literals(node, curie))
        return [{"str": literal.value} for literal in found if not language or literal.language == language]

    return values


def _dates(curie: str) -> Callable[[Descriptions, NamedNode], list[Cell]]:
    """Return days as the schema of the answer wants them, with a time of day: midnight."""

    def values(read: Descriptions, node: NamedNode) -> list[Cell]:
        days = (literal.value for literal in read.literals(node, curie))
        return [{"date": f"{day}T00:00:00"} if len(day) == 10 else {"str": day} for day in days]

    return values


def _things(curie: str) -> Callable[[Descriptions, NamedNode], list[Cell]]:
    def values(read: Descriptions, node: NamedNode) -> list[Cell]:
        return [{"id": value.iri, "name": value.text} for value in read.values(node, curie)]

    return values


def _count(*curies: str) -> Callable[[Descriptions, NamedNode], list[Cell]]:
    def values(read: Descriptions, node: NamedNode) -> list[Cell]:
        return [{"int": len({subject for curie in curies for subject in read.subjects(curie, node)})}]

    return values


def _linked(name: str) -> Callable[[Descriptions, NamedNode], list[Cell]]:
    def values(read: Descriptions, node: NamedNode) -> list[Cell]:
        iris = dict.fromkeys(item.value for curie in _LINKS for item in read.nodes(node, curie))
        return [{"str": iri} for iri in iris if (target := target_of(iri)) and target.name == name]

    return values


_ACTORS, _INSTRUMENTS = types_within("prov:Agent"), types_within("alg:Instrument")
#: What can be asked for, in the order in which it is proposed.
PROPERTIES = {
    item.id: item
    for item in (
        Property("rdfs:label", "name", "its name here", _texts("rdfs:label", "skos:prefLabel")),
        Property("skos:altLabel", "also called", "its other names", _texts("skos:altLabel")),
        Property("skos:altLabel@ko", "name in Korean", "its other names in Korean", _texts("skos:altLabel", language="ko")),
        Property(
            "dct:identifier", "code or symbol", "ISO 3166-1 alpha-3 code, document symbol or number", _texts("dct:identifier")
        ),
        Property("dct:date", "date", "the day of it", _dates("dct:date")),
        Property("alg:adoptedBy", "adopted by", "who adopted it", _things("alg:adoptedBy"), _INSTRUMENTS, "prov:Agent"),
        Property(
            "org:subOrganizationOf", "part of", "what it is part of", _things("org:subOrganizationOf"), _ACTORS, "prov:Agent"
        ),
        Property(
            "schema:containedInPlace",
            "in",
            "where it lies",
            _things("schema:containedInPlace"),
            frozenset(("schema:Place",)),
            "schema:Place",
        ),
        Property(
            "count:assertions", "assertions by it", "how many assertions are attributed to it", _count("alg:assertedBy"), _ACTORS
        ),
        Property("count:relayed", "assertions passed on by it", "how many it passes on", _count("alg:relayedBy"), _ACTORS),
        Property(
            "count:claims",
            "claims about it",
            "how many claims are about it",
            _count("alg:about", "alg:dutyBearer", "alg:affects"),
        ),
        *(
            Property(f"link:{target.name}", f"identifier: {target.title}", f"its address in {target.title}", _linked(target.name))
            for target in TARGETS.values()
        ),
    )
}


def proposed(kind: str) -> list[Property]:
    """Return the properties that things of a type can have; all of them for no type."""
    return [item for item in PROPERTIES.values() if not kind or not item.types or kind in item.types]


def agreement(read: Descriptions, iri: str, asked: Sequence[tuple[str, Sequence[str]]]) -> float:
    """Return the share of asked properties that one of the given values agrees with; an unknown property never does."""
    hits = (any(_agrees(_cells(read, iri, name), value) for value in values) for name, values in asked)
    return sum(hits) / len(asked)


def _cells(read: Descriptions, iri: str, name: str) -> list[Cell]:
    return PROPERTIES[name].values(read, NamedNode(iri)) if name in PROPERTIES else []


def _agrees(cells: Iterable[Cell], value: str) -> bool:
    forms = [str(form) for cell in cells for form in cell.values()]
    wanted = plain(value)
    return any(
        form == value or form.endswith(f"/{value}") or compact(form) == compact(value) or likeness(plain(form), wanted) >= _CLOSE
        for form in forms
    )

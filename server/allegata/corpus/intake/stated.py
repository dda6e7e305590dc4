"""Makes rows of statements of this model, as its exports hold them: each cell says what the statement says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, Triple

from allegata.corpus.intake.draft import slug
from allegata.corpus.rdf import to_rdflib
from allegata.corpus.workbook.columns import FAMILIES, TODO
from allegata.corpus.workbook.export import SheetRows
from allegata.corpus.workbook.names import Names
from allegata.corpus.workbook.sheets import todo
from allegata.corpus.workbook.stated_rows import RowWriter, Stated
from allegata.model.namespaces import SCHEMES, expand

_TYPE: Final = expand("rdf:type")
_CLASSES: Final = {expand(curie): family for family, classes in FAMILIES.items() for curie in classes}
#: Families of things that statements of assertions refer to, and the sheet in which somebody has to name one that is not known.
_NAMED_IN: Final = {"actor": "Actors", "source": "Documents", "place": "Places"}


def stated_rows(triples: Sequence[Triple], names: Names) -> tuple[dict[str, list[dict[str, str | list[str]]]], list[str]]:
    """Return the rows of what statements describe, with rows to be filled in for what they refer to and the corpus lacks.

    Names below the base of another corpus become such below that of this one; what the statements say of them stays.
    """
    base = _base(triples)
    moved = [_moved(triple, base, names.base) for triple in triples] if base and base != names.base else list(triples)
    stated = Stated()
    for triple in moved:
        subject, predicate, value = to_rdflib(triple)
        stated.values.setdefault(str(subject), {}).setdefault(str(predicate), []).append(value)
    for iri, said in stated.values.items():
        for class_ in map(str, said.get(_TYPE, ())):
            if class_ in _CLASSES:
                names.put(_CLASSES[class_], iri)
    lacking = _lacking(moved, stated, names)
    for family, path in lacking:
        names.put(family, names.base + path)
    found = SheetRows(RowWriter(stated, names, names.language), Path()).rows() if moved else {}
    rows: dict[str, list[dict[str, str | list[str]]]] = {name: [dict(row) for row in own] for name, own in found.items()}
    for family, path in lacking:
        rows.setdefault(_NAMED_IN[family], []).append(_unnamed(family, path, base))
    counted = ", ".join(f"{name} {len(own)}" for name, own in rows.items())
    notes = [f"Rows of statements of this model: {counted}."] if rows else []
    if left := stated.left():
        notes.append(f"Not taken: {left} statements that no column has.")
    return rows, notes


def _base(triples: Sequence[Triple]) -> str:
    """Return what the names of the assertions begin with, or nothing where there is none."""
    wanted = NamedNode(expand("alg:Assertion"))
    for triple in triples:
        if triple.object == wanted and isinstance(triple.subject, NamedNode):
            return triple.subject.value.partition("assertion/")[0]
    return ""


def _moved(triple: Triple, base: str, own: str) -> Triple:
    def move(term: object) -> object:
        if not isinstance(term, NamedNode) or not term.value.startswith(base) or term.value.startswith((SCHEMES, expand("alg:"))):
            return term
        return NamedNode(own + term.value.removeprefix(base))

    return Triple(move(triple.subject), triple.predicate, move(triple.object))  # type: ignore[arg-type]


def _lacking(triples: Sequence[Triple], stated: Stated, names: Names) -> list[tuple[str, str]]:
    """Return what is referred to and neither described nor known: the family and the path below the base of each, sorted."""
    return sorted(set(_referred(triples, stated, names)))


def _referred(triples: Sequence[Triple], stated: Stated, names: Names) -> Iterator[tuple[str, str]]:
    for triple in triples:
        value = triple.object
        if isinstance(value, NamedNode) and value.value.startswith(names.base):
            path = value.value.removeprefix(names.base)
            family, _, last = path.partition("/")
            if (
                family in _NAMED_IN
                and slug(last) == last
                and not stated.values.get(value.value)
                and not names.families.get(value.value)
            ):
                yield family, path


def _unnamed(family: str, path: str, base: str) -> dict[str, str | list[str]]:
    last = path.partition("/")[2]
    question = todo(f"what is {last} called, which is {base}{path} in the corpus it comes from?")
    kind = {"kind": f"{TODO} is it an organization, a person, a state or a group?"} if family == "actor" else {}
    return {"id": last, **kind, "name": question}

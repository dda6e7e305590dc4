"""The table of sheets and columns: every term, scheme and family in it is there, and the names tell columns apart."""

from __future__ import annotations

import pytest

from allegata.corpus.rdf import parse_turtle
from allegata.corpus.workbook.columns import FAMILIES, SHEETS, Sheet, column_named, fold, sheet_named
from allegata.corpus.workbook.names import CONCEPT
from allegata.model.namespaces import ALG, expand
from support import ROOT

KINDS = set(
    "id text string tag address iri date day duration number whole share flag concept thing choice level passage nth start end".split()
)


def test_there_are_sheets_for_all_that_a_corpus_says() -> None:
    assert [sheet.name for sheet in SHEETS] == (
        "Documents Actors Places Concepts Evidence Instruments Claims Assertions Stances Acts Votes".split()
    )


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_columns_are_well_made(sheet: Sheet) -> None:
    names = [fold(name) for column in sheet.columns for name in (column.name, column.ko)]
    assert len(set(names)) == len(names)
    assert sheet.columns[0].kind == "id"
    for column in sheet.columns:
        assert column.kind in KINDS and column.says.endswith((".", "…")) and column.ko
        assert set(column.of) <= {*FAMILIES, CONCEPT}
        assert bool(column.of) == (column.kind == "thing") and bool(column.scheme) == (column.kind in ("concept", "level"))
        assert not column.part or sheet.part(column.part)
        assert {*column.required_with, *([column.after] if column.after else [])} <= {item.name for item in sheet.columns}
        assert set(column.required_for) <= {choice.code for choice in sheet.choices}
        assert column_named(sheet, column.name.upper()) is column_named(sheet, f" {column.ko} ") is column


def test_every_term_and_scheme_is_one_of_the_model() -> None:
    known = {triple.subject.value for triple in parse_turtle(ROOT / "ontology" / "allegata.ttl")}  # type: ignore[union-attr]
    terms = {column.predicate for sheet in SHEETS for column in sheet.columns if column.predicate}
    terms |= {part.predicate for sheet in SHEETS for part in sheet.parts}
    terms |= {name for sheet in SHEETS for name in (*sheet.classes, *(c for choice in sheet.choices for c in choice.classes))}
    terms |= {name for classes in FAMILIES.values() for name in classes}
    assert {term for term in map(expand, terms) if term.startswith(ALG)} <= known
    schemes = {column.scheme for sheet in SHEETS for column in sheet.columns if column.scheme}
    assert schemes <= {path.stem for path in (ROOT / "ontology" / "schemes").glob("*.ttl")}


def test_sheets_are_known_by_their_names_in_both_languages() -> None:
    for sheet in SHEETS:
        assert sheet_named(sheet.name.upper()) is sheet_named(sheet.ko) is sheet
    assert sheet_named("Notes") is None

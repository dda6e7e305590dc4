"""The table of formats: every row can be asked for, and everything that uses formats finds its rows in it."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat

from allegata.errors import NotAcceptable
from allegata.model import formats
from allegata.model.formats import (
    BINDING_FORMATS,
    CITATION_FORMATS,
    CSV,
    CSV_RESULTS,
    FORMATS,
    GRAPH_FORMATS,
    GZIP,
    JSON_LD,
    JSON_RESULTS,
    N_QUADS,
    Format,
    Use,
    by_word,
    of_file,
    serving,
)

TABLES = [(table, item) for table in (BINDING_FORMATS, GRAPH_FORMATS, CITATION_FORMATS) for item in table]


@pytest.mark.parametrize(("table", "item"), TABLES, ids=lambda value: getattr(value, "name", ""))
def test_each_format_is_chosen_by_its_words(table: tuple[Format, ...], item: Format) -> None:
    for word in (item.words[0], item.suffix, item.media_type, item.suffix.upper()):
        assert by_word(word, table).format is item


def test_what_nobody_offers_is_refused_with_the_offer() -> None:
    with pytest.raises(NotAcceptable) as refusal:
        by_word("pdf", BINDING_FORMATS)
    assert all(item.media_type in str(refusal.value.remedy) for item in BINDING_FORMATS)


def test_sparqlwrapper_words_choose_results() -> None:
    assert by_word("json", BINDING_FORMATS).format is JSON_RESULTS
    assert by_word("csv", BINDING_FORMATS).format is CSV_RESULTS
    assert by_word("json-ld", GRAPH_FORMATS).format is JSON_LD


def test_every_row_of_the_module_is_in_the_table() -> None:
    assert set(FORMATS) == {item for item in vars(formats).values() if isinstance(item, Format)}


@pytest.mark.parametrize("use", [use for use in Use if use])
def test_each_use_has_formats_that_names_and_suffixes_tell_apart(use: Use) -> None:
    rows = serving(use)
    assert rows
    for names in ([item.name for item in rows], [item.suffix for item in rows], [item.media_type for item in rows]):
        assert len(set(names)) == len(rows)


@pytest.mark.parametrize("item", [item for item in FORMATS if item.rdf], ids=lambda item: item.name)
def test_an_rdf_syntax_is_the_one_that_the_library_has_under_its_media_type(item: Format) -> None:
    syntax = getattr(RdfFormat, item.rdf)
    assert RdfFormat.from_media_type(item.media_type) == syntax == RdfFormat.from_extension(item.suffix)
    assert item.datasets == syntax.supports_datasets


@pytest.mark.parametrize("use", [Use.GRAPHS, Use.DOCUMENTS, Use.REPORTS, Use.DUMPS, Use.GRAPH_DUMPS])
def test_graphs_are_given_and_read_in_rdf_syntaxes(use: Use) -> None:
    assert all(item.rdf for item in serving(use))


def test_what_is_offered_by_name_to_the_world_has_its_names() -> None:
    assert all(item.w3c for item in (*BINDING_FORMATS, *GRAPH_FORMATS))
    assert all(item.holds for item in serving(Use.DUMPS))
    assert all(item.file_type for item in (*serving(Use.DUMPS), *serving(Use.GRAPH_DUMPS)))


@pytest.mark.parametrize(
    ("name", "form", "packing"),
    [
        ("dumps/allegata.nq.gz", N_QUADS, GZIP),
        ("dumps/tables/claims.csv", CSV, None),
        ("allegata.jsonld", JSON_LD, None),
        ("something.gz", None, GZIP),
        ("README", None, None),
        ("report.xyz", None, None),
    ],
)
def test_a_file_has_its_format_by_its_name(name: str, form: Format | None, packing: Format | None) -> None:
    assert of_file(name) == (form, packing)

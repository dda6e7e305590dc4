"""Reading a corpus: a file is a graph, forms stay as they are, and what is wrong is named with file and line."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from urllib.parse import unquote

import pytest
from pyoxigraph import Literal, NamedNode

from allegata.corpus.reader import nquads_lines, read, union
from allegata.errors import CorpusError, CorpusSyntaxError, UsageError


def test_each_file_is_a_graph_named_by_its_path(small_root: Path) -> None:
    graphs = {quad.graph_name.value for quad in read(small_root).quads if isinstance(quad.graph_name, NamedNode)}
    assert {"https://example.org/graph/corpus", "https://example.org/graph/place"} <= graphs
    assert "https://example.org/graph/ontology/schemes/polarity" in graphs


def test_the_head_says_base_version_and_date(small_root: Path) -> None:
    corpus = read(small_root)
    assert (corpus.base, corpus.version, corpus.issued) == ("https://example.org/", "1.0", "2026-01-01")


def test_lexical_forms_are_untouched(small_root: Path) -> None:
    (small_root / "data" / "forms.ttl").write_text(
        '<urn:x> <urn:p> "01"^^<http://www.w3.org/2001/XMLSchema#integer>, "a"@en-GB, "2001-01-01Z"^^<http://www.w3.org/2001/XMLSchema#date> .',
        "utf-8",
    )
    found = [quad.object for quad in read(small_root).quads if quad.subject == NamedNode("urn:x")]
    assert {term.value for term in found if isinstance(term, Literal)} == {"01", "a", "2001-01-01Z"}


def test_a_syntax_error_names_file_and_line(small_root: Path) -> None:
    broken = small_root / "data" / "broken.ttl"
    broken.write_text("<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b>\n<urn:c> <urn:d> .\n", "utf-8")
    with pytest.raises(CorpusSyntaxError, match=r"broken\.ttl:3"):
        read(small_root)


def test_a_file_that_is_not_utf8_is_named(small_root: Path) -> None:
    (small_root / "data" / "latin.ttl").write_bytes(b'<urn:a> <urn:b> "\xe9" .')
    with pytest.raises(CorpusSyntaxError, match=r"latin\.ttl"):
        read(small_root)


def test_a_blank_node_is_refused_with_its_file(small_root: Path) -> None:
    (small_root / "data" / "blank.ttl").write_text("<urn:a> <urn:b> [ <urn:c> <urn:d> ] .", "utf-8")
    with pytest.raises(CorpusError, match=r"blank\.ttl.*blank node"):
        read(small_root)


def test_a_folder_that_is_no_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ontology, shapes, data"):
        read(tmp_path)


def test_a_corpus_without_a_head_says_what_is_missing(small_root: Path) -> None:
    (small_root / "data" / "corpus.ttl").write_text("", "utf-8")
    with pytest.raises(CorpusError, match="void:uriSpace"):
        read(small_root)


def test_the_master_form_is_sorted_and_without_repetition(small_root: Path) -> None:
    quads = read(small_root).quads
    lines = nquads_lines([*quads, *quads])
    assert lines == sorted(set(lines))
    assert len(lines) == len(set(quads))


def test_the_union_counts_a_statement_once(small_root: Path) -> None:
    (small_root / "data" / "again.ttl").write_text((small_root / "data" / "place.ttl").read_text("utf-8"), "utf-8")
    quads = [quad for quad in read(small_root).quads if "place/somewhere" in quad.subject.value]  # type: ignore[union-attr]
    assert len(quads) == 4
    assert len(union(quads)) == 2


@pytest.mark.parametrize(
    ("name", "graph"),
    [
        ("curators (1)", "curators%20(1)"),
        ("100%", "100%25"),
        ("a%20b", "a%2520b"),
        ("학교/x?y#z", "학교/x%3Fy%23z"),
        ("e\u0301", "é"),
        ("a\u00a0b\u200bc", "a%C2%A0b%E2%80%8Bc"),
        ('q"<>^`{|}\\', "q%22%3C%3E%5E%60%7B%7C%7D%5C"),
    ],
)
def test_the_name_of_a_file_is_escaped_and_can_be_read_back(small_root: Path, name: str, graph: str) -> None:
    path = small_root / "data" / f"{name}.ttl"
    path.parent.mkdir(exist_ok=True)
    path.write_text("<urn:a> <urn:b> <urn:c> .", "utf-8")
    found = {quad.graph_name.value for quad in read(small_root).quads if isinstance(quad.graph_name, NamedNode)}
    assert f"https://example.org/graph/{graph}" in found
    assert unquote(graph) == unicodedata.normalize("NFC", name)
    assert read(small_root).graph(name).value == f"https://example.org/graph/{graph}"


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["inferred.ttl"], r"inferred\.ttl would have the graph https://example.org/graph/inferred, .* what a build makes"),
        (["meta.ttl"], r"meta\.ttl would have the graph"),
        (["ontology/allegata.ttl"], r"data/ontology/allegata\.ttl would have the graph .*/ontology/allegata\.ttl"),
        (["e\u0301.ttl", "\u00e9.ttl"], "would have the graph"),
        (["links/x.ttl", "links/x.sssom.tsv"], r"x\.sssom\.tsv would have the graph .*/links/x\.ttl"),
    ],
)
def test_no_file_takes_the_graph_of_another_or_of_the_build(small_root: Path, names: list[str], words: str) -> None:
    for name in names:
        (small_root / "data" / name).parent.mkdir(exist_ok=True)
        (small_root / "data" / name).write_text("", "utf-8")
    with pytest.raises(CorpusError, match=words):
        read(small_root)


def test_a_file_name_that_is_not_utf8_is_named(small_root: Path) -> None:
    Path(os.fsdecode(os.fsencode(small_root / "data") + b"/\xe9.ttl")).write_text("", "utf-8")
    with pytest.raises(CorpusError, match="name of the file is not UTF-8"):
        read(small_root)


def test_a_byte_order_mark_before_a_file_is_no_part_of_it(small_root: Path) -> None:
    (small_root / "data" / "mark.ttl").write_bytes(b"\xef\xbb\xbf<urn:a> <urn:b> <urn:c> .\r\n")
    assert NamedNode("urn:a") in {quad.subject for quad in read(small_root).quads}


@pytest.mark.parametrize("text", ["<urn:a> <urn:b>\n<<( <urn:a> <urn:b> <urn:c> )>> .", '<urn:a> <urn:b>\n"x"@en--ltr .'])
def test_rdf_1_2_is_refused_with_file_and_line(small_root: Path, text: str) -> None:
    (small_root / "data" / "newer.ttl").write_text(text, "utf-8")
    with pytest.raises(CorpusSyntaxError, match=r"newer\.ttl:2: a .* is RDF 1\.2"):
        read(small_root)


def test_a_blank_node_is_named_with_its_line(small_root: Path) -> None:
    (small_root / "data" / "blank.ttl").write_text("<urn:a> <urn:b>\n  [ <urn:c> 1 ] .", "utf-8")
    with pytest.raises(CorpusError, match=r"blank\.ttl:2: a blank node"):
        read(small_root)

"""Linking: a table becomes links with their records, and a bad row is named with file and number."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from allegata.corpus.reader import Corpus, read
from allegata.corpus.sssom import COLUMNS, PREDICATES, read_links
from allegata.corpus.sssom_table import split_values
from allegata.errors import LinkError
from allegata.model.namespaces import expand
from allegata.model.targets import TARGETS, target_of
from support import ROOT

HEAD = "#curie_map:\n#  here: https://example.org/\n#  wd: http://www.wikidata.org/entity/\n" + "\t".join(COLUMNS) + "\n"
ROW = ["here:actor/x", "skos:exactMatch", "wd:Q1", "semapv:ManualMappingCuration", "2026-01-02"]


@pytest.fixture
def corpus(small_root: Path) -> Corpus:
    (small_root / "data" / "links").mkdir()
    (small_root / "data" / "protected.ttl").write_text(
        f"<https://example.org/source/protected> a <{expand('alg:ProtectedSource')}> .\n"
        "<https://example.org/actor/x> a <http://schema.org/Organization> .\n"
        "<https://example.org/actor/y> a <http://schema.org/Organization> .\n"
    )
    return read(small_root)


def write(corpus: Corpus, *rows: list[str]) -> None:
    table = corpus.root / "data" / "links" / "test.sssom.tsv"
    table.write_text(HEAD + "".join("\t".join(row) + "\n" for row in rows), "utf-8")


def test_a_row_becomes_a_link_and_its_record(corpus: Corpus) -> None:
    write(corpus, ROW)
    quads = read_links(corpus)
    link = (
        NamedNode("https://example.org/actor/x"),
        NamedNode(expand("skos:exactMatch")),
        NamedNode("http://www.wikidata.org/entity/Q1"),
    )
    assert [(q.subject, q.predicate, q.object) for q in quads if q.predicate == link[1]] == [link]
    assert {q.graph_name for q in quads} == {NamedNode("https://example.org/graph/links/test")}
    assert {q.predicate.value.rsplit("/", 1)[-1] for q in quads} >= {"mapping_justification", "mapping_date", "subject_id"}


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (0, "nowhere:x", "prefix"),
        (1, "owl:sameAs", "predicate_id"),
        (2, "Q1", "prefix"),
        (2, "here:actor/x", "itself"),
        (4, "yesterday", "mapping_date"),
        (2, "wd:P31", "not an identifier of Wikidata"),
        (2, "https://www.wikidata.org/wiki/Q1", "not an identifier of web pages"),
        (2, "https://ror.org/05vzafd61", "not an identifier of Research Organization Registry"),
        (2, "https://isni.org/isni/0000000404412097", "not an identifier of ISNI"),
        (2, "https://undocs.org/resolution-2397", "not an identifier of UN documents"),
        (2, "http://exa mple.org/", "IRI"),
        (0, "here:source/protected", "protected source"),
        (2, "here:source/protected", "protected source"),
        (2, "here:actor/y", "a thing of this dataset"),
        (0, '"here:actor/x', "quotation mark"),
        (0, "here:actor/nobody", "the corpus says nothing of https://example.org/actor/nobody; describe it"),
        (0, "schema:x", "prefix that the header does not declare"),
        (1, "schema:sameAs", "prefix that the header does not declare"),
        (4, "2026-02-30", "no day of the calendar"),
        (4, "٢٠٢٦-01-01", "not a date"),
        (2, "http://metadata.un.org/sdg/codes/geoArea/PRK", "not an identifier of areas of M49"),
        (2, "http://metadata.un.org/sdg/goal-2", "not an identifier of Sustainable Development Goals"),
        (2, "http://publications.europa.eu/resource/authority/country/KP", "not an identifier of EU countries"),
        (2, "http://publications.europa.eu/resource/authority/corporate-body/", "not an identifier of EU corporate bodies"),
        (2, "http://publications.europa.eu/resource/celex/2020R1998", "not an identifier of EU law"),
        (2, "http://data.europa.eu/eli/2020/1998", "not an identifier of European Legislation Identifier"),
        (2, "https://eur-lex.europa.eu/ eli", "IRI"),
        (2, "https://www.opensanctions.org/entities/Q56226/", "not an identifier of web pages"),
        (2, TARGETS["huridocs"].space + "food", "not an identifier of Micro-thesauri"),
        (2, "http://viaf.org/viaf/x1", "not an identifier of VIAF"),
        (2, "https://sws.geonames.org/1873107", "not an identifier of GeoNames"),
        (2, "http://metadata.un.org/thesaurus/food", "not an identifier of UNBIS"),
    ],
)
def test_a_bad_row_is_named(corpus: Corpus, column: int, value: str, message: str) -> None:
    write(corpus, ROW, [*ROW[:column], value, *ROW[column + 1 :]])
    with pytest.raises(LinkError, match=rf"test\.sssom\.tsv:6.*{message}"):
        read_links(corpus)


def test_evidence_has_addresses(corpus: Corpus) -> None:
    table = corpus.root / "data" / "links" / "test.sssom.tsv"
    row = "\t".join([*ROW, "https://example.org/a|https://example.org/b"])
    table.write_text(HEAD.replace(COLUMNS[-1], f"{COLUMNS[-1]}\tsee_also") + row + "\n", "utf-8")
    found = {q.object for q in read_links(corpus) if q.predicate == NamedNode(expand("rdfs:seeAlso"))}
    assert found == {NamedNode("https://example.org/a"), NamedNode("https://example.org/b")}
    table.write_text(table.read_text("utf-8").replace("example.org/b", "example.org/source/protected"), "utf-8")
    with pytest.raises(LinkError, match=r"test\.sssom\.tsv:5.*protected source"):
        read_links(corpus)
    table.write_text(table.read_text("utf-8").replace("|https://example.org/source/protected", "|elsewhere"), "utf-8")
    with pytest.raises(LinkError, match=r"test\.sssom\.tsv:5.*see_also 'elsewhere' has a prefix"):
        read_links(corpus)


def test_a_header_that_is_not_yaml_is_named(corpus: Corpus) -> None:
    (corpus.root / "data" / "links" / "test.sssom.tsv").write_text("#curie_map: [\n" + "\t".join(COLUMNS) + "\n", "utf-8")
    with pytest.raises(LinkError, match=r"test\.sssom\.tsv:1: this is not YAML.*metadata"):
        read_links(corpus)


@pytest.mark.parametrize("iri", [f"{target.space}" for target in TARGETS.values()])
def test_a_dataset_alone_is_no_thing_of_it(iri: str) -> None:
    target = target_of(iri)
    assert target is not None and not target.fits(iri)


def test_a_table_without_a_column_is_named(corpus: Corpus) -> None:
    (corpus.root / "data" / "links" / "test.sssom.tsv").write_text("subject_id\tobject_id\n", "utf-8")
    with pytest.raises(LinkError, match="predicate_id"):
        read_links(corpus)


def test_the_bundled_links_are_read() -> None:
    quads = read_links(read(ROOT))
    mappings = [q for q in quads if q.object == NamedNode(expand("sssom:Mapping"))]
    assert len(mappings) > 1300
    predicates = {q.object for q in quads if q.predicate == NamedNode(expand("sssom:predicate_id"))}
    kinds = ("exact", "close", "broad", "narrow", "related")
    assert predicates == {NamedNode(expand(name)) for name in ("schema:sameAs", *(f"skos:{kind}Match" for kind in kinds))}


# -- the format -----------------------------------------------------------------------------------------------------------


def put(corpus: Corpus, text: str | bytes, name: str = "test") -> None:
    data = text if isinstance(text, bytes) else text.encode()
    (corpus.root / "data" / "links" / f"{name}.sssom.tsv").write_bytes(data)


def links(corpus: Corpus) -> list[tuple[str, str, str]]:
    """Return the links of the one table, without their records."""
    made = [quad for quad in read_links(corpus) if quad.predicate.value in map(expand, PREDICATES)]
    return [(str(q.subject).strip("<>"), q.predicate.value, str(q.object).strip("<>")) for q in made]


X, Q1 = "https://example.org/actor/x", "http://www.wikidata.org/entity/Q1"
LINK = (X, expand("skos:exactMatch"), Q1)
TABLE = HEAD + "\t".join(ROW) + "\n"


def spreadsheet(text: str) -> str:
    """Return a table as a spreadsheet saves it: every line padded with tabs, an empty row, and cells with quotes quoted."""
    lines = [line if "\t" in line else f'"{line}"' if '"' in line else line for line in text.splitlines()]
    lines = [line.replace('"https', '""https').replace('/"', '/""') if line.startswith('"#') else line for line in lines]
    return "".join(f"{line}\t\t\t\n" for line in [*lines, "", ""])


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        TABLE.replace("\n", "\r\n"),
        TABLE.replace("\n", "\r"),
        "\ufeff" + TABLE,
        spreadsheet(TABLE),
        spreadsheet(TABLE.replace("https://example.org/", '"https://example.org/"')),
        "\ufeff" + spreadsheet(TABLE).replace("\n", "\r\n"),
        TABLE.replace("#", "# "),
        TABLE.replace("skos:exactMatch", '"skos:exactMatch"'),
        TABLE.replace("skos:exactMatch", "s:exactMatch").replace("#  wd", "#  s: http://www.w3.org/2004/02/skos/core#\n#  wd"),
        TABLE.replace("\twd:Q1", "\t wd:Q1 "),
        TABLE.replace("mapping_date", "mapping_date\tno_such_slot").replace("2026-01-02", "2026-01-02\tsomething"),
        TABLE.replace("\tmapping_date", "")
        .replace("\t2026-01-02", "")
        .replace("#curie_map", "#mapping_date: 2026-01-02\n#curie_map"),
    ],
    ids=[
        *("plain", "crlf", "cr", "mark", "spreadsheet", "quoted metadata", "all at once", "space after #", "quoted cell"),
        *("prefix of its own", "spaces", "unknown column", "date for all rows"),
    ],
)
def test_a_table_is_read_however_it_was_saved(corpus: Corpus, text: str) -> None:
    put(corpus, text)
    assert links(corpus) == [LINK]
    dates = [q.object for q in read_links(corpus) if q.predicate == NamedNode(expand("sssom:mapping_date"))]
    assert dates == [Literal("2026-01-02", datatype=NamedNode(expand("xsd:date")))]


def test_metadata_may_stand_in_a_file_beside(corpus: Corpus) -> None:
    *head, columns, row = TABLE.splitlines()
    block = "\n".join(line[1:] for line in head)
    put(corpus, f"{columns}\n{row}\n")
    (corpus.root / "data" / "links" / "test.sssom.yml").write_text(block, "utf-8")
    assert links(corpus) == [LINK]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TABLE.replace("#  wd", "#  here: https://example.com/\n#  wd"), r":3: the key here stands twice, first in line 2"),
        (TABLE.replace("#  wd", "#  skos: https://example.com/\n#  wd"), r":3: the prefix skos always stands for"),
        (TABLE.replace("https://example.org/", "[a, b]"), r":2: the prefix here stands for no address"),
        (TABLE.replace("#curie_map:", "#curie_map: x\n#more:"), r":1: the header has no curie_map"),
        (TABLE + "\n\na\tb\tc\td\te\tf\n", r":8: the row has 6 cells, the table 5 columns"),
        (TABLE.replace("mapping_date", "subject_id"), r":4: the column subject_id stands twice"),
        (TABLE.replace("skos:exactMatch", '"skos:exactMatch'), r":5: a cell that begins with a quotation mark"),
        (TABLE.replace("wd:Q1", "sssom:NoTermFound").replace("skos:exactMatch", "skos:noMatch"), r":5: predicate_id"),
    ],
)
def test_what_is_wrong_with_a_table_is_named_with_its_line(corpus: Corpus, text: str, message: str) -> None:
    put(corpus, text)
    with pytest.raises(LinkError, match=r"test\.sssom\.tsv" + message):
        read_links(corpus)


def with_column(name: str, *cells: str) -> str:
    rows = ["\t".join([*ROW, cell]) for cell in cells]
    return HEAD.replace(COLUMNS[-1], f"{COLUMNS[-1]}\t{name}") + "\n".join(rows) + "\n"


def test_a_negated_mapping_is_told_and_never_published(corpus: Corpus) -> None:
    put(corpus, with_column("predicate_modifier", "Not"))
    told: list[str] = []
    assert read_links(corpus, told.append) == []
    assert len(told) == 1 and "test.sssom.tsv:5: the row says that skos:exactMatch does not hold" in told[0]


def test_a_mapping_that_another_row_negates_is_refused(corpus: Corpus) -> None:
    put(corpus, with_column("predicate_modifier", "Not"), "a")
    put(corpus, with_column("predicate_modifier", ""), "b")
    with pytest.raises(LinkError, match=r"b\.sssom\.tsv:5: .*a\.sssom\.tsv:5 says that this does not hold"):
        read_links(corpus)
    put(corpus, with_column("predicate_modifier", "not"), "a")
    with pytest.raises(LinkError, match="predicate_modifier 'not' is not known"):
        read_links(corpus)


@pytest.mark.parametrize(("column", "value"), [(2, "sssom:NoTermFound"), (0, "sssom:NoTermFound"), (2, "sssom:NoMapping")])
def test_a_row_that_found_no_term_is_told_and_never_published(corpus: Corpus, column: int, value: str) -> None:
    write(corpus, ROW, [*ROW[:column], value, *ROW[column + 1 :]])
    told: list[str] = []
    assert not any("sssom/No" in str(quad) for quad in read_links(corpus, told.append))
    assert links(corpus) == [LINK]
    assert len(told) == 1 and "test.sssom.tsv:6: the row says that no term was found" in told[0]


def test_a_row_that_found_no_term_cannot_be_negated(corpus: Corpus) -> None:
    put(corpus, with_column("predicate_modifier", "Not").replace("wd:Q1", "sssom:NoTermFound"))
    with pytest.raises(LinkError, match="cannot be negated"):
        read_links(corpus)


@pytest.mark.parametrize("value", ["rdfs literal", "composed entity expression"])
def test_what_has_no_name_is_not_linked(corpus: Corpus, value: str) -> None:
    put(corpus, with_column("subject_type", value))
    with pytest.raises(LinkError, match=f"subject_type '{value}' is no thing"):
        read_links(corpus)


@pytest.mark.parametrize(("written", "published"), [("0.90", "0.9"), ("1.0", "1"), ("0", "0"), ("0.000", "0"), ("", None)])
def test_a_confidence_is_published_in_its_canonical_form(corpus: Corpus, written: str, published: str | None) -> None:
    put(corpus, with_column("confidence", written))
    found = [q.object.value for q in read_links(corpus) if q.predicate == NamedNode(expand("sssom:confidence"))]  # type: ignore[union-attr]
    assert found == ([published] if published is not None else [])


@pytest.mark.parametrize("value", ["1.5", "-0.1", "0,9", "high", "1e-1", "nan", "٠"])
def test_a_confidence_is_a_number_from_0_to_1(corpus: Corpus, value: str) -> None:
    put(corpus, with_column("confidence", value))
    with pytest.raises(LinkError, match=r":5: confidence .* is not a number from 0 to 1"):
        read_links(corpus)


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("a|b", ["a", "b"]),
        (r"a\|b|c", ["a|b", "c"]),
        (r"a\\b|c\\|d\\\|e\\", ["a\\b", "c\\", "d\\|e\\"]),
        (r"a\n|", [r"a\n"]),
        ("", []),
        ("a| b", ["a", "b"]),
    ],
)
def test_several_values_are_parted_where_no_backslash_precedes(cell: str, values: list[str]) -> None:
    assert split_values(cell) == values


def test_a_table_with_a_name_that_needs_escaping_gives_sound_names(corpus: Corpus) -> None:
    put(corpus, TABLE, "my links (1)")
    assert {str(q.graph_name) for q in read_links(corpus)} == {"<https://example.org/graph/links/my%20links%20(1)>"}

"""The link report: the shares that are wanted are reached, and what is open is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from pyoxigraph import Literal, NamedNode, Quad

from allegata.cli.main import main
from allegata.corpus.link_coverage import GOALS, GROUPS, NOTES, Coverage, Notes, coverage, read_notes, report, targets
from allegata.corpus.reader import read
from allegata.corpus.sssom import read_links
from allegata.corpus.statements import Statements
from allegata.errors import CorpusError
from allegata.model.namespaces import expand
from support import ROOT


@pytest.fixture(scope="module")
def bundled() -> tuple[Statements, str, Notes]:
    corpus = read(ROOT)
    return Statements([*corpus.quads, *read_links(corpus)]), corpus.base, read_notes(ROOT, corpus.base)


def group(rows: list[Coverage], name: str) -> Coverage:
    return next(row for row in rows if row.group == name)


def test_the_wanted_shares_are_reached(bundled: tuple[Statements, str, Notes]) -> None:
    rows = coverage(*bundled)
    wanted = {
        "states": (190, 0.9),
        "bodies of the United Nations": (20, 0.9),
        "treaties": (30, 0.9),
        "other named actors": (40, 0.75),
    }
    assert {name: share for name, (_, share) in wanted.items()} == GOALS
    for name, (size, share) in wanted.items():
        item = group(rows, name)
        assert item.total >= size, name
        assert item.share >= share, (name, item.open)


def test_every_kind_is_reported_with_what_it_has(bundled: tuple[Statements, str, Notes]) -> None:
    rows = coverage(*bundled)
    assert tuple(row.group for row in rows) == GROUPS
    least = {"provisions": 130, "rights": 33, "topics": 80, "places": 13, "sources with a UN symbol": 15}
    for name, size in least.items():
        assert group(rows, name).total >= size, name
    # Where a thesaurus has a term only for what a right guards against, that term is related and no identifier of the right.
    assert group(rows, "rights").share >= 0.84 and group(rows, "rights").open == ()
    # A provision leads to the page of its treaty, which is no identifier of the provision.
    assert group(rows, "provisions").linked == 0 and group(rows, "provisions").open == ()


def test_what_is_open_is_named(bundled: tuple[Statements, str, Notes]) -> None:
    text = report(*bundled)
    for item in coverage(*bundled):
        for iri, _ in item.open:
            assert f"  {iri}  " in text
    assert "Cassie Kim" in text
    assert len(bundled[2].not_linked) == 4 and all(f"No links to {system}" in text for system in bundled[2].not_linked)


def test_links_lead_to_many_datasets(bundled: tuple[Statements, str, Notes]) -> None:
    counted = dict(targets(bundled[0]))
    assert {"Wikidata", "UNBIS Thesaurus", "GeoNames", "UN Treaty Collection", "UN documents by symbol"} <= set(counted)
    assert {"Sustainable Development Goals", "OpenSanctions programmes", "European Legislation Identifier"} <= set(counted)
    assert counted["areas of M49 (UN Statistics Division)"] == counted["EU countries and territories"] >= 190
    assert all(count > 0 for count in counted.values())


def test_nothing_is_merged_with_owl_same_as(bundled: tuple[Statements, str, Notes]) -> None:
    statements = bundled[0]
    assert not [iri for iri in statements.subjects if statements.values(iri, "owl:sameAs")]


def test_a_thing_without_a_link_is_open() -> None:
    base = "https://example.org/"
    state, graph = NamedNode(f"{base}actor/x"), NamedNode(f"{base}graph/x")
    quads = [
        Quad(state, NamedNode(expand("rdf:type")), NamedNode(expand("schema:Country")), graph),
        Quad(state, NamedNode(expand("rdfs:label")), Literal("Somewhere"), graph),
    ]
    assert group(coverage(Statements(quads), base), "states").open == ((state.value, "Somewhere"),)
    broader = Quad(state, NamedNode(expand("skos:broadMatch")), NamedNode("http://www.wikidata.org/entity/Q2"), graph)
    item = group(coverage(Statements([*quads, broader]), base), "states")
    assert (item.linked, item.open, item.share) == (0, (), 0.0)
    assert str(item).endswith("; 1 more by a broader, narrower or related link alone")
    quads.append(Quad(state, NamedNode(expand("schema:sameAs")), NamedNode("http://www.wikidata.org/entity/Q1"), graph))
    assert group(coverage(Statements(quads), base), "states").open == ()


def test_the_command_writes_the_report(small_root: Path) -> None:
    result = CliRunner().invoke(main, ["link", "report", "--root", str(small_root)])
    assert result.exit_code == 0
    assert "1 places" in result.stdout


def test_what_a_corpus_says_of_its_links_is_read(small_root: Path) -> None:
    base = "https://example.org/"
    assert read_notes(small_root, base) == Notes()
    (small_root / "data" / "links").mkdir()
    (small_root / NOTES).write_text("unnamed: [actor/a]\nnot_linked: {maps: none was found}\n", "utf-8")
    assert read_notes(small_root, base) == Notes(unnamed=frozenset((f"{base}actor/a",)), not_linked={"maps": "none was found"})
    (small_root / NOTES).write_text("- actor/a\n", "utf-8")
    with pytest.raises(CorpusError, match=r"coverage\.yaml"):
        read_notes(small_root, base)


def test_bodies_of_the_united_nations_and_what_has_no_name_are_known_from_the_corpus() -> None:
    base = "https://example.org/"
    things = {name: NamedNode(f"{base}actor/{name}") for name in ("whole", "part", "below", "other", "unnamed", "curators")}
    graph, within = NamedNode(f"{base}graph/x"), NamedNode(expand("org:subOrganizationOf"))
    kind = NamedNode(expand("rdf:type")), NamedNode(expand("schema:Organization"))
    quads = [Quad(thing, *kind, graph) for thing in things.values()]
    quads += [Quad(things["part"], within, things["whole"], graph), Quad(things["below"], within, things["part"], graph)]
    quads.append(Quad(NamedNode(f"{base}dataset"), NamedNode(expand("dct:creator")), things["curators"], graph))
    notes = Notes(frozenset((things["unnamed"].value,)), frozenset((things["whole"].value,)))
    rows = coverage(Statements(quads), base, notes)
    assert {iri for iri, _ in group(rows, "bodies of the United Nations").open} == {
        things[name].value for name in ("whole", "part", "below")
    }
    assert [iri for iri, _ in group(rows, "other named actors").open] == [things["other"].value]

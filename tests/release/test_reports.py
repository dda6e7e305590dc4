"""Reports: what they say agrees with the data counted another way, in every form, and stays the same whatever the order."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from allegata.corpus.inference import union_store
from allegata.errors import CorpusError
from allegata.model.namespaces import ALG, BASE, PREFIXES, expand
from allegata.release.closure import check
from allegata.release.digests import file_hash
from allegata.release.handle import Release
from allegata.release.reports import RESULT_SET, loaded_words, write_reports
from support import ROOT

QUERIES = ROOT / "ontology" / "reports"
TABLES = sorted(QUERIES.glob("*/*.rq"))
FACTSHEET, REPORT = f"{BASE}source/factsheet", f"{BASE}source/report-2025"
RS = rdflib.Namespace(RESULT_SET)
Index = Mapping[str, Mapping[str, Sequence[str]]]


@pytest.fixture(scope="module")
def quads() -> Sequence[Quad]:
    """Return the statements of the bundled corpus with what is inferred."""
    return list(check(ROOT, lambda _step: None).quads)


@pytest.fixture(scope="module")
def index(quads: Sequence[Quad]) -> Index:
    """Return the statements as subject → property → values, for counting without SPARQL."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for quad in quads:
        found[str(quad.subject).strip("<>")][quad.predicate.value.removeprefix(ALG)].add(getattr(quad.object, "value", ""))
    return {subject: {name: sorted(values) for name, values in says.items()} for subject, says in found.items()}


def rows(release: Release, table: str) -> list[dict[str, str]]:
    with (release.folder / "reports" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def assertions(index: Index, source: str) -> list[str]:
    return [thing for thing, says in index.items() if "asserts" in says and source in says.get("statedIn", ())]


def label(index: Index, thing: str) -> str:
    return index[thing][expand("rdfs:label")][0]


# -- the files ---------------------------------------------------------------------------------------------------------------


def test_each_query_has_its_table_and_each_report_its_page(release: Release) -> None:
    folder = release.folder / "reports"
    made = {path.relative_to(folder).with_suffix("").as_posix() for path in folder.glob("*/*.csv")}
    assert made == {path.relative_to(QUERIES).with_suffix("").as_posix() for path in TABLES}
    assert len(made) >= 35
    for name in {path.parent.name for path in TABLES}:
        page = (folder / f"{name}.md").read_text("utf-8")
        assert page.startswith((QUERIES / name / "about.md").read_text("utf-8").strip())
        assert all((folder / target).is_file() for target in re.findall(r"\]\(((?!https?:)[^)]+)\)", page))
        assert f"({name}.md)" in (folder / "index.md").read_text("utf-8")


def test_each_file_is_in_the_manifest(release: Release) -> None:
    for path in (release.folder / "reports").rglob("*.*"):
        entry = release.manifest.files[path.relative_to(release.folder).as_posix()]
        assert entry.sha256 == file_hash(path)


def test_the_documentation_names_each_report() -> None:
    page = (ROOT / "docs" / "reports.md").read_text("utf-8")
    assert {path.parent.name for path in TABLES} == set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE))


@pytest.mark.parametrize("name", sorted({path.parent.name for path in TABLES}))
def test_the_turtle_says_what_the_tables_say(release: Release, name: str) -> None:
    graph = rdflib.Graph().parse(release.folder / "reports" / f"{name}.ttl")
    assert not any(isinstance(term, rdflib.BNode) for triple in graph for term in triple)
    answers = list(graph.subjects(rdflib.RDF.type, RS.ResultSet))
    assert len(answers) == len(list((QUERIES / name).glob("*.rq")))
    for answer in answers:
        table = rows(release, str(answer).removeprefix(f"{BASE}report/"))
        solutions = {int(str(graph.value(one, RS["index"]))): one for one in graph.objects(answer, RS.solution)}
        assert sorted(solutions) == list(range(1, len(table) + 1))
        for number, row in enumerate(table, start=1):
            bindings = list(graph.objects(solutions[number], RS.binding))
            said = {str(graph.value(one, RS.variable)): str(graph.value(one, RS.value)) for one in bindings}
            assert said == {column: value for column, value in row.items() if value}


def test_the_reports_are_the_same_in_any_order(quads: Sequence[Quad], tmp_path: Path) -> None:
    for name, given in (("one", quads), ("other", list(reversed(quads)))):
        write_reports(union_store(given), QUERIES, tmp_path / name, BASE)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
    assert len(files) > 80
    assert [name for name in files if (tmp_path / "one" / name).read_bytes() != (tmp_path / "other" / name).read_bytes()] == []


@pytest.mark.parametrize("path", TABLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_query_has_a_title_an_order_and_the_usual_prefixes(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.match(r"# [A-Z][^\n]*[^.\n]\n", text)
    assert re.search(r"^ORDER BY ", text, re.MULTILINE) and "NOT EXISTS" not in text
    declared = dict(re.findall(r"^PREFIX (\w+): <([^>]*)>$", text, re.MULTILINE))
    assert declared == {prefix: PREFIXES[prefix] for prefix in declared}


# -- what they say -----------------------------------------------------------------------------------------------------------


def test_gaps_are_counted_for_each_document(release: Release, index: Index) -> None:
    expected = {}
    for source in (FACTSHEET, REPORT):
        stated = assertions(index, source)
        for gap in ("notStated", "citationTargetLost", "referenceIsSearchPage"):
            count = sum(f"{BASE}scheme/evidence-kind/{gap}" in index[one]["evidenceKind"] for one in stated)
            expected[label(index, source), label_of_concept(index, f"evidence-kind/{gap}")] = (str(count), str(len(stated)))
    found = {
        (row["document"], row["gap"]): (row["assertions"], row["ofAll"])
        for row in rows(release, "evidence-gaps/10-gaps-by-document")
    }
    assert found == expected
    assert sum(int(count) for count, _ in found.values()) > 400


def label_of_concept(index: Index, concept: str) -> str:
    return index[f"{BASE}scheme/{concept}"][expand("skos:prefLabel")][0]


def test_the_shares_of_both_documents_in_the_corrections_add_up(release: Release, index: Index) -> None:
    record = {thing for thing, says in index.items() if "asserts" in says and not {FACTSHEET, REPORT} & set(says["statedIn"])}
    touched: dict[tuple[str, str], set[str]] = defaultdict(set)
    for says in index.values():
        if "from" in says and says["from"][0] in record:
            for source in index[says["to"][0]]["statedIn"]:
                touched[label(index, source), index[says["stance"][0]][expand("skos:prefLabel")][0]].add(says["to"][0])
    found = {(row["document"], row["stance"]): int(row["statements"]) for row in rows(release, "corrections/10-shares")}
    assert found == {key: len(things) for key, things in touched.items()}
    assert {document for document, _ in found} == {label(index, FACTSHEET), label(index, REPORT)}


def test_every_correction_has_its_reason_and_stands_in_one_list(release: Release, index: Index) -> None:
    lists = [rows(release, f"corrections/{name}") for name in ("30-corrections", "40-limits", "50-confirmations")]
    assert all(row["rationale"] and row["keeper"] and row["recordedIn"] for table in lists for row in table)
    judgements = [{row["judgement"] for row in table} for table in lists]
    assert len(set.union(*judgements)) == sum(map(len, judgements)) >= 80
    assert sum(bool(row["distance"]) for table in lists for row in table) >= 10


def test_stances_are_counted_once_from_side_to_side(release: Release, index: Index) -> None:
    table = rows(release, "neutrality/50-stances-by-side")
    stances = [thing for thing, says in index.items() if "from" in says and "stance" in says]
    assert sum(int(row["stances"]) for row in table) == len(stances)
    assert len({row["fromSide"] for row in table}) == 3


def test_unanswered_disputes_are_those_to_which_nothing_replies(release: Release, index: Index) -> None:
    kinds = {name: f"{BASE}scheme/stance/{name}" for name in ("rebuts", "undercuts", "qualifies", "corrects")}
    lines = defaultdict(set)
    for thing, says in index.items():
        for line in says.get("evidenceLine", ()):
            lines[line].add(thing)
    stances = {thing: says for thing, says in index.items() if "from" in says}
    replied = set()
    for says in stances.values():
        if says["stance"][0] in kinds.values():
            replied |= {says["to"][0], *lines[says["to"][0]]}
    disputes = {one for one, says in stances.items() if says["stance"][0] in (kinds["rebuts"], kinds["undercuts"])}
    expected = {one for one in disputes if stances[one]["from"][0] not in replied}
    assert {row["stance"] for row in rows(release, "disputes/20-unanswered")} == expected
    assert 5 < len(expected) < len(disputes)
    summary = rows(release, "disputes/10-summary")
    assert sum(int(row["unanswered"]) for row in summary) == len(expected)
    assert sum(int(row["disputes"]) for row in summary) == len(disputes)


def test_every_estimate_of_prisoners_is_shown_and_the_pairs_apart_with_their_distances(release: Release) -> None:
    held = "people held in political prison camps"
    estimates = [row for row in rows(release, "estimates/10-estimates") if row["measure"] == held]
    assert {(row["from"], row["to"], row["asOf"]) for row in estimates} == {
        *(
            ("80000", "120000", "2014"),
            ("200000", "200000", "2017"),
            ("200000", "200000", "2025-03"),
            ("200000", "200000", "2010-01"),
        ),
    }
    assert all(row["asserter"] and row["evidence"] and row["source"] for row in estimates)
    apart = [row for row in rows(release, "estimates/20-apart") if row["measure"] == held]
    assert [(row["lowerAsOf"], row["higherAsOf"], row["gap"], row["yearsApart"]) for row in apart] == [
        *(("2014", "2017", "80000", "3"), ("2014", "2010-01", "80000", "4"), ("2014", "2025-03", "80000", "11")),
    ]


def test_claims_that_testimony_carries_alone_offer_nothing_else(release: Release, index: Index) -> None:
    supports = f"{BASE}scheme/direction/supports"
    grounds: dict[str, set[str]] = defaultdict(set)
    for says in index.values():
        if "asserts" in says and says["polarity"] == [f"{BASE}scheme/polarity/affirms"]:
            for use in says.get("evidenceUse", ()):
                line = index[use]["usedLine"][0]
                if supports in index[use]["direction"]:
                    grounds[says["asserts"][0]] |= set(index[line].get("restsOn", [line]))
    alone = Counter(next(iter(found)) for found in grounds.values() if len(found) == 1)
    found = {row["ground"]: int(row["alone"]) for row in rows(release, "sole-support/10-by-material")}
    assert {ground: count for ground, count in found.items() if count} == alone
    assert alone[f"{BASE}source/coi-testimonies"] > 10


def test_obligations_agree_with_the_acts_on_record(release: Release, index: Index) -> None:
    bound = {row["treaty"]: row for row in rows(release, "obligations/10-by-instrument") if row["dutyBearer"] == "North Korea"}
    assert bound["International Covenant on Civil and Political Rights"]["since"] == "1981-09-14"
    assert bound["International Covenant on Civil and Political Rights"]["noticeOfWithdrawal"] == "1997-08"
    missing = {row["treaty"] for row in rows(release, "obligations/20-not-joined") if row["dutyBearer"] == "North Korea"}
    assert "Convention against Torture and Other Cruel, Inhuman or Degrading Treatment or Punishment" in missing
    assert "Rome Statute of the International Criminal Court" not in missing, "its article 7 obliges individuals"
    assert not missing & set(bound)
    assert "Convention on the Rights of the Child" in bound
    assert "Convention on the Rights of Persons with Disabilities" not in missing | set(bound), "no claim speaks of this group"
    for row in rows(release, "obligations/30-under-none"):
        claim = index[index[row["assertion"]]["asserts"][0]]
        protected = {right for provision in claim.get("fallsUnder", ()) for right in index[provision]["protects"]}
        assert row["right"] not in {index[right][expand("skos:prefLabel")][0] for right in protected}


def test_loaded_words_are_counted_where_they_stand(tmp_path: Path) -> None:
    document = NamedNode(f"{BASE}source/d")
    says: list[tuple[NamedNode, str, NamedNode | Literal]] = [
        (document, "alg:targetStatus", NamedNode(f"{BASE}scheme/target-status/textHeld")),
        (document, "rdfs:label", Literal("Document", language="en")),
        *_assertion(document, "one", "The outlook is grim."),
        *_assertion(document, "two", "The view is direct | and\nplain."),
    ]
    queries = tmp_path / "queries" / "words"
    queries.mkdir(parents=True)
    (queries / "about.md").write_text("# Words\n", "utf-8")
    (tmp_path / "queries" / "loaded-words.txt").write_text("# a list\ngrim\ndire\n", "utf-8")
    (queries / "1.rq").write_text((QUERIES / "neutrality" / "92-loaded-words.rq").read_text("utf-8"), "utf-8")
    (queries / "2.rq").write_text("# Texts\nSELECT ?claim ?text { ?claim <" + ALG + "statement> ?text } ORDER BY ?claim", "utf-8")
    write_reports(
        union_store(Quad(s, NamedNode(expand(p)), o) for s, p, o in says), tmp_path / "queries", tmp_path / "made", BASE
    )
    assert (tmp_path / "made" / "words" / "1.csv").read_text("utf-8").splitlines()[1:] == ["Document,statement,2,1"]
    page = (tmp_path / "made" / "words.md").read_text("utf-8")
    assert f"| [claim/two]({BASE}claim/two) | The view is direct \\| and plain. |" in page
    assert loaded_words(QUERIES / "loaded-words.txt").count("|") >= 20


def _assertion(document: NamedNode, name: str, text: str) -> list[tuple[NamedNode, str, NamedNode | Literal]]:
    assertion, claim = NamedNode(f"{BASE}assertion/{name}"), NamedNode(f"{BASE}claim/{name}")
    return [
        (assertion, "alg:statedIn", document),
        (assertion, "alg:asserts", claim),
        (claim, "alg:statement", Literal(text, language="en")),
    ]


# -- what cannot be used -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("# Title\nSELECT ?x WHERE {", r"1\.rq"),
        ("# Title\nASK { ?s ?p ?o }", "SELECT"),
        ("SELECT ?x WHERE { ?x ?p ?o }", "no title"),
        (None, "no query"),
    ],
)
def test_a_report_that_cannot_be_used_is_named(tmp_path: Path, query: str | None, message: str) -> None:
    folder = tmp_path / "queries" / "mine"
    folder.mkdir(parents=True)
    (folder / "about.md").write_text("# Mine\n", "utf-8")
    if query:
        (folder / "1.rq").write_text(query, "utf-8")
    with pytest.raises(CorpusError, match=message):
        write_reports(union_store([]), tmp_path / "queries", tmp_path / "made", BASE)


def test_a_corpus_without_report_queries_has_no_report(tmp_path: Path) -> None:
    assert write_reports(union_store([]), tmp_path / "none", tmp_path / "made", BASE) == []
    assert not (tmp_path / "made").exists()


def test_what_is_written_is_turtle(release: Release) -> None:
    for path in (release.folder / "reports").glob("*.ttl"):
        assert list(parse(path.read_bytes(), RdfFormat.TURTLE)), path.name

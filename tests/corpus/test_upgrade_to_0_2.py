"""Bringing data of 0.1 to 0.2: evidence is offered by uses, groups that are only spoken of are parties, and little else moves."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import RdfFormat, parse

from allegata.corpus.draft import Draft, Model
from allegata.corpus.upgrade_to_0_2 import make_parties_of_groups, offer_evidence_by_uses
from allegata.model.namespaces import ALG, expand
from support import ROOT

BASE = "https://example.org/"
HEAD = """\
@base <https://example.org/> .
@prefix alg: <https://w3id.org/allegata/ns#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix scheme: <https://w3id.org/allegata/scheme/> .
"""
ASSERTIONS = """
# Two that offer evidence.
<assertion/one> a alg:Assertion ;
    alg:evidenceLine <line/a> , <line/b> ;  # both
    alg:assertedBy <actor/speakers> .
<assertion/two> alg:evidenceLine <line/unsaid> .
<assertion/three> alg:evidenceLine <line/a> , <line/unsaid> , <other/a> .
"""
LINES = """
<line/a> a alg:EvidenceLine ; alg:direction <https://w3id.org/allegata/scheme/direction/supports> ; alg:restsOn <source/a> .
<line/b> a alg:EvidenceLine ; alg:direction <https://w3id.org/allegata/scheme/direction/disputes> .
<other/a> a alg:EvidenceLine ; alg:direction <https://w3id.org/allegata/scheme/direction/disputes> .
<line/unsaid> a alg:EvidenceLine .
<line/unused> a alg:EvidenceLine ; alg:direction <https://w3id.org/allegata/scheme/direction/supports> .
"""
GROUPS = """
<actor/speakers> a alg:PopulationGroup , prov:Agent .
<actor/children> a prov:Agent , alg:PopulationGroup .
<actor/state> a prov:Agent .
"""
MODEL = Model(ROOT)


def corpus(folder: Path) -> Draft:
    """Write data of 0.1 and return a draft of it."""
    (folder / "data").mkdir()
    for name, text in (("assertions", ASSERTIONS), ("lines", LINES), ("groups", GROUPS)):
        (folder / "data" / f"{name}.ttl").write_text(HEAD + text, "utf-8")
    return Draft(folder)


def stated(draft: Draft) -> set[tuple[str, str, str]]:
    """Return the statements of a draft, names without the base."""
    quads = (quad for name in draft.data() for quad in parse(draft.read(name), RdfFormat.TURTLE))

    def word(term: object) -> str:
        return str(term).strip("<>").replace(BASE, "").replace(ALG, "alg:")

    return {(word(q.subject), word(q.predicate), word(q.object)) for q in quads}


def test_each_line_with_a_direction_is_offered_by_a_use_that_has_it(tmp_path: Path) -> None:
    draft = corpus(tmp_path)
    before = stated(draft)
    offer_evidence_by_uses(draft, MODEL)
    after = stated(draft)
    direction = "https://w3id.org/allegata/scheme/direction/"
    assert {
        ("assertion/one", "alg:evidenceUse", "assertion/one/evidence/a"),
        ("assertion/one", "alg:evidenceUse", "assertion/one/evidence/b"),
        ("assertion/one/evidence/b", expand("rdf:type"), "alg:EvidenceUse"),
        ("assertion/one/evidence/b", "alg:usedLine", "line/b"),
        ("assertion/one/evidence/b", "alg:direction", f"{direction}disputes"),
        ("assertion/three/evidence/a-1", "alg:direction", f"{direction}supports"),
        ("assertion/three/evidence/a-2", "alg:direction", f"{direction}disputes"),
    } <= after
    assert {row for row in after if row[1] == "alg:evidenceLine"} == {
        ("assertion/two", "alg:evidenceLine", "line/unsaid"),
        ("assertion/three", "alg:evidenceLine", "line/unsaid"),
    }
    assert all(row[0].startswith("assertion/") for row in after if row[1] == "alg:direction"), "what nobody offers has none"
    assert {row for row in before - after if row[1] not in ("alg:evidenceLine", "alg:direction")} == set()
    assert "# both" in draft.read("data/assertions.ttl").decode()
    assert draft.lines == [
        "data/assertions.ttl: offers evidence by 4 uses with a direction",
        "data/lines.ttl: gives 4 lines of evidence no direction of their own",
    ]


def test_groups_that_nobody_says_to_act_or_speak_are_no_agents(tmp_path: Path) -> None:
    draft = corpus(tmp_path)
    before = stated(draft)
    make_parties_of_groups(draft, MODEL)
    assert before - stated(draft) == {("actor/children", expand("rdf:type"), expand("prov:Agent"))}
    assert stated(draft) < before


def test_both_change_nothing_where_they_are_behind(tmp_path: Path) -> None:
    draft = corpus(tmp_path)
    for _ in range(2):
        for step in (offer_evidence_by_uses, make_parties_of_groups):
            step(draft, MODEL)
    assert len(draft.lines) == 3


def test_the_corpus_of_the_project_has_both_behind_it() -> None:
    draft = Draft(ROOT)
    offer_evidence_by_uses(draft, MODEL)
    make_parties_of_groups(draft, MODEL)
    assert draft.lines == []


def test_the_corpus_of_the_project_offers_all_its_evidence_by_uses() -> None:
    draft = Draft(ROOT)
    stating = [name for name in draft.data() if any(t.predicate.value == expand("alg:evidenceLine") for t in draft.triples(name))]
    assert stating == []

"""Bringing votes of 0.1 to 0.2: adoptions without a vote are votes with that procedure, and no keywords of events."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import RdfFormat, parse

from allegata.corpus.draft import Draft, Model
from allegata.corpus.upgrade import upgrade
from allegata.corpus.upgrade_votes_to_0_2 import record_adoptions
from allegata.model.namespaces import ALG, SCHEMES, expand
from allegata.settings import default_root
from fixtures import CORPUS_0_1, unpack
from support import ROOT

BASE = "https://example.org/"
EVENTS = """\
@base <https://example.org/> .
@prefix alg: <https://w3id.org/allegata/ns#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <http://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<instrument/resolution-7> a alg:Resolution ; rdfs:label "Resolution 7"@en ; dct:identifier "R/7" .
<event/adoption> a alg:Event ;
    rdfs:label "The assembly adopts resolution 7"@en ;
    schema:startDate "2013-12-18"^^xsd:date ;
    schema:about <actor/arland> , <instrument/resolution-7> ;  # by consensus
    schema:keywords "adopted without a vote"@en ;
    dct:source <source/minutes> .
<event/another> a alg:Event ;
    rdfs:label "The council adopts a text"@en ;
    schema:startDate "2014"^^xsd:gYear ;
    schema:about <actor/arland> ;
    schema:keywords "adopted without a vote"@en ;
    dct:source <source/minutes> .
"""


def test_an_adoption_becomes_a_vote_where_its_resolution_is_described(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "events.ttl").write_text(EVENTS, "utf-8")
    draft = Draft(tmp_path)
    record_adoptions(draft, Model(ROOT))
    said = {
        (t.predicate.value, str(t.object).strip("<>"))
        for t in parse(draft.read("data/events.ttl"), RdfFormat.TURTLE)
        if str(t.subject) == f"<{BASE}vote/adoption>"
    }
    assert said == {
        (expand("rdf:type"), f"{ALG}Vote"),
        (expand("rdfs:label"), '"The assembly adopts resolution 7"@en'),
        (f"{ALG}instrument", f"{BASE}instrument/resolution-7"),
        (expand("dct:date"), '"2013-12-18"^^<http://www.w3.org/2001/XMLSchema#date'),
        (f"{ALG}voteProcedure", f"{SCHEMES}vote-procedure/withoutVote"),
        (expand("dct:source"), f"{BASE}source/minutes"),
    }
    text = draft.read("data/events.ttl").decode()
    assert text.count('"adopted without a vote"@en') == 1, "the event whose resolution nobody describes keeps its keyword"
    assert "# by consensus" in text
    assert draft.lines == ["data/events.ttl: records 1 adoptions without a vote as votes"]
    record_adoptions(draft, Model(ROOT))
    assert len(draft.lines) == 1, "a second run changes nothing"


def test_an_upgrade_records_adoptions(tmp_path: Path) -> None:
    old = unpack(CORPUS_0_1, tmp_path / "old")
    (old / "data" / "adoption.ttl").write_text(EVENTS, "utf-8")
    assert "data/adoption.ttl: records 1 adoptions without a vote as votes" in upgrade(old, default_root(), dry_run=True)

"""Legal conclusions: for each duty bearer apart, from entry into force to denunciation, and to be read with reservations."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from allegata.corpus.inference import infer_all
from allegata.corpus.rdf import parse_turtle
from allegata.model.namespaces import ALG, BASE, expand
from support import ROOT

RULES = ROOT / "ontology" / "rules"
HEAD = """\
@base <https://w3id.org/allegata/> .
@prefix alg: <https://w3id.org/allegata/ns#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix eli: <http://data.europa.eu/eli/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<instrument/pact> a alg:Treaty ; dct:date "1960-12-14"^^xsd:date ; alg:actsRecordedFor <actor/arland> , <actor/borland> .
<provision/pact-9> alg:provisionOf <instrument/pact> ; alg:protects <scheme/right/life> .
<claim/one> alg:concernsRight <scheme/right/life> ; alg:dutyBearer <actor/arland> , <actor/borland> ; dct:temporal <claim/one/period> .
"""
APPLIES, WOULD = "applies", "wouldApply"


def act(name: str, kind: str, date: str, more: str = "", state: str = "arland") -> str:
    """Return an act of a state in respect of the pact, on a day."""
    return (
        f"<commitment/{name}> a alg:Commitment ; alg:state <actor/{state}> ; alg:instrument <instrument/pact> ; "
        f'alg:act <scheme/act/{kind}> ; dct:date "{date}"^^xsd:date{more} .\n'
    )


def day(value: str) -> str:
    """Return the day from which an act has effect, to be said of it."""
    return f' ; alg:inForceFrom "{value}"^^xsd:date'


def conclusions(folder: Path, text: str, year: str = "2000") -> dict[str, dict[str, set[str]]]:
    """Return what follows for a claim of a year: for each duty bearer the properties of the one conclusion on it."""
    path = folder / "case.ttl"
    path.write_text(f'{HEAD}<claim/one/period> dcat:endDate "{year}"^^xsd:gYear .\n{text}', "utf-8")
    quads = [Quad(t.subject, t.predicate, t.object) for t in parse_turtle(path)]
    found: dict[str, dict[str, set[str]]] = {}
    for quad in infer_all(quads, RULES, NamedNode(f"{BASE}graph/inferred")):
        subject, value = str(quad.subject).strip("<>").removeprefix(BASE), str(quad.object).strip("<>").removeprefix(BASE)
        if subject.startswith("legal-conclusion/"):
            found.setdefault(subject, {}).setdefault(quad.predicate.value.removeprefix(ALG), set()).add(value.rpartition("/")[2])
    assert set(found) <= {f"legal-conclusion/one/under/pact-9/for/{state}" for state in ("arland", "borland")}
    return {next(iter(says["state"])): says for says in found.values()}


def concluded(folder: Path, text: str, year: str = "2000") -> dict[str, str]:
    """Return what is concluded for each duty bearer, in a word."""
    return {state: ", ".join(sorted(says["conclusion"])) for state, says in conclusions(folder, text, year).items()}


def test_of_two_duty_bearers_one_is_bound_and_each_has_a_conclusion(tmp_path: Path) -> None:
    found = conclusions(tmp_path, act("joined", "accession", "1981-09-14"))
    assert {name: values for name, values in found["arland"].items() if name != expand("rdf:type")} == {
        "ofClaim": {"one"},
        "provision": {"pact-9"},
        "state": {"arland"},
        "conclusion": {APPLIES},
        "commitment": {"joined"},
        expand("prov:wasGeneratedBy"): {"provision-applies"},
    }
    assert found["borland"]["conclusion"] == {WOULD} and "commitment" not in found["borland"]
    assert found["borland"][expand("prov:wasGeneratedBy")] == {"provision-would-apply"}


@pytest.mark.parametrize(
    ("acts", "year", "expected"),
    [
        (act("a", "accession", "1981-09-14", day("1981-12-14")), "1981", APPLIES),  # a year is read as of its last day
        (act("a", "accession", "1981-12-14", day("1982-03-14")), "1981", WOULD),  # consent given, not yet in force
        (act("a", "accession", "1981-12-14"), "1981", APPLIES),  # no day of entry into force is known: the act counts
        (act("a", "definitiveSignature", "1970-01-01"), "1980", APPLIES),
        (act("a", "signature", "1970-01-01"), "1980", WOULD),
        (act("a", "withdrawalNotice", "1970-01-01"), "1980", WOULD),
        (act("a", "ratification", "1970-01-01") + act("d", "denunciation", "1989-01-01", day("1990-01-01")), "1989", APPLIES),
        (act("a", "ratification", "1970-01-01") + act("d", "denunciation", "1989-01-01", day("1990-01-01")), "1995", WOULD),
        (act("a", "ratification", "1970-01-01") + act("d", "withdrawalNotice", "1989-01-01"), "1995", APPLIES),
        (
            act("a", "ratification", "1970-01-01")
            + act("d", "denunciation", "1989-01-01", day("1990-01-01"))
            + act("again", "accession", "1999-01-01"),
            "2000",
            APPLIES,
        ),
    ],
)
def test_a_provision_applies_from_entry_into_force_until_denunciation(
    tmp_path: Path, acts: str, year: str, expected: str
) -> None:
    assert concluded(tmp_path, acts, year) == {"arland": expected, "borland": WOULD}


def test_no_treaty_applies_before_it_is_in_force_itself(tmp_path: Path) -> None:
    early = act("a", "ratification", "1969-01-01")
    late = early + '<instrument/pact> eli:first_date_entry_in_force "1976-03-23"^^xsd:date .\n'
    assert concluded(tmp_path, early, "1975")["arland"] == APPLIES
    assert concluded(tmp_path, late, "1975")["arland"] == WOULD
    assert concluded(tmp_path, late, "1976")["arland"] == APPLIES


def test_what_obliges_others_than_states_gives_no_conclusion(tmp_path: Path) -> None:
    joined, kind = act("a", "accession", "1981-09-14"), "alg:obliges <scheme/duty-bearer-kind/"
    assert concluded(tmp_path, f"{joined}<provision/pact-9> {kind}individuals> .") == {}
    assert concluded(tmp_path, f"{joined}<instrument/pact> {kind}armedGroups> .") == {}
    mixed = f"{joined}<provision/pact-9> {kind}states> , <scheme/duty-bearer-kind/armedGroups> ."
    assert concluded(tmp_path, mixed) == {"arland": APPLIES, "borland": WOULD}
    own = f"{joined}<instrument/pact> {kind}individuals> .\n<provision/pact-9> {kind}states> ."
    assert concluded(tmp_path, own) == {"arland": APPLIES, "borland": WOULD}


PART = "<provision/pact-9-2> alg:provisionOf <instrument/pact> ; dct:isPartOf <provision/pact-9> .\n"
RESERVED = act("a", "accession", "1981-09-14") + act("r", "reservation", "1981-09-14", " ; alg:onProvision <provision/pact-9-2>")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", {"r"}),
        (act("w", "reservationWithdrawal", "1990-01-01", " ; alg:inRespectOf <commitment/r>"), set()),
        (act("w", "reservationWithdrawal", "2001-01-01", " ; alg:inRespectOf <commitment/r>"), {"r"}),
        (
            act(
                "w",
                "reservationWithdrawal",
                "1990-01-01",
                " ; alg:inRespectOf <commitment/r> ; alg:onProvision <provision/pact-3>",
            ),
            {"r"},
        ),
        (act("d", "derogation", "1999-01-01", " ; alg:onProvision <provision/pact-9>"), {"r", "d"}),
        (act("x", "reservation", "1981-09-14", " ; alg:onProvision <provision/pact-9>", "borland"), {"r"}),
        (act("x", "reservation", "2001-09-14", " ; alg:onProvision <provision/pact-9>"), {"r"}),
    ],
)
def test_a_conclusion_is_read_with_what_the_state_reserved_and_did_not_withdraw(
    tmp_path: Path, more: str, expected: set[str]
) -> None:
    found = conclusions(tmp_path, PART + RESERVED + more)
    assert found["arland"].get("readWith", set()) == expected
    assert "readWith" not in found["borland"]


def test_consent_comes_before_entry_into_force(tmp_path: Path) -> None:
    path = tmp_path / "case.ttl"
    text = act("a", "accession", "1981-12-14", day("1982-03-14"))
    path.write_text(f'{HEAD}<claim/one/period> dcat:endDate "1981"^^xsd:gYear .\n{text}', "utf-8")
    quads = [Quad(t.subject, t.predicate, t.object) for t in parse_turtle(path)]
    found = {quad.predicate.value.removeprefix(ALG) for quad in infer_all(quads, RULES, NamedNode(f"{BASE}graph/inferred"))}
    assert "consentedBy" in found and "fallsUnder" not in found and "wouldFallUnder" in found


def test_each_rule_that_draws_conclusions_has_its_query() -> None:
    rules = parse_turtle(RULES / "domain" / "rules.ttl")
    named = {str(t.subject).strip("<>").rpartition("/")[2] for t in rules}
    assert named == {path.stem for path in (RULES / "domain").glob("provision-*.rq")}

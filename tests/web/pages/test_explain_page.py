"""Why inferred statements hold: a page for people, JSON for programs, a link from the page of each thing, and what is refused."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from http_client import fetch

ABOUT = "/explain?subject=claim/arbitrary-detention-is-widespread&predicate=alg:asOf"


def test_programs_get_the_rule_and_what_it_follows_from(server: str) -> None:
    reply = fetch(server, ABOUT, headers={"Accept": "application/json"})
    (found,) = reply.json
    assert (reply.status, found["rule"]) == (200, "domain/claim-as-of")
    assert all(item.get("premises") or item["places"] for item in found["premises"]) and len(found["premises"]) >= 3
    value = quote(found["statement"].split("> ", 2)[2])
    assert fetch(server, f"{ABOUT}&object={value}", headers={"Accept": "application/json"}).json == [found]


def test_people_get_a_page_that_leads_to_the_files(server: str) -> None:
    page = fetch(server, ABOUT, headers={"Accept": "text/html"})
    assert page.status == 200 and "domain/claim-as-of" in page.text
    assert 'href="/graph/claims/report-2025/commission-of-inquiry"' in page.text


def test_the_page_of_a_thing_leads_to_why_each_of_its_statements_follows(server: str) -> None:
    page = fetch(server, "/page/claim/arbitrary-detention-is-widespread").text
    assert '<a rel="nofollow" href="/explain?subject=' in page and "ns%23asOf" in page


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("subject=claim/x", 400),
        ("subject=claim/x&predicate=a", 404),
        ("subject=claim/x&predicate=a&object=%22x", 400),
        ("subject=%22x%22&predicate=a&object=alg:Claim", 400),
        ("subject=claim/x&predicate=a&object=alg:Claim", 404),
    ],
)
def test_what_cannot_be_explained_is_refused_in_the_one_shape(server: str, query: str, status: int) -> None:
    reply = fetch(server, f"/explain?{query}")
    assert (reply.status, reply.type) == (status, "application/problem+json")

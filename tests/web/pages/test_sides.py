"""The sides of a claim: what rebuts a denial speaks for what is denied, on every page, table and answer."""

from __future__ import annotations

import csv
import io
import re

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Store

from allegata.domain import Attributions, Descriptions
from allegata.model.namespaces import expand
from allegata.release.handle import Release
from allegata.web.pages.lists import by_effect
from http_client import fetch

BASE = "https://w3id.org/allegata/"
_FOR, _AGAINST = {"supports", "restates", "upholds"}, {"rebuts", "undercuts", "setsAside"}


class Statements:
    """The default graph of a release, read without the program's own descriptions."""

    def __init__(self, release: Release) -> None:
        self._store = Store.read_only(str(release.folder / "store"))

    def subjects(self, curie: str, iri: str | None = None) -> list[str]:
        found = self._store.quads_for_pattern(None, NamedNode(expand(curie)), NamedNode(iri) if iri else None, DefaultGraph())
        return sorted({quad.subject.value for quad in found if isinstance(quad.subject, NamedNode)})

    def one(self, iri: str, curie: str) -> str:
        found = self._store.quads_for_pattern(NamedNode(iri), NamedNode(expand(curie)), None, DefaultGraph())
        return next((quad.object.value for quad in found if isinstance(quad.object, NamedNode)), "")

    def expected(self, claim: str) -> dict[str, set[str]]:
        """Return the stances on a claim and its assertions by what each does to the claim."""
        sides: dict[str, set[str]] = {"for": set(), "against": set()}
        for target in (claim, *self.subjects("alg:asserts", claim)):
            polarity = self.one(target, "alg:polarity").rsplit("/", 1)[-1]
            turned = polarity in ("denies", "doubts")
            for stance in self.subjects("alg:to", target):
                word = self.one(stance, "alg:stance").rsplit("/", 1)[-1]
                if word in _FOR | _AGAINST and polarity != "leavesOpen":
                    sides["for" if (word in _FOR) != turned else "against"].add(stance)
        return sides


@pytest.fixture(scope="module")
def statements(release: Release) -> Statements:
    return Statements(release)


@pytest.fixture(scope="module")
def turned(statements: Statements) -> list[str]:
    """Return the claims that somebody denies or doubts in an assertion on which there are stances."""
    words = ("denies", "doubts")
    assertions = [item for word in words for item in statements.subjects("alg:polarity", f"{BASE}scheme/polarity/{word}")]
    claims = sorted({statements.one(item, "alg:asserts") for item in assertions if statements.subjects("alg:to", item)})
    assert len(claims) >= 5
    return claims


def test_the_sides_of_every_claim_are_those_of_the_data(release: Release, statements: Statements) -> None:
    attributions = Attributions(Descriptions(release.folder, BASE))
    differing, claims = [], statements.subjects("rdf:type", expand("alg:Claim"))
    for claim in claims:
        things = (claim, *(item.iri for item in attributions.of_claim(claim)))
        parts = by_effect([stance for thing in things for stance in attributions.stances_to(thing)], on_claim=True)
        found = {name: {stance.iri for stance in parts[name]} for name in ("for", "against")}
        if found != statements.expected(claim):
            differing.append(claim)
    assert len(claims) > 600 and differing == []


def test_the_pages_of_denied_and_doubted_claims_show_these_sides(server: str, statements: Statements, turned: list[str]) -> None:
    for claim in turned:
        page = fetch(server, "/page/" + claim.removeprefix(BASE)).text
        headings = re.split(r"<h3>What speaks (for|against) it", page.split("<figure", 1)[0].split("Obligations concerned")[0])
        shown = {name: _stances(body.split("</section>")[0]) for name, body in zip(headings[1::2], headings[2::2], strict=True)}
        assert (shown or {"for": set(), "against": set()}) == statements.expected(claim), claim


def test_the_page_of_a_denial_is_headed_as_one(server: str, statements: Statements) -> None:
    denials = statements.subjects("alg:polarity", f"{BASE}scheme/polarity/denies")
    for assertion in denials:
        page = fetch(server, "/page/" + assertion.removeprefix(BASE)).text
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
        assert heading and re.search(r"den(y|ies): “", heading[1]), assertion


def test_the_table_of_stances_says_how_the_target_puts_the_claim(release: Release, statements: Statements) -> None:
    rows = list(csv.DictReader(io.StringIO(release.read("dumps/tables/stances.csv").decode("utf-8"))))
    assert len(rows) > 400
    for row in rows:
        target = statements.one(BASE + row["id"] if "://" not in row["id"] else row["id"], "alg:to")
        assert row["to_polarity"].endswith(statements.one(target, "alg:polarity").rsplit("/", 1)[-1]), row["id"]


def _stances(html: str) -> set[str]:
    return {BASE + path for path in re.findall(r'href="/(stance/[^"?#]+)', html)}

"""Two sites that must look the same: one of a corpus with two hundred invented witnesses at all levels, one without any of them.

A witness is planted with a person, a source, a place, claims, assertions, a stance and a line of evidence: forty at each of the
levels that are withheld, forty whose stand-in alone is public, and forty in a source that was published and then withdrawn.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

from allegata.api.withdrawal import carry_out, plan
from allegata.release.build import build
from allegata.release.handle import Release
from allegata.release.site import current
from other_corpus import _HEAD, BASE
from page_types import BROWSED, ERRORS, OTHERS, PAGES, saved_query
from witnesses import DECADE, assertion, claim, level, marked, person, source, write_consents, write_public

EACH = 40
WITHHELD = ("restricted", "confidential", "withheld")
NAMES = tuple(f"zq{number:03}xvj" for number in range(5 * EACH))
#: What no public byte has.
IDENTITY = re.compile(rb"zq\d{3}xvj", re.IGNORECASE)
YEAR = re.compile(rb"[\"',>]" + DECADE.encode() + rb"\d(-01-01)?[\"',<\r\n]")
DAY = "2026-03-01"
#: What programs and people ask for.
ACCEPTED = ("text/html", "text/turtle", "application/json", "text/csv", "text/plain")


def _quiet(_step: str) -> None:
    """Tell nobody."""


def write_site(folder: Path, *, planted: bool) -> Path:
    """Write a corpus, build it, withdraw the source that has to be, and give the site."""
    folder.mkdir()
    root, site = write_public(folder / "corpus"), folder / "site"
    stand_ins = "".join(_stand_in(number) for number in range(EACH))
    archive = (
        source("archive", level("public"))
        + claim("archived")
        + assertion("archived", level("public"), claim="archived", source="archive")
    )
    (root / "data" / "stand-ins.ttl").write_text(_HEAD + stand_ins, "utf-8")
    (root / "data" / "archive.ttl").write_text(
        _HEAD + archive + ("".join(map(_archived, NAMES[:EACH])) if planted else ""), "utf-8"
    )
    write_consents(root, "source/informe")
    if planted:
        _plant(root)
    build(root, site, _quiet)
    list(carry_out(plan(root, f"{BASE}source/archive", "witnessSafety", [site], day=DAY, named=False), _quiet))
    return site


def _archived(name: str) -> str:
    """Describe what a witness says in the source that is withdrawn later."""
    return claim(name) + assertion(f"archive/{name}", level("public"), claim=name, source="archive")


def _stand_in(number: int) -> str:
    """Describe a protected person and an account that is generalised, as everybody may see them."""
    said = claim(f"account-{number}") + assertion(f"informe/account-{number}", level("generalised"), claim=f"account-{number}")
    return said + (
        f'<actor/protected-source-{number}> a alg:ProtectedPerson , prov:Agent ; rdfs:label "Protected source {number}"@en ;\n'
        f"    {level('generalised')} .\n"
    )


def _identified(number: int, name: str) -> str:
    """Say who a protected person is, and what was said by whom, for those who may know."""
    return person(name, level("public")) + (
        f"<actor/protected-source-{number}> skos:exactMatch <actor/{name}> .\n"
        f'<assertion/informe/account-{number}> rdfs:comment "{name} said so."@en .\n'
    )


def _plant(root: Path) -> None:
    """Plant witnesses among public records, in files of their own, in marked files and in restricted/."""
    (root / "restricted").mkdir()
    known = "".join(_identified(number, name) for number, name in enumerate(NAMES[EACH : 2 * EACH]))
    (root / "restricted" / "identities.ttl").write_text(_HEAD + known, "utf-8")
    places: dict[Path, list[str]] = {}
    for number, name in enumerate(NAMES[2 * EACH :]):
        mark = WITHHELD[number // EACH]
        text = marked(name, mark)
        path = (
            root / "data" / "mixed.ttl",
            root / "data" / f"{name}.ttl",
            root / "data" / f"whole-{name}.ttl",
            root / "restricted" / f"{name}.ttl",
        )[number % 4]
        if number % 4 == 2:
            text = f"<graph/whole-{name}> {level(mark)} .\n" + text.replace(level(mark), level("public"))
        places.setdefault(path, []).append(text)
    for path, texts in places.items():
        before = path.read_text("utf-8") if path.exists() else _HEAD
        path.write_text(before + "".join(texts), "utf-8")


def plain_requests(site: Path) -> Iterator[str]:
    """Yield addresses that name no witness: every type of page and answer, every public thing, counts of all kinds."""
    release = current(site)
    for examples in (*PAGES.values(), *OTHERS.values(), BROWSED, ERRORS):
        for address in examples:
            yield address.format(version=release.version, digest=saved_query(release))
    for path in sorted(_things(release)):
        yield from (f"/{path}", f"/page/{path}", f"/data/{path}.ttl", f"/embed/{path}", f"/cite/{path}", f"/timemap/{path}")
        yield from (f"/picture/{path}.png", f"/page/{path}?lang=ko", f"/release/{release.version}/page/{path}")
    yield from (f"/dumps/{name}" for name in release.manifest.dumps)
    yield from (f"/release/2.0{rest}" for rest in ("", "/dumps/manifest.json", "/changes", "/sparql?query=ASK%7B%7D"))
    for letter in "abcdefghijklmnopqrstuvwxyz":
        yield from (f"/search?q={letter}", f"/reconcile/suggest/entity?prefix={letter}")
    yield from (f"/search?q={word}" for word in ("name", "report", "place", "closed", "saw", "protected", "%22was+closed%22"))
    yield from (f"/sparql?{urlencode({'query': query, 'format': 'csv'})}" for query in QUERIES)
    yield from (f"/what-if?without={path}" for path in ("source/informe", "source/archive"))


#: Queries that count, list and compare all there is.
QUERIES = (
    "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
    "SELECT ?c (COUNT(?s) AS ?n) { ?s a ?c } GROUP BY ?c ORDER BY ?c",
    "SELECT (MAX(STRLEN(STR(?o))) AS ?n) (MIN(?o) AS ?least) { ?s ?p ?o }",
    "SELECT ?p (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?p",
    'SELECT ?s { ?s ?p ?o FILTER(CONTAINS(LCASE(STR(?o)), "zq")) } ORDER BY ?s',
    'SELECT ?s { ?s ?p ?o FILTER(STRSTARTS(STR(?o), "190")) } ORDER BY ?s',
    "SELECT { broken",
)


def _things(release: Release) -> set[str]:
    """Return the paths of all things of a release with a page, but those of the model."""
    subjects = (line[1 : line.index(">")] for line in release.lines)
    return {quote(iri.removeprefix(BASE)) for iri in subjects if iri.startswith(BASE) and "#" not in iri and "/genid" not in iri}


def probing_requests(name: str) -> Iterator[str]:
    """Yield addresses by which somebody who has a name looks for the witness."""
    for path in (
        f"actor/{name}",
        f"claim/{name}-restricted-a",
        f"source/{name}-withheld-source",
        f"place/{name}-confidential-place",
    ):
        yield from (f"/{path}", f"/page/{path}", f"/data/{path}.ttl", f"/timemap/{path}")
    yield from (f"/search?q={name}", f"/search?q={name[:4]}", f"/reconcile/suggest/entity?prefix={name}", f"/graph/{name}")
    yield from (f"/compare?claim={name}", f"/what-if?without=source/{name}", f"/feed?actor={name}", f"/cite/claim/{name}")
    ask = f'ASK {{ ?s ?p ?o FILTER(CONTAINS(LCASE(STR(?s)), "{name}") || CONTAINS(LCASE(STR(?o)), "{name}")) }}'
    yield f"/sparql?{urlencode({'query': ask})}"
    yield f"/sparql?{urlencode({'query': f'DESCRIBE <{BASE}actor/{name}>'})}"
    yield f"/reconcile?{urlencode({'queries': json.dumps({'q': {'query': f'{name} Name'}})})}"

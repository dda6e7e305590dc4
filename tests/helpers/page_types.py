"""Addresses that show every type of page: by rule of a view that declares pages, and for things by kind.

`test_page_types.py` fails where a view declares pages and is not here, or a template is shown by no address, so that a new page
cannot be forgotten by the tests in a browser.
"""

from __future__ import annotations

from collections.abc import Iterator

from allegata.release.citations import query_hash
from allegata.release.handle import Release

#: Rule → addresses. `{version}` and `{digest}` stand for the release and for a query that comes with it.
PAGES: dict[str, tuple[str, ...]] = {
    "/": ("/",),
    "/compare": (
        "/compare",
        "/compare?topic=politicalPrisonCamps",
        "/compare?topic=sanctions",
        "/compare?measure=peopleHeldInPoliticalPrisonCamps",
        "/compare?claim=camps-hold-about-200000",
        "/compare?right=libertyOfPerson",
        "/compare?topic=humanRightsSituation&between=documents&stance=undercuts&page=2",
    ),
    "/search": (
        "/search",
        "/search?q=camps",
        "/search?q=prisn+testimny",
        "/search?q=nothingofthiskind",
        "/search?evidence=scheme/evidence-kind/witnessTestimony&only=evidence",
    ),
    "/query": ("/query", "/query?example=fact-sheet-against-report"),
    "/questions": ("/questions",),
    "/questions/<name>": (
        "/questions/people-in-camps",
        "/questions/votes-of-china",
        "/questions/disputed-topics",
        "/questions/events-in-order",
        "/questions/fact-sheet-against-report",
        "/questions/what-a-speaker-says?speaker=actor/korea-peace-now",
    ),
    "/yasgui": ("/yasgui",),
    "/timeline": ("/timeline",),
    "/treaties": ("/treaties",),
    "/votes": ("/votes", "/votes?state=actor/china&year=2014"),
    "/places": ("/places",),
    "/evidence": ("/evidence",),
    "/explain": ("/explain?subject=claim/arbitrary-detention-is-widespread&predicate=alg:dutyBearer&object=actor/dprk",),
    "/what-if": ("/what-if", "/what-if?without=evidence-line/coi-report&without=source/factsheet"),
    "/method": ("/method",),
    "/validate": ("/validate",),
    "/ns": ("/ns",),
    "/ns/<number>": ("/ns/0.2.0",),
    "/dumps": ("/dumps",),
    "/changes": ("/changes",),
    "/release": ("/release",),
    "/release/<version>": ("/release/{version}",),
    "/release/<version>/changes": ("/release/{version}/changes",),
    "/release/<version>/dumps": ("/release/{version}/dumps",),
    "/release/<version>/page/<path:path>": ("/release/{version}/page/claim/camps-hold-about-200000",),
    "/cite/<path:path>": ("/cite/dataset", "/cite/claim/camps-hold-about-200000"),
    "/cite/release/<path:name>": ("/cite/release/{version}",),
    "/cite/query": ("/cite/query?query=ASK+%7B+%3Fs+%3Fp+%3Fo+%7D",),
    "/cite/query/<digest>": ("/cite/query/{digest}",),
    "/reconcile/features": ("/reconcile/features",),
    "/reconcile/preview": ("/reconcile/preview?id=actor/dprk",),
    "/embed/<path:path>": ("/embed/claim/camps-hold-about-200000", "/embed/claim/rights-are-abused-in-the-dprk"),
    "/embed/compare/<name>/<path:value>": (
        "/embed/compare/topic/sanctions",
        "/embed/compare/measure/peopleHeldInPoliticalPrisonCamps",
        "/embed/compare/claim/camps-hold-about-200000",
        "/embed/compare/right/libertyOfPerson",
    ),
    "/page/<path:path>": (
        "/page/claim/camps-hold-about-200000",
        "/page/claim/rights-are-abused-in-the-dprk",
        "/page/assertion/report-2025/camps-hold-about-200000",
        "/page/assertion/factsheet/quintana-on-sanctions",
        "/page/stance/testimony-doubt-undercuts-200000",
        "/page/evidence-line/coi-report",
        "/page/actor/dprk",
        "/page/instrument/iccpr",
        "/page/provision/iccpr-9",
        "/page/commitment/dprk-iccpr-accession",
        "/page/vote/a-res-60-173",
        "/page/source/factsheet",
        "/page/source/report-2025",
        "/page/event/armistice-1953",
        "/page/place/kwanliso-16",
        "/page/place/seoul",
        "/page/point/kwanliso-16/wikipedia",
        "/page/scheme/topic",
        "/page/scheme/topic/politicalPrisonCamps",
        "/page/scheme/right/libertyOfPerson",
        "/page/scheme/evidence-kind/notStated",
        "/page/graph/record/commitments",
        "/page/dataset",
    ),
}
#: What gives programs RDF or an answer where nothing else is wished for, and a page to a browser.
BROWSED: tuple[str, ...] = (
    "/shapes",
    "/shapes/claim",
    "/catalog",
    "/.well-known/void",
    "/sparql?query=SELECT+%3Fs+WHERE+%7B+%3Fs+a+%3Fo+%7D+LIMIT+3",
)
#: Rule of any other view → addresses, so many that one of them is answered in each format and each parameter is read.
OTHERS: dict[str, tuple[str, ...]] = {
    "/ns/alignment/<name>": ("/ns/alignment/sepio",),
    "/static/<path:filename>": ("/static/site.css",),
    "/sparql": (
        "/sparql?query=ASK+%7B%7D",
        "/sparql?query=CONSTRUCT+WHERE+%7B+%3Fs+a+%3Fo+%7D+LIMIT+1",
        "/sparql?query=ASK+%7B%7D&timeout=5",
        "/sparql",
    ),
    "/release/<version>/sparql": (
        "/release/{version}/sparql?query=ASK+%7B%7D",
        "/release/{version}/sparql?query=CONSTRUCT+WHERE+%7B+%3Fs+a+%3Fo+%7D+LIMIT+1",
        "/release/{version}/sparql",
    ),
    "/query/terms": ("/query/terms",),
    "/<any('dataset'):kind>": ("/dataset", "/claim/camps-hold-about-200000"),
    "/data/<path:path>": ("/data/claim/camps-hold-about-200000",),
    "/shapes": ("/shapes", "/shapes/claim", "/shapes/core", "/profile/bundled"),
    "/reconcile": ("/reconcile",),
    "/reconcile/view": ("/reconcile/view?id=actor/dprk",),
    "/reconcile/properties": ("/reconcile/properties?type=alg:Treaty",),
    "/reconcile/suggest/entity": ("/reconcile/suggest/entity?prefix=d",),
    "/reconcile/suggest/type": ("/reconcile/suggest/type?prefix=c",),
    "/reconcile/suggest/property": ("/reconcile/suggest/property?prefix=n",),
    "/dumps/manifest.json": ("/dumps/manifest.json",),
    "/dumps/<path:name>": ("/dumps/shapes.ttl",),
    "/release/<version>/manifest.json": ("/release/{version}/manifest.json", "/release/{version}/dumps/manifest.json"),
    "/release/<version>/dumps/<path:name>": ("/release/{version}/dumps/shapes.ttl",),
    "/release/<version>/data/<path:path>": ("/release/{version}/data/claim/camps-hold-about-200000",),
    "/release/<version>/query/<digest>": ("/release/{version}/query/{digest}",),
    "/release/<version>/void": ("/release/{version}/void",),
    "/timemap/<path:path>": ("/timemap/claim/camps-hold-about-200000",),
    "/feed": ("/feed", "/feed?topic=sanctions", "/feed?document=factsheet", "/feed?actor=dprk"),
    "/picture/<path:path>.png": ("/picture/claim/camps-hold-about-200000.png",),
    "/picture/compare/<name>/<path:value>.png": ("/picture/compare/topic/sanctions.png",),
    "/catalog": ("/catalog",),
    "/.well-known/void": ("/.well-known/void",),
    "/robots.txt": ("/robots.txt",),
    "/llms.txt": ("/llms.txt",),
    "/croissant.json": ("/croissant.json",),
    "/release/<version>/croissant.json": ("/release/{version}/croissant.json",),
    "/sitemap.xml": ("/sitemap.xml",),
    "/sitemap/<int:number>.xml": ("/sitemap/1.xml",),
    "/openapi.json": ("/openapi.json",),
    "/healthz": ("/healthz",),
    "/readyz": ("/readyz",),
    "/metrics": ("/metrics",),
}
#: What shows an error, whatever the rule.
ERRORS = (
    "/nowhere",
    "/query?query=SELECT+%7B",
    "/page/claim/nowhere",
    "/compare?topic=nothing",
    "/search?page=x",
    "/votes?state=nowhere",
)
#: What is there only where the editors were built.
BUILT = ("/yasgui",)


def addresses(version: str, digest: str) -> Iterator[str]:
    """Yield every address of a page, errors too."""
    for examples in PAGES.values():
        yield from (address.format(version=version, digest=digest) for address in examples)
    yield from BROWSED
    yield from ERRORS


def saved_query(release: Release) -> str:
    """Return the hash of a query that comes with a release."""
    return query_hash(min((release.folder / "questions").glob("*.rq")).read_text("utf-8"))

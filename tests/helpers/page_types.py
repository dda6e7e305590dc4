"""Every type of page with addresses that show it: by rule of the service's URL map, and for things by kind.

`test_page_types.py` fails where a rule is in neither table or a template is shown by no address, so that a new page cannot be
forgotten by the tests in a browser.
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
    ),
    "/search": ("/search", "/search?q=camps", "/search?q=prisn+testimny", "/search?q=nothingofthiskind"),
    "/query": ("/query", "/query?example=01-fact-sheet-against-report"),
    "/yasgui": ("/yasgui",),
    "/timeline": ("/timeline",),
    "/treaties": ("/treaties",),
    "/votes": ("/votes",),
    "/places": ("/places",),
    "/evidence": ("/evidence",),
    "/method": ("/method",),
    "/validate": ("/validate",),
    "/ns": ("/ns",),
    "/dumps": ("/dumps",),
    "/release": ("/release",),
    "/release/<version>": ("/release/{version}",),
    "/release/<version>/changes": ("/release/{version}/changes",),
    "/release/<version>/dumps": ("/release/{version}/dumps",),
    "/release/<version>/page/<path:path>": ("/release/{version}/page/claim/camps-hold-about-200000",),
    "/cite/<path:path>": ("/cite/dataset", "/cite/claim/camps-hold-about-200000"),
    "/cite/release/<path:version>": ("/cite/release/{version}",),
    "/cite/query": ("/cite/query?query=ASK+%7B+%3Fs+%3Fp+%3Fo+%7D",),
    "/cite/query/<digest>": ("/cite/query/{digest}",),
    "/reconcile/features": ("/reconcile/features",),
    "/reconcile/preview": ("/reconcile/preview?id=actor/dprk",),
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
#: What shows an error, whatever the rule.
ERRORS = ("/nowhere", "/query?query=SELECT+%7B", "/page/claim/nowhere", "/compare?topic=nothing", "/search?page=x")
#: Rules that give no page of their own: data, files, answers to programs, or a way to a page.
NO_PAGES = {
    *("/<any('dataset'):kind>", "/data/<path:path>", "/static/<path:filename>", "/robots.txt", "/sitemap.xml"),
    "/openapi.json",
    *(
        "/sitemap/<int:number>.xml",
        "/.well-known/void",
        "/catalog",
        "/healthz",
        "/readyz",
        "/metrics",
        "/shapes",
        "/shapes/<name>",
    ),
    *("/sparql", "/query/terms", "/timemap/<path:path>", "/dumps/", "/dumps/<path:name>", "/dumps/manifest.json", "/release/"),
    *("/reconcile", "/reconcile/properties", "/reconcile/view"),
    *(f"/reconcile/suggest/{kind}" for kind in ("entity", "property", "type")),
    *(f"/release/<version>/{rest}" for rest in ("data/<path:path>", "manifest.json")),
    *(f"/release/<version>/dumps/{rest}" for rest in ("", "<path:name>", "manifest.json")),
    *(f"/release/<version>/{rest}" for rest in ("query/<digest>", "sparql", "void")),
}
#: The one that things have at their own address: it leads to the page or the data.
THING = "/<any("
#: What is there only where the editors were built.
BUILT = ("/yasgui",)


def addresses(version: str, digest: str) -> Iterator[str]:
    """Yield every address of a page, errors too."""
    for examples in PAGES.values():
        yield from (address.format(version=version, digest=digest) for address in examples)
    yield from ERRORS


def saved_query(release: Release) -> str:
    """Return the hash of a query that comes with a release."""
    return query_hash(min((release.folder / "questions").glob("*.rq")).read_text("utf-8"))

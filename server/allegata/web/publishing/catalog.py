"""Describes the dataset to programs: VoID, the catalogue, what crawlers may do and find."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape

from flask import Blueprint, Response, current_app, request

from allegata.errors import NotFound
from allegata.model.formats import TEXT, XML
from allegata.model.kinds import Use, serving
from allegata.web.http.views import choose_format, main_rules, view
from allegata.web.i18n.gettext import PARAMETER, gettext
from allegata.web.i18n.languages import LANGUAGES
from allegata.web.publishing import rdf_pages
from allegata.web.publishing.releases import whole_catalogue
from allegata.web.sparql.asking import folder, questions_in
from allegata.web.sparql.service_description import service_description
from allegata.web.state import state

blueprint = Blueprint("description", __name__)
#: Addresses in one sitemap (sitemaps.org protocol: at most 50,000).
PER_SITEMAP: Final = 25_000
_ROBOTS: Final = """# Public data: read it, or better, download it whole from /dumps.
User-agent: *
Disallow: /sparql
Disallow: /query?
Disallow: /search?
Disallow: /release/*/sparql
Disallow: /release/*/page/
Disallow: /release/*/data/
Allow: /

Sitemap: {root}sitemap.xml
"""


@view(blueprint, "/.well-known/void", formats=rdf_pages.FORMATS)
def void() -> Response:
    """Return the description with its counts (VoID, section 7.2) and the endpoint over it."""
    lead = gettext("What the release holds, counted by class and property, and what answers queries over it.")
    return rdf_pages.answer(gettext("Description of the data (VoID)"), lead, service_description(state()), choose_format())


@view(blueprint, "/catalog", formats=rdf_pages.FORMATS)
def catalog() -> Response:
    """Return the catalogue of the dataset, its releases and their files (DCAT 3)."""
    lead = gettext("The dataset, its releases and the files of each, as catalogues of data read it.")
    return rdf_pages.answer(gettext("Catalogue (DCAT)"), lead, whole_catalogue(state()), choose_format())


@view(blueprint, "/robots.txt", formats=(TEXT,))
def robots() -> Response:
    """Return what crawlers may read (RFC 9309)."""
    return Response(_ROBOTS.format(root=request.url_root), content_type=TEXT.content_type)


@view(blueprint, "/sitemap.xml", formats=(XML,))
def sitemap() -> Response:
    """List the sitemaps."""
    count = -(-len(list(_addresses())) // PER_SITEMAP)
    rows = "".join(f"<sitemap><loc>{escape(request.url_root)}sitemap/{n + 1}.xml</loc></sitemap>\n" for n in range(count))
    return _xml("sitemapindex", rows)


@view(blueprint, "/sitemap/<int:number>.xml", formats=(XML,))
def sitemap_part(number: int) -> Response:
    """List the addresses of pages, with the day of the release."""
    part = list(_addresses())[(number - 1) * PER_SITEMAP : number * PER_SITEMAP] if number else []
    if not part:
        raise NotFound(f"There is no sitemap {number}.", remedy="/sitemap.xml lists them.")
    day = state().release.manifest.created[:10]
    root = escape(request.url_root)
    rows = (
        f"<url><loc>{root}{escape(path)}</loc><lastmod>{day}</lastmod>{_languages(root + escape(path))}</url>\n" for path in part
    )
    return _xml("urlset", "".join(rows))


def _languages(address: str) -> str:
    """Return the links to a page in each language, as search engines read them in a sitemap."""
    return "".join(f'<xhtml:link rel="alternate" hreflang="{tag}" href="{address}?{PARAMETER}={tag}"/>' for tag in LANGUAGES)


def _addresses() -> Iterator[str]:
    yield from (rule.rule.removeprefix("/") for rule, declared in main_rules(current_app) if declared.in_sitemap)
    yield from (f"questions/{quote(item.name)}" for item in questions_in(folder()))
    base, descriptions = state().base, state().descriptions
    things = {node.value for kind in serving(Use.SITEMAP) for node in descriptions.instances(kind.curie)}
    yield from (f"page/{iri.removeprefix(base)}" for iri in sorted(things) if iri.startswith(base))


def _xml(element: str, rows: str) -> Response:
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    xhtml = "http://www.w3.org/1999/xhtml"
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<{element} xmlns="{space}" xmlns:xhtml="{xhtml}">\n{rows}</{element}>\n'
    return Response(body, content_type=XML.content_type)

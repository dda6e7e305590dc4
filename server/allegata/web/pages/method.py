"""Says how claims are curated, what the service does not say, and how to object, at /method."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, render_template, request
from pyoxigraph import NamedNode

from allegata.domain import Value, by_document, figures
from allegata.domain.attributions import GAP
from allegata.domain.contacts import contacts
from allegata.model.formats import HTML
from allegata.web.http.views import view
from allegata.web.i18n.names import name_of
from allegata.web.state import state

blueprint = Blueprint("method", __name__)


@view(
    blueprint,
    "/method",
    formats=(HTML,),
    parameters={"record": "the path of a record that somebody objects or replies to, such as claim/…"},
    cached=True,
    in_sitemap=True,
)
def method() -> str:
    """Show the method with the figures of this release, and how to object to a record or reply to it."""
    descriptions = state().descriptions
    record = descriptions.iri_at(request.args.get("record", "").lstrip("/"))
    schemes = sorted((descriptions.value(node) for node in descriptions.instances("skos:ConceptScheme")), key=name_of)
    gaps = [
        (descriptions.value(kind), len(state().dataset.attributions.by("alg:evidenceKind", kind.value)))
        for kind in descriptions.subjects("skos:broader", GAP)
    ]
    return render_template(
        "method.html",
        figures=figures(descriptions),
        documents=len(by_document(descriptions)),
        schemes=schemes,
        gaps=gaps,
        record=descriptions.thing(record) if descriptions.has(record) else None,
        readings=_readings(),
        roles=descriptions.values(NamedNode(f"{state().base}dataset"), "dcat:contactPoint"),
        contacts=contacts(descriptions, state().settings.contact),
    )


def _readings() -> list[tuple[Value, int]]:
    """Return the means by which records were read, with the number of readings by each, the most first."""
    read = state().descriptions
    means = (value for node in read.instances("alg:Reading") for value in read.values(node, "alg:means"))
    return sorted(Counter(means).items(), key=lambda row: (-row[1], name_of(row[0])))

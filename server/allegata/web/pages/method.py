"""Says how claims are curated, what the service does not say, and how to object, at /method."""

from __future__ import annotations

from flask import Blueprint, render_template

from allegata.domain import by_document, figures
from allegata.domain.attributions import GAP
from allegata.model.formats import HTML
from allegata.web.http.views import view
from allegata.web.i18n.names import name_of
from allegata.web.state import state

blueprint = Blueprint("method", __name__)


@view(blueprint, "/method", formats=(HTML,), cached=True, in_sitemap=True)
def method() -> str:
    """Show the method with the figures of this release."""
    descriptions = state().descriptions
    schemes = sorted((descriptions.value(node) for node in descriptions.instances("skos:ConceptScheme")), key=name_of)
    gaps = [
        (descriptions.value(kind), len(state().dataset.attributions.by("alg:evidenceKind", kind.value)))
        for kind in descriptions.subjects("skos:broader", GAP)
    ]
    return render_template(
        "method.html", figures=figures(descriptions), documents=len(by_document(descriptions)), schemes=schemes, gaps=gaps
    )

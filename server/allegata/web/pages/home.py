"""The home page: what is here, in figures, and where to go from here."""

from __future__ import annotations

from flask import Blueprint, render_template

from allegata.domain import Value, by_document, figures
from allegata.domain.comparisons import CORE
from allegata.model.formats import HTML
from allegata.model.kinds import KINDS
from allegata.web.http.signposts import dataset_links
from allegata.web.http.views import view
from allegata.web.i18n.names import by_name
from allegata.web.state import state

blueprint = Blueprint("home", __name__)


@view(blueprint, "/", formats=(HTML,), cached=True, in_sitemap=True, signposts=dataset_links)
def home() -> str:
    """Show the figures of the release: by class, and the assertions by document."""
    descriptions = state().descriptions
    documents = [(Value(descriptions.label_of(iri), iri), count) for iri, count in by_document(descriptions).items()]
    comparisons = state().dataset.comparisons
    return render_template(
        "home.html",
        figures=figures(descriptions),
        kinds=[kind for kind in KINDS if kind.counted],
        documents=by_name([row for row in documents if row[1] >= CORE]),
        record=sorted((row for row in documents if row[1] < CORE), key=lambda row: (-row[1], row[0].text)),
        topics=comparisons.subjects("topic"),
        measures=comparisons.subjects("measure"),
    )

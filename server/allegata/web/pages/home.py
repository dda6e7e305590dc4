"""The home page: what is here, in figures, and where to go from here."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template
from pyoxigraph import NamedNode

from allegata.domain import by_document, documents, figures
from allegata.model.formats import HTML
from allegata.model.kinds import KINDS
from allegata.web.http.signposts import dataset_links
from allegata.web.http.views import view
from allegata.web.sparql.asking import folder, questions_in, questions_to_start_with
from allegata.web.state import state

#: The keyword of a dataset whose home page says in its heading what it is about; any other is headed by its title.
_RIGHTS: Final = "human rights"

blueprint = Blueprint("home", __name__)


@view(blueprint, "/", formats=(HTML,), cached=True, in_sitemap=True, signposts=dataset_links)
def home() -> str:
    """Show the figures of the release: by class, and the assertions by document."""
    descriptions = state().descriptions
    counts, read_through = by_document(descriptions), documents(descriptions)
    record = [(descriptions.value(NamedNode(iri)), count) for iri, count in counts.items() if iri not in read_through]
    comparisons, dataset = state().dataset.comparisons, NamedNode(f"{state().base}dataset")
    return render_template(
        "home.html",
        figures=figures(descriptions),
        kinds=[kind for kind in KINDS if kind.counted],
        documents=[(descriptions.value(NamedNode(iri)), counts.get(iri, 0)) for iri in read_through],
        record=sorted(record, key=lambda row: (-row[1], row[0].text)),
        questions=questions_to_start_with(folder()),
        asked=len(questions_in(folder())),
        disputes=state().dataset.disputes(),
        about=descriptions.values(dataset, "dct:spatial"),
        of_rights=_RIGHTS in (word.value.lower() for word in descriptions.literals(dataset, "dcat:keyword")),
        topics=comparisons.subjects("topic"),
        measures=comparisons.subjects("measure"),
    )

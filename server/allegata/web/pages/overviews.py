"""Shows the release as a whole: which state is bound by what, where sources put places, which evidence is offered."""

from __future__ import annotations

from collections import defaultdict

from flask import Blueprint, render_template

from allegata.domain import Commitment, Value, kilometres
from allegata.model.formats import HTML
from allegata.web.http.views import view
from allegata.web.i18n.gettext import gettext
from allegata.web.i18n.names import name_of
from allegata.web.pages.evidence_mix import evidence_picture, mixed
from allegata.web.state import state
from allegata.web.svg import bar, close_up, matrix, on_outline, overview, parted

blueprint = Blueprint("overviews", __name__)


@view(blueprint, "/places", formats=(HTML,), cached=True, in_sitemap=True)
def places() -> str:
    """Show where sources put places, and how far apart they put the same one."""
    everywhere = state().dataset.geography.places()
    located = [place for place in everywhere if place.points]
    outline = state().outline
    drawn = [place for place in located if on_outline(place, outline)]
    return render_template(
        "places.html",
        located=located,
        picture=overview(gettext("Places, as sources put them"), drawn, outline) if outline and drawn else "",
        close_ups=[(place, close_up(name_of(place.place), place, outline)) for place in located if place.distances],
        kilometres=kilometres,
        elsewhere=[place.place for place in everywhere if not place.points],
    )


@view(blueprint, "/treaties", formats=(HTML,), cached=True, in_sitemap=True)
def treaties() -> str:
    """Show the acts of states towards instruments as a matrix."""
    cells: dict[tuple[Value, Value], list[Commitment]] = defaultdict(list)
    for item in state().dataset.record.commitments():
        cells[item.instrument, item.state].append(item)
    instruments = sorted({instrument for instrument, _ in cells}, key=name_of)
    states = sorted({country for _, country in cells}, key=name_of)
    return render_template(
        "treaties.html",
        cells=cells,
        instruments=instruments,
        states=states,
        picture=matrix(gettext("Acts of states towards treaties"), instruments, states, cells) if cells else "",
    )


@view(blueprint, "/evidence", formats=(HTML,), cached=True, in_sitemap=True)
def evidence() -> str:
    """Show which kinds of evidence are offered on which topic, by document."""
    comparisons = state().dataset.comparisons
    topics = [(topic, comparisons.evidence(topic.iri)) for topic, _ in comparisons.subjects("topic")]
    whole = comparisons.evidence_mix(state().dataset.attributions.listed(state().descriptions.instances("alg:Assertion")))
    kinds = [kind for kind, _ in whole[0][1]] if whole else []
    alone = {kind: state().dataset.search("", {"evidence": [kind.iri]}, only="evidence", limit=1).total for kind in kinds}
    return render_template(
        "evidence.html",
        alone=alone,
        whole=whole,
        topics=topics,
        bar=bar,
        picture=evidence_picture(whole),
        mixed=mixed,
        parted=parted,
    )

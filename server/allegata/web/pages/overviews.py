"""Shows the release as a whole: what happened when, which state is bound by what, who voted how, which evidence is offered."""

from __future__ import annotations

from collections import defaultdict

from flask import Blueprint, render_template
from pyoxigraph import NamedNode

from allegata.domain import Commitment, Value, Vote, kilometres
from allegata.model.formats import HTML
from allegata.model.namespaces import slug
from allegata.web.http.views import view
from allegata.web.i18n.gettext import gettext
from allegata.web.i18n.names import name_of
from allegata.web.i18n.phrases import choice
from allegata.web.pages.evidence_mix import evidence_picture, mixed
from allegata.web.state import state
from allegata.web.svg import Dated, bar, close_up, matrix, on_outline, overview, parted, stacked, timelines
from allegata.web.svg.svg import shorten

blueprint = Blueprint("overviews", __name__)
CHOICES = ("yes", "no", "abstain", "absent")


@view(blueprint, "/timeline", formats=(HTML,), cached=True, in_sitemap=True)
def timeline() -> str:
    """Show events, and claims that speak of a time, by date."""
    read = state().descriptions
    rows: list[tuple[Dated, Value]] = []
    statements = _told_times()
    told = {event for statement in statements for event in read.nodes(statement, "alg:ofEvent")}
    for event in read.instances("alg:Event"):
        if event not in told:
            rows.append((_dated(event, event, "schema:startDate", "schema:endDate", "event"), read.value(event)))
    for thing, kind in [(item, "event") for item in statements] + [(item, "claim") for item in read.instances("alg:Claim")]:
        for period in read.nodes(thing, "dct:temporal"):
            rows.append((_dated(thing, period, "dcat:startDate", "dcat:endDate", kind), read.value(thing)))
    dated = sorted((row for row in rows if row[0].start or row[0].end), key=lambda row: (row[0].years, row[0].label))
    undated = sorted((value for item, value in rows if not (item.start or item.end)), key=name_of)
    title = gettext("Events, and the times that claims speak of")
    return render_template("timeline.html", rows=dated, undated=undated, pictures=timelines(title, [item for item, _ in dated]))


def _told_times() -> list[NamedNode]:
    """Return the statements of sources that give an event a time."""
    read = state().descriptions
    return [item for item in read.instances("alg:EventStatement") if read.node(item, "dct:temporal")]


def _dated(thing: NamedNode, holder: NamedNode, start: str, end: str, kind: str) -> Dated:
    read = state().descriptions
    return Dated(name_of(read.value(thing)), read.text(holder, start), read.text(holder, end), kind)


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


@view(blueprint, "/votes", formats=(HTML,), cached=True, in_sitemap=True)
def votes() -> str:
    """Show recorded votes: the totals by year, and the position of each state in each vote."""
    decisions = state().dataset.record.votes()
    recorded = [vote for vote in decisions if vote.positions or vote.counts]
    choices = {(country.iri, vote.vote.iri): choice for vote in recorded for country, choice in vote.positions}
    countries = sorted({country for vote in recorded for country, _ in vote.positions}, key=name_of)
    rows = [(f"{vote.date[:4]}  {_symbol(vote)}", [(choice(word), number) for word, number in _parts(vote)]) for vote in recorded]
    return render_template(
        "votes.html",
        votes=recorded,
        adopted=[vote for vote in decisions if vote.procedure and slug(vote.procedure.iri) == "withoutVote"],
        countries=countries,
        choices=choices,
        totals=[(vote, _parts(vote)) for vote in recorded],
        picture=stacked(gettext("Recorded votes by year"), rows) if rows else "",
    )


def _symbol(vote: Vote) -> str:
    """Return the symbol of what was voted on, or the end of its name where it has none."""
    return state().descriptions.text(NamedNode(vote.instrument.iri), "dct:identifier") or shorten(name_of(vote.instrument), 150)


def _parts(vote: Vote) -> list[tuple[str, int]]:
    """Return the numbers of a vote: as the record counts them, else as the positions do."""
    given, tally = dict(vote.counts), vote.tally()
    return [(word, int(given[word]) if word in given else tally.get(word, 0)) for word in CHOICES]


@view(blueprint, "/evidence", formats=(HTML,), cached=True, in_sitemap=True)
def evidence() -> str:
    """Show which kinds of evidence are offered on which topic, by document."""
    comparisons = state().dataset.comparisons
    topics = [(topic, comparisons.evidence(topic.iri)) for topic, _ in comparisons.subjects("topic")]
    whole = comparisons.evidence_mix(state().dataset.attributions.listed(state().descriptions.instances("alg:Assertion")))
    return render_template(
        "evidence.html", whole=whole, topics=topics, bar=bar, picture=evidence_picture(whole), mixed=mixed, parted=parted
    )

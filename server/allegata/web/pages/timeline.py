"""Shows what has a date, by year: events, and claims that speak of a time, at /timeline."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from flask import Blueprint, render_template
from pyoxigraph import NamedNode

from allegata.domain import Value
from allegata.model.formats import HTML
from allegata.web.http.views import view
from allegata.web.i18n.gettext import gettext
from allegata.web.i18n.names import name_of
from allegata.web.state import state
from allegata.web.svg import Dated, span, strip

blueprint = Blueprint("timeline", __name__)
Row = tuple[Dated, Value]


@view(blueprint, "/timeline", formats=(HTML,), cached=True, in_sitemap=True)
def timeline() -> str:
    """List events, and claims that speak of a time, by year."""
    rows = list(_rows())
    dated = sorted((row for row in rows if row[0].start or row[0].end), key=lambda row: (row[0].order, name_of(row[1])))
    years = [(year, list(group)) for year, group in groupby(dated, key=lambda row: row[0].year)]
    title = gettext("How many events and dated claims begin in each year")
    return render_template(
        "timeline.html",
        years=years,
        decades={year // 10 * 10: year for year, _ in reversed(years)},
        count=len(dated),
        undated=sorted((value for item, value in rows if not (item.start or item.end)), key=name_of),
        picture=strip(title, [item for item, _ in dated]),
        span=span,
    )


def _rows() -> Iterator[Row]:
    """Yield what has a time; an event of which sources give times has theirs, one row a source."""
    read = state().descriptions
    statements = [item for item in read.instances("alg:EventStatement") if read.node(item, "dct:temporal")]
    told = {event for statement in statements for event in read.nodes(statement, "alg:ofEvent")}
    for event in read.instances("alg:Event"):
        if event not in told:
            yield _row(event, event, "schema:startDate", "schema:endDate", "event")
    for thing, kind in [(item, "event") for item in statements] + [(item, "claim") for item in read.instances("alg:Claim")]:
        for period in read.nodes(thing, "dct:temporal"):
            yield _row(thing, period, "dcat:startDate", "dcat:endDate", kind)


def _row(thing: NamedNode, holder: NamedNode, start: str, end: str, kind: str) -> Row:
    read = state().descriptions
    return Dated(read.text(holder, start), read.text(holder, end), kind), read.value(thing)

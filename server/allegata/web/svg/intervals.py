"""Draws estimates of one measure as intervals, in the order of the time that they are about."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from allegata.domain.comparisons import Estimate
from allegata.web.i18n.gettext import gettext
from allegata.web.i18n.names import name_of
from allegata.web.i18n.phrases import number, quantity, time, unit
from allegata.web.svg.svg import picture, shorten, tag, text

#: So narrow that a phone shows the words as large as they are written.
_LEFT, _WIDTH, _ROW, _RIGHT = 8, 320, 64, 50


def intervals(measure: str, estimates: Sequence[Estimate]) -> Markup:
    """Draw one row for each estimate, below its words: a dot for one number, a bar for a range, an arrow where it is open."""
    top = _nice(max(estimate.high for estimate in estimates) * 1.15)
    bottom = 20 + len(estimates) * _ROW
    drawn = [mark for step in range(5) for mark in _tick(top * step / 4, top, bottom)]
    for at, estimate in enumerate(estimates):
        drawn += _row(estimate, 20 + at * _ROW, top)
    drawn.append(text(unit(estimates[0].unit), _LEFT + _WIDTH + _RIGHT - 4, bottom + 38, anchor="end", class_="q"))
    said = "; ".join(f"{quantity(estimate)}, {time(estimate)}" for estimate in estimates)
    title, width = gettext("Estimates: %(measure)s") % {"measure": measure}, _LEFT + _WIDTH + _RIGHT
    return picture(title, said, width, bottom + 46, drawn, class_="picture narrow")


def _row(estimate: Estimate, y: float, top: float) -> list[Markup]:
    low, high = (_LEFT + _WIDTH * value / top for value in (estimate.low, estimate.high))
    width = _WIDTH + _RIGHT - 8
    speakers = ", ".join(dict.fromkeys(name_of(value) for item in estimate.assertions for value in item.asserters))
    middle = y + 48
    drawn = [
        text(shorten(f"{time(estimate)}: {number(estimate)}", width), _LEFT, y + 14, class_="t strong halo"),
        text(shorten(speakers, width), _LEFT, y + 31, class_="q halo"),
    ]
    if estimate.open_end:
        end = float(_LEFT + _WIDTH + 30)
        drawn.append(tag("line", x1=low, x2=end, y1=middle, y2=middle, class_="range open"))
        drawn.append(tag("path", d=f"M{end:.0f} {middle - 6:.0f} l9 6 l-9 6 z", class_="mark"))
    elif estimate.low < estimate.high:
        drawn.append(tag("line", x1=low, x2=high, y1=middle, y2=middle, class_="range"))
        drawn.append(tag("circle", cx=high, cy=middle, r="6", class_="mark"))
    drawn.append(tag("circle", cx=low, cy=middle, r="6", class_="mark hollow" if estimate.approximate else "mark"))
    return drawn


def _tick(value: float, top: float, bottom: float) -> list[Markup]:
    x = _LEFT + _WIDTH * value / top
    anchor = "middle" if value else "start"
    return [
        tag("line", x1=x, x2=x, y1="12", y2=float(bottom), class_="grid"),
        text(f"{value:,.0f}", x, bottom + 20, anchor=anchor, class_="q"),
    ]


def _nice(value: float) -> float:
    """Round up to a number that four steps divide well."""
    size = 1.0
    while size * 10 <= value:
        size *= 10
    return (
        next((size * step for step in (1, 1.2, 1.6, 2, 2.4, 3, 4, 6, 8, 10) if size * step >= value), size * 10) if value else 4.0
    )

"""Draws what has a date on a line of years: events, and the periods that claims speak of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from allegata.web.i18n.gettext import gettext
from allegata.web.svg.svg import picture, shorten, tag, text

_LEFT, _WIDTH, _ROW = 520, 440, 24
#: Rows of one picture.
MOST = 36


@dataclass(frozen=True)
class Dated:
    """Something with a beginning, an end, or both, as dates that begin with a year."""

    label: str
    start: str
    end: str
    kind: str

    @property
    def years(self) -> tuple[float, float]:
        """Return beginning and end as years with a fraction for the month; what is open ends where it begins."""
        first, last = self.start or self.end, self.end or self.start
        return _year(first, 0.0), _year(last, 1.0)


def _year(date: str, missing: float) -> float:
    parts = date.split("-")
    months = (int(parts[1]) - 1 + missing / 2) / 12 if len(parts) > 1 and parts[1].isdigit() else missing
    return int(parts[0]) + months


def timelines(title: str, items: Sequence[Dated]) -> list[tuple[str, Markup]]:
    """Draw one row for each thing, earliest first, on as many pictures as print on a page each, all with the same years.

    Each comes with the years in which its rows begin.
    """
    drawn = []
    size = math.ceil(len(items) / max(math.ceil(len(items) / MOST), 1)) or 1
    for at in range(0, len(items), size):
        piece = items[at : at + size]
        years = [int(item.years[0]) for item in piece]
        span = f"{years[0]} … {years[-1]}" if years[0] < years[-1] else str(years[0])
        drawn.append((span, _timeline(f"{title}: {span}", piece, _Years(items))))
    return drawn


class _Years:
    """The years of all pieces of a timeline on paper."""

    def __init__(self, items: Sequence[Dated]):
        spans = [item.years for item in items]
        first, self.last = min(int(start) for start, _ in spans), max(end for _, end in spans)
        self.step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 1000) if (self.last - first) / size <= 9)
        self.first = first - first % self.step
        self.scale = _WIDTH / max(self.last - self.first, 1.0)

    def place(self, year: float) -> float:
        """Return where a year lies on paper."""
        return _LEFT + (year - self.first) * self.scale

    def grid(self, bottom: float) -> list[Markup]:
        """Draw a line for each so many years."""
        drawn = []
        for year in range(self.first, int(self.last) + 1, self.step):
            x = self.place(year)
            drawn += [
                tag("line", x1=x, x2=x, y1="22", y2=bottom, class_="grid"),
                text(str(year), x, 16, anchor="middle", class_="q"),
            ]
        return drawn


def _timeline(title: str, items: Sequence[Dated], years: _Years) -> Markup:
    bottom = 30 + len(items) * _ROW
    drawn = years.grid(float(bottom))
    for at, item in enumerate(items):
        start, end = item.years
        y, width = 30 + at * _ROW, max((end - start) * years.scale, 6.0)
        drawn.append(text(shorten(item.label, _LEFT - 20), _LEFT - 14, y + 14, anchor="end"))
        drawn.append(
            tag("rect", x=years.place(start), y=float(y + 4), width=width, height=12.0, rx="3", class_=f"span {item.kind}")
        )
    period = gettext("%(start)s to %(end)s")
    said = "; ".join(f"{period % {'start': item.start or '…', 'end': item.end or '…'}}: {item.label}" for item in items)
    return picture(title, said, _LEFT + _WIDTH + 30, bottom + 8, drawn)

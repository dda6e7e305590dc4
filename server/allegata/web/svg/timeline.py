"""Draws how much of what has a date falls into each year: a strip of bars, events filled and claims outlined above them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from allegata.web.i18n.gettext import gettext
from allegata.web.svg.svg import picture, tag, text

_WIDTH, _HEIGHT, _MARGIN = 720, 96, 24


@dataclass(frozen=True)
class Dated:
    """Something with a beginning, an end, or both, as dates that begin with a year."""

    start: str
    end: str
    kind: str

    @property
    def year(self) -> int:
        """Return the year in which it begins, or ends where no beginning is given."""
        return int((self.start or self.end).split("-")[0])

    @property
    def order(self) -> tuple[int, str, str]:
        """Return what puts it in the order of time; of what has the same beginning, the earlier end is first."""
        return self.year, self.start or self.end, self.end


def strip(title: str, items: Sequence[Dated]) -> Markup:
    """Draw a bar for each year in which something begins; its parts are as high as there are events and claims."""
    if not items:
        return Markup("")
    counts = {kind: Counter(item.year for item in items if item.kind == kind) for kind in ("event", "claim")}
    years = sorted({item.year for item in items})
    first, last = years[0], years[-1]
    step = _WIDTH / (last - first + 1)
    unit = (_HEIGHT - 8) / max(sum(count[year] for count in counts.values()) for year in years)
    drawn = [*_ticks(first, last, step)]
    for year in years:
        y = float(_HEIGHT)
        for kind, count in counts.items():
            height = count[year] * unit
            y -= height
            if height:
                x, width = _MARGIN + (year - first) * step, max(step - 1.5, 1.0)
                drawn.append(tag("rect", x=x, y=y, width=width, height=height, class_=f"span {kind}"))
    said = "; ".join(f"{year}: {sum(count[year] for count in counts.values())}" for year in years)
    return picture(title, said, _WIDTH + 2 * _MARGIN, _HEIGHT + 28, drawn, class_="picture strip")


def _ticks(first: int, last: int, step: float) -> Iterable[Markup]:
    """Draw a line below all years, and the years that divide them well."""
    yield tag("line", x1=float(_MARGIN), x2=float(_MARGIN + _WIDTH), y1=float(_HEIGHT), y2=float(_HEIGHT), class_="grid")
    apart = next(size for size in (1, 2, 5, 10, 20, 50, 100, 1000) if (last - first) / size <= 9)
    for year in range(first + -first % apart, last + 1, apart):
        yield text(str(year), _MARGIN + (year - first + 0.5) * step, _HEIGHT + 20, anchor="middle", class_="q")


def span(item: Dated) -> str:
    """Write the time of a thing: its day, or its beginning and end."""
    if item.start and item.end and item.start != item.end:
        return gettext("%(start)s to %(end)s") % {"start": item.start, "end": item.end}
    return item.start or gettext("until %(date)s") % {"date": item.end}

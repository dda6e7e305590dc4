"""Draws what begins and ends at dates on a line of years, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from allegata.web.i18n.gettext import gettext
from allegata.web.svg.svg import picture, shorten, tag, text

_LEFT, _WIDTH, _ROW = 430, 440, 24


@dataclass(frozen=True)
class Span:
    """A row: its name, its beginning, its end, or both, as dates that begin with a year."""

    label: str
    start: str
    end: str

    @property
    def years(self) -> tuple[float, float]:
        """Return beginning and end as years with a fraction for the month; what is open ends where it begins."""
        return _year(self.start or self.end, 0.0), _year(self.end or self.start, 1.0)


def _year(date: str, missing: float) -> float:
    parts = date.split("-")
    months = (int(parts[1]) - 1 + missing / 2) / 12 if len(parts) > 1 and parts[1].isdigit() else missing
    return int(parts[0]) + months


def spans(title: str, items: Sequence[Span]) -> Markup:
    """Draw a row for each thing with a bar from its beginning to its end."""
    ends = [item.years for item in items]
    first, last = min(int(start) for start, _ in ends), max(end for _, end in ends)
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 1000) if (last - first) / size <= 9)
    first -= first % step
    scale, bottom = _WIDTH / max(last - first, 1.0), 30 + len(items) * _ROW
    drawn: list[Markup] = []
    for year in range(first, int(last) + 1, step):
        x = _LEFT + (year - first) * scale
        drawn += [
            tag("line", x1=x, x2=x, y1="22", y2=float(bottom), class_="grid"),
            text(str(year), x, 16, anchor="middle", class_="q"),
        ]
    for at, (item, (start, end)) in enumerate(zip(items, ends, strict=True)):
        y, width = 30 + at * _ROW, max((end - start) * scale, 6.0)
        drawn += [
            text(shorten(item.label, _LEFT - 20), _LEFT - 14, y + 14, anchor="end"),
            tag("rect", x=_LEFT + (start - first) * scale, y=float(y + 4), width=width, height=12.0, rx="3", class_="span event"),
        ]
    period = gettext("%(start)s to %(end)s")
    said = "; ".join(f"{item.label}: {period % {'start': item.start or '…', 'end': item.end or '…'}}" for item in items)
    return picture(title, said, _LEFT + _WIDTH + 30, bottom + 8, drawn, class_="picture wide")

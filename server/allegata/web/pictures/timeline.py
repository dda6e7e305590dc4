"""Draws what has a date on a line of years: events, and the periods that claims speak of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from allegata.web.pictures.svg import picture, shorten, tag, text
from allegata.web.translating import gettext

_LEFT, _WIDTH, _ROW = 520, 440, 24


@dataclass(frozen=True)
class Dated:
    """Something with a beginning, an end, or both, as dates that begin with a year."""

    label: str
    start: str
    end: str
    kind: str

    @property
    def years(self) -> tuple[float, float]:
        """Give beginning and end as years with a fraction for the month; what is open ends where it begins."""
        first, last = self.start or self.end, self.end or self.start
        return _year(first, 0.0), _year(last, 1.0)


def _year(date: str, missing: float) -> float:
    parts = date.split("-")
    months = (int(parts[1]) - 1 + missing / 2) / 12 if len(parts) > 1 and parts[1].isdigit() else missing
    return int(parts[0]) + months


def timeline(title: str, items: Sequence[Dated]) -> Markup:
    """Draw one row for each thing, earliest first; a bar for a period, a fading end where one end is open."""
    spans = [item.years for item in items]
    first, last = min(int(start) for start, _ in spans), max(end for _, end in spans)
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 1000) if (last - first) / size <= 9)
    first -= first % step
    scale = _WIDTH / max(last - first, 1.0)
    bottom = 30 + len(items) * _ROW
    drawn = []
    for year in range(first, int(last) + 1, step):
        x = _LEFT + (year - first) * scale
        drawn += [
            tag("line", x1=x, x2=x, y1="22", y2=float(bottom), class_="grid"),
            text(str(year), x, 16, anchor="middle", class_="q"),
        ]
    for at, (item, (start, end)) in enumerate(zip(items, spans, strict=True)):
        y, x = 30 + at * _ROW, _LEFT + (start - first) * scale
        drawn.append(text(shorten(item.label, _LEFT - 20), _LEFT - 14, y + 14, anchor="end"))
        width = max((end - start) * scale, 6.0)
        drawn.append(tag("rect", x=x, y=float(y + 4), width=width, height=12.0, rx="3", class_=f"span {item.kind}"))
    period = gettext("%(start)s to %(end)s")
    said = "; ".join(f"{period % {'start': item.start or '…', 'end': item.end or '…'}}: {item.label}" for item in items)
    return picture(title, said, _LEFT + _WIDTH + 30, bottom + 8, drawn)

"""Draws places on the outline of a corpus: each point as one source gives it, points of one place joined by a line.

The outline comes with the release, as a file that says where it is from; no tile server is asked. A source is told by the
form of its mark, not by colour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from allegata.corpus.outline import Outline
from allegata.domain import Located, kilometres
from allegata.web.i18n.names import name_of
from allegata.web.svg.svg import LINE, block, lines, picture, tag, text

_KILOMETRES = 111.195
#: About the length of a name on paper, and the width in degrees from which on the outline means anything.
NAME, COARSE = 150, 0.5
#: How much wider than high a close-up is.
WIDE = 1.6
_MARKS = ("M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z", "M-4.5 -4.5h9v9h-9z", "M0 -6l5.5 10h-11z", "M0 -6l6 6l-6 6l-6 -6z")


@dataclass(frozen=True)
class _Frame:
    """A piece of the globe on paper: equirectangular, true to scale at its middle."""

    west: float
    south: float
    east: float
    north: float
    width: float

    @property
    def scale(self) -> float:
        """Return the units of the drawing in one degree of latitude."""
        return self.width / ((self.east - self.west) * self.shrunk)

    @property
    def shrunk(self) -> float:
        """Return how long a degree of longitude is, measured in degrees of latitude."""
        return math.cos(math.radians((self.south + self.north) / 2))

    @property
    def height(self) -> float:
        """Return the height of the drawing."""
        return (self.north - self.south) * self.scale

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return where a point lies on paper."""
        return (longitude - self.west) * self.shrunk * self.scale, (self.north - latitude) * self.scale


def on_outline(place: Located, outline: Outline | None) -> bool:
    """Return whether there is an outline that covers every point of a place."""
    return (
        bool(place.points)
        and outline is not None
        and all(outline.holds(point.longitude, point.latitude) for point in place.points)
    )


def overview(title: str, places: Sequence[Located], outline: Outline, width: float = 560.0) -> Markup:
    """Draw places on the whole outline, with their names, and say which form stands for which source."""
    frame, sources = _Frame(*outline.box, width), _sources(places)
    drawn = [*_ground(frame, outline), *_graticule(frame, 2)]
    for place in places:
        drawn += _points(frame, place, sources)
    drawn += [*_names(frame, places), _scale(frame, 100)]
    said = "; ".join(f"{name_of(place.place)}: {_said(place)}" for place in places)
    return _framed(title, said, frame, drawn, sources)


def close_up(title: str, place: Located, outline: Outline | None, width: float = 420.0) -> Markup:
    """Draw the points of one place so near that their distance can be seen."""
    frame, sources = _around(place, width), _sources([place])
    scale = _scale(frame, _round_distance(width / frame.scale * _KILOMETRES / 4))
    return _framed(title, _said(place), frame, [*_ground(frame, outline), *_points(frame, place, sources), scale], sources)


def _framed(title: str, said: str, frame: _Frame, drawn: Sequence[Markup], sources: Sequence[str]) -> Markup:
    """Put the legend below a map: the form of the mark for each source."""
    y = frame.height + 22
    below: list[Markup] = []
    for number, source in enumerate(sources):
        below += [_mark(8.0, y - 4, number), block(source, 22, y, frame.width - 30, 3, "q")]
        y += LINE * len(lines(source, frame.width - 30, 3)) + 4
    return picture(title, said, frame.width, y, [*drawn, *below], "map")


def _sources(places: Sequence[Located]) -> list[str]:
    return sorted({name_of(point.source) for place in places for point in place.points})


def _said(place: Located) -> str:
    points = ", ".join(f"{name_of(point.source)} {point.latitude:.4f}, {point.longitude:.4f}" for point in place.points)
    return points + (f"; at most {kilometres(place.apart)} apart" if place.distances else "")


def _around(place: Located, width: float) -> _Frame:
    """Return a frame around the points of a place."""
    latitudes, longitudes = [point.latitude for point in place.points], [point.longitude for point in place.points]
    middle, across = (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2
    shrunk = math.cos(math.radians(middle))
    half = max((max(latitudes) - min(latitudes)) * WIDE, (max(longitudes) - min(longitudes)) * shrunk, 0.0004) * 0.7
    return _Frame(across - half / shrunk, middle - half / WIDE, across + half / shrunk, middle + half / WIDE, width)


def _ground(frame: _Frame, outline: Outline | None) -> list[Markup]:
    """Draw the water, and the land that the frame shows; land alone where the outline says nothing."""
    if outline is None or frame.east - frame.west < COARSE:
        return [tag("rect", width=frame.width, height=frame.height, class_="land")]
    drawn = [tag("rect", width=frame.width, height=frame.height, class_="water")]
    for ring in outline.rings:
        places = [frame.place(x, y) for x, y in ring]
        if any(-frame.width < x < 2 * frame.width and -frame.height < y < 2 * frame.height for x, y in places):
            path = "L".join(f"{x:.0f} {y:.0f}" for x, y in places)
            drawn.append(tag("path", d=f"M{path}z", class_="land"))
    return drawn


def _graticule(frame: _Frame, step: int) -> list[Markup]:
    drawn = []
    for longitude in range(math.ceil(frame.west / step) * step, math.floor(frame.east) + 1, step):
        x, _ = frame.place(longitude, frame.north)
        drawn += [_line(x, 0.0, x, frame.height), text(_degrees(longitude, "E", "W"), x + 3, frame.height - 5, class_="q")]
    for latitude in range(math.ceil(frame.south / step) * step, math.floor(frame.north) + 1, step):
        _, y = frame.place(frame.west, latitude)
        drawn += [_line(0.0, y, frame.width, y), text(_degrees(latitude, "N", "S"), 4, y - 3, class_="q")]
    return drawn


def _degrees(value: int, positive: str, negative: str) -> str:
    return f"{abs(value)}°" + (f" {positive if value > 0 else negative}" if value else "")


def _line(x1: float, y1: float, x2: float, y2: float, class_: str = "graticule") -> Markup:
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def _points(frame: _Frame, place: Located, sources: Sequence[str]) -> list[Markup]:
    """Draw the points of a place, joined to the first."""
    at = [frame.place(point.longitude, point.latitude) for point in place.points]
    drawn = [_line(*at[0], x, y, class_="joined") for x, y in at[1:]]
    return drawn + [_mark(x, y, sources.index(name_of(point.source))) for (x, y), point in zip(at, place.points, strict=True)]


def _names(frame: _Frame, places: Sequence[Located]) -> list[Markup]:
    """Write the names of places right of their points, from north to south, each below those it would cover."""
    written: list[tuple[float, float]] = []
    drawn = []
    for place in sorted(places, key=lambda item: -item.points[0].latitude):
        at = [frame.place(point.longitude, point.latitude) for point in place.points]
        left, y = max(x for x, _ in at) + NAME > frame.width, at[0][1] + 4
        x = min(x for x, _ in at) - 9 if left else max(x for x, _ in at) + 9
        while any(abs(y - other) < LINE and abs(x - across) < NAME for across, other in written):
            y += 1
        written.append((x, y))
        drawn.append(text(name_of(place.place), x, y, anchor="end" if left else "start", class_="t halo"))
    return drawn


def _mark(x: float, y: float, number: int) -> Markup:
    return tag("path", d=_MARKS[number % len(_MARKS)], transform=f"translate({x:.1f} {y:.1f})", class_="point")


def _scale(frame: _Frame, kilometres: float) -> Markup:
    """Draw a bar of so many kilometres."""
    length = kilometres / _KILOMETRES * frame.scale
    x, y = frame.width - length - 14, frame.height - 24
    return tag(
        "g",
        _line(x, y, x + length, y, "measure"),
        text(f"{kilometres:g} km", x + length / 2, y - 6, anchor="middle", class_="q halo"),
    )


def _round_distance(value: float) -> float:
    """Round down to 1, 2 or 5 times a power of ten."""
    size = 10.0 ** math.floor(math.log10(value))
    return next(size * step for step in (5, 2, 1) if size * step <= value)

"""Describes where sources put places: each point with its source, and how far apart the points of one place are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

from pyoxigraph import NamedNode

from allegata.domain.things import Descriptions, Value

#: Mean radius of the Earth in kilometres (IUGG).
_RADIUS = 6371.0088


@dataclass(frozen=True)
class Point:
    """A point that a source gives for a place, in degrees (WGS 84)."""

    iri: str
    latitude: float
    longitude: float
    source: Value

    def kilometres(self, other: Point) -> float:
        """Return the distance along the great circle (haversine formula)."""
        first, second = math.radians(self.latitude), math.radians(other.latitude)
        across = math.radians(other.longitude - self.longitude)
        chord = math.sin((second - first) / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(across / 2) ** 2
        return 2 * _RADIUS * math.asin(math.sqrt(chord))


@dataclass(frozen=True)
class Located:
    """A place with the points that sources give for it, the same source always in the same order."""

    place: Value
    points: tuple[Point, ...]

    @property
    def distances(self) -> tuple[tuple[Point, Point, float], ...]:
        """Return each pair of points with its distance in kilometres, the widest first."""
        pairs = ((one, other, one.kilometres(other)) for one, other in combinations(self.points, 2))
        return tuple(sorted(pairs, key=lambda pair: -pair[2]))

    @property
    def apart(self) -> float:
        """Return the widest distance between two of its points in kilometres."""
        return self.distances[0][2] if self.distances else 0.0


def kilometres(distance: float) -> str:
    """Write a distance that is given in kilometres, in metres where it is short."""
    return f"{distance:.1f} km" if distance >= 1 else f"{round(distance * 1000, -1):.0f} m"


class Geography:
    """Reads places from the descriptions of a release."""

    def __init__(self, descriptions: Descriptions):
        self.descriptions = descriptions

    def located(self, iri: str) -> Located:
        """Return a place with its points."""
        read, found = self.descriptions, []
        for node in read.subjects("alg:locates", NamedNode(iri)):
            latitude, longitude = read.text(node, "schema:latitude"), read.text(node, "schema:longitude")
            source = next(iter(read.values(node, "dct:source")), None)
            if latitude and longitude and source:
                found.append(Point(node.value, float(latitude), float(longitude), source))
        return Located(read.value(NamedNode(iri)), tuple(sorted(found, key=lambda point: (point.source.text, point.iri))))

    def places(self) -> tuple[Located, ...]:
        """Return all places by name, those without points too."""
        found = (self.located(node.value) for node in self.descriptions.instances("schema:Place"))
        return tuple(sorted(found, key=lambda place: (place.place.text, place.place.iri)))

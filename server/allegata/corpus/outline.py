"""Reads the outline on which maps are drawn: the land of a box, as GeoJSON that comes with a corpus."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from allegata.corpus.text_files import read_text
from allegata.errors import CorpusError

Position = tuple[float, float]


@dataclass(frozen=True)
class Outline:
    """The land of a box: west, south, east and north in degrees, and the outer rings of its polygons."""

    box: tuple[float, float, float, float]
    rings: tuple[tuple[Position, ...], ...]

    def holds(self, longitude: float, latitude: float) -> bool:
        """Return whether a point lies in the box."""
        west, south, east, north = self.box
        return west <= longitude <= east and south <= latitude <= north


def read_outline(path: Path) -> Outline:
    """Read a collection of MultiPolygons with a bounding box (RFC 7946, sections 3.1.6 and 5); raise CorpusError for another."""
    try:
        document = json.loads(read_text(path))
        west, south, east, north = map(float, document["bbox"])
        polygons = [polygon for feature in document["features"] for polygon in feature["geometry"]["coordinates"]]
        rings = tuple(tuple((float(x), float(y)) for x, y in polygon[0]) for polygon in polygons)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        remedy = "Give a FeatureCollection of MultiPolygons in degrees, with a bbox of west, south, east and north."
        raise CorpusError(f"{path} is no outline for maps: {error!r}.", remedy=remedy) from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise CorpusError(f"{path} has no bbox of west, south, east and north.", remedy="Write it in degrees, in this order.")
    return Outline((west, south, east, north), rings)

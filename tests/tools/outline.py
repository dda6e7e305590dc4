"""Makes the outline for maps anew: `python tests/tools/outline.py countries-10m.json 123 33 131.5 43.6 > data/map/outline.geojson`.

The input is the file of that name of the package world-atlas 2.0.2: Natural Earth 4.1.0, 1:10m, Admin 0 countries, as TopoJSON.
What lies in a box (west, south, east, north) is cut out, simplified (Douglas and Peucker) and rounded.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Box = tuple[float, float, float, float]
TOLERANCE, LEAST = 0.04, 0.01
NOTE = (
    "Outline for maps without a tile server. Natural Earth 4.1.0, 1:10m, Admin 0 countries, by way of the package world-atlas 2.0.2; cut to a box, simplified and rounded by tests/tools/outline.py. "
    "The lines are those of Natural Earth; no position on any boundary is taken with them."
)


def arcs(topology: dict[str, Any]) -> list[list[Point]]:
    """Return the arcs in degrees (TopoJSON, sections 2.1.2 and 2.1.3)."""
    (kx, ky), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * kx + tx, y * ky + ty))
        found.append(points)
    return found


def ring(indexes: list[int], lines: list[list[Point]]) -> list[Point]:
    """Put a ring together; a negative index stands for an arc in reverse (TopoJSON, section 2.1.4)."""
    points: list[Point] = []
    for index in indexes:
        line = lines[index] if index >= 0 else lines[~index][::-1]
        points += line[1:] if points else line
    return points


def clip(points: list[Point], box: Box) -> list[Point]:
    """Cut a ring to a box (Sutherland and Hodgman)."""
    west, south, east, north = box
    for axis, limit, sign in ((0, west, 1), (0, east, -1), (1, south, 1), (1, north, -1)):
        kept: list[Point] = []
        for before, here in zip([points[-1], *points[:-1]], points, strict=True) if points else ():
            inside, was = sign * (here[axis] - limit) >= 0, sign * (before[axis] - limit) >= 0
            if inside != was:
                share = (limit - before[axis]) / (here[axis] - before[axis])
                kept.append((before[0] + share * (here[0] - before[0]), before[1] + share * (here[1] - before[1])))
            if inside:
                kept.append(here)
        points = kept
    return points


def simplify(points: list[Point]) -> list[Point]:
    """Leave out points that lie near the line of the others."""
    if len(points) < 3:
        return points
    (x1, y1), (x2, y2) = points[0], points[-1]
    length = math.hypot(x2 - x1, y2 - y1)

    def apart(point: Point) -> float:
        x, y = point
        return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length if length else math.hypot(x - x1, y - y1)

    at = max(range(1, len(points) - 1), key=lambda index: apart(points[index]))
    if apart(points[at]) <= TOLERANCE:
        return [points[0], points[-1]]
    return simplify(points[: at + 1])[:-1] + simplify(points[at:])


def area(points: list[Point]) -> float:
    """Return the area of a ring in square degrees."""
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True))) / 2


def outline(path: Path, box: Box) -> dict[str, Any]:
    """Return the outline as GeoJSON (RFC 7946); members beside those of the format say where it comes from (section 6.1)."""
    topology = json.loads(path.read_text("utf-8"))
    lines = arcs(topology)
    features: list[tuple[str, dict[str, Any]]] = []
    for country in topology["objects"]["countries"]["geometries"]:
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        rings = [clip(ring(polygon[0], lines), box) for polygon in polygons]
        kept = [[round_(point) for point in simplify([*item, item[0]])] for item in rings if item and area(item) >= LEAST]
        geometry = {"type": "MultiPolygon", "coordinates": [[item] for item in kept if len(item) > 3]}
        if geometry["coordinates"]:
            features.append((country["properties"]["name"], geometry))
    features.sort(key=lambda item: item[0])
    return {
        "type": "FeatureCollection",
        "bbox": list(box),
        "note": NOTE,
        "licence": "public domain",
        "features": [{"type": "Feature", "properties": {"name": name}, "geometry": geometry} for name, geometry in features],
    }


def round_(point: Point) -> list[float]:
    """Round a point to about a kilometre."""
    return [round(point[0], 2), round(point[1], 2)]


if __name__ == "__main__":
    west, south, east, north = map(float, sys.argv[2:6])
    sys.stdout.write(
        json.dumps(outline(Path(sys.argv[1]), (west, south, east, north)), separators=(",", ":")).replace(
            '{"type":"Feature"', '\n{"type":"Feature"'
        )
        + "\n"
    )

"""Where sources put places: distances, the outline, and the page and pictures that show how far sources are apart."""

from __future__ import annotations

import json
import re
from html import unescape
from itertools import pairwise

import pytest

from allegata.corpus.outline import read_outline
from allegata.domain import Descriptions, Geography, Value, kilometres
from allegata.domain.geography import Located, Point
from allegata.release.handle import Release
from allegata.web.svg import close_up, on_outline, overview
from http_client import fetch
from support import ROOT

BASE = "https://w3id.org/allegata/"
OUTLINE = ROOT / "data" / "map" / "outline.geojson"
LAND = read_outline(OUTLINE)


def point(latitude: float, longitude: float, source: str = "A gazetteer") -> Point:
    return Point(f"{BASE}point/{source}", latitude, longitude, Value(source, f"{BASE}source/{source}"))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0.0, 0.0), (0.0, 90.0), 10_007.6),
        ((0.0, 179.5), (0.0, -179.5), 111.2),
        ((90.0, 0.0), (-90.0, 77.0), 20_015.1),
        ((37.566, 126.9784), (37.566, 126.9784), 0.0),
    ],
)
def test_a_distance_follows_the_great_circle(first: tuple[float, float], second: tuple[float, float], expected: float) -> None:
    assert point(*first).kilometres(point(*second)) == pytest.approx(expected, abs=0.1)
    assert point(*second).kilometres(point(*first)) == pytest.approx(expected, abs=0.1)


def test_a_distance_is_written_as_short_as_it_is() -> None:
    assert [kilometres(distance) for distance in (10.512, 1.0, 0.5784, 0.031)] == ["10.5 km", "1.0 km", "580 m", "30 m"]


def test_the_sources_of_the_corpus_differ_and_all_of_them_are_kept(release: Release) -> None:
    places = Geography(Descriptions(release.folder, BASE)).places()
    located = {place.place.iri.rsplit("/", 1)[-1]: place for place in places if place.points}
    assert len(located) >= 8 and len(places) > len(located)
    hwasong = located["kwanliso-16"]
    assert [len(hwasong.points), len(hwasong.distances)] == [2, 1] and hwasong.apart == pytest.approx(10.5, abs=0.1)
    assert len(located["kwanliso-25"].distances) == 3
    assert not located["seoul"].distances and on_outline(located["seoul"], LAND) and not on_outline(located["geneva"], LAND)


def test_the_outline_is_small_says_where_it_comes_from_and_has_closed_rings() -> None:
    text = OUTLINE.read_text("utf-8")
    outline = json.loads(text)
    assert len(text) < 12_000
    assert "Natural Earth" in outline["note"] and outline["licence"] == "public domain"
    rings = [ring for feature in outline["features"] for polygon in feature["geometry"]["coordinates"] for ring in polygon]
    assert len(rings) > 10
    for ring in rings:
        assert len(ring) >= 4 and ring[0] == ring[-1]
        assert all(LAND.holds(x, y) for x, y in ring)
        assert all(one != other for one, other in pairwise(ring))


def test_a_picture_has_a_mark_for_each_point_and_says_the_same_in_words() -> None:
    place = Located(Value("Here", f"{BASE}place/here"), (point(41.0, 127.0), point(41.0, 127.1, "A <map>")))
    for picture in (overview("All", [place], LAND), close_up("Here", place, LAND), close_up("Here", place, None)):
        body, below = picture.count('class="point"'), len({"A gazetteer", "A <map>"})
        assert body == len(place.points) + below
        said = unescape(re.findall(r"<desc[^>]*>(.*?)</desc>", picture)[0])
        assert "A gazetteer 41.0000, 127.0000" in said and "A <map> 41.0000, 127.1000" in said and "8.4 km apart" in said
        assert "<map>" not in picture


def test_names_of_places_near_each_other_do_not_cover_each_other() -> None:
    places = [Located(Value(f"Place {number}", f"{BASE}place/{number}"), (point(40.0, 126.0),)) for number in range(4)]
    lines = [float(y) for y in re.findall(r'y="([\d.]+)"[^>]*>Place \d', overview("All", places, LAND))]
    assert len(lines) == 4 and all(abs(one - other) >= 15 for one, other in pairwise(sorted(lines)))


def test_a_close_up_shows_a_distance_at_any_scale() -> None:
    for apart, bar in ((0.0005, r"(\d+(\.\d+)?) km"), (0.05, "km"), (5.0, "km")):
        place = Located(Value("Here", f"{BASE}place/here"), (point(40.0, 126.0), point(40.0, 126.0 + apart, "Another")))
        picture = close_up("Here", place, LAND)
        marks = [float(x) for x in re.findall(r"translate\(([\d.]+) ", picture)[:2]]
        assert 100 < abs(marks[0] - marks[1]) < 420 and re.search(bar, picture)


def test_the_page_lists_every_point_with_its_source_and_distance(server: str, release: Release) -> None:
    text = unescape(fetch(server, "/places", headers={"Accept": "text/html"}).text)
    rows = re.findall(r"<tr>.*?</tr>", text, re.DOTALL)
    for place in Geography(Descriptions(release.folder, BASE)).places():
        assert place.place.text in text
        for item in place.points:
            assert any(item.source.text in row and str(item.latitude) in row and str(item.longitude) in row for row in rows)
        if place.distances:
            assert f"At most {kilometres(place.apart)} apart" in text
    assert text.count('role="img"') >= 2 and "https://tile" not in text


def test_a_place_and_a_point_have_pages_with_the_picture_and_the_table(server: str) -> None:
    for path in ("/page/place/kwanliso-16", "/page/point/kwanliso-16/wikipedia"):
        text = unescape(fetch(server, path, headers={"Accept": "text/html"}).text)
        assert text.count('role="img"') == 2 and "10.5 km" in text and "41.268505" in text and "129.2683983" in text
    alone = fetch(server, "/page/place/dmz", headers={"Accept": "text/html"}).text
    assert "<svg" not in alone and "Demilitarized" in alone


def test_the_outline_is_made_by_the_script_beside_the_tests() -> None:
    assert "tests/tools/outline.py" in json.loads(OUTLINE.read_text("utf-8"))["note"]
    assert (ROOT / "tests" / "tools" / "outline.py").is_file()

"""The outline for maps: read whole, refused with its name and the remedy where it is something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from allegata.corpus.outline import read_outline
from allegata.errors import CorpusError
from allegata.release.build import build
from allegata.release.handle import OUTLINE

SQUARE = [[-9.5, 36.0], [3.5, 36.0], [3.5, 44.0], [-9.5, 36.0]]
FEATURE = {"type": "Feature", "properties": {}, "geometry": {"type": "MultiPolygon", "coordinates": [[SQUARE]]}}
LAND: dict[str, Any] = {"type": "FeatureCollection", "bbox": [-9.5, 36, 3.5, 44], "features": [FEATURE]}


def written(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document), "utf-8")
    return path


def test_the_box_and_the_outer_rings_are_read(tmp_path: Path) -> None:
    outline = read_outline(written(tmp_path / "o.geojson", LAND))
    assert outline.box == (-9.5, 36.0, 3.5, 44.0) and outline.rings == (tuple((x, y) for x, y in SQUARE),)
    assert outline.holds(-3.7, 40.4) and not outline.holds(4.0, 40.4) and not outline.holds(-3.7, 35.9)


@pytest.mark.parametrize(
    "document",
    [
        [],
        {**LAND, "bbox": [3.5, 36, -9.5, 44]},
        {**LAND, "bbox": [-9.5, 36, 3.5]},
        {**LAND, "features": [{"geometry": {"type": "Point", "coordinates": [1, 2]}}]},
    ],
)
def test_anything_else_is_refused_by_name(tmp_path: Path, document: object) -> None:
    with pytest.raises(CorpusError, match=r"o\.geojson"):
        read_outline(written(tmp_path / "o.geojson", document))


def test_a_release_has_the_outline_that_its_corpus_names(small_root: Path, tmp_path: Path) -> None:
    head = small_root / "data" / "corpus.ttl"
    text = head.read_text("utf-8")
    assert OUTLINE not in build(small_root, tmp_path / "none", lambda _step: None).manifest.files
    named = '<http://schema.org/hasMap> "land.geojson" ;\n    void:uriSpace'
    head.write_text(text.replace("void:uriSpace", named), "utf-8")
    with pytest.raises(CorpusError, match=r"land\.geojson"):
        build(small_root, tmp_path / "site", lambda _step: None)
    path = written(small_root / "data" / "land.geojson", LAND)
    release = build(small_root, tmp_path / "site", lambda _step: None)
    assert OUTLINE in release.manifest.files and (release.folder / OUTLINE).read_bytes() == path.read_bytes()
    head.write_text(text.replace("void:uriSpace", named.replace("land", "../land")), "utf-8")
    written(small_root / "land.geojson", LAND)
    with pytest.raises(CorpusError, match="below data/"):
        build(small_root, tmp_path / "site", lambda _step: None)

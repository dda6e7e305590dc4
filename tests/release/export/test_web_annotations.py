"""Web Annotations: each assertion with a passage is one, in the form of the model, and JSON-LD reads it as such."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from allegata.model.namespaces import PREFIXES, expand
from allegata.release.export.exporters import export
from allegata.release.export.web_annotations import EXPORTER
from allegata.release.handle import Release
from allegata.release.site import open_release


@pytest.fixture(scope="module")
def made(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("annotations") / "annotations.json"
    told = export(EXPORTER, open_release(str(release.folder), release.folder), target, {})
    assert told.endswith(" annotations")
    return target


def test_there_is_one_for_each_assertion_with_a_passage(made: Path, release: Release) -> None:
    whole = json.loads(made.read_text("utf-8"))
    items = whole["first"]["items"]
    lines = open_release(str(release.folder), release.folder).lines
    stated = [line.split(" ", 3) for line in lines if "graph/inferred" not in line and "/graph/ontology/" not in line]
    assertions = {words[0] for words in stated if words[2] == f"<{expand('alg:Assertion')}>"}
    anchored = {words[0].strip("<>") for words in stated if words[0] in assertions and words[1] == f"<{expand('alg:anchor')}>"}
    assert whole["total"] == len(items) > 500
    assert {item["body"][-1]["id"] for item in items} == anchored
    for item in items:
        assert item["type"] == "Annotation" and item["target"] and item["body"][0]["type"] == "TextualBody"
        assert all(target["selector"]["start"] < target["selector"]["end"] for target in item["target"])


def test_json_ld_reads_statements_of_the_vocabulary(made: Path) -> None:
    """The context of the W3C is not fetched: a small one in its place names what is used of it."""
    whole = json.loads(made.read_text("utf-8"))
    oa, as_ = PREFIXES["oa"], "http://www.w3.org/ns/activitystreams#"
    local = {
        **{"id": "@id", "type": "@type", "oa": oa},
        **{name: f"{oa}{name}" for name in ("Annotation", "TextualBody", "SpecificResource", "TextPositionSelector")},
        "body": {"@id": f"{oa}hasBody", "@type": "@id"},
        "target": {"@id": f"{oa}hasTarget", "@type": "@id"},
        "source": {"@id": f"{oa}hasSource", "@type": "@id"},
        "selector": {"@id": f"{oa}hasSelector", "@type": "@id"},
        "start": f"{oa}start",
        "end": f"{oa}end",
        "value": "http://www.w3.org/1999/02/22-rdf-syntax-ns#value",
        "items": {"@id": f"{as_}items", "@type": "@id", "@container": "@list"},
        "first": {"@id": f"{as_}first", "@type": "@id"},
    }
    whole["@context"][0] = local
    quads = list(parse(json.dumps(whole), RdfFormat.JSON_LD))
    targets = [quad for quad in quads if quad.predicate.value == f"{oa}hasTarget"]
    stated = [quad for quad in quads if quad.predicate.value == expand("alg:polarity")]
    assert len(targets) >= len(stated) == whole["total"]

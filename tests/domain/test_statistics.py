"""What a corpus has is counted and offered; what was taken from the library and is spoken of nowhere stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from flask.testing import FlaskClient

from allegata.corpus.library.library import take
from allegata.domain import Descriptions, beside, concepts_in_use, figures
from allegata.engine import open_engine
from allegata.model.namespaces import BASE
from allegata.release.build import build
from allegata.release.handle import Release
from allegata.settings import Settings
from allegata.web import create_app
from other_corpus import _HEAD as HEAD
from other_corpus import write_other_corpus

ABOUT = f"<claim/escuelas> alg:about <{BASE}actor/eritrea> .\n"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("beside")
    root = write_other_corpus(folder / "corpus")
    (root / "data" / "about.ttl").write_text(HEAD + ABOUT, "utf-8")
    take(root, "states", ("ERI", "CHL"))
    return build(root, folder / "site", lambda _step: None)


@pytest.fixture
def client(release: Release) -> Iterator[FlaskClient]:
    settings = Settings(root=release.folder, site=release.folder.parent.parent)
    with closing(open_engine(release.folder, settings)) as engine:
        yield create_app(settings, release, engine).test_client()


def test_records_of_the_library_are_counted_where_the_corpus_speaks_of_them(release: Release) -> None:
    descriptions = Descriptions(release.folder, release.manifest.base)
    counted = figures(descriptions)
    assert (counted["prov:Agent"], counted["alg:Source"]) == (5, 2)
    left = {node.value.removeprefix(BASE) for node in beside(descriptions)}
    assert "actor/chile" in left and "actor/eritrea" not in left


def test_questions_offer_what_the_corpus_speaks_of(client: FlaskClient) -> None:
    page = client.get("/questions/votes-of-a-state", headers={"Accept": "text/html"}).text
    offered = re.findall(r'<option value="([^"]+)"', page)
    assert any(value.endswith("actor/eritrea") for value in offered) and not any(
        value.endswith("actor/chile") for value in offered
    )


def test_questions_offer_concepts_that_the_corpus_uses_with_broader_ones(release: Release) -> None:
    descriptions = Descriptions(release.folder, release.manifest.base)
    model = [node for node in descriptions.instances("skos:Concept") if node.value.startswith(f"{BASE}scheme/measure/")]
    assert model and not concepts_in_use(descriptions, model)
    used = concepts_in_use(descriptions, descriptions.instances("skos:Concept"))
    assert {node.value for node in used} >= {
        f"{BASE}scheme/polarity/denies",
        "https://voces.example/arlandia/scheme/temas/escuelas",
    }

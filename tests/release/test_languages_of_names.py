"""Names in several languages: they multiply no row of a report, a table, an answer, a comparison, a search or a feed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, RdfFormat, Triple, parse, serialize

from allegata.corpus.questions import questions
from allegata.corpus.scaffold import LICENCE, Scaffold, create_corpus
from allegata.corpus.translations import WORDED
from allegata.corpus.worked_example import BASE, TITLE
from allegata.domain.dataset import Dataset
from allegata.engine import Engine, Query, inspect, open_engine
from allegata.model.formats import CSV_RESULTS
from allegata.release.build import build
from allegata.release.handle import TRANSLATIONS, Release
from allegata.settings import Settings, default_root
from allegata.web import create_app

FURTHER = ("ar", "es", "ko")
#: What differs by its nature: the names themselves, the index that finds things by them, the list of all files.
OTHERWISE = {TRANSLATIONS, "search.sqlite"}
WORDS = ("ministry", "guild", "prisoners were counted", "claim", "report", "")


class Built(NamedTuple):
    """A corpus, its release, and what answers for it."""

    root: Path
    release: Release
    engine: Engine
    client: FlaskClient

    def answers(self) -> dict[str, bytes]:
        """Return the answer to each question of the model and of the corpus."""
        asked = [Query(inspect(item.text, Settings()), CSV_RESULTS) for item in questions(self.root, BASE)]
        names = (item.name for item in questions(self.root, BASE))
        return {name: b"".join(self.engine.answer(query).chunks) for name, query in zip(names, asked, strict=True)}

    def page(self, address: str) -> str:
        """Return what the service answers, without the digest of the release."""
        answer = self.client.get(address)
        assert answer.status_code == 200, address
        return answer.get_data(as_text=True)


def name_in_further_languages(root: Path) -> int:
    """Write beside each English text of the data three in other languages, and return how many that are."""
    found: list[Triple] = []
    for path in sorted((root / "data").rglob("*.ttl")):
        for quad in parse(path.read_bytes(), RdfFormat.TURTLE, base_iri=BASE):
            text = quad.object
            if isinstance(text, Literal) and text.language == "en" and quad.predicate.value in WORDED:
                words = (Literal(f"{tag}: {text.value}", language=tag) for tag in FURTHER)
                found += (Triple(quad.subject, quad.predicate, word) for word in words)
    (root / "data" / "names.ttl").write_bytes(serialize(found, format=RdfFormat.TURTLE) or b"")
    return len(found)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Built, Built]]:
    """Build the worked example in English, and with three further languages for each name, definition and statement."""
    with ExitStack() as stack:
        made = []
        for further in (False, True):
            root = tmp_path_factory.mktemp("named") / "arland"
            create_corpus(root, Scaffold(TITLE, BASE, LICENCE, date(2026, 1, 1), worked=True), default_root())
            assert not further or name_in_further_languages(root) > 500
            release = build(root, root / "site", lambda _step: None)
            settings = Settings(root=root, site=root / "site")
            engine = stack.enter_context(closing(open_engine(release.folder, settings)))
            made.append(Built(root, release, engine, create_app(settings, release, engine).test_client()))
        yield made[0], made[1]


def test_the_release_says_the_same_and_has_the_other_names_beside_it(both: tuple[Built, Built]) -> None:
    one, other = (built.release for built in both)
    assert one.manifest.rdfc10 == other.manifest.rdfc10
    names = other.read(TRANSLATIONS).decode()
    assert all(f"@{tag}" in names for tag in FURTHER) and len(names) > len(one.read(TRANSLATIONS)) + 10_000


def test_each_table_report_and_dump_is_the_same(both: tuple[Built, Built]) -> None:
    one, other = (built.release.manifest.files for built in both)
    assert one.keys() == other.keys() and len([name for name in one if name.endswith(".csv")]) > 50
    assert {name for name in one if not name.startswith("store/") and one[name] != other[name]} <= OTHERWISE


def test_each_question_has_the_same_answer(both: tuple[Built, Built]) -> None:
    one, other = (built.answers() for built in both)
    assert len(one) > 100 and sum(answer.count(b"\n") for answer in one.values()) > 500
    assert {name for name in one if one[name] != other[name]} == set()


def test_each_comparison_is_the_same(both: tuple[Built, Built]) -> None:
    one, other = (Dataset(built.release) for built in both)
    claims = [sides.claim.iri for sides in one.claims()]
    assert len(claims) > 30 and [sides.claim.iri for sides in other.claims()] == claims
    for iri in claims:
        assert one.compare(iri) == other.compare(iri)


@pytest.mark.parametrize("words", WORDS)
def test_a_search_finds_each_thing_once_and_no_other(both: tuple[Built, Built], words: str) -> None:
    one, other = (Dataset(built.release).search(words, limit=1000) for built in both)
    assert one.total == other.total == len({hit.iri for hit in other.hits}) > 0
    assert {hit.iri: hit.label for hit in one.hits} == {hit.iri: hit.label for hit in other.hits}


def test_a_feed_is_the_same(both: tuple[Built, Built]) -> None:
    one, other = (built.page("/feed") for built in both)
    assert one == other and re.search("<entry>", one)


def test_a_thing_is_found_and_named_in_a_further_language(both: tuple[Built, Built]) -> None:
    release = both[1].release
    named = Dataset(release, language="ko")
    ministry = next(iter(Dataset(release).search("ministry").hits))
    assert named.label(ministry.iri) == f"ko: {ministry.label}"

"""A further language of the interface: one row and one catalogue; every type of page is rendered in it, whatever its script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from flask import Flask
from pyoxigraph import Literal, Triple

from allegata.corpus.rdf import parse_turtle
from allegata.corpus.translations import write_translations
from allegata.domain import translations
from allegata.engine import open_engine
from allegata.release.handle import Release
from allegata.settings import Settings
from allegata.web import create_app
from allegata.web.i18n import gettext
from allegata.web.i18n.languages import LANGUAGES, SCRIPTS, SOURCE, Language, direction
from messages import extracted
from page_texts import Texts, untranslated
from page_types import BUILT, addresses, saved_query
from support import ROOT

_KEPT = re.compile(r"(<[^>]+>|%\(\w+\)[sd]|%%|\{\w+\})")
_LETTERS = re.compile(r"[A-Za-z][A-Za-z’'-]*")


@dataclass(frozen=True)
class Scratch:
    """A language that a test makes up: its row, and the letter that it puts before every word."""

    row: Language
    mark: str


#: The first is written as English is, the second from right to left.
SCRATCH = (Scratch(Language("fr", "français", "Latn"), "é"), Scratch(Language("ar", "العربية", "Arab", "rtl"), "ع"))


def marked(text: str, mark: str) -> str:
    """Return a string with a mark on each word; tags and placeholders stay."""
    parts = _KEPT.split(text)
    return "".join(part if number % 2 else _LETTERS.sub(lambda word: mark + word[0], part) for number, part in enumerate(parts))


def write_catalogue(folder: Path, scratch: Scratch) -> None:
    """Write a catalogue in which every word is the English one behind the mark."""
    catalogue = Catalog(locale=scratch.row.tag, fuzzy=False)
    for item in extracted():
        if item.id:
            last = item.id if isinstance(item.id, str) else item.id[-1]
            words = marked(last, scratch.mark)
            forms = words if isinstance(item.id, str) else (words,) * catalogue.num_plurals
            catalogue.add(item.id, forms, context=item.context, flags=item.flags - {"fuzzy"})
    path = folder / scratch.row.tag / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, catalogue)


def write_names(path: Path, scratch: Scratch) -> None:
    """Write the file of a release with names and definitions of the model, every word the English one behind the mark."""
    files = (ROOT / "ontology" / "allegata.ttl", *(ROOT / "ontology" / "schemes").glob("*.ttl"))
    texts = [item for file in files for item in parse_turtle(file) if isinstance(item.object, Literal)]
    write_translations(
        (
            Triple(item.subject, item.predicate, Literal(marked(item.object.value, scratch.mark), language=scratch.row.tag))
            for item in texts
            if isinstance(item.object, Literal) and item.object.language == SOURCE.tag
        ),
        path,
    )


@pytest.fixture(scope="module", params=SCRATCH, ids=lambda scratch: scratch.row.tag)
def scratch(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """Return a language that is only there for these tests."""
    made: Scratch = request.param
    folder = tmp_path_factory.mktemp("translations")
    write_catalogue(folder, made)
    write_names(folder / "names.ttl", made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gettext, "FOLDER", folder)
        patch.setattr(translations, "TRANSLATIONS", str(folder / "names.ttl"))
        patch.delitem(LANGUAGES, "ko")
        patch.setitem(LANGUAGES, made.row.tag, made.row)
        direction.cache_clear()
        yield made
    direction.cache_clear()


@pytest.fixture(scope="module")
def app(site: Path, release: Release, scratch: Scratch) -> Iterator[Flask]:
    settings = Settings(site=site)
    with closing(open_engine(release.folder, settings)) as engine:
        yield create_app(settings, release, engine)


def test_every_type_of_page_is_rendered_in_a_further_language(app: Flask, release: Release, scratch: Scratch) -> None:
    client, row = app.test_client(), scratch.row
    own = re.compile(scratch.mark, re.IGNORECASE)
    head = f'<html lang="{row.tag}">' if row.direction == "ltr" else f'<html lang="{row.tag}" dir="rtl">'
    for address in addresses(release.version, saved_query(release)):
        english, page = (
            client.get(address, headers={"Accept": "text/html", "Accept-Language": tag}) for tag in (SOURCE.tag, row.tag)
        )
        assert page.status_code == english.status_code < 500, address
        assert (page.headers["Content-Language"], head in page.text) == (row.tag, True), address
        assert sum(language == row.tag and bool(own.search(found)) for _, language, found in Texts(page.text).found) > 3, address
        assert untranslated(page.text, row.tag, own, mixed=("*",)) == [] or address in BUILT, address


def test_texts_in_another_language_are_marked_with_it_and_where_it_turns_with_its_direction(app: Flask, scratch: Scratch) -> None:
    text = app.test_client().get("/page/claim/camps-hold-about-200000", headers={"Accept-Language": scratch.row.tag}).text
    statement = re.search(r"<h1([^>]*)>", text)
    assert statement and statement[1] == (' lang="en" dir="ltr"' if scratch.row.direction == "rtl" else ' lang="en"')
    assert re.search(
        rf'<a href="/scheme/polarity/affirms">{scratch.mark}affirms</a>',
        app.test_client()
        .get("/page/assertion/report-2025/camps-hold-about-200000", headers={"Accept-Language": scratch.row.tag})
        .text,
    )


def test_pages_lead_to_the_further_language_by_its_own_name(app: Flask, scratch: Scratch) -> None:
    text = app.test_client().get("/", headers={"Accept-Language": "en"}).text
    assert f'lang="{scratch.row.tag}" rel="alternate">{scratch.row.endonym}</a>' in text


@pytest.mark.parametrize(
    "row", [SOURCE, Language("ko", "한국어", "Hang"), *(scratch.row for scratch in SCRATCH)], ids=lambda row: row.tag
)
def test_rows_agree_with_the_common_locale_data(row: Language) -> None:
    locale = Locale.parse(row.tag)
    assert row.direction == locale.text_direction
    assert row.endonym.lower() == str(locale.get_language_name(row.tag)).lower()
    assert row.writes(row.endonym)


def test_every_language_has_a_known_script_and_a_catalogue() -> None:
    for tag, row in LANGUAGES.items():
        assert row.tag == tag and row.script in SCRIPTS and row.direction in ("ltr", "rtl")
        assert row is SOURCE or (gettext.FOLDER / tag / "LC_MESSAGES" / "messages.po").is_file()


@pytest.mark.parametrize(
    ("tag", "found"), [("en", "ltr"), ("ko-KR", "ltr"), ("he", "rtl"), ("ar-EG", "rtl"), ("tlh", "ltr"), ("", "ltr")]
)
def test_a_direction_is_known_of_any_language(tag: str, found: str) -> None:
    assert direction(tag) == found

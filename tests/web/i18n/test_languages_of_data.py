"""Data in any language: statements and names are marked with theirs, found by their words, named in tables, and multiply nothing."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient

from allegata.corpus.library.library import take
from allegata.engine import open_engine
from allegata.release.build import build
from allegata.release.handle import Release
from allegata.settings import Settings
from allegata.web import create_app
from other_corpus import _HEAD as HEAD
from other_corpus import _SCHEME as SCHEME
from other_corpus import write_other_corpus

ARABIC = "أُغلِقت نصف المدارس في المحافظة الشمالية عام 2020."
TIGRINYA = "ኣብ ሰሜናዊ ክፋል ፍርቂ ኣብያተ ትምህርቲ ተዓጽዩ።"
SPANISH = "Los maestros no cobraron su sueldo en la región."
ENGLISH = "Teachers in the region were not paid."
MINISTRY, REPORT = "وزارة التعليم", "التقرير السنوي عن المدارس"
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


class Served(NamedTuple):
    release: Release
    client: FlaskClient

    def page(self, path: str) -> str:
        answer = self.client.get(path, headers={"Accept": "text/html"}, follow_redirects=True)
        assert answer.status_code == 200, path
        return answer.text

    def table(self, name: str) -> list[dict[str, str]]:
        text = (self.release.folder / "dumps" / "tables" / f"{name}.csv").read_text("utf-8")
        return list(csv.DictReader(io.StringIO(text)))


def _assertion(name: str, claim: str, polarity: str) -> str:
    return (
        f"<assertion/taqrir/{name}> a alg:Assertion ; alg:asserts <claim/{claim}> ; alg:assertedBy <actor/wizara> ;\n"
        f"    alg:polarity <{SCHEME}/polarity/{polarity}> ; alg:modality <{SCHEME}/modality/categorical> ;\n"
        f"    alg:evidenceKind <{SCHEME}/evidence-kind/notStated> ; alg:protectionLevel <{SCHEME}/protection-level/public> ;\n"
        '    alg:statedIn <source/taqrir> ; alg:noAnchorBecause "النص غير محفوظ."@ar .\n'
    )


def _claim(name: str, *statements: str) -> str:
    said = " , ".join(statements)
    return f"<claim/{name}> a alg:Claim ; alg:statement {said} ; alg:topic <scheme/temas/escuelas> ; alg:dutyBearer <actor/arlandia> .\n"


DATA = (
    f"""
<actor/wizara> a prov:Agent , schema:Organization ; rdfs:label "{MINISTRY}"@ar .
<source/taqrir> a alg:Source ; rdfs:label "{REPORT}"@ar ; dct:title "{REPORT}"@ar ; alg:targetStatus <{SCHEME}/target-status/namedOnly> .
<stance/cuestion> a alg:Stance ; alg:from <assertion/taqrir/b> ; alg:to <assertion/taqrir/a> ; alg:stance <{SCHEME}/stance/qualifies> ;
    alg:basis <{SCHEME}/basis/curatorInferred> ; alg:rationale "هذا يحدّ من ذاك."@ar ; prov:wasAttributedTo <actor/ana> .
"""
    + _claim("madaris", f'"{ARABIC}"@ar')
    + _claim("tigrinya", f'"{TIGRINYA}"@ti')
    + _claim("maestros", f'"{ENGLISH}"@en', f'"{SPANISH}"@es', '"لم يتقاضَ المعلمون رواتبهم في المنطقة."@ar')
    + _assertion("a", "madaris", "affirms")
    + _assertion("b", "maestros", "denies")
    + _assertion("c", "tigrinya", "affirms")
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("languages")
    root = write_other_corpus(folder / "corpus")
    (root / "data" / "more.ttl").write_text(HEAD + DATA, "utf-8")
    take(root, "states", ("ERI",), ("ti", "ar", "es"))
    release = build(root, folder / "site", lambda _step: None)
    settings = Settings(root=root, site=folder / "site")
    with closing(open_engine(release.folder, settings)) as engine:
        yield Served(release, create_app(settings, release, engine).test_client())


class Marks(HTMLParser):
    """Gathers the texts of a page with the language and the direction that they stand in."""

    def __init__(self, page: str):
        super().__init__()
        self._open = [("", "", "ltr")]
        self.found: dict[str, set[tuple[str, str]]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            _, lang, turned = self._open[-1]
            self._open.append((tag, given.get("lang") or lang, given.get("dir") or turned))

    def handle_endtag(self, tag: str) -> None:
        while len(self._open) > 1 and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.setdefault(" ".join(data.split()), set()).add(self._open[-1][1:])


@pytest.mark.parametrize(
    ("path", "text", "marks"),
    [
        ("/page/claim/madaris", ARABIC, ("ar", "rtl")),
        ("/page/claim/tigrinya", TIGRINYA, ("ti", "ltr")),
        ("/page/claim/maestros", SPANISH, ("es", "ltr")),
        ("/page/claim/maestros", ENGLISH, ("en", "ltr")),
        ("/page/claim/maestros", "لم يتقاضَ المعلمون رواتبهم في المنطقة.", ("ar", "rtl")),
        ("/search?q=teachers", SPANISH, ("es", "ltr")),
        ("/page/claim/maestros?lang=ko", SPANISH, ("es", "ltr")),
        ("/page/claim/maestros?lang=ko", ENGLISH, ("en", "ltr")),
        ("/page/source/taqrir", REPORT, ("ar", "rtl")),
        ("/page/actor/wizara", MINISTRY, ("ar", "rtl")),
        ("/page/actor/arlandia", ARABIC, ("ar", "rtl")),
        ("/search?q=المدارس", ARABIC, ("ar", "rtl")),
        ("/page/scheme/temas/escuelas", TIGRINYA, ("ti", "ltr")),
        ("/page/stance/cuestion", "هذا يحدّ من ذاك.", ("ar", "rtl")),
        ("/embed/claim/madaris", ARABIC, ("ar", "rtl")),
        ("/page/claim/madaris?lang=ko", ARABIC, ("ar", "rtl")),
    ],
)
def test_a_text_is_marked_with_its_language_and_direction_on_every_page(
    served: Served, path: str, text: str, marks: tuple[str, str]
) -> None:
    assert Marks(served.page(path)).found[text] == {marks}


@pytest.mark.parametrize(
    ("word", "found"),
    [
        *((word, "madaris") for word in ("المدارس", "مدارس", "والمدارس", "للمدارس", "أغلقت", "اغلقت", "أُغلِقت", "المحافظه")),
        *((word, "maestros") for word in ("maestros", "maestro", "region", "REGIÓN", "رواتب", "المعلمون", "معلمون")),
        *((word, "tigrinya") for word in ("ትምህርቲ", "ኣብያተ")),
    ],
)
def test_claims_are_found_by_words_of_their_language_as_people_write_them(served: Served, word: str, found: str) -> None:
    hits = served.client.get("/search", query_string={"q": word}, headers={"Accept": "application/json"}).get_json()["hits"]
    assert any(hit["iri"].endswith(f"claim/{found}") for hit in hits), [hit["iri"] for hit in hits]


def test_tables_name_the_language_of_their_texts_and_have_one_row_for_each_thing(served: Served) -> None:
    claims = {row["id"].rpartition("/")[2]: row for row in served.table("claims")}
    assert {name: row["statement_language"] for name, row in claims.items()} == {
        **{"escuelas": "es", "maestros": "es", "madaris": "ar", "tigrinya": "ti"}
    }
    assert claims["maestros"]["statement"] == SPANISH
    for name in ("claims", "actors", "assertions", "stances", "sources", "who-says-what"):
        rows = served.table(name)
        assert len(rows) == len({row["id"] for row in rows}) > 0, name
    assert [row["rationale_language"] for row in served.table("stances") if row["rationale"]] == ["ar"]
    state = next(row for row in served.table("actors") if row["id"].endswith("actor/eritrea"))
    assert (state["label"], state["label_language"]) == ("Eritrea", "es")
    further = (served.release.folder / "dumps" / "translations.ttl").read_text("utf-8")
    assert all(f'"{name}"@{tag}' in further for name, tag in (("Eritrea", "en"), ("إريتريا", "ar"), ("ኤርትራ", "ti")))


def test_reports_have_no_row_twice(served: Served) -> None:
    for path in sorted((served.release.folder / "reports").rglob("*.csv")):
        rows = path.read_text("utf-8").splitlines()
        assert len(rows) == len(set(rows)), path.name


def test_a_browser_sets_each_text_in_its_direction(served: Served, tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    script = (
        "<script>document.title = JSON.stringify([...document.querySelectorAll('h1, h1 *, .statement, .statement *')]"
        f".filter(e => e.textContent.trim() === {ARABIC!r}).map(e => getComputedStyle(e).direction))</script>"
    )
    page = tmp_path / "page.html"
    page.write_text(served.page("/page/claim/madaris").replace("</body>", f"{script}</body>"), "utf-8")
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, check=True, capture_output=True, timeout=180)
    title = done.stdout.decode().partition("<title")[2].partition(">")[2].partition("</title>")[0]
    assert '"rtl"' in title and '"ltr"' not in title, title

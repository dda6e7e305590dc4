"""Suggesting links: what an extract offers is paired with our things, with evidence, and is never taken without a reviewer."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from allegata.cli.main import main
from allegata.corpus.reader import read
from allegata.corpus.sssom_checks import check_links
from allegata.domain import Descriptions
from allegata.domain.reconcile import Matcher, Names
from allegata.domain.reconcile.suggest import COLUMNS, read_extract, suggest, table
from allegata.errors import UsageError
from allegata.model.namespaces import BASE
from allegata.release.handle import Release
from support import ROOT, SHARED


def item(qid: str, label: str, alpha3: str = "") -> dict[str, object]:
    claims = {"P298": [{"mainsnak": {"datavalue": {"value": alpha3}}}]} if alpha3 else {}
    return {"id": qid, "labels": {"en": {"language": "en", "value": label}}, "aliases": {}, "claims": claims}


@pytest.fixture(scope="module")
def matcher(release: Release) -> Matcher:
    return Matcher(Names(Descriptions(release.folder, BASE)))


def dump(folder: Path, *items: dict[str, object]) -> Path:
    """Write items as a Wikidata dump has them: one a line, in one array."""
    path = folder / "dump.json"
    path.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in items) + "\n]\n", "utf-8")
    return path


def test_an_unlinked_thing_is_suggested_with_evidence(matcher: Matcher, tmp_path: Path) -> None:
    extract = dump(tmp_path, item("Q99999991", "Committee against Torture"), item("Q99999992", "Nowhere Land"))
    found = suggest(matcher, read_extract(extract))
    assert [(entry.candidate.entry.iri, entry.foreign.iri) for entry in found] == [
        (f"{BASE}actor/committee-against-torture", "http://www.wikidata.org/entity/Q99999991")
    ]
    assert "line 2" in found[0].evidence and "linked already" not in found[0].evidence


def test_what_is_linked_already_is_left_out_and_a_rival_is_named(matcher: Matcher, tmp_path: Path) -> None:
    assert suggest(matcher, read_extract(dump(tmp_path, item("Q423", "North Korea", "PRK")))) == []
    rival = suggest(matcher, read_extract(dump(tmp_path, item("Q99999993", "North Korea", "PRK"))))
    assert "http://www.wikidata.org/entity/Q423 is linked already" in rival[0].evidence
    assert "code PRK agrees" in rival[0].evidence


def test_a_table_of_suggestions_does_not_pass_the_check(matcher: Matcher, tmp_path: Path, small_root: Path) -> None:
    text = table(suggest(matcher, read_extract(dump(tmp_path, item("Q99999991", "Namibia", "NAM")))), date(2026, 11, 21))
    assert text.splitlines()[1].split("\t") == list(COLUMNS)
    (small_root / "data" / "links").mkdir()
    (small_root / "data" / "links" / "suggested.sssom.tsv").write_text(text, "utf-8")
    errors = check_links(read(small_root), date(2026, 11, 21)).errors
    assert any("names no reviewer" in error.message for error in errors)


def test_records_of_ror_are_read(matcher: Matcher) -> None:
    path = SHARED / "reference" / "extracts" / "ror_subset.jsonl"
    if not path.is_file():
        pytest.skip("the extracts are not beside this checkout")
    extract = read_extract(path)
    assert len(extract) >= 10
    assert all(foreign.names for foreign in extract)
    paired = {entry.candidate.entry.iri for entry in suggest(matcher, extract, 95)}
    assert f"{BASE}actor/united-nations" not in paired


def test_a_csv_file_is_read_by_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("person,personID\nKim Jong-il,Q10665\nNobody,\n", "utf-8")
    assert [(entry.iri, entry.names) for entry in read_extract(path, "person", "personID")] == [
        ("http://www.wikidata.org/entity/Q10665", ("Kim Jong-il",))
    ]
    with pytest.raises(UsageError, match="no column id, name"):
        read_extract(path)


@pytest.mark.parametrize(
    ("line", "message"), [("{", "not a line of JSON"), ('{"a": 1}', "with an id"), ('{"id": "x"}', "neither")]
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "dump.json"
    path.write_text(f"[\n{line}\n", "utf-8")
    with pytest.raises(UsageError, match=rf"dump\.json:2: .*{message}"):
        read_extract(path)


def test_the_command_writes_to_standard_output_alone(site: Path, tmp_path: Path) -> None:
    before = sorted((ROOT / "data" / "links").iterdir())
    path = dump(tmp_path, item("Q99999991", "Namibia", "NAM"))
    result = CliRunner().invoke(main, ["link", "suggest", "--site", str(site), str(path)])
    assert result.exit_code == 0, result.output
    assert "actor/namibia" in result.stdout
    assert sorted((ROOT / "data" / "links").iterdir()) == before
    assert CliRunner().invoke(main, ["link", "suggest", "--site", str(site), str(tmp_path / "none")]).exit_code == 2

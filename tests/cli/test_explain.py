"""The command that says why a statement holds: for people, for programs, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from allegata.cli.main import main
from allegata.release.handle import Release
from support import ROOT


def explain(site: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["explain", "--site", str(site), *words])


def test_an_inferred_statement_is_explained_by_a_rule_down_to_lines_of_files(site: Path, release: Release) -> None:
    store = release.open_store()
    names = {"alg": "https://w3id.org/allegata/ns#", "rows": "SELECT ?c ?p { ?c alg:fallsUnder ?p } ORDER BY ?c ?p LIMIT 1"}
    (row,) = store.query(f"PREFIX alg: <{names['alg']}> {names['rows']}")  # type: ignore[misc]
    claim, provision = (row[name].value.removeprefix(release.manifest.base) for name in ("c", "p"))
    told = explain(site, "--root", str(ROOT), claim, "alg:fallsUnder", provision)
    assert told.exit_code == 0, told.stderr
    assert "by domain/falls-under: A claim falls under a provision" in told.stdout and "stated in data/" in told.stdout
    said = json.loads(explain(site, "--json", claim, "alg:fallsUnder", provision).stdout)
    assert said["rule"] == "domain/falls-under" and len(said["premises"]) == 3
    assert all(item.get("premises") or item.get("places") for item in said["premises"])


def test_what_is_no_term_or_no_statement_is_told(site: Path) -> None:
    for words, status, says in (
        (("claim/x", "a", '"open'), 2, "is no term"),
        (('"text"', "a", "claim/x"), 2, "A literal is the object"),
        (("claim/x", "a", "alg:Claim"), 1, "does not say"),
    ):
        refused = explain(site, *words)
        assert (refused.exit_code, says in refused.stderr) == (status, True), refused.stderr

"""Bringing a corpus to the present model: what is drafted is said, done once, valid afterwards, and nobody's edits are lost."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from allegata.corpus import upgrade as upgrade_module
from allegata.corpus.draft import Draft, Model
from allegata.corpus.reader import read
from allegata.corpus.scaffold import Scaffold, create_corpus
from allegata.corpus.upgrade import HEAD, KEPT, STEPS, Step, released_files, upgrade
from allegata.errors import CorpusError, UsageError
from allegata.model.namespaces import BASE, SCHEMES
from allegata.release.closure import check
from allegata.settings import default_root
from fixtures import CORPUS_0_1, unpack
from support import ROOT

HARBOUR = f"{SCHEMES}topic/koreanWar"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a corpus that version 0.1 made, with a claim on a topic that the model has no more."""
    return unpack(CORPUS_0_1, tmp_path / "old")


def state(folder: Path) -> dict[str, str]:
    """Return the digest of each file of a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def test_a_corpus_of_0_1_is_valid_as_it_is(old: Path) -> None:
    assert check(old, lambda _step: None).report.conforms


def test_a_corpus_of_0_1_becomes_one_of_today(old: Path) -> None:
    before, release = state(old), read(old)
    lines = upgrade(old, default_root())
    after = state(old)
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert {line.split(":")[0] for line in lines} == changed and len(changed) > 50
    model = Model(default_root())
    for name, data in model.files().items():
        assert (old / name).read_bytes() == data
    assert not {name for name in after if name.startswith(("ontology/", "shapes/"))} - set(model.files())
    assert {name for name in changed if name.startswith("data/")} == {HEAD, KEPT}
    assert str(model.iri) in (old / HEAD).read_text("utf-8")
    checked = check(old, lambda _step: None)
    assert checked.report.text().endswith("0 Violation, 0 Warning, 0 Info.")
    assert (checked.corpus.base, checked.corpus.version) == (release.base, release.version)


def test_a_concept_in_use_that_left_the_model_is_kept_with_all_that_was_said_of_it(old: Path) -> None:
    def said(corpus: Path) -> set[str]:
        return {str(quad.triple) for quad in read(corpus).quads if HARBOUR in str(quad.subject)}

    before = said(old)
    assert len(before) == 6
    lines = upgrade(old, default_root())
    assert f"{KEPT}: keeps concepts that the model has no more: koreanWar" in lines
    assert said(old) == before
    assert f"{SCHEMES}topic/juche" not in (old / KEPT).read_text("utf-8"), "what is used nowhere is not kept"


def test_a_second_run_changes_nothing(old: Path) -> None:
    assert upgrade(old, default_root())
    once = state(old)
    assert upgrade(old, default_root()) == []
    assert state(old) == once


def test_a_dry_run_says_the_same_and_changes_nothing(old: Path) -> None:
    before = state(old)
    told = upgrade(old, default_root(), dry_run=True)
    assert state(old) == before
    assert told == upgrade(old, default_root())


def test_what_was_edited_added_or_taken_out_by_hand_stays(old: Path) -> None:
    append(old / "ontology" / "schemes" / "topic.ttl", "# Ours.\n")
    (old / "ontology" / "schemes" / "harbours.ttl").write_text("# Our own scheme.\n", "utf-8")
    (old / "ontology" / "rules" / "prp-symp.rq").unlink()
    before = state(old)
    lines = upgrade(old, default_root())
    left = [line for line in lines if "edited here" in line]
    assert [line.split(":")[0] for line in left] == ["ontology/schemes/topic.ttl"]
    for name in ("ontology/schemes/topic.ttl", "ontology/schemes/harbours.ttl"):
        assert state(old)[name] == before[name]
    assert not (old / "ontology" / "rules" / "prp-symp.rq").exists()
    assert not (old / KEPT).exists(), "the concepts still stand in the scheme that was edited"
    assert upgrade(old, default_root()) == left
    assert check(old, lambda _step: None).report.conforms


def test_a_new_corpus_needs_nothing(tmp_path: Path) -> None:
    about = Scaffold("New", "https://example.org/new/", "https://creativecommons.org/licenses/by/4.0/", date(2026, 1, 1))
    create_corpus(tmp_path / "new", about, default_root())
    assert upgrade(tmp_path / "new", default_root()) == []


def test_an_earlier_declaration_is_replaced_where_it_stands(old: Path) -> None:
    upgrade(old, default_root())
    text, model = (old / HEAD).read_text("utf-8"), Model(default_root())
    (old / HEAD).write_text(text.replace(str(model.iri), f"<{BASE}ns/0.0.9>"), "utf-8")
    assert upgrade(old, default_root()) == [f"{HEAD}: follows version {model.version} of the model"]
    assert (old / HEAD).read_text("utf-8") == text
    (old / HEAD).write_text(text.replace(str(model.iri), "a:ns\\/0.0.9"), "utf-8")
    head = (old / HEAD).read_text("utf-8")
    (old / HEAD).write_text(f"@prefix a: <{BASE}> .\n{head}", "utf-8")
    with pytest.raises(CorpusError, match="does not name one model by its whole IRI"):
        upgrade(old, default_root())


def test_a_step_for_a_version_is_passed_over_by_a_corpus_that_has_it_behind_it(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rename(draft: Draft, _model: Model) -> None:
        for name in draft.names("data"):
            if b"Half of the schools" in draft.read(name):
                draft.write(name, draft.read(name).replace(b"Half of the schools", b"Half of all schools"), "says it otherwise")

    monkeypatch.setattr(upgrade_module, "STEPS", (Step("reword", rename, "0.0.5"), *STEPS))
    assert "data/claims/example.ttl: says it otherwise" in upgrade(old, default_root())
    (old / "data" / "claims" / "example.ttl").write_text(
        (old / "data" / "claims" / "example.ttl").read_text("utf-8").replace("Half of all schools", "Half of the schools"),
        "utf-8",
    )
    assert upgrade(old, default_root()) == [], "a corpus of a later model does not need it"


def test_the_files_of_0_1_are_known_by_their_digests(old: Path) -> None:
    known = released_files()
    files = {name: digest for name, digest in state(old).items() if name.startswith(("ontology/", "shapes/"))}
    assert len(files) >= 140
    assert {name for name, digest in files.items() if digest not in known[name]} == set()


def test_every_release_of_the_model_but_the_present_one_has_its_digests() -> None:
    listed = {path.stem for path in (ROOT / "server" / "allegata" / "corpus" / "models").glob("*.sha256")}
    headings = [line.split()[1] for line in (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines() if line.startswith("## 0")]
    assert headings and set(headings) == listed


def test_the_model_itself_and_what_is_no_corpus(tmp_path: Path) -> None:
    assert upgrade(default_root(), default_root()) == []
    with pytest.raises(UsageError, match="is not a corpus"):
        upgrade(tmp_path, default_root())


def test_the_command_says_what_it_does(old: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "allegata", "upgrade", *words, str(old)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    dry, done, again = run("--dry-run"), run(), run()
    assert dry.returncode == done.returncode == again.returncode == 0, done.stderr
    assert dry.stdout == done.stdout and f"{HEAD}: follows version" in done.stdout
    assert "Next: allegata validate" in done.stderr and "Next" not in dry.stderr
    assert again.stdout == "" and "Nothing to change" in again.stderr


def test_a_deprecated_term_is_written_by_the_one_that_replaces_it(old: Path) -> None:
    actor = (
        "<actor/protected-1> a alg:ProtectedSource , prov:Agent ;\n    alg:protectionLevel <scheme/protection-level/withheld> .\n"
    )
    heads = f"@base <{BASE}> .\n@prefix alg: <{BASE}ns#> .\n@prefix prov: <http://www.w3.org/ns/prov#> .\n"
    (old / "data" / "actors").mkdir(exist_ok=True)
    (old / "data" / "actors" / "protected.ttl").write_text(heads + actor, "utf-8")
    lines = upgrade(old, default_root())
    assert "data/actors/protected.ttl: says alg:ProtectedPerson for alg:ProtectedSource" in lines
    assert (old / "data" / "actors" / "protected.ttl").read_text("utf-8") == heads + actor.replace("edSource", "edPerson")

"""A corpus kept in git: its script checks and publishes it as people and the workflow run it, and refuses what is not for everybody."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from datetime import date
from pathlib import Path

import pytest
import yaml

from allegata import __version__
from allegata.corpus.scaffold import LICENCE, Scaffold, create_corpus
from allegata.settings import default_root

HIDDEN = "@prefix alg: <https://w3id.org/allegata/ns#> .\n<https://example.org/git/{}> alg:protectionLevel <https://w3id.org/allegata/scheme/protection-level/restricted> .\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    root = tmp_path / "corpus"
    create_corpus(root, Scaffold("Claims", "https://example.org/git/", LICENCE, date(2026, 2, 1)), default_root())
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "allegata"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m allegata "$@"\n', "utf-8")
    program.chmod(0o755)
    git(root, "init", "-q")
    git(root, "config", "user.name", "A curator")
    git(root, "config", "user.email", "curator@example.org")
    git(root, "add", ".")
    git(root, "commit", "-qm", "begin")
    return root


def git(root: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True).stdout


def publish(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    path = f"{root.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    command = ["sh", str(root / "publish.sh"), *words]
    return subprocess.run(
        command, cwd=root.parent, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=600, check=False
    )


def test_the_script_checks_builds_verifies_and_packs_and_git_sees_nothing_of_it(corpus: Path) -> None:
    done = publish(corpus, "publish")
    assert done.returncode == 0, done.stderr
    with tarfile.open(corpus / "published.tar.gz") as packed:
        assert {"published/SHA256SUMS", "published/dumps/manifest.json"} & set(packed.getnames())
    assert git(corpus, "status", "--porcelain") == ""


def test_it_refuses_while_git_keeps_what_is_not_for_everybody_and_after_too(corpus: Path) -> None:
    (corpus / "restricted").mkdir()
    (corpus / "restricted" / "names.ttl").write_text(HIDDEN.format("actor/witness"), "utf-8")
    assert publish(corpus).returncode == 0, "what git ignores is not in its way"
    git(corpus, "add", "-f", "restricted/names.ttl")
    done = publish(corpus)
    assert done.returncode == 1 and "restricted/names.ttl: git keeps it" in done.stderr and "docs/publishing.md" in done.stderr
    git(corpus, "commit", "-qm", "by mistake")
    git(corpus, "rm", "-q", "restricted/names.ttl")
    git(corpus, "commit", "-qm", "out again")
    done = publish(corpus)
    assert done.returncode == 1 and "restricted/names.ttl: it stands in the history" in done.stderr


@pytest.mark.parametrize("marked", ["source/example", "graph/sources/example"])
def test_it_refuses_while_data_holds_a_record_or_a_file_that_is_marked(corpus: Path, marked: str) -> None:
    with (corpus / "data" / "sources" / "example.ttl").open("a", encoding="utf-8") as file:
        file.write(HIDDEN.format(marked))
    done = publish(corpus)
    assert done.returncode == 1 and "data/sources/example.ttl: git keeps it, and " in done.stderr


def test_outside_of_a_repository_it_says_so(corpus: Path) -> None:
    shutil.rmtree(corpus / ".git")
    done = publish(corpus)
    assert done.returncode == 2 and "in no repository of git" in done.stderr


def test_the_workflow_runs_the_script_alone_and_may_write_only_where_it_publishes(corpus: Path) -> None:
    flow = yaml.safe_load((corpus / ".github" / "workflows" / "corpus.yml").read_text("utf-8"))
    assert flow["permissions"] == {} and set(flow["jobs"]) == {"check", "publish"}
    runs = [step["run"] for job in flow["jobs"].values() for step in job["steps"] if "run" in step]
    assert [run for run in runs if "publish.sh" in run] == ["sh publish.sh check", "sh publish.sh publish"]
    assert flow["jobs"]["publish"]["permissions"] == {"contents": "write"} and "refs/tags/v" in flow["jobs"]["publish"]["if"]
    assert all(
        step["with"]["fetch-depth"] == 0
        for job in flow["jobs"].values()
        for step in job["steps"]
        if "checkout" in step.get("uses", "")
    )
    # What is installed is named to the version, and runs where it can only read, without the token of git.
    assert flow["env"]["ALLEGATA"] == f"allegata=={__version__}"
    check, publishing = flow["jobs"]["check"], flow["jobs"]["publish"]
    assert check["permissions"] == {"contents": "read"}
    assert all(not step["with"]["persist-credentials"] for step in check["steps"] if "checkout" in step.get("uses", ""))
    assert not any(word in str(publishing["steps"]) for word in ("pip", "checkout", "publish.sh"))
    assert "merge=allegata" in (corpus / ".gitattributes").read_text("utf-8")

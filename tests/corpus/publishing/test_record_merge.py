"""Merging by records: with real merges of git, and for any two changes what comes of it says what both sides say."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from allegata.corpus.publishing.record_merge import NotMergeable, merge
from allegata.corpus.rdf import parse_turtle

FILE = """# Claims of a section.
@base <https://example.org/> .
@prefix alg: <https://w3id.org/allegata/ns#> .

# The first of all.
<claim/one> a alg:Claim ;
    alg:statement "One."@en ;
    alg:topic <topic/a> , <topic/b> .

<claim/two> a alg:Claim ; # two
    alg:statement "Two."@en .
<claim/three> a alg:Claim ;
    alg:statement "Three; and a dot."@en .
"""
NEW = '\n<claim/{}> a alg:Claim ;\n    alg:statement "{}"@en .\n'


def git(folder: Path, *words: str, status: int = 0) -> str:
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tmp_path / "repository"
    (folder / "data" / "claims").mkdir(parents=True)
    git(folder.parent, "init", "-q", "-b", "main", "repository")
    for name, value in (
        ("user.name", "A curator"),
        ("user.email", "curator@example.org"),
        ("merge.allegata.driver", f'"{sys.executable}" -m allegata merge-driver %O %A %B'),
    ):
        git(folder, "config", name, value)
    (folder / ".gitattributes").write_text("data/**/*.ttl merge=allegata\n", "utf-8")
    write(folder, FILE)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "begin")
    return folder


def write(folder: Path, text: str) -> None:
    (folder / "data" / "claims" / "a.ttl").write_text(text, "utf-8")


def text(folder: Path) -> str:
    return (folder / "data" / "claims" / "a.ttl").read_text("utf-8")


def merged(folder: Path, ours: str, theirs: str, status: int = 0) -> str:
    """Commit two changes on branches of their own, merge one into the other with git, and return the file."""
    git(folder, "checkout", "-qb", "theirs")
    write(folder, theirs)
    git(folder, "commit", "-qam", "theirs")
    git(folder, "checkout", "-q", "main")
    write(folder, ours)
    git(folder, "commit", "-qam", "ours")
    git(folder, "merge", "-q", "-m", "merge", "theirs", status=status)
    return text(folder)


def test_both_sides_add_records_at_the_end(repository: Path) -> None:
    found = merged(repository, FILE + NEW.format("four", "4"), FILE + NEW.format("five", "5"))
    assert "<<<<" not in found and "<claim/four>" in found and "<claim/five>" in found
    assert git(repository, "status", "--porcelain") == ""


def test_both_sides_change_different_records_and_different_properties_of_one(repository: Path) -> None:
    ours = FILE.replace('"One."', '"The one."').replace("<topic/a> , <topic/b>", "<topic/c>").replace('"Two."', '"A two."')
    theirs = FILE.replace("a alg:Claim ; # two", "a alg:Claim ; # two\n    alg:place <place/x> ;").replace('"Three;', '"Tres;')
    assert merged(repository, ours, theirs) == ours.replace('"Three;', '"Tres;').replace(
        '"A two."@en .', '"A two."@en ;\n    alg:place <place/x> .'
    )


def test_the_same_property_changed_otherwise_stands_between_marks_and_git_stops(repository: Path) -> None:
    found = merged(repository, FILE.replace('"Two."', '"Dos."'), FILE.replace('"Two."', '"Deux."').replace('"One."', '"Uno."'), 1)
    assert found.count("<<<<<<< ours") == found.count(">>>>>>> theirs") == 1
    begin, end = found.index("<<<<<<<"), found.index(">>>>>>>")
    assert all(word in found[begin:end] for word in ('"Dos."', '"Two."', '"Deux."', "|||||||", "======="))
    assert '"Uno."' in found[:begin] and "Three" in found[end:]
    assert "UU data/claims/a.ttl" in git(repository, "status", "--porcelain")


def test_a_record_taken_out_here_and_changed_there_stops_too(repository: Path) -> None:
    without = FILE.replace('<claim/two> a alg:Claim ; # two\n    alg:statement "Two."@en .\n', "")
    found = merged(repository, without, FILE.replace('"Two."', '"Deux."'), 1)
    assert found.index("<<<<<<< ours") < found.index('"Two."') < found.index('"Deux."') < found.index(">>>>>>> theirs")


def test_a_record_taken_out_here_and_left_there_is_gone(repository: Path) -> None:
    without = FILE.replace('<claim/two> a alg:Claim ; # two\n    alg:statement "Two."@en .\n', "")
    assert merged(repository, without, FILE + NEW.format("four", "4")) == without + NEW.format("four", "4")


def test_a_file_that_does_not_parse_is_merged_by_lines(repository: Path) -> None:
    found = merged(repository, FILE + "<broken\n", FILE.replace("# The first of all.", "# First."))
    assert found == FILE.replace("# The first of all.", "# First.") + "<broken\n"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (FILE.replace("https://example.org/", "https://example.com/"), FILE + NEW.format("four", "4")),
        (FILE.replace("@prefix", "@prefix x: <urn:x#> .\n@prefix"), FILE.replace("@prefix", "@prefix x: <urn:y#> .\n@prefix")),
    ],
)
def test_sides_that_mean_other_things_by_the_same_words_are_not_merged_by_records(ours: str, theirs: str) -> None:
    with pytest.raises(NotMergeable):
        merge(FILE, ours, theirs)


def test_any_two_changes_give_what_both_sides_say_or_marks(tmp_path: Path) -> None:
    chance = random.Random(7)
    clean = marked = 0
    for _ in range(300):
        ours, theirs = _changed(chance, "a"), _changed(chance, "b")
        found = merge(FILE, ours, theirs)
        marked += bool(found.conflicts)
        assert bool(found.conflicts) == ("<<<<<<<" in found.text)
        if not found.conflicts:
            clean += 1
            path = tmp_path / "merged.ttl"
            path.write_text(found.text, "utf-8")
            assert {str(triple.subject) for triple in parse_turtle(path)} and found.text.startswith("# Claims of a section.\n")
            assert merge(FILE, theirs, ours).conflicts == ()
    assert clean > 100 and marked > 20


def _changed(chance: random.Random, side: str) -> str:
    """Return the file with one to three changes: values, topics, records taken out, added before, between and behind others."""
    changes = {
        "one": lambda text: text.replace('"One."@en', f'"One {chance.choice("xy")}."@en'),
        "topics": lambda text: text.replace(
            "<topic/a> , <topic/b>", chance.choice(["<topic/a>", "<topic/a> , <topic/b> , <topic/c>"])
        ),
        "no topics": lambda text: text.replace(" ;\n    alg:topic <topic/a> , <topic/b>", ""),
        "two": lambda text: text.replace('<claim/two> a alg:Claim ; # two\n    alg:statement "Two."@en .\n', ""),
        "place": lambda text: text.replace('"Two."@en', '"Two."@en ;\n    alg:place <place/x>'),
        "first": lambda text: text.replace("\n# The first", NEW.format(f"{side}-first", "f") + "\n# The first"),
        "between": lambda text: text.replace("<claim/three>", NEW.format(f"{side}-between", "b").lstrip() + "<claim/three>"),
        "last": lambda text: text + NEW.format(f"{side}-last", "l"),
        "both": lambda text: text + NEW.format("new-to-both", chance.choice("pq")),
    }
    text = FILE
    for name in chance.sample(sorted(changes), chance.randint(1, 3)):
        text = changes[name](text)
    return text

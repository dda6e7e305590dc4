"""The command line: each failure is one clear message and a status, and each command explains itself."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import click
import pytest
import rdflib

from allegata.cli.main import main
from support import ROOT


def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "allegata", *arguments], input=stdin, capture_output=True, text=True, timeout=600
    )


def assert_fails(result: subprocess.CompletedProcess[str], status: int, *words: str) -> None:
    assert result.returncode == status, result.stderr
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


#: The rows of the page about commands.
TABLE = [line for line in (ROOT / "docs" / "commands.md").read_text("utf-8").splitlines() if line.startswith("| `allegata ")]
#: Options that many commands have; the head of the page says what they are.
COMMON = {"--site", "--root", "--release", "--out"}


def commands() -> list[tuple[str, click.Command]]:
    found = []
    for name, command in main.commands.items():
        if isinstance(command, click.Group):
            context = click.Context(command)
            children = ((below, command.get_command(context, below)) for below in command.list_commands(context))
            found += [(f"{name} {below}", child) for below, child in children if child]
        else:
            found.append((name, command))
    return found


@pytest.mark.parametrize(("name", "command"), commands(), ids=lambda value: value if isinstance(value, str) else "")
def test_each_command_explains_itself_and_is_documented(name: str, command: click.Command) -> None:
    assert command.help
    row = next((line for line in TABLE if re.match(rf"\| `allegata {re.escape(name)}[ `]", line)), "")
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert all(option.help for option in options)
    own = {name for option in options for name in option.opts if name.startswith("--")} - COMMON
    assert {name for name in own if f"{name}" not in row} == set(), "options that docs/commands.md does not name"


def test_all_commands_are_found_and_the_page_names_no_other() -> None:
    names = [name for name, _ in commands()]
    assert len(names) >= 19
    told = [re.match(r"\| `allegata ([a-z -]+[a-z0-9]+)", line) for line in TABLE]
    assert sorted(names) == sorted(found.group(1).split(" --")[0].strip() for found in told if found)


def test_the_version() -> None:
    assert run("--version").stdout.startswith("allegata, version ")


def test_an_unknown_command_or_option_is_named() -> None:
    assert_fails(run("quary"), 2, "quary", "query")
    assert_fails(run("build", "--rot", "x"), 2, "--rot")


def test_a_root_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert_fails(run("validate", "--root", str(tmp_path / "absent")), 2, "absent is not a corpus")


def test_a_syntax_error_names_file_and_line(small_root: Path) -> None:
    (small_root / "data" / "broken.ttl").write_text("<urn:a> <urn:b> <urn:c> .\n<urn:a> ;\n", "utf-8")
    assert_fails(run("validate", "--root", str(small_root)), 1, "broken.ttl:2")


BAD_SHAPE = b"<urn:s> a <http://www.w3.org/ns/shacl#NodeShape> ; <http://www.w3.org/ns/shacl#targetClass> <urn:c> ; <http://www.w3.org/ns/shacl#minCount> 'x' ."


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("data/latin.ttl", b'<urn:a> <urn:b> "\n\xe9" .', ("latin.ttl:2", "not UTF-8")),
        ("data/excel.ttl", "<urn:a>".encode("utf-16"), ("excel.ttl:1", "UTF-16")),
        ("data/newer.ttl", b"<urn:a> <urn:b>\n<<( <urn:a> <urn:b> <urn:c> )>> .", ("newer.ttl:2", "a triple term", "RDF 1.2")),
        ("data/inferred.ttl", b"", ("inferred.ttl", "graph/inferred", "another name")),
        ("data/links/x.sssom.tsv", b"\xe9", ("x.sssom.tsv:1", "not UTF-8")),
        ("shapes/rules/x.rq", b"\xe9", ("x.rq:1", "not UTF-8")),
        ("shapes/x.ttl", BAD_SHAPE, ("cannot be used", "minCount")),
        ("ontology/rules/x.rq", b"\xe9", ("x.rq:1", "not UTF-8")),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_place(
    small_root: Path, name: str, data: bytes, words: tuple[str, ...]
) -> None:
    (small_root / name).parent.mkdir(exist_ok=True)
    (small_root / name).write_bytes(data)
    assert_fails(run("validate", "--root", str(small_root)), 1, *words)


@pytest.mark.parametrize(
    ("before", "after", "word"), [('"1.0"', '"../../x"', "dcat:version"), ('"2026-01-01"', '"yesterday"', "dct:issued")]
)
def test_a_version_or_day_that_cannot_name_a_release_is_refused(small_root: Path, before: str, after: str, word: str) -> None:
    head = small_root / "data" / "corpus.ttl"
    head.write_text(head.read_text("utf-8").replace(before, after), "utf-8")
    assert_fails(run("build", "--root", str(small_root), "--site", str(small_root / "site")), 1, word)
    assert not (small_root / "site").exists()


def test_a_place_that_cannot_be_written_to_is_named(small_root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert_fails(run("build", "--root", str(small_root), "--site", str(tmp_path / "file")), 2, "file: ")
    report = tmp_path / "absent" / "report.ttl"
    assert_fails(run("validate", "--root", str(small_root), "--report", str(report)), 2, "absent/report.ttl: ")


def test_a_port_that_there_is_not_is_refused() -> None:
    assert_fails(run("serve", "--port", "99999"), 2, "65535")


def test_a_violation_is_reported_readably_and_as_rdf(small_root: Path, tmp_path: Path) -> None:
    (small_root / "data" / "bad.ttl").write_text(
        "<https://example.org/stance/x> a <https://w3id.org/allegata/ns#Stance> .", "utf-8"
    )
    report = tmp_path / "report.ttl"
    assert_fails(
        run("validate", "--root", str(small_root), "--report", str(report)), 1, "Violation", "stance/x", "shapes/stance#"
    )
    graph = rdflib.Graph().parse(report)
    assert (None, rdflib.SH.conforms, rdflib.Literal(False)) in graph


def test_a_corpus_that_conforms_is_said_to(small_root: Path) -> None:
    result = run("validate", "--root", str(small_root))
    assert result.returncode == 0
    assert "0 Violation" in result.stdout


def test_build_query_and_the_formats(small_root: Path, tmp_path: Path) -> None:
    site = str(tmp_path / "site")
    built = run("build", "--root", str(small_root), "--site", site)
    assert built.returncode == 0 and "RDFC-1.0" in built.stdout and "validate" in built.stderr
    question = 'SELECT ?s WHERE { ?s <http://www.w3.org/2000/01/rdf-schema#label> "Somewhere"@en }'
    answer = run("query", "--site", site, "-", stdin=question)
    assert answer.stdout.split() == ["s", "https://example.org/place/somewhere"]
    assert "<https://example.org/place/somewhere>" in run("query", "--site", site, "--format", "tsv", "-", stdin=question).stdout
    assert_fails(run("query", "--site", site, "--format", "turtle", "-", stdin=question), 1, "csv")
    assert_fails(run("query", "--site", site, "-", stdin="SELECT"), 1, "ine 1")
    assert_fails(run("query", "--site", site, str(tmp_path / "absent.rq")), 2, "absent.rq")


def test_a_question_of_the_release_is_asked_with_values_for_its_parameters(small_root: Path, tmp_path: Path) -> None:
    site = str(tmp_path / "site")
    assert run("build", "--root", str(small_root), "--site", site).returncode == 0
    ask = ("query", "--site", site, "--question")
    head = "placeLabel,speaker,polarity,claim,evidence,document,assertion"
    for words in (("--place", "place/somewhere"), ("--place=place/somewhere", "--place", "https://example.net/p"), ()):
        answer = run(*ask, "said-of-a-place", *words)
        assert answer.stdout.split() == [head], answer.stderr
    listing = run("query", "--site", site, "--list").stdout
    assert "law:" in listing and "  votes-of-a-state: How did a state vote" in listing and "      --state: " in listing
    assert_fails(run(*ask, "said-of-a-place", "--state", "actor/x"), 2, "no parameter state", "place")
    assert_fails(run(*ask, "said-of-a-place", "--place"), 2, "no parameter with a value")
    assert_fails(run(*ask, "nothing"), 1, "no question 'nothing'", "--list")
    assert_fails(run("query", "--site", site), 2, "--question NAME")


def test_a_query_without_a_release_says_how_to_make_one(tmp_path: Path) -> None:
    assert_fails(run("query", "--site", str(tmp_path), "-", stdin="ASK {}"), 1, "allegata build")


def test_a_variable_that_is_no_setting_is_told_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = run("query", "--site", str(tmp_path), "-", stdin="ASK {}")
    monkeypatch.setenv("ALLEGATA_TREADS", "8")
    told = run("query", "--site", str(tmp_path), "-", stdin="ASK {}")
    first, _, rest = told.stderr.partition("\n")
    assert "ALLEGATA_TREADS is no setting" in first and "ALLEGATA_THREADS" in first
    assert (told.returncode, told.stdout, rest) == (plain.returncode, plain.stdout, plain.stderr)


@pytest.mark.parametrize("host", ["é..b", "nowhere.invalid"])
def test_a_host_that_there_is_not_is_named(site: Path, host: str) -> None:
    assert_fails(run("serve", "--site", str(site), "--host", host), 2, f"Cannot listen on {host}", "--host")


def test_a_port_of_the_environment_that_there_is_not_is_named(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLEGATA_PORT", "99999")
    assert_fails(run("serve", "--site", str(site)), 2, "Cannot listen on 127.0.0.1:99999")


def test_a_shape_that_does_not_parse_ends_a_build_with_its_place(small_root: Path, tmp_path: Path) -> None:
    """It is found in a process apart, and told by this one."""
    (small_root / "shapes" / "broken.ttl").write_text("<urn:a> a\n.", "utf-8")
    assert_fails(run("build", "--root", str(small_root), "--site", str(tmp_path / "site")), 1, "broken.ttl:2")


def test_an_occupied_port_is_named(site: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert_fails(run("serve", "--site", str(site), "--port", str(port)), 2, str(port), "--port")


def test_verify_anchors_counts_what_agrees(sources: Path, tmp_path: Path) -> None:
    result = run("verify-anchors", "--sources", str(sources))
    assert result.returncode == 0 and "anchors agree" in result.stdout
    shutil.copy(sources / "factsheet.txt", tmp_path)
    text = (sources / "report-2025.txt").read_text("utf-8")
    (tmp_path / "report-2025.txt").write_text(text.replace("a", "e", 1), "utf-8")
    assert_fails(run("verify-anchors", "--sources", str(tmp_path)), 1, "do not agree", "report-2025")


def test_a_sheet_is_taken_over_once(small_root: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("It rains. Nobody minds.", "utf-8")
    (tmp_path / "sheet.yaml").write_text(
        "document: letter\nsection: weather\nclaims: {rain: {statement: It rains there., place: [somewhere]}}\n"
        "assertions:\n- {id: rain, claim: rain, passage: It rains, by: [author],\n"
        "  polarity: affirms, modality: categorical, evidence: [notStated]}\n",
        "utf-8",
    )
    (small_root / "data" / "actors.ttl").write_text(
        "@base <https://example.org/> .\n@prefix prov: <http://www.w3.org/ns/prov#> .\n<actor/author> a prov:Agent .\n", "utf-8"
    )
    command = ("import", "sheet", str(tmp_path / "sheet.yaml"), "--sources", str(tmp_path), "--root", str(small_root))
    assert run(*command).returncode == 0
    assert (small_root / "data" / "claims" / "letter" / "weather.ttl").is_file()
    assert_fails(run(*command), 2, "--replace")
    assert run(*command, "--replace").returncode == 0

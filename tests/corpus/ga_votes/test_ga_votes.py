"""Roll calls of the General Assembly: each cell of the table becomes a position and no other does; what cannot be read is told."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from allegata.corpus.ga_votes.importer import IMPORTER
from allegata.corpus.ga_votes.roll_calls import read_roll_calls, read_votes
from allegata.corpus.ga_votes.voters import Voters
from allegata.corpus.importers import CorpusFile, write_files
from allegata.corpus.library.library import Library
from allegata.corpus.scaffold import LICENCE, Scaffold, create_corpus
from allegata.errors import AllegataError
from allegata.model.namespaces import SCHEMES, expand
from allegata.release.closure import check
from support import ROOT, SHARED

EXTRACT = ROOT / "tests" / "fixtures" / "ga-votes"
BASE = "https://example.org/eri/"
#: A vote by the last part of its name, a state by its IRI, and the choice.
Cell = tuple[str, str, str]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new corpus, to import into."""
    folder = tmp_path_factory.mktemp("votes") / "eri"
    create_corpus(folder, Scaffold("Eritrea", BASE, LICENCE, date(2026, 1, 1)), ROOT)
    return folder


@pytest.fixture(scope="module")
def table() -> Path:
    """Return the folder with the whole table, or skip."""
    folder = SHARED / "data"
    if not (folder / "ga-votes.csv.gz").is_file():
        pytest.skip("the table of roll calls is not beside this checkout")
    return folder


def imported(path: Path, root: Path, base: str = BASE, **options: Sequence[str]) -> list[CorpusFile]:
    given = {name.replace("_", "-"): tuple(values) for name, values in options.items()}
    return list(IMPORTER.read(path, base, {**given, "root": (str(root),)}))


def stored(files: Sequence[CorpusFile]) -> Store:
    """Return the statements of the Turtle files."""
    store = Store()
    for item in files:
        if item.path.suffix == ".ttl":
            store.load(item.text.encode(), RdfFormat.TURTLE)
    return store


def cells(store: Store) -> Counter[tuple[str, str, str]]:
    """Return each position: number of the roll call, state, choice."""
    query = (
        f"SELECT ?roll ?state ?choice WHERE {{ ?p <{expand('alg:vote')}> ?v ; <{expand('alg:state')}> ?state ; "
        f"<{expand('alg:choice')}> ?choice . ?v <{expand('dct:identifier')}> ?roll }}"
    )
    return Counter(
        (row[0].value.removeprefix("roll call "), row[1].value, row[2].value.removeprefix(f"{SCHEMES}choice/"))
        for row in store.query(query)  # type: ignore[union-attr]
    )


def expected(folder: Path, roll_calls: str, votes: str) -> Counter[tuple[str, str, str]]:
    """Return the cells that the table has, with the states of the library."""
    calls, voters = read_roll_calls(folder / roll_calls), Voters(Library(ROOT))
    ballots = read_votes(folder / votes, calls)
    return Counter(
        (rcid, voters.state(calls[rcid], ballot).iri, ballot.choice) for rcid, items in ballots.items() for ballot in items
    )


def values(store: Store, path: str, curie: str) -> set[str]:
    found = store.quads_for_pattern(NamedNode(BASE + path), NamedNode(expand(curie)), None)
    return {quad.object.value for quad in found if isinstance(quad.object, NamedNode | Literal)}


def test_each_cell_of_the_extract_is_a_position_and_nothing_else_is(root: Path) -> None:
    with (EXTRACT / "votes.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    found = cells(stored(imported(EXTRACT / "votes.csv", root)))
    assert found == expected(EXTRACT, "roll-calls.csv", "votes.csv") and found.total() == len(rows) == 95
    assert ("909", "https://w3id.org/allegata/actor/taiwan", "yes") in found  # as the table has it
    assert ("4441", "https://w3id.org/allegata/actor/namibia", "abstain") in found  # whose code is NA
    assert {state.rpartition("/")[2] for roll, state, _ in found if roll == "1430"} >= {"germany", "yemen", "yugoslavia"}
    assert {state.rpartition("/")[2] for roll, state, _ in found if roll == "4604"} >= {"serbia"}


def test_what_a_vote_was_on_and_when_is_what_the_table_says(root: Path) -> None:
    store = stored(imported(EXTRACT / "votes.csv", root))
    assert values(store, "vote/ga-text-r-3-930-roll-call-123", "alg:voteObject") == {f"{SCHEMES}vote-object/amendment"}
    assert values(store, "vote/ga-text-r-3-933-roll-call-127", "alg:voteObject") == {f"{SCHEMES}vote-object/part"}
    assert values(store, "vote/ga-text-r-1-107", "alg:voteObject") == {f"{SCHEMES}vote-object/textOrMotion"}
    assert not values(store, "vote/a-res-60-173", "alg:voteObject")  # of which the table says nothing
    assert values(store, "vote/a-res-57-233", "dct:date") == {"2002-12"}  # the day in the table is another than that of
    assert values(store, "vote/a-res-57-233-roll-call-5720", "dct:date") == {"2002-12-18"}  # the vote of the same day
    both = {f"{BASE}instrument/a-res-57-233"}
    assert values(store, "vote/a-res-57-233", "alg:instrument") == both
    assert values(store, "vote/a-res-57-233-roll-call-5720", "alg:instrument") == both
    assert values(store, "instrument/a-res-57-233", "dct:identifier") == {"A/RES/57/233"}
    assert values(store, "instrument/ga-roll-call-909", "dct:identifier") == {"roll call 909"}
    assert values(store, "instrument/a-res-60-173", "rdfs:label") == {"General Assembly resolution 60/173"}


def test_a_choice_of_states_years_and_texts_leaves_the_rest(root: Path) -> None:
    made = imported(EXTRACT / "votes.csv", root, state=["ERI"], years=["2000-2010"])
    found = cells(stored(made))
    assert {state for _, state, _ in found} == {"https://w3id.org/allegata/actor/eritrea"}
    assert {roll for roll, _, _ in found} == {"4441", "4604", "5100", "5720", "5884"}
    assert values(stored(made), "vote/a-res-60-173", "alg:rollCallComplete") == {"false"}
    assert values(stored(made), "vote/a-res-60-173", "alg:yesCount") == {"4"}  # of all rows
    assert "5 roll calls with 5 positions." in made[0].notes
    one = cells(stored(imported(EXTRACT / "votes.csv", root, text=["a/res/60/173", "R/1/107"])))
    assert {roll for roll, _, _ in one} == {"4604", "6"}


def test_the_corpus_with_them_is_valid_and_they_can_be_taken_again(root: Path) -> None:
    write_files(root, imported(EXTRACT / "votes.csv", root))
    again = imported(EXTRACT / "votes.csv", root)
    write_files(root, again, replace=True)
    assert not any(item.path.parts[0] == "library" for item in again)  # the states are there
    found = check(root, lambda _step: None).report
    assert not found.findings, found.text()


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("votes.csv", "rcid,country,vote\n", "no column country_code"),
        ("votes.csv", "rcid,country,country_code,vote\n6,Cuba,CU,perhaps\n", "line 2: 'perhaps' is no choice"),
        ("votes.csv", "rcid,country,country_code,vote\n7,Cuba,CU,yes\n", "line 2: the table of roll calls has no '7'"),
        (
            "votes.csv",
            "rcid,country,country_code,vote\n6,Cuba,CU,yes\n6,Cuba,CU,no\n",
            "line 3: 'Cuba' is no name of a state, or",
        ),
        ("votes.csv", "rcid,country,country_code,vote\n6,Atlantis,,yes\n", "no state 'Atlantis'"),
        ("votes.csv", "rcid,country,country_code,vote\n6,\xff,CU,yes\n", "not UTF-8"),
        ("votes.csv", f'rcid,country,country_code,vote\n6,"{"a" * 200_000}",CU,yes\n', "cannot be read as CSV"),
        (
            "roll-calls.csv",
            "rcid,session,date,unres,amend,para,short,descr\n6,1,yesterday,,,,,\n",
            "line 2: 'yesterday' is no day",
        ),
        (
            "roll-calls.csv",
            "rcid,session,date,unres,amend,para,short,descr\n6,1,1946-01-04,,x,,,\n",
            "line 2: 'x' in the column amend",
        ),
        ("roll-calls.csv", "rcid,session,date,unres,amend,para,short,descr\nx,1,1946-01-04,,,,,\n", "line 2: 'x' is no number"),
        (
            "roll-calls.csv",
            "rcid,session,date,unres,amend,para,short,descr\n6,I,1946-01-04,,,,,\n",
            "line 2: 'I' is no number of a",
        ),
    ],
)
def test_a_table_that_cannot_be_used_is_told_with_its_line(name: str, text: str, told: str, root: Path, tmp_path: Path) -> None:
    for other in ("votes.csv", "roll-calls.csv"):
        (tmp_path / other).write_bytes((EXTRACT / other).read_bytes())
    (tmp_path / name).write_bytes(text.encode("latin-1"))
    with pytest.raises(AllegataError, match=told):
        imported(tmp_path / "votes.csv", root)


def test_a_packed_table_that_is_cut_off_and_one_without_its_other_half_are_told(root: Path, tmp_path: Path) -> None:
    packed = gzip.compress((EXTRACT / "votes.csv").read_bytes())
    (tmp_path / "votes.csv.gz").write_bytes(packed[:-20])
    with pytest.raises(AllegataError, match="no table of roll calls"):
        imported(tmp_path / "votes.csv.gz", root)
    with pytest.raises(AllegataError, match="cannot be unpacked"):
        imported(tmp_path / "votes.csv.gz", root, roll_calls=[str(EXTRACT / "roll-calls.csv")])
    with pytest.raises(AllegataError, match="no years"):
        imported(EXTRACT / "votes.csv", root, years=["long ago"])
    with pytest.raises(AllegataError, match="no state"):
        imported(EXTRACT / "votes.csv", root, state=["Atlantis"])
    with pytest.raises(AllegataError, match="No roll call"):
        imported(EXTRACT / "votes.csv", root, text=["none"])


def test_the_whole_table_cell_by_cell(table: Path, tmp_path: Path) -> None:
    create_corpus(tmp_path / "all", Scaffold("All", BASE, LICENCE, date(2026, 1, 1)), ROOT)
    made = imported(table / "ga-votes.csv.gz", tmp_path / "all")
    store = stored(made)
    with gzip.open(table / "ga-votes.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        rows = sum(1 for _ in csv.DictReader(lines))
    assert cells(store) == expected(table, "ga-roll-calls.csv.gz", "ga-votes.csv.gz")
    assert cells(store).total() == rows == 156_623
    assert {name for name, _, _ in cells(store)} == set(read_roll_calls(table / "ga-roll-calls.csv.gz"))
    for row in published():
        for choice in ("yes", "no", "abstain"):
            counted = int(next(iter(values(store, vote_named(row), f"alg:{choice}Count"))))
            assert abs(counted - int(row[choice])) <= int(row["apart"]), row
        assert (row["apart"] == "0") == all(
            values(store, vote_named(row), f"alg:{choice}Count") == {row[choice]} for choice in ("yes", "no", "abstain")
        ), row


def published() -> Iterator[Mapping[str, str]]:
    """Yield the totals that others publish, each with its source; `apart` is by how much the table is known to differ."""
    with (EXTRACT / "published-totals.csv").open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def vote_named(row: Mapping[str, str]) -> str:
    slug = row["text"].lower().replace("/", "-")
    return f"vote/{slug}" if slug.startswith("a-") else f"vote/ga-text-{slug}-roll-call-{row['rcid']}"


def test_the_votes_of_the_bundled_corpus_are_left_and_agree_with_the_table(table: Path) -> None:
    made = imported(table / "ga-votes.csv.gz", ROOT, "https://w3id.org/allegata/", years=["2005-2015"])
    left = [note for note in made[0].notes if "is left" in note]
    assert len(left) == 9 and all("with the same 1" in note for note in left), left
    assert not any("<vote/a-res-60-173>" in item.text for item in made)

"""Registers the importer of roll calls: which states, years and texts are taken, beside what the corpus has already."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from allegata import settings
from allegata.corpus.extensions import Option, Values
from allegata.corpus.ga_votes.known import Known
from allegata.corpus.ga_votes.roll_calls import CHOICES, Ballot, RollCall, read_roll_calls, read_votes
from allegata.corpus.ga_votes.voters import Voters
from allegata.corpus.ga_votes.votes_turtle import Recorded, Voter, session_file, slugs, source_file, titles
from allegata.corpus.importers import CorpusFile, Importer
from allegata.corpus.library.library import Library
from allegata.errors import UsageError
from allegata.model.namespaces import slug

#: The folder of what is made, below data/.
FOLDER: Final = PurePosixPath("record/ga-votes")
_YEARS: Final = re.compile(r"(\d{4})(?:-(\d{4}))?")


@dataclass(frozen=True)
class Selection:
    """What is taken of the tables: states by code, texts by symbol or number, years from and to; all where none is named."""

    states: frozenset[str]
    texts: frozenset[str]
    years: tuple[int, int]

    @classmethod
    def of(cls, values: Values, library: Library) -> Selection:
        """Read the options; raise UsageError for a state or years that there are not."""
        years = _YEARS.fullmatch(values.get("years", ("0000-9999",))[0])
        if not years:
            raise UsageError(f"--years {values['years'][0]!r} are no years.", remedy="Write 2014, or 2005-2015.")
        return cls(
            frozenset(library.state(name).code for name in values.get("state", ())),
            frozenset(map(_folded, values.get("text", ()))),
            (int(years[1]), int(years[2] or years[1])),
        )

    def takes(self, item: RollCall) -> bool:
        """Return whether a roll call is one of those to take."""
        names = {_folded(name) for name in (item.symbol, item.text, f"roll call {item.rcid}")}
        return self.years[0] <= item.date.year <= self.years[1] and (not self.texts or bool(names & self.texts))


def _folded(name: str) -> str:
    return "".join(name.split()).lower()


def _read(path: Path, base: str, values: Values) -> Iterator[CorpusFile]:
    library = Library(settings.default_root())
    roll_calls = read_roll_calls(_beside(path, values))
    votes = read_votes(path, roll_calls)
    selection, voters = Selection.of(values, library), Voters(library)
    chosen = [item for item in roll_calls.values() if selection.takes(item)]
    if not chosen:
        raise UsageError("No roll call is of these years and texts.", remedy="Look the symbols up in the table of roll calls.")
    known = Known.of(Path(values["root"][0]), f"{base}graph/{FOLDER}/")
    named, left = slugs(roll_calls.values()), [item for item in chosen if item.symbol in known.votes]
    recorded = [
        _recorded(item, votes[item.rcid], named[item.rcid], selection, voters)
        for item in chosen
        if item.symbol not in known.votes
    ]
    kept = [item for item in recorded if item.voters or not selection.states]
    notes = [
        f"{len(kept)} roll calls with {sum(len(item.voters) for item in kept):,} positions.",
        *([f"{len(recorded) - len(kept)} roll calls have no vote of these states, and are left."] * (len(kept) < len(recorded))),
        *known.compared(left, votes, voters, selection.states),
    ]
    yield replace(CorpusFile(FOLDER / "source.ttl", source_file(base)), notes=tuple(notes))
    yield from _sessions(base, kept, titles(roll_calls.values()))
    yield from known.library_files(library, {voter.iri for item in kept for voter in item.voters})


def _beside(path: Path, values: Values) -> Path:
    """Return the table of roll calls: the one named, or the one whose name differs from that of the votes in one word."""
    if "roll-calls" in values:
        return Path(values["roll-calls"][0])
    beside = path.with_name(path.name.replace("votes", "roll-calls"))
    if beside == path or not beside.is_file():
        raise UsageError(f"There is no table of roll calls beside {path}.", remedy="Name it with --roll-calls.")
    return beside


def _recorded(item: RollCall, ballots: Iterable[Ballot], name: str, selection: Selection, voters: Voters) -> Recorded:
    """Return a roll call with the counts of all its rows, and the positions of the states that are taken."""
    counts = dict.fromkeys(CHOICES, 0)
    taken: list[Voter] = []
    for ballot in ballots:
        counts[ballot.choice] += 1
        state = voters.state(item, ballot)
        if not selection.states or state.code in selection.states:
            taken.append(Voter(state.iri, slug(state.iri), state.name, ballot.choice))
    return Recorded(item, name, counts, taken, further=len(taken) < sum(counts.values()))


def _sessions(base: str, recorded: Sequence[Recorded], titled: Mapping[str, RollCall]) -> Iterator[CorpusFile]:
    sessions: dict[int, list[Recorded]] = defaultdict(list)
    for item in sorted(recorded, key=lambda item: (item.roll_call.date, int(item.roll_call.rcid))):
        sessions[item.roll_call.session].append(item)
    for session, items in sorted(sessions.items()):
        yield CorpusFile(FOLDER / f"session-{session:02}.ttl", session_file(base, session, items, titled))


IMPORTER: Final = Importer(
    "Take over roll calls of the General Assembly (CSV): votes, and the positions of states in them.",
    _read,
    (
        Option("roll-calls", "Table of roll calls.  [default: the file beside it, with roll-calls in its name for votes]"),
        Option("state", "State whose positions are taken, by ISO code or name; several may be given.  [default: all]", many=True),
        Option("text", "Text voted on: symbol, or number of the table; several may be given.  [default: all]", many=True),
        Option("years", "Year of the votes, or first and last: 2005-2015.  [default: all]"),
    ),
)

"""Generates the record of an invented world: states and bodies, treaties with provisions, acts on them, and recorded votes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from allegata.corpus.generated.turtle import Draw, TurtleFile, concept, text, year

#: What the statements of a provision or a claim are drawn from.
RIGHTS: Final = (
    *("life", "libertyOfPerson", "fairTrial", "freedomOfMovement", "freedomOfExpression", "freedomOfReligion"),
    *("freedomOfAssembly", "nonDiscrimination", "food", "health", "education", "work", "privacy", "nationality"),
    *("socialSecurity", "culturalLife", "effectiveRemedy", "politicalParticipation", "rightsOfTheChild", "protectionOfFamily"),
)
PROVISIONS, VOTES_A_FILE = 8, 4
SOURCE: Final = "source/register"
_FIRST_YEAR: Final = 1961


@dataclass(frozen=True)
class World:
    """How much of a world there is, by the number of statements that are wanted of a corpus."""

    seed: int
    base: str
    states: int
    bodies: int
    treaties: int

    @classmethod
    def of(cls, statements: int, seed: int, base: str) -> World:
        """Return a world that goes with a corpus of so many statements."""
        large = statements >= 100_000
        return cls(seed, base, 193 if large else 40, max(20, statements // 5_000), 12 if large else 4)

    def draw(self, *part: object) -> Draw:
        """Return what is drawn for a part of it, always the same."""
        return Draw(self.seed, *part)


def record_files(world: World) -> Iterator[tuple[str, TurtleFile]]:
    """Yield the files of actors, treaties and acts, with their paths below data/."""
    yield "actors/world", _actors(world)
    yield "record/treaties", _treaties(world)
    yield "record/commitments", _commitments(world)


def _actors(world: World) -> TurtleFile:
    file = TurtleFile(world.base, "Invented states, the people who live in them, and bodies that speak.")
    for number in range(world.states):
        file.say(f"actor/state-{number}", "a schema:Country", "a prov:Agent", f"rdfs:label {text(f'State {number}')}")
        file.say(
            f"actor/people-{number}",
            *("a alg:PopulationGroup", "a prov:Agent", f"rdfs:label {text(f'The people of State {number}')}"),
            f"rdfs:comment {text(f'Whoever lives in State {number}.')}",
        )
    for number in range(world.bodies):
        file.say(f"actor/body-{number}", "a schema:Organization", "a prov:Agent", f"rdfs:label {text(f'Body {number}')}")
    file.say(
        SOURCE,
        *("a alg:Source", f"rdfs:label {text('Invented register of acts and votes')}"),
        f"alg:targetStatus {concept('target-status', 'namedOnly')}",
    )
    return file


def _treaties(world: World) -> TurtleFile:
    file = TurtleFile(world.base, "Invented treaties, and the rights that their provisions protect.")
    for number in range(world.treaties):
        draw, treaty = world.draw("treaty", number), f"instrument/treaty-{number}"
        file.say(
            treaty,
            *("a alg:Treaty", f"rdfs:label {text(f'Treaty {number}')}", f"dct:date {year(_FIRST_YEAR + number)}"),
            *(f"dct:source <{SOURCE}>", f"alg:obliges {concept('duty-bearer-kind', 'states')}"),
            *(f"alg:actsRecordedFor <actor/state-{state}>" for state in range(0, world.states, 4)),
        )
        for article in range(PROVISIONS):
            file.say(
                f"provision/treaty-{number}-{article}",
                *("a alg:Provision", f"rdfs:label {text(f'Treaty {number}, article {article}')}"),
                *(f"alg:provisionOf <{treaty}>", f'dct:identifier "{article}"', f"dct:source <{SOURCE}>"),
                f"alg:protects {concept('right', draw.one(RIGHTS))}",
            )
    return file


def _commitments(world: World) -> TurtleFile:
    file = TurtleFile(world.base, "What the states did in respect of the treaties.")
    for state in range(world.states):
        draw = world.draw("commitments", state)
        for treaty in range(world.treaties):
            if draw.chance(0.8):
                act = draw.one(("ratification", "accession", "signature"))
                file.say(
                    f"commitment/state-{state}/treaty-{treaty}",
                    *("a alg:Commitment", f"rdfs:label {text(f'State {state}: {act} of Treaty {treaty}')}"),
                    *(f"alg:state <actor/state-{state}>", f"alg:instrument <instrument/treaty-{treaty}>"),
                    *(f"alg:act {concept('act', act)}", f"dct:date {year(1975 + draw.below(40))}", f"dct:source <{SOURCE}>"),
                )
    return file


def votes_file(world: World, number: int) -> tuple[str, TurtleFile]:
    """Return a file of votes, each with the position of every state, and its path below data/."""
    file = TurtleFile(world.base, f"Invented votes {number * VOTES_A_FILE} and following.")
    for vote in range(number * VOTES_A_FILE, (number + 1) * VOTES_A_FILE):
        _vote(world, vote, file)
    return f"record/votes/{number // 100:03}/{number:05}", file


def _vote(world: World, number: int, file: TurtleFile) -> None:
    draw, when = world.draw("vote", number), year(1990 + number % 30)
    resolution, vote = f"instrument/resolution-{number}", f"vote/resolution-{number}"
    file.say(
        resolution,
        *("a alg:Resolution", f"rdfs:label {text(f'Resolution {number}')}", f'dct:identifier "R/{number}"'),
        *(f"dct:date {when}", f"dct:source <{SOURCE}>", f"schema:about <actor/state-{draw.below(world.states)}>"),
    )
    choices = [draw.one(("yes", "yes", "yes", "no", "abstain", "absent")) for _ in range(world.states)]
    counts = [f"alg:{name}Count {choices.count(name)}" for name in ("yes", "no", "abstain")]
    file.say(
        vote,
        *("a alg:Vote", f"rdfs:label {text(f'Vote on Resolution {number}')}", f"alg:instrument <{resolution}>"),
        *(f"dct:date {when}", f"dct:source <{SOURCE}>", "alg:rollCallComplete true", *counts),
    )
    for state, choice in enumerate(choices):
        file.say(
            f"position/resolution-{number}/state-{state}",
            *("a alg:Position", f"rdfs:label {text(f'State {state}: {choice} on Resolution {number}')}"),
            *(f"alg:vote <{vote}>", f"alg:state <actor/state-{state}>", f"alg:choice {concept('choice', choice)}"),
        )

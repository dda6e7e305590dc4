"""Shows recorded votes at /votes: all of them, those of a state, those of a year."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, render_template, request

from allegata.domain import Value, Vote
from allegata.errors import BadRequest, NotFound
from allegata.model.formats import HTML
from allegata.model.namespaces import slug
from allegata.web.http.views import view
from allegata.web.i18n.names import name_of
from allegata.web.state import state
from allegata.web.svg import parted

blueprint = Blueprint("votes", __name__)
#: Votes on one page; the latest where there are more. Positions of all states are shown beside no more than these.
SHOWN: Final = 100
WITH_POSITIONS: Final = 60


@dataclass(frozen=True)
class Row:
    """A vote with its numbers and, where the page is of one state, the position of that state."""

    vote: Vote
    numbers: list[tuple[str, int]]
    position: str


@view(
    blueprint,
    "/votes",
    formats=(HTML,),
    parameters={"state": "IRI or path of a state", "year": "a year, in four digits"},
    cached=True,
    in_sitemap=True,
)
def votes() -> str:
    """List recorded votes, newest first: the numbers of each, and the positions of states."""
    record = state().dataset.record
    decisions = record.votes(positions=False)
    year, asked = _year(), _asked(record.voters)
    of_year = [vote for vote in decisions if vote.date.startswith(year) and vote.is_roll_call]
    shown = of_year[-SHOWN:]
    if len(shown) <= WITH_POSITIONS and not asked:
        shown = [record.vote(vote.vote.iri) for vote in shown]
    own = record.choices(asked.iri) if asked else {}
    choices = {(country.iri, vote.vote.iri): choice.text for vote in shown for country, choice in vote.positions}
    return render_template(
        "votes.html",
        rows=[Row(vote, vote.numbers(), own[vote.vote.iri].text if vote.vote.iri in own else "") for vote in shown[::-1]],
        shown=shown,
        left=len(of_year) - len(shown),
        unknown=sum(vote.vote.iri not in own for vote in of_year) if asked else 0,
        adopted=[vote for vote in decisions[::-1] if _is_adopted(vote) and vote.date.startswith(year)],
        countries=sorted(record.voters, key=name_of),
        with_position=_with_position(shown) if len(shown) <= WITH_POSITIONS else (),
        by_year=_by_year(decisions, own) if asked and not year else (),
        choices=choices,
        asked=asked,
        year=year,
        years=sorted({vote.date[:4] for vote in decisions}, reverse=True),
        parted=parted,
        path=lambda country: country.iri.removeprefix(state().base),
    )


def _with_position(shown: Sequence[Vote]) -> list[Value]:
    return sorted({country for vote in shown for country, _ in vote.positions}, key=name_of)


def _by_year(decisions: Sequence[Vote], own: Mapping[str, Value]) -> list[tuple[str, Counter[str]]]:
    """Return how often a state chose what in each year, the newest first."""
    years: dict[str, Counter[str]] = defaultdict(Counter)
    for vote in decisions:
        if vote.vote.iri in own:
            years[vote.date[:4]][own[vote.vote.iri].text] += 1
    return sorted(years.items(), reverse=True)


def _year() -> str:
    year = request.args.get("year", "")
    if year and not (year.isdecimal() and len(year) == 4):
        raise BadRequest(f"year={year[:20]!r} is not a year.", remedy="Write it in four digits, such as 2014.")
    return year


def _asked(countries: Sequence[Value]) -> Value | None:
    """Return the state that the address names, by IRI, by path, or by the last part of either."""
    name = request.args.get("state", "")
    if not name:
        return None
    found = next((country for country in countries if name in (country.iri, slug(country.iri))), None)
    found = found or next((country for country in countries if country.iri == state().base + name), None)
    if found is None:
        raise NotFound(
            f"No vote of a state {name[:60]!r} is recorded.", remedy="The page /votes lists the states whose votes are."
        )
    return found


def _is_adopted(vote: Vote) -> bool:
    return bool(vote.procedure and slug(vote.procedure.iri) == "withoutVote")

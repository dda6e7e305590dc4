"""Shows recorded votes at /votes: all of them, those of a state, those of a year."""

from __future__ import annotations

from dataclasses import dataclass

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
    decisions = state().dataset.record.votes()
    year = _year()
    recorded = [vote for vote in decisions if vote.is_roll_call]
    countries = sorted({country for vote in recorded for country, _ in vote.positions}, key=name_of)
    asked = _asked(countries)
    shown = [vote for vote in recorded if vote.date.startswith(year)]
    choices = {(country.iri, vote.vote.iri): choice.text for vote in shown for country, choice in vote.positions}
    return render_template(
        "votes.html",
        rows=[Row(vote, vote.numbers(), choices.get((asked.iri, vote.vote.iri), "") if asked else "") for vote in shown[::-1]],
        shown=shown,
        adopted=[vote for vote in decisions[::-1] if _is_adopted(vote) and vote.date.startswith(year)],
        countries=countries,
        with_position=[country for country in countries if any((country.iri, vote.vote.iri) in choices for vote in shown)],
        choices=choices,
        asked=asked,
        year=year,
        years=sorted({vote.date[:4] for vote in decisions}, reverse=True),
        parted=parted,
        path=lambda country: country.iri.removeprefix(state().base),
    )


def _year() -> str:
    year = request.args.get("year", "")
    if year and not (year.isdecimal() and len(year) == 4):
        raise BadRequest(f"year={year[:20]!r} is not a year.", remedy="Write it in four digits, such as 2014.")
    return year


def _asked(countries: list[Value]) -> Value | None:
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

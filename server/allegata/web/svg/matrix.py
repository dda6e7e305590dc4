"""Draws what states did towards instruments as a matrix: bound or only signed, since when, with what kind of reservation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from allegata.domain import Commitment, Value
from allegata.domain.standings import BINDING
from allegata.web.i18n.gettext import N_, gettext
from allegata.web.i18n.names import name_of
from allegata.web.svg.svg import picture, shorten, tag, text

Cells = Mapping[tuple[Value, Value], Sequence[Commitment]]
#: The acts that are marked beside those by which a state binds itself (scheme `act`), each with its letter.
LETTERS = {
    "reservation": N_("R"),
    "declaration": N_("D"),
    "objection": N_("O"),
    "reservationWithdrawal": N_("W"),
    "withdrawalNotice": N_("N"),
    "denunciation": N_("E"),
    "derogation": N_("S"),
}
_LEFT, _CELL, _ROW, _TOP = 340, 108, 24, 30


def matrix(title: str, instruments: Sequence[Value], states: Sequence[Value], cells: Cells) -> Markup:
    """Draw a row for each instrument and a column for each state: a filled mark for bound, a hollow one for signed only."""
    width, height = _LEFT + _CELL * len(states) + 10, _TOP + _ROW * len(instruments) + 8
    drawn = [
        text(shorten(name_of(state), _CELL + 8), _LEFT + _CELL * at + 8, 18, class_="t strong") for at, state in enumerate(states)
    ]
    for row, instrument in enumerate(instruments):
        y = float(_TOP + _ROW * row)
        drawn.append(tag("line", x1="0", x2=float(width), y1=y, y2=y, class_="grid"))
        drawn.append(text(shorten(name_of(instrument), _LEFT - 6), 0, y + 16))
        for at, state in enumerate(states):
            drawn += _cell(cells.get((instrument, state), ()), float(_LEFT + _CELL * at + 14), y + 12)
    said = "; ".join(
        f"{name_of(instrument)}, {name_of(state)}: {_said(cells[instrument, state])}"
        for instrument in instruments
        for state in states
        if (instrument, state) in cells
    )
    return picture(title, said, width, height, drawn, class_="picture wide")


def _said(acts: Sequence[Commitment]) -> str:
    return ", ".join(f"{name_of(item.act)} {item.date[:4]}".strip() for item in acts)


def _cell(acts: Sequence[Commitment], x: float, y: float) -> list[Markup]:
    binding = [item for item in acts if item.word in BINDING]
    signed = [item for item in acts if item.word == "signature"]
    letters = [letter for name, letter in LETTERS.items() if any(item.word == name for item in acts)]
    drawn: list[Markup] = []
    for first, class_ in ((binding, "mark"), (signed, "mark hollow")):
        if first and not drawn:
            drawn = [tag("circle", cx=x, cy=y, r="5", class_=class_), text(first[0].date[:4], x + 10, y + 4, class_="q")]
    if letters:
        drawn.append(text(" ".join(map(gettext, letters)), x + 46, y + 4, class_="t strong"))
    return drawn

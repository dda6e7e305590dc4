"""Draws the stances around a claim: what speaks for it on the left, what speaks against it on the right, in the same form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from allegata.domain import Assertion, Stance
from allegata.web.i18n.gettext import gettext
from allegata.web.i18n.names import name_of
from allegata.web.i18n.phrases import assertion_plain_text
from allegata.web.svg.svg import LINE, block, lines, picture, tag, text

_BOX, _GAP, _PAD, _MOST = 250, 140, 10, 5
_SHOWN = 8


@dataclass(frozen=True)
class _Box:
    """A box with its place."""

    heading: str
    content: str
    x: float
    y: float

    @property
    def height(self) -> float:
        """Return the height that the text takes."""
        return (1 + len(lines(self.content, _BOX - 2 * _PAD, _MOST))) * LINE + 2 * _PAD

    def draw(self) -> Markup:
        """Draw it."""
        return tag(
            "g",
            tag("rect", x=self.x, y=self.y, width=float(_BOX), height=self.height, rx="4", class_="box"),
            block(self.heading, self.x + _PAD, self.y + _PAD + 11, _BOX - 2 * _PAD, 1, "q"),
            block(self.content, self.x + _PAD, self.y + _PAD + 11 + LINE, _BOX - 2 * _PAD, _MOST),
        )


def stance_graph(claim: str, assertions: Sequence[Assertion], stances: Sequence[Stance], *, on_claim: bool = False) -> Markup:
    """Draw the assertions of a claim in the middle and the stances on them at both sides, at most eight a side.

    Stances that speak neither for nor against (qualifies, corrects, differs in quantity) stand on the right too, each with
    its word on the arrow. With `on_claim` the sides are those of the claim: who rebuts a denial of it stands on the left.
    """
    favours = [(stance.bearing_on_claim if on_claim else stance.bearing) == "for" for stance in stances]
    left = [stance for stance, favour in zip(stances, favours, strict=True) if favour][:_SHOWN]
    right = [stance for stance, favour in zip(stances, favours, strict=True) if not favour][:_SHOWN]
    at = _BOX + _GAP if left else 0
    middle = _column([(assertion_plain_text(assertion), name_of(assertion.claim)) for assertion in assertions[:_SHOWN]], at)
    boxes = [
        *middle,
        *_column([(assertion_plain_text(stance.source), name_of(stance.source.claim)) for stance in left], 0),
        *_column([(assertion_plain_text(stance.source), name_of(stance.source.claim)) for stance in right], at + _BOX + _GAP),
    ]
    place = {assertion.iri: box for assertion, box in zip(assertions, middle, strict=False)}
    arrows = [
        mark
        for stance, box in zip([*left, *right], boxes[len(middle) :], strict=True)
        for mark in _arrow(box, place.get(stance.target.iri, middle[0]), stance)
    ]
    height = max((box.y + box.height for box in boxes), default=0.0) + 12
    said = "; ".join(
        f"{assertion_plain_text(stance.source)}: “{name_of(stance.source.claim)}” {name_of(stance.kind)}"
        for stance in (*left, *right)
    )
    return picture(
        gettext("Stances around: %(claim)s") % {"claim": claim},
        said,
        at + _BOX + (_BOX + _GAP if right else 0) + 2,
        height,
        [*arrows, *(box.draw() for box in boxes)],
        class_="picture wide",
    )


def _column(items: Sequence[tuple[str, str]], x: float) -> list[_Box]:
    boxes: list[_Box] = []
    y = 6.0
    for heading, content in items:
        boxes.append(_Box(heading, content, float(x), y))
        y += boxes[-1].height + 16
    return boxes


def _arrow(start: _Box, end: _Box, stance: Stance) -> list[Markup]:
    right = start.x > end.x
    x1, x2 = (start.x, end.x + _BOX + 7) if right else (start.x + _BOX, end.x - 7)
    y1, y2 = start.y + start.height / 2, end.y + end.height / 2
    tip = 7 if right else -7
    return [
        tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_="arrow against" if stance.bearing == "against" else "arrow"),
        tag("path", d=f"M{x2 - tip:.1f} {y2:.1f} l{tip} -5 v10 z", class_="tip"),
        text(name_of(stance.kind), (x1 + x2) / 2, (y1 + y2) / 2 - 5, anchor="middle", class_="word"),
    ]

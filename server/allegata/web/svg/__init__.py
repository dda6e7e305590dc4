"""Draws pictures as SVG on the server, so that they print and need no script; each has a title and a description.

A picture is an image to a screen reader; the page that shows it says the same in a list or table beside it. Colours and
fonts come from the style sheet by class. No colour stands for one side: for and against differ by line and by word.
"""

from __future__ import annotations

from allegata.web.svg.bars import bar, parted, stacked
from allegata.web.svg.intervals import intervals
from allegata.web.svg.maps import close_up, on_outline, overview
from allegata.web.svg.matrix import matrix
from allegata.web.svg.spans import Span, spans
from allegata.web.svg.stances import stance_graph
from allegata.web.svg.timeline import Dated, span, strip

__all__ = [
    "Dated",
    "Span",
    "bar",
    "close_up",
    "intervals",
    "matrix",
    "on_outline",
    "overview",
    "parted",
    "span",
    "spans",
    "stacked",
    "stance_graph",
    "strip",
]

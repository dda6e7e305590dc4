"""Draws docs/architecture.svg from the imports of the package: the rooms, from the top down, and what each stands on."""

from __future__ import annotations

from html import escape
from textwrap import wrap

from architecture import ROOMS, below, job, packages
from support import ROOT

TARGET = ROOT / "docs" / "architecture.svg"
#: What is drawn: the ways in are drawn above, and so on down to the ground.
SHOWN = tuple(name for name in reversed(ROOMS) if name != "__main__")
_LEFT, _TOP, _ROW, _COLUMN, _WORDS = 24, 96, 58, 34, 84
_MATRIX = 610


def picture() -> str:
    """Return the picture: a row for each room, and to its right a mark below the name of each room that it imports from."""
    width, height = _MATRIX + _COLUMN * len(SHOWN) + _LEFT, _TOP + _ROW * len(SHOWN) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        ' font-family="system-ui, sans-serif" font-size="13" aria-label="The rooms of the program and what each imports from">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *(_heading(number, name) for number, name in enumerate(SHOWN)),
        *(part for number, name in enumerate(SHOWN) for part in _row(number, name)),
        f'<text x="{_LEFT}" y="{height - 16}" fill="#555">A mark: the room of the row imports from the room of the column.'
        " All marks lie right of the diagonal: imports point down.</text>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _heading(number: int, name: str) -> str:
    x = _MATRIX + _COLUMN * number + _COLUMN // 2
    return f'<text transform="translate({x} {_TOP - 10}) rotate(-45)" font-family="monospace">{escape(name)}</text>'


def _row(number: int, name: str) -> list[str]:
    y = _TOP + _ROW * number
    inside = f" · {' '.join(f'{part}/' for part in packages(name))}" if packages(name) else ""
    lines = wrap(job(name).replace("`", ""), _WORDS)[:2]
    return [
        f'<rect x="{_LEFT}" y="{y}" width="{_MATRIX - _LEFT - 16}" height="{_ROW - 6}" rx="4" fill="#f3f5f7" stroke="#8a94a0"/>',
        f'<text x="{_LEFT + 10}" y="{y + 17}" font-family="monospace"><tspan font-weight="bold">{escape(name)}</tspan>'
        f'<tspan fill="#555">{escape(inside)}</tspan></text>',
        *(f'<text x="{_LEFT + 10}" y="{y + 33 + 14 * at}" font-size="12">{escape(line)}</text>' for at, line in enumerate(lines)),
        *_marks(number, name),
    ]


def _marks(number: int, name: str) -> list[str]:
    y, used = _TOP + _ROW * number + (_ROW - 6) // 2, below(name)
    marks = []
    for at, other in enumerate(SHOWN):
        x = _MATRIX + _COLUMN * at + _COLUMN // 2
        if other == name:
            marks.append(f'<rect x="{x - 9}" y="{y - 9}" width="18" height="18" fill="#dde3e9"/>')
        elif other in used:
            marks.append(f'<circle cx="{x}" cy="{y}" r="7" fill="#1f4e79"><title>{escape(f"{name} → {other}")}</title></circle>')
        else:
            marks.append(f'<circle cx="{x}" cy="{y}" r="1.5" fill="#c3cad1"/>')
    return marks


if __name__ == "__main__":
    TARGET.write_text(picture(), "utf-8")

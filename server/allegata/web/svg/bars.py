"""Draws bars: one for a cell of a table, and stacked ones for votes over the years."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from allegata.web.svg.svg import CHARACTER, breadth, picture, shorten, tag, text

_ROW, _LEFT, _WIDTH, _LINE = 30, 210, 480, 22


def bar(share: float) -> Markup:
    """Draw a bar for a share from 0 to 1; the number stands beside it in the table, so a screen reader skips it."""
    return tag(
        "svg",
        tag("rect", class_="bar-ground", width="100", height="10"),
        tag("rect", class_="bar-fill", width=round(100 * share, 1), height="10"),
        class_="bar",
        viewBox="0 0 100 10",
        preserveAspectRatio="none",
        aria_hidden="true",
        focusable="false",
    )


def parted(numbers: Sequence[int]) -> Markup:
    """Draw a bar of parts that fill it, for a cell of a table that says the same; a screen reader skips it."""
    whole, x, drawn = sum(numbers) or 1, 0.0, []
    for at, number in enumerate(numbers):
        drawn.append(tag("rect", x=x, width=100 * number / whole, height="10", class_=f"part-{at}"))
        x += 100 * number / whole
    return tag(
        "svg", *drawn, class_="bar", viewBox="0 0 100 10", preserveAspectRatio="none", aria_hidden="true", focusable="false"
    )


def stacked(
    title: str, rows: Sequence[tuple[str, Sequence[tuple[str, int]]]], left: int = _LEFT, *, shares: bool = False
) -> Markup:
    """Draw one bar a row, parted by (word, number); every row has the same words in the same order.

    With shares each bar is as long as any other, so that rows of many and of few can be compared.
    """
    sums = [sum(number for _, number in parts) for _, parts in rows]
    drawn: list[Markup] = []
    for at, (label, parts) in enumerate(rows):
        y, x = 14 + at * _ROW, float(left)
        drawn.append(text(shorten(label, left - 10), left - 10, y + 15, anchor="end"))
        for number_of, (_, number) in enumerate(parts):
            width = _WIDTH * number / ((sums[at] if shares else max(sums)) or 1)
            drawn.append(tag("rect", x=x, y=float(y), width=width, height=20.0, class_=f"part part-{number_of}"))
            if width > 30:
                drawn.append(text(str(number), x + width / 2, y + 15, anchor="middle", class_=f"t on-{number_of}"))
            x += width
    words = [word for word, _ in rows[0][1]] if rows else []
    legend, height = _legend(words, left, 14 + len(rows) * _ROW + 8)
    drawn += legend
    said = "; ".join(f"{label}: " + ", ".join(f"{number} {word}" for word, number in parts) for label, parts in rows)
    return picture(title, said, left + _WIDTH + 60, 14 + len(rows) * _ROW + 12 + height, drawn, class_="picture wide")


def _legend(words: Sequence[str], left: float, top: float) -> tuple[list[Markup], float]:
    """Draw what the parts stand for, in as many lines as fit below the bars; return it with its height."""
    drawn: list[Markup] = []
    x, y = float(left), top
    for at, word in enumerate(words):
        width = 44 + CHARACTER * breadth(word)
        if x > left and x + width > left + _WIDTH + 60:
            x, y = float(left), y + _LINE
        drawn += [
            tag("rect", x=x, y=float(y), width=14.0, height=14.0, class_=f"part part-{at}"),
            text(word, x + 20, y + 12),
        ]
        x += width
    return drawn, y - top + _LINE

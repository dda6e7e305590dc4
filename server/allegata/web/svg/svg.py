"""Writes SVG elements with everything escaped, and breaks words into lines that fit."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Iterable
from unicodedata import east_asian_width

from markupsafe import Markup, escape

from allegata.budget import spend
from allegata.web.i18n.names import foreign_language

CHARACTER = 7.6
LINE = 17


def tag(element: str, /, *children: str | Markup, **attributes: str | float) -> Markup:
    """Write an element, which is a step of work; `class_` stands for class and an underscore for a hyphen."""
    spend()
    written = "".join(
        f' {name if name == "viewBox" else name.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for name, value in attributes.items()
    )
    return Markup(f"<{element}{written}>{''.join(escape(child) for child in children)}</{element}>")  # noqa: S704


def _number(value: str | float) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def picture(
    title: str, description: str, width: float, height: float, children: Iterable[Markup], class_: str = "picture"
) -> Markup:
    """Frame elements as one image with a name (SVG Accessibility API Mappings, section 5.3)."""
    name = "p" + hashlib.sha256(f"{title}{description}".encode()).hexdigest()[:8]
    return tag(
        "svg",
        tag("title", title, id=f"{name}-t", **_lang(title)),
        tag("desc", description, id=f"{name}-d", **_lang(description)),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        class_=class_,
        aria_labelledby=f"{name}-t {name}-d",
        viewBox=f"0 0 {_number(float(width))} {_number(float(height))}",
        width=float(width),
        height=float(height),
    )


def text(content: str, x: float, y: float, *, anchor: str = "start", class_: str = "t") -> Markup:
    """Write a line of text."""
    return tag("text", content, x=float(x), y=float(y), text_anchor=anchor, class_=class_, **_lang(content))


def _lang(content: str) -> dict[str, str]:
    other = foreign_language(content)
    return {"lang": other} if other else {}


def lines(content: str, width: float, most: int) -> list[str]:
    """Break text into lines of about a width, the last with an ellipsis where there is more; some letters are twice as wide."""
    letters = int(width / CHARACTER * len(content) / max(breadth(content), 1))
    return textwrap.wrap(content, max(8, letters), max_lines=most, placeholder=" …")


def breadth(content: str) -> int:
    """Return about how wide a text is, counted in Latin letters (UAX #11)."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in content)


def block(content: str, x: float, y: float, width: float, most: int, class_: str = "t") -> Markup:
    """Write text in lines, the first with its baseline at y."""
    rows = lines(content, width, most)
    return Markup("").join(text(row, x, y + at * LINE, class_=class_) for at, row in enumerate(rows))


def shorten(content: str, width: float) -> str:
    """Shorten text to one line of about a width."""
    return next(iter(lines(content, width, 1)), "")

"""The table of interface languages: one row for each, which with its catalogue is all that a language needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.core import get_global

#: Script (ISO 15924) → its letters, which tell a text in it from one in another.
SCRIPTS: Final = {
    "Latn": re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
    "Arab": re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]"),
    "Cyrl": re.compile(r"[\u0400-\u052f]"),
    "Hang": re.compile(r"[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]"),
    "Hebr": re.compile(r"[\u0590-\u05ff\ufb1d-\ufb4f]"),
    "Hani": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]"),
    "Ethi": re.compile(r"[\u1200-\u139f\u2d80-\u2ddf]"),
    "Kana": re.compile(r"[\u3040-\u30ff]"),
}


#: How a tag ends that names a script which is written from right to left, and no language (RFC 5646, section 2.2.3).
_TURNED: Final = ("-Arab", "-Hebr")


@dataclass(frozen=True)
class Language:
    """A language of the pages: its tag (RFC 5646), its name in itself, the script that tells its texts, its direction."""

    tag: str
    endonym: str
    script: str
    direction: str = "ltr"

    def writes(self, text: str) -> bool:
        """Return whether a text has letters of its script."""
        return bool(SCRIPTS[self.script].search(text))


#: The language that the strings in the code are in.
SOURCE: Final = Language("en", "English", "Latn")
#: Tag → language, in the order in which pages offer them; each but the source has a catalogue in `translations/`.
LANGUAGES: Final = {row.tag: row for row in (SOURCE, Language("ko", "한국어", "Hang"))}


def primary(tag: str) -> str:
    """Return the first subtag, by which languages are looked up (RFC 4647, section 3.4)."""
    return tag.lower().partition("-")[0]


@lru_cache(256)
def script_of(tag: str) -> str:
    """Return the script in which a language is usually written (Unicode CLDR, likely subtags), or nothing where none is known."""
    parts = str(get_global("likely_subtags").get(primary(tag), "")).split("_")
    return parts[1] if len(parts) > 1 else ""


@lru_cache(256)
def direction(tag: str) -> str:
    """Return the direction of any language, of the pages or only of a text on them."""
    known = LANGUAGES.get(primary(tag))
    if tag.endswith(_TURNED):
        return "rtl"
    try:
        return known.direction if known else str(Locale.parse(primary(tag)).text_direction)
    except (UnknownLocaleError, ValueError):
        return SOURCE.direction

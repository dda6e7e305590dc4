"""What a reader sees or hears of a page, with the language that each text is marked with."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_NO_WORDS = re.compile(r"https?://\S+|/[a-z/]+|SHA-256 [0-9a-f]{64}|[\w./-]+\.(?:rq|ttl)")
#: The title of a page or picture, and a line in a picture.
_MIXED = ("title", "desc", "text", "svg")
_WORD = re.compile(r"(?<![A-Za-z-])(?:[A-Za-z]+(?:-[A-Za-z]+)+|[A-Za-z]{2,})")
#: Words that are written the same in every language: names of formats, languages, tools and standards, units, file suffixes.
SAME = set(
    "Allegata CC BY SPARQL CSV CSVW JSON JSON-LD CSL-JSON CSL RDF XML Turtle N-Triples N-Quads TriG TSV IRI SHA SUMS RDFC BibTeX RIS DCAT VoID SHACL API ISO"
    " Reconciliation Service OpenRefine Parquet Frictionless Croissant YASGUI WKT GRAPH SERVICE Ctrl Space Enter curl Python JavaScript"
    " Natural Earth kB MB km nq trig jsonld ttl nt rdf gz zst csv parquet sqlite".split()
)
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Texts(HTMLParser):
    """Collects what a reader sees or hears of a page, with the language that each text is marked with."""

    def __init__(self, text: str):
        super().__init__()
        self.open: list[tuple[str, str | None]] = []
        self.found: list[tuple[str, str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in EMPTY:
            self.open.append((tag, given.get("lang")))
        own = given.get("lang") or self.language
        self.found += [(tag, own, given[name] or "") for name in ("aria-label", "title", "alt", "placeholder") if name in given]

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open and not {"script", "style", "code", "pre", "textarea"} & {tag for tag, _ in self.open}:
            self.found.append((self.open[-1][0], self.language, data.strip()))

    @property
    def language(self) -> str:
        return next((language for _, language in reversed(self.open) if language), "")


def untranslated(text: str, tag: str, own: re.Pattern[str], *, mixed: tuple[str, ...] = _MIXED) -> list[str]:
    """Return the texts of a page in a language that have words of another and are not marked so; `own` finds what shows it.

    In the elements that are `mixed` one string may name an English name after words of its own.
    """
    return [
        found
        for element, language, found in Texts(text).found
        if language == tag
        and set(_WORD.findall(_NO_WORDS.sub(" ", found))) - SAME
        and not ((element in mixed or "*" in mixed) and own.search(found))
    ]

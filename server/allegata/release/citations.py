"""Writes citations: of the dataset, a release, a record or a query, as BibTeX, RIS, CSL-JSON and plain text."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from allegata.errors import NotAcceptable
from allegata.model.formats import BIBTEX, CSL, PLAIN, RIS, Format
from allegata.release.manifest import Manifest

#: BibTeX: characters with a meaning of their own.
_TEX: Final = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True)
class Citation:
    """What is cited: its title, the collection that it stands in, who answers for it, the release, and its stable address."""

    key: str
    title: str
    within: str
    author: str
    date: str
    version: str
    url: str
    note: str = ""

    def write(self, form: Format) -> str:
        """Write the citation in one of the formats."""
        writers = {BIBTEX: self.bibtex, RIS: self.ris, CSL: self.csl_json, PLAIN: self.text}
        if form not in writers:
            raise NotAcceptable(f"A citation is not written as {form.name}.")
        return writers[form]()

    @property
    def year(self) -> str:
        """Return the year of the release."""
        return self.date[:4]

    def text(self) -> str:
        """Write a line as in a list of references, in the manner of APA's data sets."""
        whole = f"In {self.within} " if self.within else ""
        note = f" {self.note}." if self.note else ""
        version = f"{whole}(Version {self.version})."
        return f"{self.author} ({self.year}). {_sentence(self.title)} [Data set]. {version}{note} {self.url}\n"

    def bibtex(self) -> str:
        """Write a BibTeX entry; @misc is what every style knows."""
        fields = {
            "author": f"{{{_tex(self.author)}}}",
            "title": f"{{{_tex(self.title)}}}",
            "howpublished": _tex(f"In: {self.within}") if self.within else "Data set",
            "year": self.year,
            "date": self.date,
            "version": _tex(self.version),
            "url": self.url.replace("{", "%7B").replace("}", "%7D"),
            "note": _tex(", ".join(part for part in (f"Release {self.version}", self.note) if part)),
        }
        return f"@misc{{{self.key},\n" + "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items()) + "}\n"

    def ris(self) -> str:
        """Write a RIS record; each field is one line, two spaces before and one behind the hyphen."""
        fields = [
            ("TY", "DATA"),
            ("AU", self.author),
            ("TI", self.title),
            *([("T2", self.within)] if self.within else []),
            ("PY", self.year),
            ("DA", self.date.replace("-", "/")),
            ("ET", self.version),
            ("PB", self.author),
            ("UR", self.url),
            *([("N1", self.note)] if self.note else []),
            ("ER", ""),
        ]
        return "".join(f"{tag}  - {_line(value)}\r\n" for tag, value in fields)

    def csl(self) -> dict[str, Any]:
        """Return a CSL item (csl-data.json, version 1.0)."""
        item: dict[str, Any] = {
            "id": self.key,
            "type": "dataset",
            "title": self.title,
            "author": [{"literal": self.author}],
            "issued": {"date-parts": [[int(part) for part in self.date[:10].split("-")]]},
            "version": self.version,
            "publisher": self.author,
            "URL": self.url,
        }
        if self.within:
            item["container-title"] = self.within
        return {**item, "note": self.note} if self.note else item

    def csl_json(self) -> str:
        """Write a CSL-JSON list of one item."""
        return json.dumps([self.csl()], ensure_ascii=False, indent=2) + "\n"


def of_dataset(manifest: Manifest) -> Citation:
    """Cite a release as a whole, with the hash by which it can be told from any other."""
    return Citation(
        key=_key(manifest.name, manifest.version),
        title=manifest.title,
        within="",
        author=manifest.publisher.name,
        date=manifest.created[:10],
        version=manifest.version,
        url=manifest.release_iri,
        note=f"RDFC-1.0 hash {manifest.rdfc10}",
    )


def of_thing(manifest: Manifest, path: str, label: str) -> Citation:
    """Cite a record by its IRI, as a release describes it; a claim is cited as recorded, which is not asserting it."""
    kind = path.partition("/")[0].replace("-", " ").capitalize()
    return Citation(
        key=_key(path, manifest.version),
        title=f"{kind}: “{label}”",
        within=manifest.title,
        author=manifest.publisher.name,
        date=manifest.created[:10],
        version=manifest.version,
        url=f"{manifest.base}{path}",
        note=f"As described at {manifest.release_iri}/page/{path}",
    )


def of_query(manifest: Manifest, query: str, title: str = "", *, saved: bool = False) -> Citation:
    """Cite a query by its text and the release that it was put to: the same two give the same answer for ever.

    One that is saved with the release has its hash in its address, any other its text.
    """
    digest = query_hash(query)
    address = f"query/{digest}" if saved else f"sparql?{urlencode({'query': query})}"
    return Citation(
        key=_key(f"query-{digest[:12]}", manifest.version),
        title=title or f"Query {digest[:12]}",
        within=manifest.title,
        author=manifest.publisher.name,
        date=manifest.created[:10],
        version=manifest.version,
        url=f"{manifest.release_iri}/{address}",
        note=f"SHA-256 of the query {digest}; RDFC-1.0 hash of the release {manifest.rdfc10}",
    )


def query_hash(query: str) -> str:
    """Return the SHA-256 of a query's text, with line feeds at the ends of lines and no space around the whole."""
    return hashlib.sha256(query.replace("\r\n", "\n").strip().encode()).hexdigest()


def _key(*parts: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", "-".join(parts)).strip("-")


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in _line(text))


def _line(text: str) -> str:
    return " ".join(text.split())


def _sentence(text: str) -> str:
    return _line(text).rstrip(".")

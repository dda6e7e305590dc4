"""Reports how far the things of a corpus are linked with other datasets, and which are still open."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from allegata.corpus.statements import Statements
from allegata.corpus.text_files import read_text
from allegata.corpus.yaml_text import parse_yaml
from allegata.errors import CorpusError
from allegata.model.namespaces import expand, slug
from allegata.model.targets import target_of

_SAME = ("skos:exactMatch", "skos:closeMatch", "schema:sameAs")
_RELATED = ("skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch")
#: Groups in the order in which they are reported.
GROUPS = STATES, BODIES, TREATIES, RESOLUTIONS, ACTORS, INSTRUMENTS, PROVISIONS, RIGHTS, TOPICS, PLACES, DOCUMENTS = (
    *("states", "bodies of the United Nations", "treaties", "resolutions and general comments", "other named actors"),
    *("other instruments, policies and legal concepts", "provisions", "rights", "topics", "places", "sources with a UN symbol"),
)
#: The share of each group that is to be linked.
GOALS = {STATES: 0.9, BODIES: 0.9, TREATIES: 0.9, ACTORS: 0.75}
#: The symbol of a document of the United Nations: a body, then parts after slashes.
_SYMBOL = re.compile(r"(?:A|S|E|HRI|CCPR|CEDAW|CRC|CRPD|CAT|CERD)(?:/[A-Za-z0-9.()-]+)+$")
#: Where a corpus says what the report has to know of it.
NOTES = "data/links/coverage.yaml"


@dataclass(frozen=True)
class Notes:
    """What a corpus says of its links: actors without a name of their own, bodies to begin with, and where nothing was found."""

    unnamed: frozenset[str] = frozenset()
    united_nations: frozenset[str] = frozenset()
    not_linked: Mapping[str, str] = field(default_factory=dict)


def read_notes(root: Path, base: str) -> Notes:
    """Read the notes of a corpus, with none where it has no such file; raise CorpusError where they have another form."""
    path = root / NOTES
    document = parse_yaml(read_text(path) if path.is_file() else "", path)
    found = document.value or {}
    if not isinstance(found, dict):
        raise _notes_error(path, 1, "the notes are no mapping")
    things: dict[str, frozenset[str]] = {}
    for name in ("unnamed", "united_nations"):
        names = found.get(name) or []
        if not isinstance(names, list) or not all(isinstance(item, str) for item in names):
            raise _notes_error(path, document.line((name,)), f"{name} is no list of names")
        things[name] = frozenset(f"{base}{item}" for item in names)
    reasons = found.get("not_linked") or {}
    if not isinstance(reasons, dict) or not all(isinstance(reason, str) for reason in reasons.values()):
        raise _notes_error(path, document.line(("not_linked",)), "not_linked is no mapping of systems to reasons")
    return Notes(**things, not_linked={name: str(reason) for name, reason in reasons.items()})


def _notes_error(path: Path, line: int, reason: str) -> CorpusError:
    remedy = "Write lists of names under unnamed and united_nations, and under not_linked reasons by system."
    return CorpusError(f"{path}:{line}: {reason}.", remedy=remedy)


@dataclass(frozen=True)
class Coverage:
    """One group: how many things it has, how many have a verified identifier elsewhere, and which have no link at all.

    Those that only a broader, narrower or related link leads elsewhere are counted besides: such a link is no identifier.
    """

    group: str
    total: int
    linked: int
    open: tuple[tuple[str, str], ...]

    @property
    def share(self) -> float:
        """Return the share of things with an identifier."""
        return self.linked / self.total if self.total else 1.0

    def __str__(self) -> str:
        goal = f", at least {GOALS[self.group]:.0%} wanted" if self.group in GOALS else ""
        related = self.total - self.linked - len(self.open)
        more = f"; {related} more by a broader, narrower or related link alone" if related else ""
        return f"{self.linked} of {self.total} {self.group} ({self.share:.1%}{goal}){more}"


class _Corpus:
    """What the report asks of the statements."""

    def __init__(self, statements: Statements, base: str, notes: Notes):
        self.statements, self.base, self.notes = statements, base, notes
        self.curators = frozenset(statements.values(f"{base}dataset", "dct:creator"))

    def links(self, iri: str, curies: Iterable[str]) -> list[str]:
        """Return where a thing leads by some properties, as far as that is a dataset of the table."""
        return [value for curie in curies for value in self.statements.values(iri, curie) if target_of(value)]

    def group(self, iri: str) -> str:
        """Return the group that a thing belongs to, or nothing."""
        types = set(self.statements.values(iri, "rdf:type"))
        has = {curie for curie in _CLASSES if expand(curie) in types}
        if "schema:Country" in has:
            return STATES
        if iri in self.notes.unnamed or iri in self.curators or "/role/" in iri:
            return ""
        if "schema:Organization" in has or "schema:Person" in has:
            return BODIES if "schema:Organization" in has and self._united(iri) else ACTORS
        if "alg:Treaty" in has:
            return TREATIES
        if "alg:Resolution" in has or ("-general-comment-" in slug(iri) and iri.startswith(f"{self.base}instrument/")):
            return RESOLUTIONS
        if "alg:Source" in has:
            return DOCUMENTS if any(map(_SYMBOL.match, self.statements.values(iri, "dct:identifier"))) else ""
        return next((group for folder, group in _FOLDERS.items() if iri.startswith(f"{self.base}{folder}/")), "")

    def _united(self, iri: str) -> bool:
        seen, queue = {iri}, [iri]
        for item in queue:
            wholes = set(self.statements.values(item, "org:subOrganizationOf"))
            queue += wholes - seen
            seen |= wholes
        return bool(seen & self.notes.united_nations)


#: What is in a group by its name, and what by its class.
_FOLDERS = {
    "instrument": INSTRUMENTS,
    "provision": PROVISIONS,
    "place": PLACES,
    "scheme/right": RIGHTS,
    "scheme/topic": TOPICS,
}
_CLASSES = ("schema:Country", "schema:Organization", "schema:Person", "alg:Treaty", "alg:Resolution", "alg:Source")


def coverage(statements: Statements, base: str, notes: Notes | None = None) -> list[Coverage]:
    """Return for each group how far it is linked."""
    corpus = _Corpus(statements, base, notes or Notes())
    groups: dict[str, list[str]] = defaultdict(list)
    classes, folders = set(map(expand, _CLASSES)), tuple(f"{base}{folder}/" for folder in _FOLDERS)
    typed = statements.pairs("rdf:type")
    found = {iri for iri, kind in typed if iri.startswith(base) and (kind.value in classes or iri.startswith(folders))}
    for iri in sorted(found):
        if group := corpus.group(iri):
            groups[group].append(iri)
    return [_covered(group, groups[group], corpus) for group in GROUPS]


def _covered(group: str, members: list[str], corpus: _Corpus) -> Coverage:
    missing = [iri for iri in members if not corpus.links(iri, (*_SAME, *_RELATED))]
    named = tuple((iri, corpus.statements.name(iri)) for iri in missing)
    return Coverage(group, len(members), sum(bool(corpus.links(iri, _SAME)) for iri in members), named)


def targets(statements: Statements) -> list[tuple[str, int]]:
    """Count the links of every kind by the dataset that they lead to."""
    linked = (term.value for curie in (*_SAME, *_RELATED) for _, term in statements.pairs(curie))
    found = Counter(target.title for target in map(target_of, linked) if target)
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def report(statements: Statements, base: str, notes: Notes | None = None) -> str:
    """Write the report: coverage, targets, and what is open, because nothing could be verified for it."""
    notes = notes or Notes()
    groups = coverage(statements, base, notes)
    lines = ["Links to other datasets", "", *map(str, groups)]
    lines += ["", *(f"{count} links to {title}" for title, count in targets(statements))]
    lines += ["", *(f"No links to {system}: {reason}." for system, reason in notes.not_linked.items())]
    for item in groups:
        if item.open:
            lines += [
                "",
                f"Open among {item.group}: nothing was verified for",
                *(f"  {iri}  {label}" for iri, label in item.open),
            ]
    return "\n".join(lines) + "\n"

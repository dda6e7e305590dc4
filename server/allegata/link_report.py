"""Reports how far the things of a corpus are linked with other datasets, and which are still open."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from allegata.link_targets import target_of
from allegata.namespaces import expand

_SAME = ("skos:exactMatch", "skos:closeMatch", "schema:sameAs")
#: Groups in the order in which a thing is put into the first that takes it.
STATES, BODIES, TREATIES, RESOLUTIONS, ACTORS, PLACES, RIGHTS = (
    *("states", "bodies of the United Nations", "treaties", "resolutions and general comments"),
    *("other named actors", "places", "rights"),
)
#: The share of each group that is to be linked.
GOALS = {STATES: 0.9, BODIES: 0.9, TREATIES: 0.9, ACTORS: 0.75}
#: Actors that bear a description instead of a name of their own, or speak for a whole: nothing outside stands for them alone.
_NOT_NAMED = (
    *("allegata-curators", "dprk-government", "rok-government", "us-government", "moon-administration", "dprk-military"),
    *("dprk-state-media", "international-courts", "special-tribunal-proposed", "un-human-rights-mechanisms"),
    "rok-north-korean-human-rights-foundation",
)
#: Specialized agencies and programmes, which no file says to be part of the United Nations.
_AGENCIES = ("fao", "ilo", "world-food-programme")


@dataclass(frozen=True)
class Coverage:
    """One group: how many things it has, and which of them have no verified identifier elsewhere."""

    group: str
    total: int
    open: tuple[tuple[str, str], ...]

    @property
    def share(self) -> float:
        """Give the share of linked things."""
        return 1 - len(self.open) / self.total if self.total else 1.0


class _Corpus:
    """What the report needs of the statements."""

    def __init__(self, quads: Iterable[Quad], base: str):
        self.base = base
        self.types: dict[str, set[str]] = defaultdict(set)
        self.labels: dict[str, str] = {}
        self.wholes: dict[str, set[str]] = defaultdict(set)
        self.links: dict[str, set[str]] = defaultdict(set)
        names = {expand("rdfs:label"), expand("skos:prefLabel")}
        same = {expand(curie) for curie in _SAME}
        for quad in quads:
            if not isinstance(quad.subject, NamedNode):
                continue
            subject, predicate = quad.subject.value, quad.predicate.value
            if isinstance(quad.object, Literal) and predicate in names:
                self.labels[subject] = quad.object.value
            elif isinstance(quad.object, NamedNode):
                if predicate == expand("rdf:type"):
                    self.types[subject].add(quad.object.value)
                elif predicate == expand("org:subOrganizationOf"):
                    self.wholes[subject].add(quad.object.value)
                elif predicate in same and target_of(quad.object.value):
                    self.links[subject].add(quad.object.value)

    def group(self, iri: str) -> str:
        """Give the group that a thing belongs to, or nothing."""
        has = {curie for curie in _CLASSES if expand(curie) in self.types[iri]}
        slug = iri.rsplit("/", 1)[-1]
        if "schema:Country" in has:
            return STATES
        if slug in _NOT_NAMED or "/role/" in iri:
            return ""
        if "schema:Organization" in has or "schema:Person" in has:
            return BODIES if "schema:Organization" in has and self._united(iri) else ACTORS
        if "alg:Treaty" in has:
            return TREATIES
        if "alg:Resolution" in has or ("-general-comment-" in slug and iri.startswith(f"{self.base}instrument/")):
            return RESOLUTIONS
        if "schema:Place" in has:
            return PLACES
        return RIGHTS if iri.startswith(f"{self.base}scheme/right/") else ""

    def _united(self, iri: str) -> bool:
        nation = f"{self.base}actor/united-nations"
        seen, queue = {iri}, [iri]
        for item in queue:
            queue += [whole for whole in self.wholes[item] if whole not in seen]
            seen |= self.wholes[item]
        return nation in seen or iri.removeprefix(f"{self.base}actor/") in _AGENCIES


_CLASSES = ("schema:Country", "schema:Organization", "schema:Person", "alg:Treaty", "alg:Resolution", "schema:Place")


def coverage(quads: Iterable[Quad], base: str) -> list[Coverage]:
    """Give for each group how far it is linked."""
    corpus = _Corpus(quads, base)
    groups: dict[str, list[str]] = defaultdict(list)
    for iri in sorted(corpus.types):
        if iri.startswith(base) and (group := corpus.group(iri)):
            groups[group].append(iri)
    order = (STATES, BODIES, TREATIES, RESOLUTIONS, ACTORS, PLACES, RIGHTS)
    return [
        Coverage(
            group, len(groups[group]), tuple((iri, corpus.labels.get(iri, iri)) for iri in groups[group] if not corpus.links[iri])
        )
        for group in order
    ]


def targets(quads: Iterable[Quad]) -> list[tuple[str, int]]:
    """Count the links by the dataset that they lead to."""
    same = {expand(curie) for curie in _SAME}
    found = (
        target_of(quad.object.value) for quad in quads if quad.predicate.value in same and isinstance(quad.object, NamedNode)
    )
    return sorted(Counter(target.title for target in found if target).items(), key=lambda pair: (-pair[1], pair[0]))


def report(quads: Iterable[Quad], base: str) -> str:
    """Write the report: coverage, targets, and what is open, because nothing could be verified for it."""
    statements = list(quads)
    groups = coverage(statements, base)
    lines = ["Links to other datasets", ""]
    for item in groups:
        goal = f", at least {GOALS[item.group]:.0%} wanted" if item.group in GOALS else ""
        lines.append(f"{item.total - len(item.open)} of {item.total} {item.group} ({item.share:.1%}{goal})")
    lines += ["", *(f"{count} links to {title}" for title, count in targets(statements))]
    for item in groups:
        if item.open:
            lines += [
                "",
                f"Open among {item.group}: nothing was verified for",
                *(f"  {iri}  {label}" for iri, label in item.open),
            ]
    return "\n".join(lines) + "\n"

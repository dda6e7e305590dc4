"""The table of kinds: one row for each class of the model, with all that pages, search and files need to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto
from typing import Final


class Use(Flag):
    """Where things of a kind are to be met with."""

    NONE = 0
    #: The search finds them, under the label of the kind.
    SEARCH = auto()
    #: The sitemap lists their pages.
    SITEMAP = auto()
    #: The differences of two releases are told for them.
    DIFF = auto()
    #: Names are reconciled with them only where the type is asked for: their names are common words, or those of their subject.
    ON_REQUEST = auto()


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of thing: its class, what one and several are called, and where they are to be met with.

    `segment` is what addresses begin with. `page` names the template, and what gathers its contents; a kind without one is shown
    by its statements alone. `table` is the table whose rows it gives, `type` what it is called where names are reconciled, and
    `counted` what the home page calls the number of them; each is empty for a kind that has no part in it. `broader` is the class
    above, where both are types that names are reconciled with.
    """

    curie: str
    label: str
    plural: str
    segment: str = ""
    page: str = ""
    table: str = ""
    type: str = ""
    broader: str = ""
    counted: str = ""
    uses: Use = Use.NONE


_EVERYWHERE: Final = Use.SEARCH | Use.SITEMAP
_ACTOR, _INSTRUMENT = "prov:Agent", "alg:Instrument"

#: All rows. Of several that fit a thing the first counts; of two equally good candidates for a name, the one of the earlier kind.
KINDS: Final = (
    Kind("alg:Claim", "claim", "claims", "claim", "claim", "claims", counted="claims", uses=_EVERYWHERE | Use.DIFF),
    Kind(
        "alg:Assertion",
        "assertion",
        "assertions",
        "assertion",
        "assertion",
        "assertions",
        counted="assertions",
        uses=Use.SITEMAP | Use.DIFF,
    ),
    Kind(
        "alg:Stance",
        "stance",
        "stances",
        "stance",
        "stance",
        "stances",
        counted="stances between assertions",
        uses=Use.SITEMAP | Use.DIFF,
    ),
    Kind(
        "alg:EvidenceLine",
        "evidence line",
        "lines of evidence",
        "evidence-line",
        "evidence-line",
        "evidence_lines",
        counted="lines of evidence",
        uses=_EVERYWHERE,
    ),
    Kind("alg:EvidenceUse", "use of evidence", "uses of evidence", table="evidence_uses"),
    Kind("schema:Country", "state", "states", type="state", broader=_ACTOR),
    Kind("schema:Organization", "organization", "organizations", type="organization", broader=_ACTOR),
    Kind("schema:Person", "person", "persons", type="person", broader=_ACTOR),
    Kind("alg:Treaty", "treaty", "treaties", type="treaty", broader=_INSTRUMENT),
    Kind("alg:Resolution", "resolution", "resolutions", type="resolution", broader=_INSTRUMENT),
    Kind("alg:Statute", "statute", "statutes", type="statute", broader=_INSTRUMENT),
    Kind("alg:Declaration", "declaration", "declarations", type="declaration", broader=_INSTRUMENT),
    Kind("alg:Policy", "policy", "policies", type="policy", broader=_INSTRUMENT),
    Kind("alg:Armistice", "armistice", "armistices"),
    Kind("alg:Constitution", "constitution", "constitutions"),
    Kind("alg:LegalConcept", "legal concept", "legal concepts"),
    Kind(
        "alg:Instrument",
        "instrument",
        "instruments",
        "instrument",
        "instrument",
        "instruments",
        "instrument",
        counted="treaties, resolutions, statutes and other instruments",
        uses=_EVERYWHERE,
    ),
    Kind("alg:Provision", "provision", "provisions", "provision", "provision", "provisions", "provision", uses=_EVERYWHERE),
    Kind("schema:Place", "place", "places", "place", "place", "places", "place", uses=_EVERYWHERE),
    Kind(
        "alg:Source",
        "source",
        "sources",
        "source",
        "source",
        "sources",
        "document or other source",
        counted="sources",
        uses=_EVERYWHERE,
    ),
    Kind(
        "alg:Event", "event", "events", "event", "event", "events", "event", counted="events", uses=_EVERYWHERE | Use.ON_REQUEST
    ),
    Kind("alg:EventStatement", "event statement", "event statements", table="event_statements"),
    Kind(
        "alg:PopulationGroup",
        "group",
        "groups",
        page="actor",
        table="actors",
        type="group of people",
        broader=_ACTOR,
        uses=_EVERYWHERE,
    ),
    Kind("alg:ProtectedPerson", "protected person", "protected persons"),
    Kind("alg:ProtectedSource", "protected source", "protected sources"),
    Kind("prov:Agent", "actor", "actors", "actor", "actor", "actors", "actor", counted="actors", uses=_EVERYWHERE),
    Kind(
        "alg:Commitment",
        "commitment",
        "commitments",
        "commitment",
        "commitment",
        "commitments",
        counted="acts of states towards treaties",
        uses=Use.SITEMAP,
    ),
    Kind("alg:Vote", "vote", "votes", "vote", "vote", "votes", counted="votes and adoptions without one", uses=_EVERYWHERE),
    Kind("alg:Position", "position", "positions", "position", table="positions"),
    Kind("alg:PointStatement", "point", "points", "point", "point"),
    Kind("alg:Assessment", "assessment", "assessments", "assessment"),
    Kind("alg:Reading", "reading", "readings", "reading"),
    Kind("alg:ReadValue", "value read", "values read", "read-value"),
    Kind("alg:ReadingDifference", "difference of readings", "differences of readings", "reading-difference"),
    Kind("alg:LegalConclusion", "legal conclusion", "legal conclusions", "legal-conclusion", table="legal_conclusions"),
    Kind("alg:Rule", "rule", "rules", "rule"),
    Kind("alg:Comparison", "comparison", "comparisons", "comparison"),
    Kind("alg:Redaction", "redaction", "redactions", "redaction"),
    Kind("sssom:Mapping", "link", "links", "link"),
    Kind("skos:ConceptScheme", "scheme", "schemes", "scheme", "scheme"),
    Kind("alg:Right", "right", "rights", table="concepts"),
    Kind(
        "skos:Concept", "concept", "concepts", page="concept", table="concepts", type="concept", uses=Use.SEARCH | Use.ON_REQUEST
    ),
    Kind("dcat:Dataset", "dataset", "datasets", "dataset"),
    Kind("sd:NamedGraph", "data file", "data files", "graph", "graph"),
)
#: Class → what it is called where names are reconciled.
TYPES: Final = {kind.curie: kind.type for kind in KINDS if kind.type}


def serving(use: Use) -> tuple[Kind, ...]:
    """Return the kinds that are to be met with somewhere, in the order of the table."""
    return tuple(kind for kind in KINDS if use in kind.uses)


def types_within(curie: str) -> frozenset[str]:
    """Return a type that names are reconciled with, and those below it."""
    return frozenset({curie, *(kind.curie for kind in KINDS if kind.broader == curie)})

"""Gathers what the page of each kind of thing shows beside its statements."""

from __future__ import annotations

from collections.abc import Callable

from pyoxigraph import NamedNode

from allegata.domain import Located, Passage, Value, kilometres
from allegata.domain.passages import Context
from allegata.model.namespaces import expand, scheme_path
from allegata.web.i18n.gettext import gettext
from allegata.web.i18n.names import called
from allegata.web.pages.lists import SHOWN, Content, claims, some, split, tree, values
from allegata.web.pages.stance_graph_data import stance_graph_data
from allegata.web.state import State
from allegata.web.svg import close_up, on_outline, overview, stance_graph

_KINDS = {
    "alg:Claim": "claim",
    "alg:Assertion": "assertion",
    "alg:Stance": "stance",
    "alg:EvidenceLine": "evidence-line",
    "alg:Commitment": "commitment",
    "alg:Vote": "vote",
    "alg:Instrument": "instrument",
    "alg:Provision": "provision",
    "alg:Source": "source",
    "alg:Event": "event",
    "prov:Agent": "actor",
    "schema:Place": "place",
    "alg:PointStatement": "point",
    "skos:ConceptScheme": "scheme",
    "skos:Concept": "concept",
}


def kind_of(state: State, iri: str) -> str:
    """Return the kind of page that a thing has."""
    if state.descriptions.holds(iri):
        return "graph"
    classes = state.descriptions.classes(NamedNode(iri))
    return next((kind for curie, kind in _KINDS.items() if expand(curie) in classes), "thing")


def content(state: State, kind: str, iri: str) -> Content:
    """Return what the template of a kind shows."""
    return _CONTENT[kind](state, iri) if kind in _CONTENT else {}


def _claim(state: State, iri: str) -> Content:
    sides = state.attributions.sides(iri)
    assertions = [item for _, items in sides.sides for item in items]
    stances = [stance for thing in (iri, *(item.iri for item in assertions)) for stance in state.attributions.stances_to(thing)]
    estimates = state.comparisons.compare(iri).estimates
    return {
        "sides": sides,
        "stances": split(stances),
        "picture": stance_graph(called(sides.claim), assertions, stances) if stances and assertions else "",
        "explore": stance_graph_data(assertions, stances),
        "obligations": state.record.obligations(iri),
        "estimates": [estimate for _, group in estimates for estimate in group],
    }


def _assertion(state: State, iri: str) -> Content:
    assertion = state.attributions.assertion(iri)
    stances, taken = state.attributions.stances_to(iri), state.attributions.stances_from(iri)
    return {
        "assertion": assertion,
        "passages": [(passage, _context(state, passage)) for passage in assertion.passages],
        "stances": split(stances),
        "taken": taken,
        "picture": stance_graph(called(assertion.claim), [assertion], stances) if stances else "",
        "explore": stance_graph_data([assertion], (*stances, *taken)),
        "obligations": state.record.obligations(assertion.claim.iri),
        "others": [item for item in state.attributions.of_claim(assertion.claim.iri) if item.iri != iri],
        "passed_on": state.attributions.by("alg:relays", iri),
    }


def _context(state: State, passage: Passage) -> Context | None:
    return state.texts.context(passage)


def _stance(state: State, iri: str) -> Content:
    stance = state.attributions.stance(iri)
    return {
        "stance": stance,
        "back": state.comparisons.answers(stance) if stance else (),
        "picture": stance_graph(called(stance.target), [stance.target_assertion], [stance])
        if stance and stance.target_assertion
        else "",
        "explore": stance_graph_data((), [stance]) if stance else None,
    }


def _evidence_line(state: State, iri: str) -> Content:
    return {
        "evidence": state.attributions.evidence(iri),
        **some(state.attributions.by("alg:evidenceLine", iri), ""),
        "stances": split(state.attributions.stances_to(iri)),
    }


def _actor(state: State, iri: str) -> Content:
    read, node = state.descriptions, NamedNode(iri)
    asserted = state.attributions.by("alg:assertedBy", iri)
    return {
        **some(asserted, f"asserter={_path(state, iri)}"),
        "relayed": state.attributions.by("alg:relayedBy", iri)[:SHOWN],
        "named": {
            gettext("Claims that name it as duty bearer"): claims(state, "alg:dutyBearer", node),
            gettext("Claims that describe it as affected"): claims(state, "alg:affects", node),
            gettext("Recommendations addressed to it"): claims(state, "alg:addressee", node),
            gettext("Claims about it"): claims(state, "alg:about", node),
        },
        "commitments": state.record.commitments("alg:state", iri),
        "positions": [
            (state.record.vote(vote.value), read.values(position, "alg:choice"))
            for position in read.subjects("alg:state", node)
            for vote in read.nodes(position, "alg:vote")
        ],
    }


def _instrument(state: State, iri: str) -> Content:
    return {
        "provisions": values(state, "alg:provisionOf", iri),
        "commitments": state.record.commitments("alg:instrument", iri),
        "votes": state.record.votes(iri),
        "named": {gettext("Claims about it"): claims(state, "alg:about", NamedNode(iri))},
    }


def _provision(state: State, iri: str) -> Content:
    read, node = state.descriptions, NamedNode(iri)
    rights = read.nodes(node, "alg:protects")
    return {
        "named": {
            gettext("Claims that concern “%(right)s”") % {"right": called(read.value(right))}: claims(
                state, "alg:concernsRight", right
            )
            for right in rights
        },
        "commitments": [
            item
            for instrument in read.nodes(node, "alg:provisionOf")
            for item in state.record.commitments("alg:instrument", instrument.value)
        ],
    }


def _source(state: State, iri: str) -> Content:
    return {
        **some(state.attributions.by("alg:statedIn", iri), f"document={_path(state, iri)}"),
        "passages": [(passage, _context(state, passage)) for passage in state.attributions.passages(iri)],
        "citing": state.attributions.by("alg:cites", iri)[:SHOWN],
        "lines": values(state, "alg:restsOn", iri),
        "named": {gettext("Claims about it"): claims(state, "alg:about", NamedNode(iri))},
        "rated": values(state, "alg:assesses", iri),
    }


def _event(state: State, iri: str) -> Content:
    return {"named": {gettext("Claims about it"): claims(state, "alg:about", NamedNode(iri))}}


def _place(state: State, iri: str) -> Content:
    located, node = state.geography.located(iri), NamedNode(iri)
    events = [item for item in state.descriptions.subjects("alg:place", node) if kind_of(state, item.value) == "event"]
    return {
        "located": located,
        **_maps(located),
        "named": {
            gettext("Claims about what happens there"): claims(state, "alg:place", node, leave=events),
            gettext("Claims about it"): claims(state, "alg:about", node),
        },
        "events": [state.descriptions.value(item) for item in events],
        "within": values(state, "schema:containedInPlace", iri),
    }


def _point(state: State, iri: str) -> Content:
    place = state.descriptions.node(NamedNode(iri), "alg:locates")
    located = state.geography.located(place.value) if place else None
    return {"located": located, **(_maps(located) if located else {})}


def _maps(located: Located) -> Content:
    """Draw a place on the outline and, where sources differ, close up."""
    title = called(located.place)
    return {
        "picture": overview(title, [located], 300.0) if on_outline(located) else "",
        "near": close_up(gettext("%(place)s, close up") % {"place": title}, located) if located.distances else "",
        "kilometres": kilometres,
    }


def _concept(state: State, iri: str) -> Content:
    comparison = state.comparisons.compare(iri)
    properties = ("alg:evidenceKind", "alg:modality", "alg:polarity")
    used = {item.iri: item for curie in properties for item in state.attributions.by(curie, iri)}
    return {
        "comparison": comparison,
        **some(tuple(used.values()), ""),
        "narrower": tree(state, NamedNode(iri)),
        "provisions": values(state, "alg:protects", iri),
        "scheme": scheme_path(iri, state.base).partition("/")[0],
        "slug": iri.rsplit("/", 1)[-1],
        "value": _path(state, iri),
    }


def _scheme(state: State, iri: str) -> Content:
    tops = state.descriptions.values(NamedNode(iri), "skos:hasTopConcept")
    return {
        "concepts": [
            (top, state.descriptions.text(NamedNode(top.iri), "skos:definition"), tree(state, NamedNode(top.iri))) for top in tops
        ]
    }


def _vote(state: State, iri: str) -> Content:
    vote = state.record.vote(iri)
    choices: dict[str, list[Value]] = {word: [] for word in ("yes", "no", "abstain", "absent")}
    for country, choice in vote.positions:
        choices.setdefault(choice.text, []).append(country)
    return {"vote": vote, "choices": choices}


def _commitment(state: State, iri: str) -> Content:
    read, node = state.descriptions, NamedNode(iri)
    state_iri, instrument = read.node(node, "alg:state"), read.node(node, "alg:instrument")
    acts = state.record.commitments("alg:state", state_iri.value) if state_iri else ()
    return {
        "commitments": [item for item in acts if instrument and item.instrument.iri == instrument.value],
        "provisions": values(state, "alg:provisionOf", instrument.value) if instrument else [],
    }


def _graph(state: State, iri: str) -> Content:
    triples = state.descriptions.graph(iri)
    subjects = {triple.subject.value for triple in triples if isinstance(triple.subject, NamedNode)}
    tops = [name for name in sorted(subjects) if name.rpartition("/")[0] not in subjects]
    return {"size": len(triples), "subjects": [state.descriptions.value(NamedNode(name)) for name in tops]}


def _path(state: State, iri: str) -> str:
    return iri.removeprefix(state.base)


_CONTENT: dict[str, Callable[[State, str], Content]] = {
    "claim": _claim,
    "assertion": _assertion,
    "stance": _stance,
    "evidence-line": _evidence_line,
    "actor": _actor,
    "instrument": _instrument,
    "provision": _provision,
    "source": _source,
    "event": _event,
    "place": _place,
    "point": _point,
    "concept": _concept,
    "scheme": _scheme,
    "graph": _graph,
    "vote": _vote,
    "commitment": _commitment,
}

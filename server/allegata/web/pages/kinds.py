"""Gathers what the page of each kind of thing shows beside its statements."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pyoxigraph import NamedNode

from allegata.domain import Located, Passage, Value, kilometres
from allegata.domain.passages import Context
from allegata.model.kinds import KINDS
from allegata.model.namespaces import expand, scheme_path
from allegata.web.i18n.gettext import gettext
from allegata.web.i18n.names import called
from allegata.web.pages.lists import SHOWN, Content, claims, some, split, tree, values
from allegata.web.pages.stance_graph_data import stance_graph_data
from allegata.web.state import State
from allegata.web.svg import close_up, on_outline, overview, stance_graph

Gatherer = Callable[[State, str], Content]
#: The name of a page → what gathers its contents.
_CONTENT: dict[str, Gatherer] = {}


def shows(page: str) -> Callable[[Gatherer], Gatherer]:
    """Register the function that gathers what the page of a kind shows."""

    def register(gather: Gatherer) -> Gatherer:
        _CONTENT[page] = gather
        return gather

    return register


def gatherers() -> Mapping[str, Gatherer]:
    """Return what is registered, by the name of its page."""
    return _CONTENT


def kind_of(state: State, iri: str) -> str:
    """Return the name of the page that a thing has."""
    if state.descriptions.holds(iri):
        return "graph"
    classes = state.descriptions.classes(NamedNode(iri))
    return next((kind.page for kind in KINDS if kind.page and expand(kind.curie) in classes), "thing")


def content(state: State, kind: str, iri: str) -> Content:
    """Return what the template of a page shows."""
    return _CONTENT[kind](state, iri) if kind in _CONTENT else {}


@shows("claim")
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


@shows("assertion")
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


@shows("stance")
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


@shows("evidence-line")
def _evidence_line(state: State, iri: str) -> Content:
    return {
        "evidence": state.attributions.evidence(iri),
        **some(state.attributions.by("alg:evidenceLine", iri), {}),
        "stances": split(state.attributions.stances_to(iri)),
    }


@shows("actor")
def _actor(state: State, iri: str) -> Content:
    read, node = state.descriptions, NamedNode(iri)
    asserted = state.attributions.by("alg:assertedBy", iri)
    return {
        **some(asserted, {"asserter": _path(state, iri)}),
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


@shows("instrument")
def _instrument(state: State, iri: str) -> Content:
    return {
        "provisions": values(state, "alg:provisionOf", iri),
        "commitments": state.record.commitments("alg:instrument", iri),
        "votes": state.record.votes(iri),
        "named": {gettext("Claims about it"): claims(state, "alg:about", NamedNode(iri))},
    }


@shows("provision")
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


@shows("source")
def _source(state: State, iri: str) -> Content:
    return {
        **some(state.attributions.by("alg:statedIn", iri), {"document": _path(state, iri)}),
        "passages": [(passage, _context(state, passage)) for passage in state.attributions.passages(iri)],
        "citing": state.attributions.by("alg:cites", iri)[:SHOWN],
        "lines": values(state, "alg:restsOn", iri),
        "named": {gettext("Claims about it"): claims(state, "alg:about", NamedNode(iri))},
        "rated": values(state, "alg:assesses", iri),
    }


@shows("event")
def _event(state: State, iri: str) -> Content:
    return {"named": {gettext("Claims about it"): claims(state, "alg:about", NamedNode(iri))}}


@shows("place")
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


@shows("point")
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


@shows("concept")
def _concept(state: State, iri: str) -> Content:
    comparison = state.comparisons.compare(iri)
    properties = ("alg:evidenceKind", "alg:modality", "alg:polarity")
    used = {item.iri: item for curie in properties for item in state.attributions.by(curie, iri)}
    return {
        "comparison": comparison,
        **some(tuple(used.values()), {}),
        "narrower": tree(state, NamedNode(iri)),
        "provisions": values(state, "alg:protects", iri),
        "scheme": scheme_path(iri, state.base).partition("/")[0],
        "slug": iri.rsplit("/", 1)[-1],
        "value": _path(state, iri),
    }


@shows("scheme")
def _scheme(state: State, iri: str) -> Content:
    tops = state.descriptions.values(NamedNode(iri), "skos:hasTopConcept")
    return {
        "concepts": [
            (top, state.descriptions.text(NamedNode(top.iri), "skos:definition"), tree(state, NamedNode(top.iri))) for top in tops
        ]
    }


@shows("vote")
def _vote(state: State, iri: str) -> Content:
    vote = state.record.vote(iri)
    choices: dict[str, list[Value]] = {word: [] for word in ("yes", "no", "abstain", "absent")}
    for country, choice in vote.positions:
        choices.setdefault(choice.text, []).append(country)
    return {"vote": vote, "choices": choices}


@shows("commitment")
def _commitment(state: State, iri: str) -> Content:
    read, node = state.descriptions, NamedNode(iri)
    state_iri, instrument = read.node(node, "alg:state"), read.node(node, "alg:instrument")
    acts = state.record.commitments("alg:state", state_iri.value) if state_iri else ()
    return {
        "commitments": [item for item in acts if instrument and item.instrument.iri == instrument.value],
        "provisions": values(state, "alg:provisionOf", instrument.value) if instrument else [],
    }


@shows("graph")
def _graph(state: State, iri: str) -> Content:
    triples = state.descriptions.graph(iri)
    subjects = {triple.subject.value for triple in triples if isinstance(triple.subject, NamedNode)}
    tops = [name for name in sorted(subjects) if name.rpartition("/")[0] not in subjects]
    return {"size": len(triples), "subjects": [state.descriptions.value(NamedNode(name)) for name in tops]}


def _path(state: State, iri: str) -> str:
    return iri.removeprefix(state.base)

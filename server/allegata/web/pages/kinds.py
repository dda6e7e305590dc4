"""Gathers what the page of each kind of thing shows beside its statements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pyoxigraph import NamedNode

from allegata.domain import Located, Value, kilometres
from allegata.domain.comparisons import Estimate
from allegata.domain.dataset import Dataset
from allegata.model.namespaces import scheme_path, slug
from allegata.web.i18n.gettext import gettext
from allegata.web.i18n.names import name_of
from allegata.web.pages import record_content
from allegata.web.pages.evidence_mix import copy_gaps
from allegata.web.pages.lists import SHOWN, Content, by_effect, claims, first_of, kind_of, tree, values
from allegata.web.pages.stance_graph_data import stance_graph_data
from allegata.web.sharing.shared import share_claim
from allegata.web.state import state
from allegata.web.svg import close_up, intervals, on_outline, overview, stance_graph

#: Estimates that the page of a claim draws.
FIGURES = 6
Gatherer = Callable[[Dataset, str], Content]
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


def content(dataset: Dataset, kind: str, iri: str) -> Content:
    """Return what the template of a page shows."""
    return _CONTENT[kind](dataset, iri) if kind in _CONTENT else {}


@shows("claim")
def _claim(dataset: Dataset, iri: str) -> Content:
    sides = dataset.attributions.sides(iri)
    assertions = [item for _, items in sides.sides for item in items]
    stances = [stance for thing in (iri, *(item.iri for item in assertions)) for stance in dataset.attributions.stances_to(thing)]
    estimates = [estimate for _, group in dataset.comparisons.compare(iri).estimates for estimate in group]
    summary = dataset.summary(iri)
    return {
        "sides": sides,
        "summary": summary,
        "shared": share_claim(summary),
        "figures": _figures(estimates, summary.figures),
        "stances": by_effect(stances, on_claim=True),
        "picture": stance_graph(name_of(sides.claim), assertions, stances, on_claim=True) if stances and assertions else "",
        "explore": stance_graph_data(assertions, stances),
        "obligations": dataset.record.obligations(iri),
        "further": [
            Value(text.value, language=text.language or "") for text in dataset.descriptions.translations.statements(iri)
        ],
        "wholes": dataset.descriptions.values(NamedNode(iri), "alg:partOfClaim"),
        "parts": values(dataset, "alg:partOfClaim", iri),
        "estimates": estimates,
    }


def _figures(own: list[Estimate], others: Sequence[Estimate]) -> str:
    """Draw a few estimates of the measure of a claim beside its own; where there are more, the comparison has them."""
    every = sorted((*own, *others), key=lambda item: (item.end or item.start or "~", item.low))
    one_measure = len({item.measure.iri for item in every}) == 1
    return intervals(name_of(every[0].measure), every) if one_measure and 1 < len(every) <= FIGURES else ""


@shows("assertion")
def _assertion(dataset: Dataset, iri: str) -> Content:
    assertion = dataset.attributions.assertion(iri)
    uses = [evidence.use for evidence in assertion.lines if evidence.use]
    stances = [stance for thing in (iri, *uses) for stance in dataset.attributions.stances_to(thing)]
    taken = dataset.attributions.stances_from(iri)
    return {
        "assertion": assertion,
        "passages": [(passage, dataset.texts.context(passage)) for passage in assertion.passages],
        "stances": by_effect(stances),
        "taken": taken,
        "picture": stance_graph(name_of(assertion.claim), [assertion], stances) if stances else "",
        "explore": stance_graph_data([assertion], (*stances, *taken)),
        "obligations": dataset.record.obligations(assertion.claim.iri),
        "others": [item for item in dataset.attributions.of_claim(assertion.claim.iri) if item.iri != iri],
        "copy_gaps": copy_gaps,
        "passed_on": dataset.attributions.by("alg:relays", iri),
    }


@shows("stance")
def _stance(dataset: Dataset, iri: str) -> Content:
    stance = dataset.attributions.stance(iri)
    return {
        "stance": stance,
        "back": dataset.comparisons.answers(stance) if stance else (),
        "picture": stance_graph(name_of(stance.target), [stance.target_assertion], [stance])
        if stance and stance.target_assertion
        else "",
        "explore": stance_graph_data((), [stance]) if stance else None,
    }


@shows("evidence-line")
def _evidence_line(dataset: Dataset, iri: str) -> Content:
    uses = [node.value for node in dataset.descriptions.subjects("alg:usedLine", NamedNode(iri))]
    return {
        "evidence": dataset.attributions.evidence(iri),
        **first_of(dataset.attributions.by("alg:evidenceLine", iri), {}),
        "stances": by_effect([stance for thing in (iri, *uses) for stance in dataset.attributions.stances_to(thing)]),
    }


shows("actor")(record_content.actor)
shows("instrument")(record_content.instrument)
shows("provision")(record_content.provision)


@shows("source")
def _source(dataset: Dataset, iri: str) -> Content:
    return {
        **first_of(dataset.attributions.by("alg:statedIn", iri), {"document": _path(dataset, iri)}),
        "passages": [(passage, dataset.texts.context(passage)) for passage in dataset.attributions.passages(iri)],
        "citing": dataset.attributions.by("alg:cites", iri)[:SHOWN],
        "lines": values(dataset, "alg:restsOn", iri),
        "named": {gettext("Claims about it"): claims(dataset, "alg:about", NamedNode(iri))},
        "rated": values(dataset, "alg:assesses", iri),
    }


@shows("event")
def _event(dataset: Dataset, iri: str) -> Content:
    return {
        "told": dataset.record.told(iri),
        "named": {gettext("Claims about it"): claims(dataset, "alg:about", NamedNode(iri))},
    }


@shows("place")
def _place(dataset: Dataset, iri: str) -> Content:
    located, node = dataset.geography.located(iri), NamedNode(iri)
    events, told = _events_at(dataset, node)
    return {
        "located": located,
        **_maps(located),
        "named": {
            gettext("Claims about what happens there"): claims(dataset, "alg:place", node, leave=[*events, *told]),
            gettext("Claims about it"): claims(dataset, "alg:about", node),
        },
        "events": [dataset.descriptions.value(item) for item in events],
        "told": [dataset.descriptions.value(item) for item in told],
        "within": values(dataset, "schema:containedInPlace", iri),
    }


def _events_at(dataset: Dataset, place: NamedNode) -> tuple[list[NamedNode], list[NamedNode]]:
    """Return the events at a place, and what sources say of events that they put there."""
    there = list(dataset.descriptions.subjects("alg:place", place))
    told = [item for item in there if dataset.descriptions.node(item, "alg:ofEvent")]
    return [item for item in there if item not in told and kind_of(dataset, item.value) == "event"], told


@shows("point")
def _point(dataset: Dataset, iri: str) -> Content:
    place = dataset.descriptions.node(NamedNode(iri), "alg:locates")
    located = dataset.geography.located(place.value) if place else None
    return {"located": located, **(_maps(located) if located else {})}


def _maps(located: Located) -> Content:
    """Draw a place on the outline and, where sources differ, close up."""
    title, outline = name_of(located.place), state().outline
    return {
        "picture": overview(title, [located], outline, 300.0) if outline and on_outline(located, outline) else "",
        "near": close_up(gettext("%(place)s, close up") % {"place": title}, located, outline) if located.distances else "",
        "kilometres": kilometres,
    }


@shows("concept")
def _concept(dataset: Dataset, iri: str) -> Content:
    comparison = dataset.comparisons.compare(iri)
    properties = ("alg:evidenceKind", "alg:modality", "alg:polarity")
    used = {item.iri: item for curie in properties for item in dataset.attributions.by(curie, iri)}
    return {
        "comparison": comparison,
        **first_of(tuple(used.values()), {}),
        "narrower": tree(dataset, NamedNode(iri)),
        "provisions": values(dataset, "alg:protects", iri),
        "scheme": scheme_path(iri, dataset.base).partition("/")[0],
        "slug": slug(iri),
        "value": _path(dataset, iri),
    }


@shows("scheme")
def _scheme(dataset: Dataset, iri: str) -> Content:
    tops = dataset.descriptions.values(NamedNode(iri), "skos:hasTopConcept")
    return {
        "concepts": [
            (top, dataset.descriptions.text(NamedNode(top.iri), "skos:definition"), tree(dataset, NamedNode(top.iri)))
            for top in tops
        ]
    }


@shows("vote")
def _vote(dataset: Dataset, iri: str) -> Content:
    vote = dataset.record.vote(iri)
    choices: dict[str, list[Value]] = {word: [] for word in ("yes", "no", "abstain", "absent")}
    for country, choice in vote.positions:
        choices.setdefault(choice.text, []).append(country)
    return {"vote": vote, "choices": choices}


@shows("commitment")
def _commitment(dataset: Dataset, iri: str) -> Content:
    read, node = dataset.descriptions, NamedNode(iri)
    state_iri, instrument = read.node(node, "alg:state"), read.node(node, "alg:instrument")
    acts = dataset.record.commitments("alg:state", state_iri.value) if state_iri else ()
    return {
        "commitments": [item for item in acts if instrument and item.instrument.iri == instrument.value],
        "answers": [read.value(item) for item in read.subjects("alg:inRespectOf", node)],
        "provisions": values(dataset, "alg:provisionOf", instrument.value) if instrument else [],
    }


@shows("graph")
def _graph(dataset: Dataset, iri: str) -> Content:
    triples = dataset.descriptions.graph(iri)
    subjects = {triple.subject.value for triple in triples if isinstance(triple.subject, NamedNode)}
    tops = [name for name in sorted(subjects) if name.rpartition("/")[0] not in subjects]
    return {"size": len(triples), "subjects": [dataset.descriptions.value(NamedNode(name)) for name in tops]}


def _path(dataset: Dataset, iri: str) -> str:
    return iri.removeprefix(dataset.base)
